"""The versions that must all work: vcrpy from 6.0.2 on, Python from 3.11 on; each in a throw-away environment.

    python benchmarks/compat.py              every row
    python benchmarks/compat.py 3.12 7.0.0   the rows that have these words in their name

The rows of old vcrpy versions run the proof that tapes replay (tests/promises/test_tape_vcrpy.py); the other rows run every
test. Exit code: 0 all right, 1 a row failed, 2 a row could not be tried (a Python or a package is missing).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "locks" / "dev.txt"
UV = Path(sys.executable).with_name("uv")
PROOF = ("tests/promises/test_tape_vcrpy.py", "tests/cassettes/test_line.py")
NEEDS = ("vcrpy", "httpx", "requests", "aiohttp", "urllib3", "brotli", "zstandard", "PyYAML", "hypothesis", "pytest")
ROW_MAX_S = 1800


@dataclass(frozen=True)
class Row:
    """One environment. ``pins`` replace the lock's; what forces each of them is said where the row is."""

    python: str
    vcrpy: str
    pins: tuple[str, ...] = ()
    whole: bool = False
    """Whether the lock is installed as it stands and every test runs."""

    def __str__(self) -> str:
        """The name by which a row is chosen."""
        return f"python {self.python}, vcrpy {self.vcrpy}"


# vcrpy before 8.2.0 breaks every client where aiohttp 3.14 is installed (AsyncStreamReaderMixin is gone), and aiohttp 3.13
# does not allow multidict 7;
# vcrpy before 7.0.0 breaks on urllib3 2.3 (its connections lost the attribute `version`).
ROWS = (
    Row("3.11", "6.0.2", ("aiohttp==3.13.5", "multidict==6.9.1", "urllib3==2.2.3")),
    Row("3.11", "7.0.0", ("aiohttp==3.13.5", "multidict==6.9.1")),
    Row("3.11", "8.2.1"),
    Row("3.11", "latest"),
    Row("3.12", "locked", whole=True),
    Row("3.13", "locked", whole=True),
)


class CannotTryError(Exception):
    """What a row needs is not there."""


def find_python(version: str) -> str:
    """An interpreter of this version, on PATH or under pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *sorted(map(str, pyenv.glob(f"{version}.*/bin/python{version}")))]
    for candidate in filter(None, found):  # a shim of pyenv is on PATH even where it leads nowhere
        said = subprocess.run(
            [candidate, "-c", "import sys; print(*sys.version_info[:2], sep='.')"],
            capture_output=True,
            text=True,
            check=False,
        )
        if said.stdout.strip() == version:
            return candidate
    raise CannotTryError(f"no Python {version} on PATH or under {pyenv}")


def install(row: Row, env: Path) -> Path:
    """The environment of a row; its interpreter."""
    python = env / "bin" / "python"
    run([UV, "venv", "--quiet", "--python", find_python(row.python), env])
    pip = [UV, "pip", "install", "--quiet", "--python", python]
    if row.whole:
        run([*pip, "--requirements", LOCK, "--requirements", ROOT / "locks" / "uv.txt"])
        run([*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT])
        return python
    pins = (*row.pins, *(() if row.vcrpy == "latest" else (f"vcrpy=={row.vcrpy}",)))
    replaced = {re.split("==", pin)[0].lower() for pin in pins} | {"vcrpy"}
    constraints = env / "constraints.txt"
    kept = [line for line in LOCK.read_text().splitlines() if line.split("==")[0].lower() not in replaced]
    constraints.write_text("\n".join([*kept, *pins]))
    run([*pip, "--constraints", constraints, *NEEDS])
    return python


def run(command: list[object]) -> None:
    """A step that must work before a row can be tried."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        raise CannotTryError(" ".join((done.stderr or done.stdout).split()))


def try_row(row: Row) -> tuple[int, str]:
    """Exit code and what to say of a row."""
    with tempfile.TemporaryDirectory(prefix="tapehiss-compat-") as folder:
        try:
            python = install(row, Path(folder) / "env")
        except CannotTryError as error:
            return 2, f"not tried: {error}"
        what = ["-n", "2", "--dist", "worksteal", "tests"] if row.whole else list(PROOF)
        command = [python, "-m", "pytest", "-p", "no:cacheprovider", "--no-header", "--tb=short", *what]
        version = "import importlib.metadata as m; print(m.version('vcrpy'))"
        vcrpy = subprocess.run([python, "-c", version], capture_output=True, text=True, check=True).stdout.strip()
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=ROW_MAX_S)
        if done.returncode:
            print(done.stdout[-20_000:], done.stderr[-2_000:])
        said = [line for line in done.stdout.splitlines() if line.strip()][-1:]
        return min(
            done.returncode, 1
        ), f"vcrpy {vcrpy}: {'passed' if not done.returncode else 'FAILED'} {said[0] if done.returncode else ''}"


def main(words: list[str]) -> int:
    """Try the rows and print what became of them."""
    codes = []
    for row in (row for row in ROWS if not words or any(word in str(row) for word in words)):
        begun = time.monotonic()
        code, said = try_row(row)
        codes.append(code)
        kind = "every test" if row.whole else "tapes replay"
        print(f"{row!s:<30} {kind:<14} {said}  ({time.monotonic() - begun:.0f} s)", flush=True)
    return max(codes, default=2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
