"""The floor plan of ARCHITECTURE.md as tests: who may import whom, and where the world may be touched."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent

MAY_IMPORT = {
    "cassettes": set(),
    "contracts": {"cassettes"},
    "clients": {"cassettes", "contracts"},
    "mocks": {"cassettes", "contracts"},
    "proxy": {"cassettes"},
    "cli": {"cassettes", "contracts", "clients", "mocks", "proxy"},
}
ROOMS = tuple(MAY_IMPORT)

HOMES = {
    "mitmproxy": {"proxy"},
    "fastapi": {"mocks", "clients"},
    "uvicorn": {"mocks"},
    "hypothesis": {"mocks"},
    "jsonschema": {"contracts"},
    "jsonschema_rs": {"contracts"},
    "referencing": {"contracts"},
    "httpx": {"clients"},
    "httpcore": {"clients"},
    "click": {"cli"},
}
"""Heavy package -> the rooms that may import it."""

FUNCTION_LINES_MAX = 50
MODULE_LINES_MAX = 400
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).glob("*.py"))


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def is_shell(path: Path) -> bool:
    """A module says of itself that it waits and touches the world: its docstring begins with ``Shell:``."""
    return (ast.get_docstring(tree_of(path)) or "").startswith("Shell:")


def imports_of(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_imports_point_down_the_page() -> None:
    """A room imports only the rooms below it, by the installed name."""
    wrong = [
        f"{place(path, line)} imports {name}"
        for path in MODULES
        for name, line in imports_of(path)
        if name.startswith("tapehiss.")
        and (room := name.split(".")[1]) != path.parent.name
        and room not in MAY_IMPORT[path.parent.name]
    ]
    assert wrong == []


def test_heavy_packages_stay_in_their_rooms() -> None:
    """mitmproxy is the proxy's, fastapi the mock's, httpx the client's, and so on."""
    wrong = [
        f"{place(path, line)} imports {name}"
        for path in MODULES
        for name, line in imports_of(path)
        if (top := name.split(".")[0]) in HOMES and path.parent.name not in HOMES[top]
    ]
    assert wrong == []


def test_httpx_lives_in_adapter_files() -> None:
    """A policy that imports httpx is in the wrong file."""
    wrong = [
        place(path, line)
        for path in (ROOT / "clients").glob("*.py")
        for name, line in imports_of(path)
        if name.split(".")[0] in {"httpx", "httpcore"} and not path.name.startswith("httpx_")
    ]
    assert wrong == []


def test_fastapi_is_in_one_file_of_the_clients() -> None:
    """Webhooks are received by one router; whatever it decides is decided elsewhere."""
    users = {
        path.name
        for path in (ROOT / "clients").glob("*.py")
        for name, _ in imports_of(path)
        if name.startswith("fastapi")
    }
    assert users <= {"webhook_router.py"}


WORLD = {
    "time": {"time", "monotonic", "monotonic_ns", "time_ns", "perf_counter", "perf_counter_ns", "sleep"},
    "asyncio": {"sleep"},
    "random": {
        "random", "randint", "choice", "choices", "shuffle", "uniform", "randrange", "sample", "seed", "getrandbits",
    },
    "datetime": {"now", "utcnow", "today"},
}  # fmt: skip
"""Module -> the names that read a clock, wait, or throw dice that nobody handed in."""


def worldly_calls(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module in WORLD:
            for alias in node.names:
                if alias.name in WORLD[node.module]:
                    yield f"{place(path, node.lineno)} imports {node.module}.{alias.name}"
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in WORLD.get(node.value.id, set())
        ):
            yield f"{place(path, node.lineno)} uses {node.value.id}.{node.attr}"


def test_only_shells_touch_the_world() -> None:
    """Clocks, sleep and global dice appear only in modules whose docstring begins with ``Shell:``; time is an argument."""
    wrong = [
        call for path in MODULES if path.parent.name != "cli" and not is_shell(path) for call in worldly_calls(path)
    ]
    assert wrong == []


def test_rooms_are_flat() -> None:
    """No nested packages; a room's sub-folders hold data."""
    nested = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if path.parent.name not in ROOMS
    ]
    assert nested == []


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_functions_are_short() -> None:
    """No function is longer than fifty lines."""
    long = [
        f"{place(path, function.lineno)} {function.name}: {length_of(function)} lines"
        for path in MODULES
        for function in functions_of(path)
        if length_of(function) > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_the_median_function_is_under_ten_lines() -> None:
    """Short functions are the habit, not the exception."""
    lengths = sorted(length_of(function) for path in MODULES for function in functions_of(path))
    assert lengths[len(lengths) // 2] < 10


def test_modules_have_one_idea() -> None:
    """No module is longer than four hundred lines."""
    long = [str(path.relative_to(ROOT)) for path in MODULES if len(path.read_text().splitlines()) > MODULE_LINES_MAX]
    assert long == []


def test_every_module_says_what_it_is() -> None:
    """Every module has a docstring."""
    assert [str(path.relative_to(ROOT)) for path in MODULES if not ast.get_docstring(tree_of(path))] == []


def test_no_banned_names() -> None:
    """No drawer for odds and ends."""
    banned = ("util", "helper", "manager", "common", "misc")
    drawers = [path.name for path in MODULES if any(word in path.stem for word in banned)]
    classes = [
        place(path, node.lineno)
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Manager", "Helper", "Utils"))
    ]
    assert (drawers, classes) == ([], [])


UNTESTED_BY_NAME = {"__init__", "__main__"}


def test_every_module_has_its_test_file() -> None:
    """``room/module.py`` is tested in ``tests/room/test_module.py``."""
    missing = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.stem not in UNTESTED_BY_NAME
        and not (ROOT / "tests" / path.parent.name / f"test_{path.stem}.py").exists()
    ]
    assert missing == []


def test_every_test_states_its_promise() -> None:
    """Every test function has a docstring."""
    mute = [
        f"{place(path, function.lineno)} {function.name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for function in functions_of(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert mute == []


def test_no_test_sleeps() -> None:
    """Time is an argument: a test that waits for a clock is slow or flaky, soon both."""
    sleepers = [
        call for path in sorted((ROOT / "tests").rglob("*.py")) for call in worldly_calls(path) if "sleep" in call
    ]
    assert sleepers == []


HEAVY = ("mitmproxy", "fastapi", "uvicorn", "hypothesis", "vcr", "rich", "httpx")


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("tapehiss.clients", ()),
        ("tapehiss.cassettes", ()),
        ("tapehiss.contracts", ()),
        ("tapehiss.mocks", ()),
        ("tapehiss.proxy", ()),
        ("tapehiss.cli.main", ()),
        ("tapehiss.cli.pytest_plugin", ()),
        ("tapehiss.cassettes.tape", ()),
        ("tapehiss.clients.retry", ()),
        ("tapehiss.clients.webhook_router", ()),
        ("tapehiss.mocks.server", ()),
        ("tapehiss.clients.httpx_adapter", ("httpx", "rich")),
    ],
)
def test_imports_are_light(module: str, allowed: tuple[str, ...]) -> None:
    """Importing a room, the command line or the pytest plugin pulls in nothing heavy (rich comes with httpx, on its own)."""
    code = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / ".import"
    )
    assert set(done.stdout.split()) <= set(allowed)


def test_links_lead_to_the_rooms() -> None:
    """``.import/tapehiss/<room>`` is a link to ``<room>/``: what type checkers and pytest look at is the source itself."""
    assert {link.name: link.resolve() for link in (ROOT / ".import" / "tapehiss").iterdir()} == {
        room: ROOT / room for room in ROOMS
    }
