"""Promises of ``cassettes/document.py``."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.document import Written, base64_bytes, load_documents
from tapehiss.cassettes.errors import UnsupportedFormat

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def one(text: str | bytes) -> Any:
    """The only document of a file."""
    (document,) = load_documents(text.encode() if isinstance(text, str) else text, "file")
    return document


@given(PLAIN)
def test_json_is_read_as_json(value: Any) -> None:
    """Whatever JSON can say is read as it is said."""
    assert one(json.dumps([value])) == [value]


@given(PLAIN)
def test_yaml_that_pyyaml_writes_is_read_as_pyyaml_reads_it(value: Any) -> None:
    """For plain values this reader and PyYAML's safe loader agree."""
    written = yaml.safe_dump({"value": value}, allow_unicode=False)
    assert one(written) == yaml.safe_load(written)


@pytest.mark.parametrize(
    "text",
    [
        "2020-01-31",
        "2020-01-31 12:00:00",
        "yes",
        "off",
        "12:30:45",
        "0x1F",
        "017",
        "1_000",
        "+5",
        ".inf",
        ".nan",
        "=",
        "1e3",
    ],
)
def test_text_that_yaml_would_bend_stays_text(text: str) -> None:
    """A header value is never a date, a truth or sixty-based arithmetic."""
    assert one(f"value: {text}") == {"value": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [("200", 200), ("-1", -1), ("true", True), ("False", False), ("~", None), ("1.5", 1.5), ("", None)],
)
def test_numbers_and_truths_that_are_plainly_so_are_read_so(text: str, value: object) -> None:
    """A status code is a number."""
    assert one(f"value: {text}") == {"value": value}


def test_a_number_remembers_how_it_was_written() -> None:
    """``1.10`` is a number to a body and ``1.10`` to a header."""
    written = one("value: 1.10")["value"]
    assert isinstance(written, Written)
    assert (written, written.text, json.dumps(written)) == (1.1, "1.10", "1.1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('!!python/unicode "a"', "a"),
        ("!!python/tuple [a, b]", ["a", "b"]),
        ("!!python/object/apply:os.system [echo]", ["echo"]),
        ("!!python/object:vcr.request.Request {method: GET}", {"method": "GET"}),
        ("! '200'", "200"),
        ("!ruby/sym get", "get"),
        ("!ruby/hash:Faraday::Utils::Headers {a: b}", {"a": "b"}),
        ("!ruby/hash-with-ivars:Headers {elements: {a: b}, ivars: {'@x': 1}}", {"a": "b"}),
        ("!ruby/string {str: text, '@x': 1}", "text"),
        ("!ruby/object:VCR::Response {status: 200}", {"status": 200}),
        ("!!binary AP8=", b"\x00\xff"),
        ("!binary |-\n  AP8=", b"\x00\xff"),
        ("!!set {a}", {"a": None}),
    ],
)
def test_tags_of_other_languages_are_read_as_plain_values(text: str, value: object) -> None:
    """Nothing that a file names is ever called or made."""
    assert one(f"value: {text}") == {"value": value}


def test_anchors_and_merges_are_written_out() -> None:
    """Cassettes share requests and headers with anchors; own keys win over merged ones, the first merged one over the next."""
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], z: 3}\nd: *a"
    assert one(text)["c"] == {"x": 1, "y": 1, "z": 3}
    assert one(text)["d"] == {"x": 1, "y": 1}


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b", "\x7f", "\x80", "\ufffe", "\uffff"])
def test_control_characters_that_yaml_forbids_are_read_exactly(control: str) -> None:
    """Recorders of other languages write them raw; libyaml would refuse the whole file."""
    assert one(f"body: 'a{control}b'") == {"body": f"a{control}b"}


def test_bytes_that_are_no_utf8_can_be_had_back() -> None:
    """A raw byte in the file is the same byte in the text, as ``surrogateescape`` spells it."""
    assert one(b"body: 'a\xff\x07b'")["body"].encode("utf-8", "surrogateescape") == b"a\xff\x07b"


def test_a_file_that_uses_both_private_planes_keeps_its_error() -> None:
    """There must be a plane to hide in: without one the file is refused, not misread."""
    with pytest.raises(UnsupportedFormat, match="neither JSON nor YAML"):
        one("body: '\U000f0000\U00100000\x07'")


def test_several_documents_are_all_read() -> None:
    """``---`` begins another one."""
    assert load_documents(b"--- {a: 1}\n--- {b: 2}\n", "file") == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize("text", ['\ufeff{"a": 1}', "{a: 1,}", "[1, 2,]\n", '  {"a":\n 1}'])
def test_json_that_is_not_quite_json_is_read_as_yaml(text: str) -> None:
    """A byte order mark, bare keys and trailing commas are what people write."""
    assert one(text) in ({"a": 1}, [1, 2])


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"a: [", "neither JSON nor YAML"),
        (b"a: 'b", "neither JSON nor YAML"),
        (b"a: &a [*a]", "an alias for what is not"),
        (b"a: *b", "an alias for what is not"),
        (b"- " * 400 + b"x", "nested deeper than 200"),
        (b"[" * 200_000, "nested|neither"),
        (b'{"a":' * 200_000, "nested|neither"),
        (b"- " * 200_000, "nested|neither"),
    ],
)
def test_what_cannot_be_a_recording_is_refused_in_words(data: bytes, what: str) -> None:
    """No file ends the process, however it is made."""
    with pytest.raises(UnsupportedFormat, match=what):
        load_documents(data, "file")


def test_an_error_names_the_line() -> None:
    """The line at which the reading stopped, so that a person can go there."""
    with pytest.raises(UnsupportedFormat) as caught:
        load_documents(b"a: 1\nb: [\nc: 2\n", "tape.yaml")
    assert caught.value.where == "tape.yaml:4"


@pytest.mark.parametrize(
    "step", ["{name}: &{name} [*{last},*{last},*{last},*{last},*{last},*{last},*{last},*{last}]", "{name}: &{name} {{<<: [*{last},*{last}], k: [*{last},*{last},*{last},*{last},*{last}]}}"]
)  # fmt: skip
def test_a_bomb_of_aliases_is_counted_before_it_goes_off(step: str) -> None:
    """A few lines that would expand to gigabytes are refused at once."""
    lines = ["a0: &a0 {x: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy}"]
    lines += [step.format(name=f"a{n}", last=f"a{n - 1}") for n in range(1, 14)]
    with pytest.raises(UnsupportedFormat, match="aliases expand"):
        load_documents("\n".join(lines).encode(), "file")


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a limit on everything."""
    monkeypatch.setattr("tapehiss.cassettes.document.FILE_MAX_BYTES", 5)
    with pytest.raises(UnsupportedFormat, match="larger than 5 bytes"):
        load_documents(b"a: 123", "file")


@given(st.binary(max_size=200))
def test_any_bytes_are_values_or_an_error_value(data: bytes) -> None:
    """Never a traceback."""
    with suppress(UnsupportedFormat):
        assert isinstance(load_documents(data, "file"), list)


@given(st.text("abc: -[]{}\n'\"&*!<>|#%@`,?\\0\t", max_size=60))
def test_any_text_of_yaml_marks_is_values_or_an_error_value(text: str) -> None:
    """The same for text that is made of YAML's own marks."""
    with suppress(UnsupportedFormat):
        assert isinstance(load_documents(text.encode(), "file"), list)


@pytest.mark.parametrize("text", ["aGlzcw==", "aGlzcw", "aGl\n zcw==\n", "aGlzcw=", "aGlzc w=="])
def test_base64_is_read_however_it_is_broken(text: str) -> None:
    """Lines, blanks and missing padding do not matter."""
    assert base64_bytes(text) == b"hiss"


def test_base64_of_the_other_alphabet() -> None:
    """URLs spell it differently, and one letter too many holds no byte."""
    assert (base64_bytes("-_-_"), base64_bytes("aGlzc"), base64_bytes("")) == (b"\xfb\xff\xbf", b"his", b"")
