"""Hypothesis strategies for values that several rooms make laws about: ``from strategies import exchanges``."""

from __future__ import annotations

from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Cut, Ending, Exchange, Message, Request, Response, Timings

LATIN_1 = st.characters(max_codepoint=255)
SECONDS = st.floats(min_value=0, max_value=1e5, allow_nan=False)
TRICKY = st.sampled_from(
    ["", "\0", "\x7f", "\x85", "\u2028\u2029", "\ufeff", "\ufffe\uffff", "é!", "!!binary", '!!binary "QUJD"', "\\U0001F600",
     "\\\\ud83d", "😀", "{}", '"response": {"', "- {", "# x", ": ", "<<", "null", "1e-05", "\r\n", "\t", "'", "\\", "%E9"]
)  # fmt: skip
"""Text over which formats have stumbled: YAML's line breaks and tags, JSON's escapes, surrogates, our own markers."""


HALVES = st.sampled_from(["\ud83d", "caf\udce9", "\udc00\ud800\\", "\u00e9\ud800!"])
"""Text with half surrogate pairs: what a broken URL or file name decodes to."""


def texts(max_size: int = 20) -> st.SearchStrategy[str]:
    """Any text, half surrogate pairs included."""
    return st.one_of(st.text(max_size=max_size), TRICKY, HALVES)


def bodies(max_size: int = 60) -> st.SearchStrategy[bytes]:
    """Any body: bytes, text, and the pieces over which formats have stumbled."""
    tricky = st.lists(TRICKY, max_size=3).map(lambda pieces: "".join(pieces).encode())
    return st.one_of(st.binary(max_size=max_size), st.text(max_size=max_size).map(str.encode), tricky)


def headers(max_size: int = 6) -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    """Header pairs as a broken peer might send them: duplicates, odd cases, any latin-1 bytes."""
    known = st.sampled_from(
        ["Content-Type", "content-type", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Connection", "Set-Cookie",
         "set-cookie", "Cookie", "Link", "Location", "ETag", "Retry-After", "X-Request-Id", "Alt-Svc", "x" * 1100, "no: token", ""]
    )  # fmt: skip
    values = st.one_of(
        st.sampled_from(["", "0", "1", "gzip", "a=1", "café", "close", "a\x01b", "a\nb: c"]),
        st.text(LATIN_1, max_size=12),
    )
    return st.lists(st.tuples(st.one_of(known, known, st.text(LATIN_1, max_size=5)), values), max_size=max_size).map(
        tuple
    )


def cuts() -> st.SearchStrategy[Cut | None]:
    """Mostly whole bodies."""
    return st.one_of(st.none(), st.none(), st.builds(Cut, st.integers(0, 1 << 40), st.just("ab" * 32)))


def requests() -> st.SearchStrategy[Request]:
    """Any request."""
    return st.builds(
        Request,
        method=st.one_of(st.sampled_from(["GET", "POST", "HEAD", "DELETE"]), texts(5)),
        url=st.one_of(st.sampled_from(["https://api.vendor.example/v1/things?a=1", "http://h:8080/%7Ex"]), texts()),
        headers=headers(),
        body=bodies(),
        http_version=st.sampled_from(["HTTP/1.1", "HTTP/2.0", "HTTP/1.0", ""]),
        trailers=headers(2),
        undecoded=st.booleans(),
        cut=cuts(),
    )


def responses() -> st.SearchStrategy[Response]:
    """Any response."""
    return st.builds(
        Response,
        status=st.one_of(st.sampled_from([200, 201, 204, 301, 304, 404, 429, 503]), st.integers(100, 999)),
        reason=st.one_of(st.sampled_from(["", "OK", "Not Found"]), st.text(LATIN_1, max_size=8)),
        headers=headers(),
        body=bodies(),
        http_version=st.sampled_from(["HTTP/1.1", "HTTP/2.0"]),
        trailers=headers(2),
        undecoded=st.booleans(),
        cut=cuts(),
        chunks=st.lists(st.tuples(SECONDS, st.integers(0, 1 << 20)), max_size=3).map(tuple),
    )


def messages() -> st.SearchStrategy[Message]:
    """Any WebSocket message."""
    return st.builds(Message, st.booleans(), st.booleans(), bodies(20), SECONDS)


def exchanges(*, replayable: bool = False) -> st.SearchStrategy[Exchange]:
    """Any exchange, or only such as a player could replay."""
    whole = st.builds(
        Exchange,
        request=requests(),
        response=responses(),
        started_at=st.floats(0, 4e9),
        timings=st.builds(Timings, *[st.one_of(st.none(), SECONDS)] * 4),
        label=texts(8),
        notes=st.lists(st.tuples(texts(8), texts(8)), max_size=2).map(tuple),
    )
    if replayable:
        return whole.filter(lambda x: x.replayable)
    broken = st.builds(
        Exchange,
        request=requests(),
        response=st.one_of(st.none(), responses()),
        ending=st.sampled_from(list(Ending)),
        detail=texts(),
        started_at=st.floats(0, 4e9),
        label=texts(8),
        messages=st.lists(messages(), max_size=2).map(tuple),
    )
    return st.one_of(whole, broken)


def short_exchange(i: int) -> Exchange:
    """The i-th of any number of small and different exchanges, a second apart: for examples, not for laws."""
    body = b'{"id": %d}' % i
    return Exchange(
        Request("GET", f"https://api.vendor.example/v1/things/{i}"),
        Response(200, "OK", (("Content-Type", "application/json"), ("Content-Length", str(len(body)))), body),
        started_at=float(i),
    )
