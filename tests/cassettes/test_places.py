"""What means what in an exchange."""

from __future__ import annotations

from tapehiss.cassettes.exchange import Cut, Ending, Exchange, Message, Request, Response
from tapehiss.cassettes.places import Places
from tapehiss.cassettes.secretnames import Names
from tapehiss.cassettes.surface import Part, surface_of

FORM = ("Content-Type", "application/x-www-form-urlencoded")


def places_of(x: Exchange) -> tuple[Places, bytes]:
    surface = surface_of(x)
    return Places(x, surface, Names()), surface.view


def test_credentials_in_headers_are_found_where_they_stand():
    """On all four blocks, latin-1 and beyond, by the bytes of the view."""
    x = Exchange(
        Request(
            "GET", "https://x/", (("X-Ä", "ö"), ("Authorization", "Bearer hush1")), trailers=(("X-Token", "hush2"),)
        ),
        Response(200, headers=(("X-☃", "€"), ("Set-Cookie", "a=hush3; Path=/")), trailers=(("X-Auth", "Basic eDp5"),)),
    )
    places, view = places_of(x)
    finds = places.header_finds(view)
    assert [view[find.start : find.end] for find in finds] == [b"hush1", b"hush2", b"hush3", b"eDp5"]
    assert [find.form for find in finds] == ["plain", "plain", "plain", "basic"]


def test_a_cookie_is_undone_of_its_percent_signs():
    """Frameworks encode what they put into cookies."""
    places, view = places_of(Exchange(Request("GET", "https://x/", (("Cookie", "a=b%3D; c=d"),))))
    assert [find.form for find in places.header_finds(view)] == ["form", "plain"]


def test_what_is_a_form():
    """The URL always; a body whose type says so."""
    places, view = places_of(
        Exchange(Request("POST", "https://x/?a=b", (FORM,), b"c=d"), Response(200, headers=(FORM,), body=b"e=f"))
    )
    within = places.within()
    assert [view[start:end] for start, end in within.strict] == [b"https://x/?a=b", b"c=d", b"e=f"]
    assert view[: within.url_end] == b"https://x/?a=b"


def test_what_is_binary_and_what_a_refusal():
    """By type and by status."""
    x = Exchange(
        Request("POST", "https://x/", (("Content-Type", "application/x-msgpack"),), b"\x80"), Response(422, body=b"no")
    )
    places, view = places_of(x)
    within = places.within()
    assert [view[start:end] for start, end in within.binary] == [b"\x80"]
    assert view[slice(*within.refusal)] == b"no"
    assert places_of(Exchange(Request("GET", "https://x/")))[0].within().refusal == (0, 0)


def test_streams_are_told_by_their_type():
    """Events, lines, and an array under a name that says so; a plain array is none."""

    def documents(kind: str, body: bytes, url: str = "https://x/") -> list[list[bytes]]:
        places, view = places_of(
            Exchange(Request("GET", url), Response(200, headers=(("Content-Type", kind),), body=body))
        )
        return [[view[start:end] for start, end in stream] for stream in places.streams(view)]

    assert documents("text/event-stream", b"data: a\n\ndata: b\n\n") == [[b"a", b"b"]]
    assert documents("application/x-ndjson", b"1\n2\n") == [[b"1", b"2"]]
    assert documents("application/json", b'[{"a":1},{"a":2}]', "https://x/v1:streamGenerate") == [
        [b'{"a":1}', b'{"a":2}']
    ]
    assert documents("application/json", b'[{"a":1},{"a":2}]') == []


def test_messages_of_each_side_are_a_stream():
    """Client and vendor apart."""
    messages = tuple(Message(i % 2 == 0, True, text, 0.0) for i, text in enumerate([b"c1", b"v1", b"c2"]))
    places, view = places_of(Exchange(Request("GET", "https://x/"), Response(101), messages=messages))
    assert [[view[start:end] for start, end in stream] for stream in places.streams(view)] == [[b"c1", b"c2"], [b"v1"]]


def test_bodies_without_an_end():
    """Cut by us, or cut off by the vendor."""
    cut = Cut(99, "00")

    def ends(x: Exchange) -> list[bytes]:
        places, view = places_of(x)
        return [view[start:end] for start, end in places.cut()]

    request = Request("GET", "https://x/", body=b"q")
    assert ends(Exchange(request, Response(200, body=b"r"))) == []
    assert ends(Exchange(request, Response(200, body=b"r"), ending=Ending.TRUNCATED)) == [b"r"]
    assert ends(Exchange(Request("GET", "https://x/", body=b"q", cut=cut), Response(200, body=b"r", cut=cut))) == [
        b"q",
        b"r",
    ]
    assert ends(Exchange(request, None, Ending.RESET)) == []


def test_bodies_come_last():
    """Everything from the first body on is content."""
    places, view = places_of(
        Exchange(Request("GET", "https://x/", body=b"q"), messages=(Message(True, True, b"m", 0.0),))
    )
    assert [view[start:end] for start, end in places.bodies()] == [b"q", b"", b"m"]
    assert len(places.bodies()) == 1 + Part.MESSAGES - Part.REQUEST_BODY


def test_a_body_that_is_one_word():
    """A path that says token, and nothing else in the answer: the word is looked at."""
    for url, count in (("https://x/latest/api/token", 1), ("https://x/v1/things", 0)):
        for body in (b"Xk29fPq7ZLabcd8R", b'"Xk29fPq7ZLabcd8R"\n'):
            places, view = places_of(Exchange(Request("PUT", url), Response(200, body=body)))
            assert [view[find.start : find.end] for find in places.header_finds(view)] == [b"Xk29fPq7ZLabcd8R"] * count
    places, view = places_of(Exchange(Request("PUT", "https://x/token"), Response(200, body=b"{} and some more words")))
    assert places.header_finds(view) == []


def test_bodies_that_stayed_encoded():
    """Each with the headers that say how."""
    coded = (("Content-Encoding", "br"),)
    x = Exchange(
        Request("POST", "https://x/", coded, b"q", undecoded=True),
        Response(200, headers=coded, body=b"r", undecoded=True),
    )
    places, view = places_of(x)
    assert [(headers, view[start:end]) for headers, (start, end) in places.undecoded()] == [
        (coded, b"q"),
        (coded, b"r"),
    ]


def test_tables_and_calls_are_found_in_bodies():
    """A column of a table by the type of the body; the password of a log-in by its call."""
    table = (("Content-Type", "text/csv; charset=utf-8"),)
    call = b'{"method": "login", "params": ["ada", "hush1"]}'
    x = Exchange(
        Request("POST", "https://x/", (), call), Response(200, headers=table, body=b"user,password\nada,hush2\n")
    )
    places, view = places_of(x)
    assert [view[find.start : find.end] for find in places.header_finds(view)] == [b"hush2", b"hush1"]
