"""Promises of ``cassettes/block.py``."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from strategies import exchanges
from tapehiss.cassettes.block import block
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.view import has_surrogates, to_interaction, without_surrogates

ASKED = Request("GET", "https://api.vendor.example/")
MARKS = st.lists(st.sampled_from(["a", " ", "\n", "\t", "-", "#", ":", "'", '"', "\r", "é", "\x00", "\x85", "\ufeff", "😀", "---\n", "...\n", "? ", "!", "| "]), max_size=8).map("".join)  # fmt: skip


@given(exchanges(replayable=True))
def test_a_block_says_what_the_line_says(exchange: Exchange) -> None:
    """PyYAML's own safe loader reads the same interaction from it."""
    told = to_interaction(exchange)
    assert yaml.safe_load(block(exchange)) == [without_surrogates(told) if has_surrogates(told) else told]


@given(MARKS)
def test_a_body_of_yaml_marks_survives(text: str) -> None:
    """Literal blocks are used only where they say exactly the same, also when another block follows."""
    exchange = Exchange(ASKED, Response(200, "OK", body=text.encode()))
    read = yaml.safe_load(block(exchange) * 2)
    assert [one["response"]["body"]["string"] for one in read] == [text, text]


def test_a_text_of_several_lines_is_readable() -> None:
    """As a literal block, one line under the other, so that git shows the line that changed."""
    text = block(Exchange(ASKED, Response(200, "OK", (("Content-Length", "19"),), b"one\n  two: 2\nthree\n")))
    assert (
        text
        == """\
- request:
    method: GET
    uri: https://api.vendor.example/
    headers: {}
    body: null
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Length:
      - '19'
    body:
      string: |
        one
          two: 2
        three
    x-tapehiss: {started_at: 0.0}
"""
    )
