"""A secret that was seen once is nowhere on the tape: planted by dice at any place, in any encoding, and encodings of those."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Exchange, Message, Request, Response
from tapehiss.cassettes.line import encode_line
from tapehiss.cassettes.redaction import Quarantined, Redactor, Rules, suspicions
from tapehiss.cassettes.secretshapes import is_bounded, is_placeholder, is_spreadable
from tapehiss.cassettes.surface import surface_of

KEY = b"a project key for the properties"


def json_string(text: str) -> str:
    return json.dumps(text)[1:-1]


def json_slashes(text: str) -> str:
    return json_string(text).replace("/", "\\/")


def json_letters(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def base64_after(lead: str):
    return lambda text: base64.b64encode((lead + text).encode()).decode()


def base64_url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def base64_lines(text: str) -> str:
    return base64.encodebytes(("0123456789" * 6 + text).encode()).decode()


def percent_lower(text: str) -> str:
    return "".join(char if char.isalnum() else f"%{ord(char):02x}" for char in text)


ENCODINGS = {
    "raw": str,
    "percent": lambda text: quote(text, safe=""),
    "percent lower": percent_lower,
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "json": json_string,
    "json slashes": json_slashes,
    "json letters": json_letters,
    "markup": html.escape,
    "markup numbers": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    "base64 0": base64_after(""),
    "base64 1": base64_after("#"),
    "base64 2": base64_after("::"),
    "base64 url": base64_url,
    "base64 lines": base64_lines,
    "hex": lambda text: text.encode().hex(),
    "hex upper": lambda text: text.encode().hex().upper(),
    "hex colons": lambda text: text.encode().hex(":"),
}

secrets = st.text(
    st.sampled_from("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789" * 2 + "-_.~!/+=:&\"'\\<> @%?#"),
    min_size=12,
    max_size=48,
).filter(
    lambda text: (
        text == text.strip()
        and is_spreadable(text.encode())
        and not is_placeholder(text.encode())
        and not is_bounded(text.encode())
        and sum(char.isalnum() for char in text) >= 8
        and any(char.isdigit() for char in text)
        and "://" not in text
    )
)
"""Whatever a vendor could hand out, a pass phrase included: long and mixed enough to be told from a word."""

encodings = st.lists(st.sampled_from(sorted(ENCODINGS)), min_size=0, max_size=3)
PLACES = (
    "url",
    "request header",
    "request body",
    "response header",
    "response body",
    "trailer",
    "message",
    "detail",
    "label",
)
surroundings = st.sampled_from(
    ['{{"a": "{}", "b": 1}}', "x={}&y=2", "<a b='1'>{}</a>", "{}", "see {} there", '[1, ["{}"]]']
)


def spelt(secret: str, names: list[str]) -> str:
    for name in names:
        secret = ENCODINGS[name](secret)
    return secret


def planted(place: str, text: str, learnt: tuple[str, str]) -> Exchange:
    """An exchange with a text at a place, whose request carries the secret where it is learnt."""
    latin = text.encode().decode("latin-1").replace("\n", " ")
    return Exchange(
        Request(
            "POST",
            f"https://api.vendor.example/v1?q={quote(text)}" if place == "url" else "https://api.vendor.example/v1",
            (learnt, *([("X-Note", latin)] if place == "request header" else [])),
            text.encode() if place == "request body" else b"",
        ),
        Response(
            200,
            "OK",
            (("X-Note", latin),) if place == "response header" else (),
            text.encode() if place == "response body" else b"",
            trailers=(("X-Note", latin),) if place == "trailer" else (),
        ),
        detail=text if place == "detail" else "",
        label=text if place == "label" else "",
        messages=(Message(False, True, text.encode(), 0.0),) if place == "message" else (),
    )


@settings(max_examples=400, deadline=None)
@given(secrets, encodings, st.sampled_from(PLACES), surroundings, st.booleans())
def test_a_known_secret_is_nowhere(secret, names, place, around, learnt_before):
    """Neither in its spelling at that place, nor raw, in that exchange or in a later one."""
    redactor, plain = Redactor(Rules(), key=KEY), Exchange(Request("GET", "https://api.vendor.example/"))
    learnt = ("X-Api-Key", secret)
    if learnt_before:
        assert not isinstance(
            redactor.clean(Exchange(Request("GET", "https://api.vendor.example/", (learnt,)))), Quarantined
        )
        learnt = ("Accept", "*/*")
    spelling = spelt(secret, names)
    assume(redactor.clean(plain) == plain)
    cleaned = redactor.clean(planted(place, around.format(spelling), learnt))
    event(f"{len(names)} encodings")
    assert not isinstance(cleaned, Quarantined)
    read = surface_of(cleaned).view + encode_line(cleaned)
    assert spelling.encode() not in read
    assert secret.encode() not in read


@settings(max_examples=200, deadline=None)
@given(secrets, encodings, st.sampled_from(PLACES), surroundings)
def test_lengths_and_pseudonyms_are_stable(secret, names, place, around):
    """Cleaning keeps every length; cleaning again changes nothing, under any key; and nothing on the clean tape is suspected."""
    dirty = planted(place, around.format(spelt(secret, names)), ("X-Api-Key", secret))
    redactor = Redactor(Rules(), key=KEY)
    cleaned = redactor.clean(dirty)
    assert surface_of(cleaned).spans == surface_of(dirty).spans
    assert redactor.clean(cleaned) == cleaned
    assert Redactor(Rules(), key=b"somebody else's project key").clean(cleaned) == cleaned
    assert suspicions(cleaned) == ()


FIELDS = (
    "password",
    "clientSecret",
    "api_key",
    "access-token",
    "X-Api-Key",
    "refresh_token",
    "private_key",
    "db_passwd",
    "authToken",
)
WRITTEN = {
    "json": lambda name, value: json.dumps({"data": [{name: value}]}),
    "json, ascii escaped slashes": lambda name, value: json.dumps({name: value}).replace("/", "\\/"),
    "json in json": lambda name, value: json.dumps({"inner": json.dumps({name: value})}),
    "form": lambda name, value: f"a=1&{quote(name)}={quote(value, safe='')}&b=2",
    "xml": lambda name, value: f"<r><{name}>{html.escape(value)}</{name}></r>",
    "xml attribute": lambda name, value: f'<r {name}="{html.escape(value)}"/>',
    "pair": lambda name, value: json.dumps([{"name": name, "value": value}]),
    "base64 of json": lambda name, value: json.dumps(
        {"blob": base64.b64encode(json.dumps({name: value}).encode()).decode()}
    ),
}


@settings(max_examples=300, deadline=None)
@given(secrets, st.sampled_from(FIELDS), st.sampled_from(sorted(WRITTEN)), st.booleans())
def test_a_named_secret_is_learnt_wherever_it_is_written(secret, name, how, asked):
    """A field whose name says so is enough: no type, no configuration, no earlier sight of the secret."""
    body = WRITTEN[how](name, secret).encode()
    headers = (("Content-Type", "application/x-www-form-urlencoded" if how == "form" else "text/plain"),)
    sides = (
        (Request("POST", "https://api.vendor.example/v1", headers, body), None)
        if asked
        else (
            Request("GET", "https://api.vendor.example/v1"),
            Response(200, "OK", headers, body),
        )
    )
    redactor = Redactor(Rules(), key=KEY)
    cleaned = redactor.clean(Exchange(*sides))
    later = redactor.clean(Exchange(Request("GET", f"https://api.vendor.example/{quote(secret, safe='')}")))
    assert not isinstance(cleaned, Quarantined)
    assert body != (cleaned.request.body if asked else cleaned.response.body)
    for x in (cleaned, later):
        assert secret.encode() not in surface_of(x).view
        assert quote(secret, safe="").encode() not in surface_of(x).view


@settings(max_examples=200, deadline=None)
@given(
    secrets,
    st.lists(st.integers(1, 6), min_size=4, max_size=20),
    st.sampled_from(["sse", "lines", "websocket", "plain"]),
)
def test_a_secret_in_pieces_is_seen_whole(secret, sizes, how):
    """Cut anywhere, over events, lines or messages, it is put together again and every piece is replaced."""
    pieces, rest = [], secret
    for size in sizes:
        pieces.append(rest[:size])
        rest = rest[size:]
    pieces = [piece for piece in [*pieces, rest] if piece]
    assume(len(pieces) > 2)
    request = Request("GET", "https://api.vendor.example/v1", (("X-Api-Key", secret),))
    documents = [
        json.dumps({"choices": [{"index": 0, "delta": {"content": piece}}]}) for piece in ["well: ", *pieces, " ok"]
    ]
    if how == "websocket":
        messages = tuple(Message(False, True, document.encode(), 0.0) for document in documents)
        dirty = Exchange(request, Response(101), messages=messages)
    else:
        kind = {"sse": "text/event-stream", "lines": "application/x-ndjson", "plain": "text/event-stream"}[how]
        lines = [f"data: {document}\n\n" if how != "lines" else f"{document}\n" for document in documents]
        lines = [f"data: {piece}\n\n" for piece in pieces] if how == "plain" else lines
        dirty = Exchange(request, Response(200, "OK", (("Content-Type", kind),), "".join(lines).encode()))
    cleaned = Redactor(Rules(), key=KEY).clean(dirty)
    assert not isinstance(cleaned, Quarantined)
    told = "".join(contents(cleaned, how))
    assert secret not in told
    assert len(told) == len("".join(contents(dirty, how)))


def contents(x: Exchange, how: str) -> list[str]:
    """What a client would put together."""
    if how == "websocket":
        texts = [message.content.decode() for message in x.messages]
    else:
        texts = [line.removeprefix("data: ") for line in x.response.body.decode().split("\n") if line]
    return texts if how == "plain" else [json.loads(text)["choices"][0]["delta"]["content"] for text in texts]
