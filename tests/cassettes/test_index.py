"""Every byte of a tape is accounted for."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from tapehiss.cassettes.errors import DamagedTape, UnsupportedFormat
from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response
from tapehiss.cassettes.index import Torn, read_index
from tapehiss.cassettes.line import FORMAT_LINE, HEADER, Gap, encode_gap, encode_line

PATH = Path("x.yaml")
OK = Exchange(Request("GET", "http://h/1"), Response(200, "OK", (), b"content"), started_at=1.5)
GONE = Exchange(Request("GET", "http://h/2"), ending=Ending.RESET, started_at=2.5)
GAP = encode_gap(Gap(1.0, 2.0, 3, "queue full"))
SMALL = FORMAT_LINE + encode_line(GONE) + HEADER + encode_line(OK) + GAP + encode_line(OK)


def indexed(content: bytes, *, skip_damaged: bool = False):
    return read_index(io.BytesIO(content), PATH, skip_damaged=skip_damaged)


@given(xs=st.lists(strategies.exchanges(), min_size=1, max_size=5), whole=st.booleans())
def test_the_index_agrees_with_the_exchanges(xs, whole):
    """A glance at the head of a line finds the same as reading it, for every exchange."""
    lines = [encode_line(x) for x in xs]
    index = indexed(FORMAT_LINE + HEADER + b"".join(lines), skip_damaged=whole)

    assert [
        (x.request.method, x.request.url, x.response.status if x.response else None, x.ending, x.started_at, len(line))
        for x, line in zip(xs, lines, strict=True)
    ] == [(*entry[:5], entry.size) for entry in index.entries]


def test_texts_that_need_escapes_are_in_the_index_as_they_are():
    """A URL with wide characters, quotes, or half a surrogate pair."""
    urls = ["http://h/😀\\ud83d", 'http://h/"\x7f', "http://h/\ud83d", "http://h/\ufffd"]
    lines = [encode_line(Exchange(Request("GET", url), Response(200))) for url in urls]

    assert urls == [entry.url for entry in indexed(HEADER + b"".join(lines)).entries]


@pytest.mark.parametrize("skip_damaged", [False, True])
def test_a_tape_cut_at_any_byte_keeps_every_whole_line(skip_damaged):
    """Cut anywhere, a tape yields exactly the lines that are whole, and names the rest as torn."""
    ends = [0, *(i + 1 for i in range(len(SMALL)) if SMALL[i] == ord("\n"))]
    header = SMALL.index(HEADER)
    for cut in range(len(SMALL) + 1):
        index = indexed(SMALL[:cut], skip_damaged=skip_damaged)

        # a line that lacks only its line break is whole; a header is nothing before an interaction follows it
        reached = max(end for end in ends if end <= cut + 1)
        if header < reached <= header + len(HEADER):
            reached = header
        reached = min(reached, cut)
        assert reached == index.end
        assert (None if reached == cut else (PATH, reached, cut - reached)) == (
            index.torn and (index.torn.path, index.torn.offset, index.torn.size)
        )
        assert SMALL[:reached].count(b'"request"') == len(index.entries)
        assert SMALL[:reached].count(b'"gap"') == len(index.gaps)
        assert not index.damaged
        assert index.headed is (reached > header + len(HEADER))
        assert index.unterminated is (reached > 0 and SMALL[reached - 1 : reached] != b"\n")


def test_an_empty_file_is_an_empty_tape():
    """A writer that was killed before its first line leaves this."""
    assert indexed(b"").entries == ()
    assert indexed(b"").torn is None


def test_a_torn_tail_names_file_line_and_size():
    """The warning says where and how much."""
    torn = indexed(FORMAT_LINE + HEADER + encode_line(OK) + b'- {"reque').torn

    assert Torn(PATH, 5, len(FORMAT_LINE + HEADER + encode_line(OK)), 9) == torn
    assert str(torn) == "x.yaml:5: torn tail of 9 bytes; everything before it is whole"


def test_crlf_and_a_lost_line_break_are_no_damage():
    """What an editor or git on Windows does to a text file."""
    content = (SMALL[:-1]).replace(b"\n", b"\r\n")

    index = indexed(b"\xef\xbb\xbf" + content)

    assert (len(index.entries), len(index.gaps), index.torn, index.unterminated) == (3, 1, None, True)


def test_notes_and_blank_lines_are_no_damage():
    """People may write comments between the exchanges."""
    index = indexed(SMALL + b"\n# my note\n#\n  \n" + encode_line(OK))

    assert len(index.entries) == 4


@pytest.mark.parametrize(
    "bad", [b"- {nonsense}}\n", b"??\n", b"# tapehiss {}\n", b'- {"request": {"method": "GET"\n', b"- request:\n"]
)
def test_damage_in_the_middle_is_named_or_collected(bad):
    """With file and line; never passed over."""
    content = SMALL + bad + encode_line(OK)
    number = content.count(b"\n")

    with pytest.raises(DamagedTape) as caught:
        indexed(content)
    index = indexed(content, skip_damaged=True)

    assert f"x.yaml:{number - 1}" == caught.value.where
    assert [f"x.yaml:{number - 1}"] == [error.where for error in index.damaged]
    assert len(index.entries) == 4


def test_damage_inside_a_line_is_found_when_lines_are_read_whole():
    """A glance cannot see it, so whoever skips damage reads every line."""
    line = encode_line(OK).replace(b'"content"', b'"con"tent"')

    assert len(indexed(SMALL + line).entries) == 4
    assert [error.where for error in indexed(SMALL + line, skip_damaged=True).damaged] == ["x.yaml:8"]


@pytest.mark.parametrize("order", [("request", "response"), ("response", "request")])
def test_a_line_by_another_hand_is_read_whole(order):
    """The index does not depend on the order in which we write keys, nor on our own."""
    parts = {
        "request": b'"request": {"method": "PUT", "uri": "/", "headers": {}, "body": null}',
        "response": b'"response": {"status": {"code": 201, "message": ""}, "headers": {}, "body": {"string": ""}}',
    }
    line = b"- {" + b", ".join(parts[part] for part in order) + b"}\n"

    assert indexed(HEADER + line).entries[0][:3] == ("PUT", "/", 201)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"interactions:\n- request:\n    body: null\n", "block style"),
        (b"version: 1\ninteractions:\n- response:\n", "block style"),
        (b"interactions: []\nversion: 1\n", "not a tape"),
        (b'{"log": {}}\n', "not a tape"),
        (b"\xff\xfe\n", "not a tape"),
        (b'{"log": {}}', "not a tape"),
    ],
)
def test_other_files_are_refused_with_a_way_out(content, word):
    """A cassette that vcrpy saved anew, a HAR file, anything: what it is, and what to do."""
    with pytest.raises(UnsupportedFormat, match=word) as caught:
        indexed(content)

    assert caught.value.where == "x.yaml:1" or "block" in word


def test_a_line_without_end_is_damage():
    """There is a limit to the length of a line, and what reaches it does not look like a torn tail."""
    with pytest.raises(DamagedTape, match="not a whole line"):
        read_index(io.BytesIO(FORMAT_LINE + b"- {" + b" " * 47), PATH, line_max_bytes=50)
