"""One exchange on one line, which vcrpy's YAML and our JSON read alike."""

from __future__ import annotations

import dataclasses

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from tapehiss.cassettes.errors import DamagedTape, UnsupportedFormat
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.line import COMMENT, ENTRY, FORMAT_LINE, HEADER, Gap, decode_line, encode_gap, encode_line
from tapehiss.cassettes.view import from_interaction

WHOLE = Exchange(Request("POST", "http://h/", (), b"\xff"), Response(200, "OK", (("A", "}}"),), b'{"a": "\\u0021"}'))
LOADERS = [yaml.SafeLoader, yaml.CSafeLoader]


@given(strategies.exchanges())
def test_a_line_comes_back_as_it_was(x):
    """The law: decoding undoes encoding, for every exchange."""
    assert x == decode_line(encode_line(x))


@given(strategies.exchanges())
def test_a_line_is_one_line_of_ascii(x):
    """Nothing in an exchange can end a line early or depend on an encoding."""
    line = encode_line(x)

    assert line.isascii()
    assert b"\x7f" not in line
    assert line.endswith(b"}}\n")
    assert len(line.splitlines()) == 1
    assert line.startswith(ENTRY) is x.replayable


@pytest.mark.parametrize("loader", LOADERS)
@settings(max_examples=150)
@given(xs=st.lists(strategies.exchanges(), min_size=1, max_size=3))
def test_yaml_reads_the_same(loader, xs):
    """PyYAML, in C and in Python, finds the replayable exchanges in our lines, and nothing else."""
    whole = [x for x in xs if x.replayable]
    text = (FORMAT_LINE + HEADER + b"".join(map(encode_line, xs))).decode("ascii")

    found = yaml.load(text, loader)["interactions"] or []

    assert whole == [from_interaction(interaction) for interaction in found]


@pytest.mark.parametrize(
    "line", [encode_line(WHOLE), encode_line(dataclasses.replace(WHOLE, label="x", response=None))]
)
def test_no_beginning_of_a_line_is_a_line(line):
    """A torn line can be told from a whole one at every byte."""
    for size in range(len(COMMENT), len(line) - 1):
        with pytest.raises(DamagedTape):
            decode_line(line[:size])


@given(st.builds(Gap, st.floats(0, 4e9), st.floats(0, 4e9), st.integers(0, 99), st.text(max_size=9)))
def test_a_gap_comes_back_as_it_was(gap):
    """Also what is missing is on the tape, as a comment."""
    line = encode_gap(gap)

    assert gap == decode_line(line)
    assert yaml.safe_load(line) is None


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("url", ["http://h/\ud83d", "http://h/\ud83d\ude00", "http://h/caf\udce9"])
def test_half_a_surrogate_pair_is_said_without_yaml(loader, url):
    """libyaml refuses such an escape: the view shows U+FFFD, and the truth is beside it."""
    x = Exchange(Request("GET", url), Response(200, "OK", (), b"\xff"))

    (interaction,) = yaml.load(HEADER + encode_line(x), loader)["interactions"]

    assert "\ufffd" in interaction["request"]["uri"]
    assert x == from_interaction(interaction) == decode_line(encode_line(x))


@pytest.mark.parametrize("loader", LOADERS)
def test_a_header_name_longer_than_a_key_of_yaml(loader):
    """PyYAML takes no key of more than 1,024 characters; nobody sends such a name, but somebody might try."""
    x = Exchange(Request("GET", "/", (("x" * 2000, "1"),)), Response(200, "OK", (("y" * 1025, "2"),)))

    (interaction,) = yaml.load(HEADER + encode_line(x), loader)["interactions"]

    assert x == from_interaction(interaction)


def test_binary_bodies_are_what_vcrpy_writes():
    """Bytes are YAML's !!binary, and on such a line no other exclamation mark stands."""
    line = encode_line(Exchange(Request("PUT", "http://h/!", (), b"\xff"), Response(200, "OK", (), b"fine!")))

    assert b'"body": !!binary "/w==", ' in line
    assert line.count(b"!") == 2


def test_wide_characters_are_one_escape():
    """A surrogate pair is two characters to YAML: so it is not written; an escaped backslash is left alone."""
    line = encode_line(Exchange(Request("PUT", "http://h/"), Response(200, "OK", (), "😀 \\ud83d\\ude00".encode())))

    assert rb'"\U0001f600 \\ud83d\\ude00"' in line


def test_the_delete_character_is_escaped():
    """YAML does not allow U+007F as it is, JSON does."""
    line = encode_line(Exchange(Request("PUT", "http://h/", (), b"\x7f"), Response(200)))

    assert rb'"body": "\u007f"' in line


def test_a_comment_is_spelt_like_an_interaction():
    """One reader reads both: what follows the first word of the line."""
    x = Exchange(Request("PUT", "http://h/", (), b"\xff!\xfe"), label="😀")
    line = encode_line(x)

    assert line.startswith(b'# tapehiss {"request": {"method": "PUT", "uri": "http://h/", "body": !!binary "/yH+", ')
    assert x == from_interaction(yaml.safe_load(line.removeprefix(b"# tapehiss ")))


@pytest.mark.parametrize("line", [b"", b"\n", b"\r\n", b"# a note\n", FORMAT_LINE, *HEADER.splitlines(keepends=True)])
def test_lines_that_hold_no_exchange(line):
    """The header, the format line, blank lines and other people's comments hold nothing."""
    assert decode_line(line) is None


@pytest.mark.parametrize(
    "line",
    [
        b"- request:",
        b"- {}",
        b"- {]",
        b"- {\xff}",
        b'# tapehiss {"gap": {}}',
        b'# tapehiss {"a": 1}',
        b"- {" + b'"a": {' * 9999,
        b'- {"a": 1}, 2',
        b"hello",
    ],
)
def test_other_lines_are_damage(line):
    """Every way of not being a line is the same error."""
    with pytest.raises(DamagedTape):
        decode_line(line)


def test_a_line_from_an_editor_is_read():
    """CRLF, a lost line break, raw UTF-8 and pretty emoji typed by hand are all JSON and YAML."""
    x = Exchange(Request("GET", "http://h/"), Response(200, "OK", (), "é😀".encode()))
    line = encode_line(x)

    assert x == decode_line(line[:-1])
    assert x == decode_line(line[:-1] + b"\r\n")
    assert x == decode_line(line.replace(rb"\u00e9\U0001f600", "é😀".encode()))


def test_a_later_format_is_refused():
    """A tape from the future says so instead of being misread."""
    with pytest.raises(UnsupportedFormat, match="format 2"):
        decode_line(b'# tapehiss {"format": 2}\n')


def test_numbers_that_json_has_not_are_refused():
    """Infinity is no time; a tape never holds it."""
    x = Exchange(Request("GET", "http://h/"))
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode_line(dataclasses.replace(x, started_at=float("inf")))
