"""One origin in the place of another: the laws, and the spellings."""

from __future__ import annotations

import html
import itertools
import json
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tapehiss.cassettes.origins import Origin, target
from tapehiss.cassettes.swap import SPELLINGS, Swap, Tail

VENDOR = target("https://api.vendor.example").origin
HERE = Origin("http", "127.0.0.1", 8080)
FORTH, BACK = Swap((VENDOR,), HERE), Swap((HERE,), VENDOR)
PAIRS = [
    (VENDOR, HERE),
    (Origin("http", "127.0.0.1", 5000), HERE),
    (Origin("http", "vendor.example", 80), Origin("http", "[::1]", 8080)),
    (Origin("https", "[2001:db8::1]", 8443), Origin("https", "localhost", 443)),
]


def spelt(origin: Origin, colon: bytes, slash: bytes, *, scheme: bool = True) -> bytes:
    """An origin in one spelling (hosts without colons only)."""
    port = b"" if origin.default_port else colon + str(origin.port).encode()
    return (origin.scheme.encode() + colon if scheme else b"") + slash * 2 + origin.host.encode() + port


def fragments(origin: Origin) -> st.SearchStrategy[bytes]:
    """Pieces of text that are, nearly are, or surround a source."""
    whole = [spelt(origin, *pair) for pair in SPELLINGS if not origin.host.startswith("[")] or [str(origin).encode()]
    near = st.sampled_from(whole).flatmap(lambda url: st.integers(1, len(url) - 1).map(lambda size: url[:size]))
    around = st.sampled_from(
        [
            b'"',
            b" ",
            b"/",
            b"//",
            b".",
            b":",
            b"%",
            b"%2F",
            b"%3A",
            b"443",
            b":443",
            b"\\/",
            b"-",
            b"@",
            b"x",
            b"xmlns='",
            b"=",
            b"\n",
        ]
    )
    return st.sampled_from(whole) | near | around | st.binary(max_size=3)


def texts(origin: Origin) -> st.SearchStrategy[bytes]:
    """Texts in which sources are frequent."""
    return st.lists(fragments(origin), max_size=8).map(b"".join)


CASES = st.sampled_from(PAIRS).flatmap(lambda pair: st.tuples(st.just(pair), texts(pair[0])))


@given(CASES)
def test_back_undoes_forth(case: tuple[tuple[Origin, Origin], bytes]) -> None:
    """If the recorder's URL was not in a text, the vendor's comes back as it was (a default port written out is tidied away)."""
    (vendor, here), text = case
    forth, back = Swap((vendor,), here), Swap((here,), vendor)
    assume(back.text(text) == text)
    written_out = {colon + str(vendor.port).encode() for colon, _ in SPELLINGS}
    assume(not (vendor.default_port and any(port in text for port in written_out)))
    assert text == back.text(forth.text(text))


@given(CASES, st.lists(st.integers(0, 400), max_size=12))
def test_cutting_a_text_into_chunks_changes_nothing(case: tuple[tuple[Origin, Origin], bytes], cuts: list[int]) -> None:
    """The same bytes, wherever the chunks end; what is held back is never longer than the longest spelling and its end."""
    (vendor, here), text = case
    swap = Swap((vendor,), here)
    borders = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    tail, out = Tail(), []
    for start, stop in itertools.pairwise(borders):
        tail, piece = swap.step(tail, text[start:stop])
        assert len(tail.held) <= len(f"https{vendor}") + 8 * 5 + 8 * vendor.host.count(":")
        out.append(piece)
    _, piece = swap.step(tail, b"", last=True)
    assert swap.text(text) == b"".join([*out, piece])


@pytest.mark.parametrize(
    "text",
    [
        b"https%3A%2F%2Fapi.vendor.example%3A8443%2F https%3A%2F%2Fapi.vendor.example%2F",
        b"https://api.vendor.example%40elsewhere.example https://api.vendor.example%2540x https://api.vendor.example%253Ax",
        b"https://api.vendor.example:443 https://api.vendor.example:44 https://api.vendor.example:4430",
        b"<a xmlns:long-prefix.0 = 'https://api.vendor.example'> \"//api.vendor.example\" x//api.vendor.example",
    ],
)
def test_every_pair_of_cuts_gives_the_same_bytes(text: bytes) -> None:
    """What decides whether a name has ended may come a chunk later, byte by byte."""
    whole = FORTH.text(text)
    for first, second in itertools.combinations(range(len(text) + 1), 2):
        tail, out = FORTH.step(Tail(), text[:first])
        tail, more = FORTH.step(tail, text[first:second])
        _, rest = FORTH.step(tail, text[second:], last=True)
        assert out + more + rest == whole


@pytest.mark.parametrize(("colon", "slash"), SPELLINGS)
def test_every_spelling_is_answered_in_kind(colon: bytes, slash: bytes) -> None:
    """JSON stays JSON, and what was percent-encoded stays so."""
    assert b'"' + spelt(HERE, colon, slash) + slash + b'x"' == FORTH.text(
        b'"' + spelt(VENDOR, colon, slash) + slash + b'x"'
    )


@pytest.mark.parametrize(
    "wrap",
    [
        lambda url: json.dumps({"next": url}),
        lambda url: json.dumps({"next": url}).replace("/", "\\/"),
        lambda url: json.dumps(json.dumps({"next": url})),
        lambda url: json.dumps(json.dumps({"next": url}).replace("/", "\\/")),
        lambda url: json.dumps(json.dumps({"next": url}).replace("/", "\\/")).replace("/", "\\/"),
        lambda url: f"<a href='{html.escape(url)}'>",
        lambda url: f"https://login.vendor.example/?return_to={quote(url, safe='')}",
        lambda url: f"https://login.vendor.example/?return_to={quote(url)}",
        lambda url: f"?a={quote('?b=' + quote(url, safe=''), safe='')}",
        lambda url: f"data: {url}\n\n",
        lambda url: url.replace("https:", "wss:").replace("http:", "ws:"),
    ],
)
def test_what_encoders_make_of_a_url_is_found(wrap) -> None:
    """The client sees what its vendor would have written about the recorder."""
    ours, theirs = (wrap(f"{origin}/v1/things?page=2").encode() for origin in (HERE, VENDOR))
    assert ours == FORTH.text(theirs)
    assert theirs == BACK.text(ours)


@pytest.mark.parametrize(
    "text",
    [
        b"https://api.vendor.example.org/x",
        b"https://api.vendor.example:8443/x",
        b"https%3A%2F%2Fapi.vendor.example%3A8443",
        b"https://api.vendor.example-staging/x",
        b"https://api.vendor.example@elsewhere.example/",
        b"https://api.vendor.example%40elsewhere.example/",
        b"https://eu.api.vendor.example/x",
        b"http://api.vendor.example/x",
        b"http://elsewhere.example//api.vendor.example/x",
        b"api.vendor.example",
        b"mailto:me@api.vendor.example",
    ],
)
def test_what_only_looks_alike_is_left_alone(text: bytes) -> None:
    """Another host, port, scheme or part of a URL is not the vendor's origin."""
    assert text == FORTH.text(text)


def test_a_namespace_is_a_name_and_a_link_is_a_place() -> None:
    """Clients compare namespaces with what they know, and follow links."""
    text = b'<feed xmlns="https://api.vendor.example/ns" xmlns:v = \'https://api.vendor.example/v\' href="%s/x"/>'
    assert text % str(HERE).encode() == FORTH.text(text % str(VENDOR).encode())


def test_a_default_port_may_be_written_out() -> None:
    """``:443`` says nothing new about https."""
    assert FORTH.text(b"https://api.vendor.example:443/x") == b"http://127.0.0.1:8080/x"


def test_several_names_of_the_recorder_mean_one_vendor() -> None:
    """A client may have met the recorder under another name before."""
    back = Swap((HERE, Origin("http", "localhost", 8080)), VENDOR)
    assert (
        back.text(b"http://localhost:8080/a http://127.0.0.1:8080/b")
        == b"https://api.vendor.example/a https://api.vendor.example/b"
    )


def test_an_event_that_has_ended_leaves_at_once() -> None:
    """Nothing is held back unless the end of a chunk could be the beginning of the vendor's URL."""
    for chunk in (b'data: {"a": 1}\n\n', b"data: [DONE]\n\n", b": ping\n", b'data: "https://api.vendor.example/x"\n\n'):
        tail, out = FORTH.step(Tail(), chunk)
        assert (b"", FORTH.text(chunk)) == (tail.held, out)
    tail, out = FORTH.step(Tail(), b"see https://api.ven")
    assert (tail.held, out) == (b"https://api.ven", b"see ")
