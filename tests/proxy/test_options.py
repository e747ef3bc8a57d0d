"""The recorder as an addon of a foreign mitmproxy: ``mitmdump -s``, in a process of its own."""

from __future__ import annotations

import importlib.util
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from vendors import ask, vendor

from tapehiss.cassettes.tape import open_tapes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT_S = 120.0
GET = b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def command(where: Path, *words: str) -> list[str]:
    """mitmdump with our addon, on a port that the system chooses."""
    spec = importlib.util.find_spec("tapehiss.proxy.addon")
    assert spec is not None
    main = "import sys; from mitmproxy.tools.main import mitmdump; sys.exit(mitmdump())"
    general = (
        "--listen-host",
        "127.0.0.1",
        "--listen-port",
        "0",
        "--set",
        f"confdir={where}",
    )
    return [sys.executable, "-c", main, "-s", str(spec.origin), *general, *words]


@contextmanager
def mitmdump(where: Path, *words: str) -> Iterator[int]:
    """A running one: its port; it is ended as a service manager would, and must end well."""
    process = subprocess.Popen(command(where, *words), cwd=where, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        lines = []
        while not (found := re.search(r"listening at .*:([0-9]+)", line := process.stdout.readline())):
            assert line, f"mitmdump ended: {lines}"
            lines.append(line)
        yield int(found[1])
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LIMIT_S)
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()


def test_the_same_addon_records_under_mitmdump(tmp_path):
    """With its options: label, paths and rewriting; and nothing is lost when it is told to end."""
    with vendor(
        lambda visit: visit.answer(f"http://127.0.0.1:{there.port}/a".encode(), "Content-Type: text/plain")
    ) as there:
        options = (
            "--set",
            "tapehiss_into=tapes",
            "--set",
            "tapehiss_label=a",
            "--set",
            "tapehiss_paths=/v1/*",
            "--mode",
            f"reverse:{there.url}",
        )
        with mitmdump(tmp_path, *options) as port:
            answers = [ask(port, GET % path)[0] for path in (b"/v1/things", b"/other")]
    assert all(f"http://127.0.0.1:{port}/a".encode() in answer for answer in answers)
    [exchange] = [exchange for tape in open_tapes([tmp_path / "tapes"]) for exchange in tape]
    assert (exchange.label, exchange.request.url) == ("a", f"{there.url}/v1/things")
    assert exchange.response.body == f"http://127.0.0.1:{there.port}/a".encode()


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("tapehiss_body_max=big", "'big' is no size"),
        ("tapehiss_sync=often", "each, group or none"),
        ("tapehiss_into=/dev/null/tapes", "record --into a folder that you may write"),
    ],
)
def test_nonsense_ends_mitmdump_with_a_reason(tmp_path, option, words):
    """As it does for mitmproxy's own options: nobody believes to be recording."""
    done = subprocess.run(
        command(tmp_path, "--set", option), cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert done.returncode == 1
    assert words in done.stdout + done.stderr
