"""Matchers in files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.errors import BadMatchers
from tapehiss.mocks.matcher_file import is_line, line_for, parse_matchers, read_matchers
from tapehiss.mocks.matchers import Matcher, Matchers

NAMES = st.frozensets(
    st.text(min_size=1, max_size=5).filter(lambda text: text.isascii() and text.isprintable()), max_size=3
)
LOWER = st.frozensets(st.from_regex(r"[a-z][a-z-]{0,8}", fullmatch=True), max_size=3)
PLACES = st.from_regex(r"/[!-\"$->@-~ ]{0,20}", fullmatch=True)


ON = st.builds("{} {}".format, st.sampled_from(["GET", "*", "POST"]), PLACES)
MATCHERS = st.builds(Matcher, ON, st.just("") | st.builds("PUT {}".format, PLACES), NAMES, NAMES, LOWER, LOWER)


@given(MATCHERS)
def test_a_line_says_its_rule(matcher):
    """A rule as a line of a file is this rule again, whatever its names are, and one line."""
    assert is_line(matcher)
    assert "\n" not in line_for(matcher)
    assert parse_matchers(line_for(matcher).encode(), "m.yaml") == Matchers((matcher,))


def test_a_file(tmp_path):
    """A list, or a mapping with a list in it; an empty file has no rules."""
    path = tmp_path / "m.yaml"
    path.write_text(
        "matchers:\n- on: GET /v1/*\n  ignore: {query: ts, headers: [Range]}\n  require: {headers: [X-V]}\n"
    )
    rule = Matcher("GET /v1/*", query=frozenset({"ts"}), headers=frozenset({"range"}), required=frozenset({"x-v"}))
    assert read_matchers(path) == Matchers((rule,))
    path.write_text("")
    assert not read_matchers(path)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- on: GET /a\n  ignored: 1", 2, "ignored: is no field"),
        ("- on: 7", 1, "on: method and path"),
        ("- {}", 1, "on: method and path"),
        ("- on: GET /a\n\n  like: orders", 3, "like: one method"),
        ("- on: GET /a\n  ignore: 5", 2, "ignore: is no mapping"),
        ("- on: GET /a\n  ignore:\n    cookies: [a]", 3, "ignore.cookies: is no field"),
        ("- on: GET /a\n  require:\n    headers: [1]", 3, "require.headers: is no list of names"),
        ("- a rule", 1, "a rule is a mapping"),
        ("rules: []", 1, "is no list of rules"),
        ("- on: GET /a\n  like: !!python/none x", 2, "is not YAML"),
        ("- [", 1, "is not YAML"),
    ],
)
def test_a_flaw_has_its_line(text, line, words):
    """File, line and field, and what is allowed."""
    with pytest.raises(BadMatchers) as caught:
        parse_matchers(text.encode(), "m.yaml")
    assert caught.value.where == f"m.yaml:{line}"
    assert words in caught.value.what
    assert caught.value.remedy


def test_a_file_is_bounded():
    """A thousand rules are enough."""
    with pytest.raises(BadMatchers):
        parse_matchers(b"- on: GET /a\n" * 1001, "m.yaml")


@pytest.mark.parametrize(
    "matcher",
    [Matcher("GET orders"), Matcher("GET /é"), Matcher("G T /x y", like="GET"), Matcher("GET /" + "a" * 5000)],
)
def test_what_is_no_line(matcher):
    """Places that no request line could name."""
    assert not is_line(matcher)


def test_the_example_of_the_documentation():
    """The rules that the page shows can be read, and its one-line rule as well."""
    page = (Path(__file__).parents[2] / "docs" / "serving.md").read_text(encoding="utf-8")
    section = page.partition("## What is compared, by operation")[2].partition("## Beyond the tapes")[0]
    rules, line = re.findall(r"```(?:yaml)?\n(.*?)```", section, re.DOTALL)
    assert [rule.on for rule in parse_matchers(rules.encode(), "docs").rules] == [
        "GET /v1/search*",
        "POST /v1/*",
        "GET /v1/orders/*",
    ]
    (told,) = parse_matchers(line.encode(), "docs").rules
    assert line_for(told) == line.strip()
