"""docs/tape.md is true: its example is a tape, and its reader reads every tape."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from tapehiss.cassettes.exchange import Ending
from tapehiss.cassettes.line import FORMAT_LINE, HEADER, encode_line
from tapehiss.cassettes.tape import open_tape

PAGE = (Path(__file__).parents[2] / "docs" / "tape.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_is_a_tape(tmp_path):
    """What the page shows is what the code writes."""
    (tmp_path / "a.yaml").write_text(block("yaml"))

    with open_tape(tmp_path / "a.yaml") as tape:
        whole, reset = tape
        assert [gap.lost for gap in tape.gaps] == [3]

    assert whole.response is not None
    assert [name for name, _ in whole.response.headers] == [
        "Date",
        "Content-Type",
        "Content-Encoding",
        "Transfer-Encoding",
    ]
    assert reset.ending is Ending.RESET
    assert (
        block("yaml").encode()
        == FORMAT_LINE
        + HEADER
        + encode_line(whole)
        + encode_line(reset)
        + block("yaml").encode().splitlines(keepends=True)[-1]
    )


def test_the_reader_of_the_page_works(tmp_path):
    """As a program, with nothing but the standard library."""
    (tmp_path / "a.yaml").write_text(block("yaml"))
    (tmp_path / "reader.py").write_text(block("python"))

    said = subprocess.run(
        [sys.executable, "-I", tmp_path / "reader.py", tmp_path / "a.yaml"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert said.stdout == "GET https://api.vendor.example/v1/things?limit=2 200 18\n"
    assert said.stderr == ""


@settings(max_examples=60)
@given(xs=st.lists(strategies.exchanges(), min_size=1, max_size=4))
def test_the_reader_of_the_page_agrees_with_ours(tmp_path_factory, xs):
    """Methods, statuses and bodies of every tape, by a reader that knows nothing but the page."""
    path = tmp_path_factory.mktemp("t") / "a.yaml"
    path.write_bytes(FORMAT_LINE + HEADER + b"".join(map(encode_line, xs)))
    theirs: dict = {}
    exec(block("python").split("\nfor found in")[0], theirs)

    found = [x for x in theirs["interactions"](path) if "request" in x]

    assert [x.request.body for x in xs] == [theirs["content"](x["request"]["body"]) for x in found]
    assert [x.response.body if x.response else None for x in xs] == [
        theirs["content"](x["response"]["body"]["string"]) if "status" in x["response"] else None for x in found
    ]
