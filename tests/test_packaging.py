"""What a stranger gets from the package index: the wheel is built, looked into, installed into an empty environment, and used."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = tuple(PYPROJECT["tool"]["setuptools"]["package-dir"].values())
UV = Path(sys.executable).with_name("uv")

pytestmark = pytest.mark.xdist_group("packaging")


def run(*command: str | Path, cwd: Path, code: int = 0) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def source_files() -> set[str]:
    """Every file that belongs to a room, as the wheel should name it."""
    return {
        f"tapehiss/{path.relative_to(ROOT).as_posix()}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that no build folder appears in the checkout."""
    place = tmp_path_factory.mktemp("build")
    for name in (*ROOMS, "pyproject.toml", "README.md", "LICENSE"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, place / name)
    # Through the sdist, as the index's users may build it: what the sdist forgets is missing in the wheel, too.
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", cwd=place)
    (built,) = (place / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def empty_environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel, its locked dependencies and nothing else; its ``bin`` folder."""
    place = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", "venv", cwd=place)
    python = place / "venv" / "bin" / "python"
    run(UV, "pip", "install", "--python", python, "--constraint", ROOT / "locks" / "dev.txt", wheel, cwd=place)
    return python.parent


def test_nothing_is_missing_from_the_wheel(wheel: Path) -> None:
    """Every module and every data file of every room is in the wheel (nested folders vanish silently otherwise)."""
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert source_files() - packed == set()


def test_the_wheel_squats_on_no_name(wheel: Path) -> None:
    """All code lies under ``tapehiss``: no top-level ``proxy`` or ``clients`` that would shadow somebody's package."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"tapehiss"}


def test_the_installed_command_works(empty_environment: Path, tmp_path: Path) -> None:
    """The installed ``tapehiss`` runs every verb's help outside the checkout."""
    verbs = run(empty_environment / "tapehiss", "--help", cwd=tmp_path)
    for verb in ("infer", "serve", "tape"):
        assert verb in verbs
        assert "Usage:" in run(empty_environment / "tapehiss", verb, "--help", cwd=tmp_path)


def test_a_missing_extra_is_named(empty_environment: Path, tmp_path: Path) -> None:
    """Without the extra, recording says in one line what to install, and leaves with exit code 2."""
    said = run(empty_environment / "tapehiss", "record", "--to", "http://127.0.0.1:9", cwd=tmp_path, code=2)
    assert "pip install 'tapehiss[proxy]'" in said
    assert "Traceback" not in said


def test_importing_the_installed_rooms_needs_no_extra(empty_environment: Path, tmp_path: Path) -> None:
    """Every module outside ``proxy`` and the pytest plugin imports without mitmproxy, pytest or vcrpy."""
    modules = sorted(
        f"tapehiss.{path.parent.name}.{path.stem}"
        for room in ROOMS
        if room != "proxy"
        for path in (ROOT / room).glob("*.py")
        if path.stem not in {"__init__", "__main__", "pytest_plugin"}
    )
    code = f"import importlib; [importlib.import_module(name) for name in {modules!r}]; print('imported')"
    assert "imported" in run(empty_environment / "python", "-c", code, cwd=tmp_path)


def test_extras_add_up() -> None:
    """``tapehiss[all]`` is every other extra."""
    extras = PYPROJECT["project"]["optional-dependencies"]
    others = ",".join(sorted(name for name in extras if name != "all"))
    assert extras["all"] == [f"tapehiss[{others}]"]


def test_locks_name_no_index() -> None:
    """A lock file pins versions, and leaves where they come from to the machine."""
    hosts = [
        f"{lock.name}: {line}"
        for lock in (ROOT / "locks").glob("*.txt")
        for line in lock.read_text(encoding="utf-8").splitlines()
        if "://" in line or line.startswith("--")
    ]
    assert hosts == []


def test_plain_room_names_are_banned() -> None:
    """The linter refuses ``import proxy`` and its like."""
    banned = PYPROJECT["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    assert set(ROOMS) <= set(banned)
