"""The key that makes pseudonyms."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tapehiss.cassettes.errors import Misuse, Weather
from tapehiss.cassettes.projectkey import project_key


def test_it_is_made_once_and_kept(tmp_path):
    """For its owner alone, and ignored by git."""
    key = project_key(tmp_path, {})
    path = tmp_path / ".tapehiss" / "key"
    assert len(key) >= 32
    assert project_key(tmp_path, {}) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (tmp_path / ".tapehiss" / ".gitignore").read_text() == "*\n"


def test_many_at_once_agree(tmp_path):
    """Whoever makes it first makes it for all."""
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: project_key(tmp_path, {}), range(32)))
    assert len(keys) == 1
    assert sorted(path.name for path in (tmp_path / ".tapehiss").iterdir()) == [".gitignore", "key"]


def test_the_environment_wins(tmp_path):
    """CI has no folder to keep it in."""
    assert project_key(tmp_path, {"TAPEHISS_KEY": "0123456789abcdef"}) == b"0123456789abcdef"
    assert not (tmp_path / ".tapehiss").exists()


def test_a_short_key_is_refused(tmp_path):
    """It could be guessed, and with it every short secret."""
    with pytest.raises(Misuse, match="TAPEHISS_KEY"):
        project_key(tmp_path, {"TAPEHISS_KEY": "short"})


def test_an_empty_file_is_refused(tmp_path):
    """Not silently replaced: pseudonyms would change."""
    (tmp_path / ".tapehiss").mkdir()
    (tmp_path / ".tapehiss" / "key").write_text("\n")
    with pytest.raises(Misuse, match="0 characters"):
        project_key(tmp_path, {})


def test_a_disk_that_takes_no_key_keeps_no_half_of_one(tmp_path):
    """A key that could not be written whole is gone again, and the remedy is not about permissions."""
    script = (
        "import resource, sys; from pathlib import Path; from tapehiss.cassettes.projectkey import project_key\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))\n"
        "try: project_key(Path(sys.argv[1]), {})\n"
        "except Exception as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("allow larger files (ulimit -f), or set TAPEHISS_KEY\n")
    assert [path.name for path in (tmp_path / ".tapehiss").iterdir()] == [".gitignore"]


def test_what_a_full_disk_left_empty_is_written_anew(tmp_path):
    """A key is never seen by git, though its .gitignore could once not be written."""
    (tmp_path / ".tapehiss").mkdir()
    (tmp_path / ".tapehiss" / ".gitignore").touch()
    project_key(tmp_path, {})
    assert (tmp_path / ".tapehiss" / ".gitignore").read_text() == "*\n"


def test_a_folder_that_cannot_be_written(tmp_path):
    """One line with the remedy."""
    (tmp_path / ".tapehiss").write_text("a file is in the way")
    with pytest.raises(Weather) as caught:
        project_key(tmp_path, {})
    assert "TAPEHISS_KEY" in caught.value.remedy
