"""What importing costs: every room, the command line, and pytest with and without our plugin. One command, one table.

    python benchmarks/imports.py [--rounds 9]

Each figure is the median of processes of their own, less the interpreter's start. Targets: a room imports nothing heavy (at most
150 ms; reading tapes pulls in the codings), and the plugin adds at most 5 % to a pytest run that does not use it.
Exit code 1: a target was missed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOMS_MAX_MS = 150.0
PLUGIN_MAX_RATIO = 1.05
ROOMS = ("cassettes", "contracts", "clients", "mocks", "proxy", "cli.main")
ALSO = ("cassettes.tape", "mocks.vendor", "mocks.server", "mocks.control", "proxy.master", "clients.httpx_adapter")
"""Modules that are imported when they are used; shown for comparison, without a target."""


def took_ms(command: list[str], cwd: str) -> float:
    """How long a process took."""
    began = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
    return (time.perf_counter() - began) * 1000


def medians(commands: dict[str, list[str]], rounds: int, cwd: str) -> dict[str, float]:
    """Interleaved, so that a busy machine is equally busy for all."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(took_ms(command, cwd))
    return {name: statistics.median(values) for name, values in times.items()}


def exists(module: str) -> bool:
    """Whether a module is there."""
    done = subprocess.run([sys.executable, "-c", f"import tapehiss.{module}"], capture_output=True, check=False)
    return done.returncode == 0


def main() -> int:
    """The table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=9)
    rounds = arguments.parse_args().rounds
    modules = [name for name in (*ROOMS, *ALSO) if exists(name)]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing():\n    pass\n")
        commands = {"": [sys.executable, "-c", "pass"]}
        commands |= {name: [sys.executable, "-c", f"import tapehiss.{name}"] for name in modules}
        imports = medians(commands, rounds, folder)
        pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_nothing.py"]
        runs = medians({"without": [*pytest, "-p", "no:tapehiss"], "with": pytest}, rounds, folder)
    start = imports.pop("")
    print(f"{'import tapehiss. ...':<28}{'ms':>8}  target")
    for name, value in imports.items():
        print(f"{name:<28}{value - start:>8.0f}  {f'<= {ROOMS_MAX_MS:.0f}' if name in ROOMS else ''}")
    ratio = runs["with"] / runs["without"]
    print(f"{'pytest without the plugin':<28}{runs['without']:>8.0f}")
    print(f"{'pytest with the plugin':<28}{runs['with']:>8.0f}  {ratio:.3f} x, target <= {PLUGIN_MAX_RATIO}")
    slow = [name for name in ROOMS if name in imports and imports[name] - start > ROOMS_MAX_MS]
    return int(bool(slow) or ratio > PLUGIN_MAX_RATIO)


if __name__ == "__main__":
    sys.exit(main())
