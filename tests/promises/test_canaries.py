"""The canary suite: a secret at every place where recorders are known to leak, and none of them on the tape.

The first 22 places are those at which other recorders were measured (docs/redaction.md has the figures); the others are ours. Every
canary stands alone: a recording that never saw the secret before must take it out of this one exchange.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import random
import string
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest

from tapehiss.cassettes.exchange import Exchange, Message, Request, Response, header
from tapehiss.cassettes.fields import values_of
from tapehiss.cassettes.jwt import encoded, is_reissued
from tapehiss.cassettes.line import encode_line
from tapehiss.cassettes.redaction import Quarantined, Redactor, Rules, suspicions
from tapehiss.cassettes.surface import surface_of

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = b"a project key for the canary tests"
URL = "https://api.vendor.example/v1/things"
JSON = ("Content-Type", "application/json")
AWS4 = "AWS4-HMAC-SHA256 Credential=AKID/20261121/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature="
S3 = "https://bucket.s3.example/key?X-Amz-Date=20261121T000000Z&X-Amz-Signature="
FORM = ("Content-Type", "application/x-www-form-urlencoded")


def made_up(seed: str, length: int = 28) -> str:
    """A secret that nobody uses: letters and digits, from dice with a known seed."""
    dice = random.Random(seed)
    return "".join(dice.choices(string.ascii_letters + string.digits, k=length))


def asked(url=URL, *headers, body=b"", method="POST", **more) -> Exchange:
    return Exchange(Request(method, url, headers, body), Response(204), **more)


def answered(*headers, body=b"", status=200, url=URL, **more) -> Exchange:
    return Exchange(Request("GET", url), Response(status, "OK", headers, body), **more)


def as_json(value) -> bytes:
    return json.dumps(value).encode()


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def token(claims: dict, secret: str = "k") -> str:
    head, body = (encoded(as_json(part)).decode() for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{head}.{body}.{encoded((secret * 32)[:32].encode()).decode()}"


def multipart(name: str, value: str, extra: str = "") -> bytes:
    lines = ["--b0und", f'Content-Disposition: form-data; name="{name}"{extra}', "", value, "--b0und--", ""]
    return "\r\n".join(lines).encode()


def sse(*pieces: str, wrap=lambda text: {"choices": [{"index": 0, "delta": {"content": text}}]}) -> bytes:
    return b"".join(b"data: " + as_json(wrap(piece)) + b"\n\n" for piece in pieces) + b"data: [DONE]\n\n"


def echo(s: str, body: bytes, kind: str = "application/json", **more) -> Exchange:
    """A response that holds, in some encoding, what the request authenticated with."""
    request = Request("GET", URL, (("Authorization", f"Bearer {s}"),))
    return Exchange(request, Response(200, "OK", (("Content-Type", kind),), body), **more)


def varint_field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2, len(content)]) + content


def halves(s: str, size: int = 5) -> list[str]:
    return [s[i : i + size] for i in range(0, len(s), size)]


CANARIES: dict[str, Callable[[str], Exchange]] = {
    # the 22 of the comparison
    "authorization header": lambda s: asked(URL, ("Authorization", f"Bearer {s}")),
    "cookie": lambda s: asked(URL, ("Cookie", f"theme=dark; sid={s}; lang=en")),
    "query api_key": lambda s: asked(f"{URL}?flag&api_key={s}&e="),
    "path token": lambda s: asked(f"https://api.vendor.example/bot110201543:{s}/sendMessage"),
    "url userinfo": lambda s: asked(f"https://user:{s}@api.vendor.example/v1"),
    "basic header": lambda s: asked(URL, ("Authorization", "Basic " + b64(f"user:{s}"))),
    "custom header": lambda s: asked(URL, ("x-acme-key", s)),
    "webhook signature": lambda s: asked(URL, ("X-Hub-Signature-256", f"sha256={s}"), body=b"{}"),
    "json top level": lambda s: asked(URL, JSON, body=as_json({"password": s})),
    "json nested": lambda s: asked(URL, JSON, body=as_json({"a": [{"b": {"clientSecret": s}}]})),
    "json with charset": lambda s: asked(
        URL, ("content-type", "application/json; charset=utf-8"), body=as_json({"api_key": s})
    ),
    "json by suffix": lambda s: asked(URL, ("Content-Type", "application/vnd.api+json"), body=as_json({"api_key": s})),
    "form": lambda s: asked(URL, FORM, body=f"grant_type=password&password={s}&x=1".encode()),
    "multipart": lambda s: asked(
        URL, ("Content-Type", "multipart/form-data; boundary=b0und"), body=multipart("api_key", s)
    ),
    "gzip request body": lambda s: asked(
        URL, JSON, ("Content-Encoding", "gzip"), body=gzip.decompress(gzip.compress(as_json({"secret": s})))
    ),
    "base64 inside json": lambda s: answered(JSON, body=as_json({"blob": b64(as_json({"user": "a", "password": s}))})),
    "set-cookie": lambda s: answered(("Set-Cookie", f"session={s}; Path=/; HttpOnly; SameSite=Lax")),
    "response access_token": lambda s: answered(JSON, body=as_json({"access_token": s, "token_type": "Bearer"})),
    "jwt payload": lambda s: answered(JSON, body=as_json({"result": token({"sub": "1", "key": s, "exp": 1700000000})})),
    "location code": lambda s: answered(("Location", f"https://app.example/cb?code={s}&state=xyz"), status=302),
    "xml password": lambda s: asked(
        URL, ("Content-Type", "text/xml"), body=f"<r><user>a</user><password>{s}</password></r>".encode()
    ),
    "split over sse deltas": lambda s: echo(s, sse("the key is ", *halves(s), " ok"), "text/event-stream"),
    # and ours: headers
    "header folded": lambda s: asked(URL, ("Authorization", f"Bearer\r\n {s}")),
    "header in another case": lambda s: asked(URL, ("aUTHORIZATION", f"bearer {s}")),
    "proxy-authorization": lambda s: asked(URL, ("Proxy-Authorization", "Basic " + b64(f"u:{s}"))),
    "cookie attributes": lambda s: answered(("Set-Cookie", f'a="{s}"; Domain=.vendor.example; Path=/; Max-Age=3600')),
    "two cookies folded": lambda s: answered(
        ("Set-Cookie", f"a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT, session={s}; Path=/")
    ),
    "cookie percent-encoded": lambda s: asked(URL, ("Cookie", f"XSRF-TOKEN={quote(b64(s), safe='')}")),
    "digest response": lambda s: asked(
        URL, ("Authorization", f'Digest username="u", realm="r", nonce="n", uri="/x", response="{s}"')
    ),
    "aws signature": lambda s: asked(URL, ("Authorization", AWS4 + s)),
    "oauth 1": lambda s: asked(URL, ("Authorization", f'OAuth oauth_consumer_key="k", oauth_token="{s}"')),
    "stripe signature": lambda s: asked(URL, ("Stripe-Signature", f"t=1700000000,v1={s}")),
    "negotiate": lambda s: answered(("WWW-Authenticate", f"Negotiate {s}"), status=401),
    "security token": lambda s: asked(URL, ("X-Amz-Security-Token", s)),
    "session header": lambda s: asked(URL, ("X-SFDC-Session", s)),
    "link header": lambda s: answered(("Link", f'<{URL}?page=2&access_token={s}>; rel="next"')),
    "token scheme": lambda s: asked(URL, ("Authorization", f'Token token="{s}", nonce="abc"')),
    "non-ascii bearer": lambda s: asked(URL, ("Authorization", f"Bearer {s[:9]}\xc3\xa0{s[9:]}")),
    "session id": lambda s: asked(URL, ("X-Session-Id", s)),
    "password header": lambda s: asked(URL, ("X-User-Pass", s)),
    "websocket subprotocol": lambda s: asked(
        "wss://api.vendor.example/v1", ("Sec-WebSocket-Protocol", f"realtime, openai-insecure-api-key.{s}")
    ),
    "trailer": lambda s: Exchange(Request("GET", URL), Response(200, trailers=(("X-Auth-Token", s),))),
    "header name": lambda s: Exchange(
        Request("GET", URL, (("Authorization", f"Bearer {s}"),)), Response(200, headers=((f"X-{s}", "1"),))
    ),
    # URLs
    "userinfo alone": lambda s: asked(f"https://{s}@api.vendor.example/v1"),
    "presigned url": lambda s: answered(JSON, body=as_json({"url": f"{S3}{s.encode().hex()[:64].ljust(64, '0')}"})),
    "sas url": lambda s: asked(
        f"https://acct.blob.example/c/b?sv=2024-01-01&sp=r&sig={quote(b64((s + s)[:32]), safe='')}"
    ),
    "slack webhook": lambda s: asked(f"https://hooks.slack.com/services/T0{s[:7].upper()}/B01234567/{s}"),
    "jsessionid in the path": lambda s: asked(f"https://api.vendor.example/a;jsessionid={s}?x=1"),
    "fragment": lambda s: answered(
        ("Location", f"https://app.example/cb#access_token={s}&token_type=bearer"), status=302
    ),
    "url in json, slashes escaped": lambda s: answered(
        JSON, body=as_json({"next": f"{URL}?access_token={s}"}).replace(b"/", rb"\/")
    ),
    "url in json, ampersand escaped": lambda s: answered(JSON, body=rf'{{"u": "{URL}?a=1\u0026api_key={s}"}}'.encode()),
    "url in a form": lambda s: asked(URL, FORM, body=f"redirect={quote(f'{URL}?api_key={s}', safe='')}".encode()),
    # bodies
    "json under a wrong type": lambda s: asked(URL, ("Content-Type", "text/plain"), body=as_json({"password": s})),
    "json without a type": lambda s: asked(URL, body=as_json({"password": s})),
    "json pretty": lambda s: asked(URL, JSON, body=json.dumps({"password": s}, indent=4).encode()),
    "json in json": lambda s: asked(URL, JSON, body=as_json({"payload": json.dumps({"password": s})})),
    "json in json in json": lambda s: asked(
        URL, JSON, body=as_json({"payload": json.dumps({"inner": json.dumps({"password": s})})})
    ),
    "json, letters escaped": lambda s: asked(
        URL, JSON, body=b'{"password": "' + b"".join(b"\\u%04x" % byte for byte in s.encode()) + b'"}'
    ),
    "json list": lambda s: asked(URL, JSON, body=as_json({"recovery_codes": ["abcd", s]})),
    "json object": lambda s: asked(URL, JSON, body=as_json({"credentials": {"kind": "x", "value": s}})),
    "json name and value": lambda s: asked(URL, JSON, body=as_json([{"name": "DB_PASSWORD", "value": s}])),
    "json value and name": lambda s: asked(URL, JSON, body=as_json([{"value": s, "key": "API_TOKEN"}])),
    "json header list": lambda s: answered(JSON, body=as_json({"headers": [["X-Api-Key", s]]})),
    "json lines": lambda s: asked(
        URL, ("Content-Type", "application/x-ndjson"), body=as_json({"token": s}) + b"\n{}\n"
    ),
    "json cut off": lambda s: asked(URL, JSON, body=as_json({"password": s})[:-2]),
    "graphql variables": lambda s: asked(
        URL,
        JSON,
        body=as_json(
            {
                "query": "mutation($password: String!) { login(password: $password) { id } }",
                "variables": {"password": s},
            }
        ),
    ),
    "graphql inline": lambda s: asked(
        URL, JSON, body=as_json({"query": f'mutation {{ login(password: "{s}") {{ id }} }}'})
    ),
    "form with brackets": lambda s: asked(URL, FORM, body=f"user%5Bpassword%5D={s}&user%5Bname%5D=x".encode()),
    "form percent-encoded": lambda s: asked(URL, FORM, body=f"password={quote_plus(s[:9] + ' &=/+' + s[9:])}".encode()),
    "form with json": lambda s: asked(
        URL, FORM, body=f"payload={quote_plus(json.dumps({'password': s, 'text': 'a b'}))}".encode()
    ),
    "form, several lines": lambda s: asked(URL, body=f"API_SECRET={s[:9]}+{s[9:]}/=\nHOST=x\n".encode()),
    "form without a type": lambda s: asked(URL, body=f"user=x&password={s}".encode()),
    "multipart with a type": lambda s: asked(
        URL,
        ("Content-Type", "multipart/form-data; boundary=b0und"),
        body=multipart("client_secret", s).replace(b"\r\n\r\n", b"\r\nContent-Type: text/plain\r\n\r\n", 1),
    ),
    "xml attribute": lambda s: asked(
        URL, ("Content-Type", "application/xml"), body=f'<login user="a" password="{s}"/>'.encode()
    ),
    "xml namespace": lambda s: asked(
        URL,
        ("Content-Type", "application/soap+xml"),
        body=f"<s:Body><ns1:Password t='x'>{s}</ns1:Password></s:Body>".encode(),
    ),
    "xml cdata": lambda s: asked(URL, ("Content-Type", "text/xml"), body=f"<secret><![CDATA[{s}]]></secret>".encode()),
    "xml-rpc": lambda s: asked(
        URL,
        ("Content-Type", "text/xml"),
        body=f"<member><name>password</name><value><string>{s}</string></value></member>".encode(),
    ),
    "xml in utf-16": lambda s: asked(
        URL, ("Content-Type", "text/xml"), body=f"<a><password>{s}</password></a>".encode("utf-16")
    ),
    "html form": lambda s: answered(
        ("Content-Type", "text/html"), body=f'<input type="hidden" name="csrf_token" value="{s}">'.encode()
    ),
    "html form, value first": lambda s: answered(
        ("Content-Type", "text/html"), body=f'<input value="{s}" type="hidden" name="authenticity_token">'.encode()
    ),
    "html form without quotes": lambda s: answered(
        ("Content-Type", "text/html"), body=f"<input type=hidden name=csrf_token value={s}>".encode()
    ),
    "xml settings": lambda s: answered(("Content-Type", "text/xml"), body=f'<add key="ApiKey" value="{s}" />'.encode()),
    "html meta": lambda s: answered(
        ("Content-Type", "text/html"), body=f'<meta name="csrf-token" content="{s}" />'.encode()
    ),
    "environment file": lambda s: answered(("Content-Type", "text/plain"), body=f"HOST=x\nAPI_TOKEN={s}\n".encode()),
    "ini file": lambda s: answered(
        ("Content-Type", "text/plain"), body=f"[default]\naws_secret_access_key = {s}\n".encode()
    ),
    "toml file": lambda s: answered(body=f'password = "{s}"\n'.encode()),
    "script": lambda s: answered(
        ("Content-Type", "text/javascript"), body=f"const cfg = {{clientSecret: `{s}`}};".encode()
    ),
    "script, assigned": lambda s: answered(
        ("Content-Type", "text/javascript"), body=f"window.apiKey = '{s}';".encode()
    ),
    "yaml": lambda s: answered(("Content-Type", "application/yaml"), body=f"db:\n  password: {s}\n".encode()),
    "connection string": lambda s: answered(JSON, body=as_json({"dsn": f"postgres://app:{s}@db.example:5432/x"})),
    "curl example": lambda s: answered(JSON, body=as_json({"example": f"curl -H 'Authorization: Bearer {s}' {URL}"})),
    "messagepack": lambda s: asked(
        URL, ("Content-Type", "application/msgpack"), body=b"\x81\xa8password" + bytes([0xA0 | len(s)]) + s.encode()
    ),
    "messagepack in a websocket": lambda s: asked(
        messages=(Message(True, False, b"\x81\xa8password" + bytes([0xA0 | len(s)]) + s.encode(), 0.1),)
    ),
    "messagepack without a type": lambda s: asked(URL, body=b"\x81\xa8password" + bytes([0xA0 | len(s)]) + s.encode()),
    "cbor": lambda s: asked(
        URL, ("Content-Type", "application/cbor"), body=b"\xa1\x68password\x78" + bytes([len(s)]) + s.encode()
    ),
    "private key": lambda s: answered(
        JSON, body=as_json({"pem": f"-----BEGIN PRIVATE KEY-----\n{s * 2}\n{s}\n-----END PRIVATE KEY-----\n"})
    ),
    "kubernetes secret": lambda s: answered(JSON, body=as_json({"kind": "Secret", "data": {"password": b64(s)}})),
    "kubernetes secret, ordinary names": lambda s: answered(
        JSON,
        body=as_json({"items": [{"data": {"tls": b64(s)}, "kind": "Secret"}, {"kind": "Secret", "data": {"a": "b"}}]}),
    ),
    "private json web key": lambda s: answered(JSON, body=as_json({"keys": [{"kty": "oct", "k": s, "kid": "1"}]})),
    # shapes
    "stripe key in prose": lambda s: answered(JSON, body=as_json({"message": f"Invalid key: sk_test_{s}"}), status=401),
    "slack token in text": lambda s: answered(body=f"see xoxb-12345678901-12345678901-{s}.".encode()),
    "github token": lambda s: answered(body=f"git clone https://ghp_{(s * 2)[:36]}@github.example/x".encode()),
    # echoes: the request authenticates, the response repeats
    "echo raw": lambda s: echo(s, as_json({"you": {"sent": s}})),
    "echo in upper case": lambda s: echo(s, as_json({"you": s.upper()})),
    "echo percent-encoded": lambda s: echo(
        s[:9] + "/+=" + s[9:], as_json({"u": quote(s[:9] + "/+=" + s[9:], safe="")})
    ),
    "echo percent-encoded, lower": lambda s: echo(s[:9] + "/+=" + s[9:], as_json({"u": s[:9] + "%2f%2b%3d" + s[9:]})),
    "echo percent-encoded whole": lambda s: echo(s, as_json({"u": "".join(f"%{byte:02x}" for byte in s.encode())})),
    "echo json-escaped": lambda s: echo(s[:9] + '/"\\' + s[9:], as_json({"u": s[:9] + '/"\\' + s[9:]})),
    "echo html-escaped": lambda s: echo(
        s[:9] + "&<'" + s[9:], html.escape(s[:9] + "&<'" + s[9:]).encode(), "text/html"
    ),
    "echo html-escaped whole": lambda s: echo(s, "".join(f"&#x{byte:x};" for byte in s.encode()).encode(), "text/html"),
    "echo base64, alignment 0": lambda s: echo(s, as_json({"u": b64(s)})),
    "echo base64, alignment 1": lambda s: echo(s, as_json({"u": b64("x" + s + "yz")})),
    "echo base64, alignment 2": lambda s: echo(s, as_json({"u": b64("xy" + s + "z")})),
    "echo base64url": lambda s: echo(s, as_json({"u": base64.urlsafe_b64encode(b"\xff\xfe" + s.encode()).decode()})),
    "echo base64 in lines": lambda s: echo(s, base64.encodebytes(b"q" * 50 + s.encode() + b"q" * 50), "text/plain"),
    "echo base64 in base64": lambda s: echo(s, as_json({"u": b64(b64("x" + s))})),
    "echo base64 of hex": lambda s: echo(s, as_json({"u": b64(s.encode().hex())})),
    "echo hex": lambda s: echo(s, as_json({"u": s.encode().hex()})),
    "echo hex, upper": lambda s: echo(s, as_json({"u": "0x" + s.encode().hex().upper()})),
    "echo hex with colons": lambda s: echo(s, as_json({"u": s.encode().hex(":")})),
    "echo in a jwt": lambda s: echo(s, as_json({"u": token({"a": {"iss": s}, "iss": s})})),
    "echo utf-16": lambda s: echo(s, ("x=" + s).encode("utf-16-le"), "application/octet-stream"),
    "echo utf-16, big-endian, inside text": lambda s: echo(
        s, b"key: [" + s.encode("utf-16-be") + b"]", "application/octet-stream"
    ),
    "echo utf-16 in base64": lambda s: echo(s, as_json({"cmd": b64(f"echo {s}".encode("utf-16-le"))})),
    "echo protobuf": lambda s: echo(s, varint_field(1, b"id") + varint_field(2, s.encode()), "application/x-protobuf"),
    "echo in the reason": lambda s: Exchange(
        Request("GET", URL, (("Authorization", f"Bearer {s}"),)), Response(401, f"bad token {s}")
    ),
    "echo in the detail": lambda s: Exchange(
        Request("GET", URL, (("Authorization", f"Bearer {s}"),)), detail=f"reset after {s}"
    ),
    "echo in the label": lambda s: echo(s, b"{}", label=f"with {s}"),
    "echo in an etag": lambda s: Exchange(
        Request("GET", URL, (("Authorization", f"Bearer {s}"),)), Response(200, headers=(("ETag", f'"{s}"'),))
    ),
    # streams
    "split over sse deltas, other vendor": lambda s: echo(
        s,
        sse(
            *halves(s, 3),
            wrap=lambda text: {
                "type": "content_block_delta",
                "index": 1,
                "delta": {"type": "text_delta", "text": text},
            },
        ),
        "text/event-stream",
    ),
    "split over sse, two streams": lambda s: echo(
        s,
        b"".join(
            b"data: " + as_json({"choices": [{"index": i % 2, "delta": {"content": text}}]}) + b"\n\n"
            for i, text in enumerate(part for piece in halves(s) for part in (piece, "noise"))
        ),
        "text/event-stream",
    ),
    "split over sse, plain text": lambda s: echo(
        s, "".join(f"data: {p}\n\n" for p in halves(s)).encode(), "text/event-stream"
    ),
    "minted in sse deltas": lambda s: answered(
        ("Content-Type", "text/event-stream"), body=sse("here: sk_", "live_", *halves(s), " bye")
    ),
    "split over json lines": lambda s: echo(
        s, b"".join(as_json({"message": {"content": p}}) + b"\n" for p in halves(s)), "application/x-ndjson"
    ),
    "websocket": lambda s: asked(messages=(Message(True, True, as_json({"op": "auth", "token": s}), 0.1),)),
    "websocket, graphql": lambda s: asked(
        messages=(
            Message(True, True, as_json({"type": "connection_init", "payload": {"Authorization": f"Bearer {s}"}}), 0.1),
        )
    ),
    "websocket, stomp": lambda s: asked(
        messages=(Message(True, True, f"CONNECT\nlogin:x\npasscode:{s}\n\n\0".encode(), 0.1),)
    ),
    "split over websocket": lambda s: echo(
        s, b"", messages=tuple(Message(False, True, as_json({"delta": p}), 0.1) for p in halves(s))
    ),
    "split over binary websocket": lambda s: echo(
        s, b"", messages=tuple(Message(False, False, p.encode(), 0.1) for p in ["x" + s[:7], s[7:20], s[20:]])
    ),
}


READ_AFTER_DECODING = {
    "form percent-encoded",
    "echo json-escaped",
    "echo html-escaped",
    "echo percent-encoded",
    "presigned url",
}
"""Where a part of the secret's spelling is not the secret's own, so that the search finds nothing even before cleaning."""


def traces(secret: str) -> set[bytes]:
    """Every spelling in which a secret could be found again in a file."""
    raw = secret.encode()
    found = {raw, raw.lower(), raw.upper(), secret.encode("utf-16-le"), quote(secret, safe="").encode()}
    found |= {raw.hex().encode(), raw.hex().upper().encode(), raw.hex(":").encode()}
    found |= {html.escape(secret).encode(), json.dumps(secret)[1:-1].encode()}
    found |= {b"".join(style % byte for byte in raw) for style in (b"%%%02x", b"\\u%04x", b"\\\\u%04x", b"&#x%x;")}
    once = {core for text in (raw, raw.hex().encode()) for core in cores(text)}
    return found | once | {core for text in cores(raw) for core in cores(text)}


def leaks(secret: str, text: bytes) -> bool:
    """Whether a reader of the text could learn the secret: it stands there in some spelling, or all the pieces that it was cut into."""
    cuts = (halves(secret, 5), halves(secret, 3), [secret[:7], secret[7:20], secret[20:]])
    return any(trace in text for trace in traces(secret)) or any(
        all(piece.encode() in text for piece in cut) for cut in cuts
    )


def cores(raw: bytes) -> set[bytes]:
    """Base64 at its three alignments without the characters that depend on the neighbours, in both alphabets."""
    made = set()
    for lead, cut in ((0, 0), (1, 2), (2, 3)):
        text = base64.b64encode(b"\x00" * lead + raw).rstrip(b"=")
        core = text[cut : len(text) - 1]
        made |= {core, core.replace(b"+", b"-").replace(b"/", b"_")}
    return made


def readings(x: Exchange) -> bytes:
    """The tape's line, and every part as a reader of the tape would get it."""
    line = encode_line(x)
    return line + b"\n" + surface_of(x).view + b"\n" + b"".join(message.content for message in x.messages)


@pytest.mark.parametrize("name", CANARIES)
def test_no_canary_reaches_the_tape(name):
    """Whatever the place and the encoding, the secret is in no spelling on the tape."""
    secret = made_up(name)
    dirty = CANARIES[name](secret)
    cleaned = Redactor(Rules(), key=KEY).clean(dirty)
    assert leaks(secret, readings(dirty)) or name in READ_AFTER_DECODING
    assert not isinstance(cleaned, Quarantined)
    assert not leaks(secret, readings(cleaned))


@pytest.mark.parametrize("name", CANARIES)
def test_every_canary_is_found_on_a_dirty_tape(name):
    """``tape verify`` says that a secret is there, and says nothing about the same tape once it is clean."""
    dirty = CANARIES[name](made_up(name))
    cleaned = Redactor(Rules(), key=KEY).clean(dirty)
    assert suspicions(dirty)
    assert suspicions(cleaned) == ()


@pytest.mark.parametrize("name", CANARIES)
def test_cleaning_twice_changes_nothing(name):
    """A clean tape may be imported again, under any key: pseudonyms are recognised and stay."""
    redactor = Redactor(Rules(), key=KEY)
    cleaned = redactor.clean(CANARIES[name](made_up(name)))
    assert redactor.clean(cleaned) == cleaned
    assert Redactor(Rules(), key=b"the key of somebody else").clean(cleaned) == cleaned


@pytest.mark.parametrize("name", CANARIES)
def test_lengths_stay(name):
    """Every part is as long as before, so that Content-Length and the places of chunks stay true."""
    dirty = CANARIES[name](made_up(name))
    cleaned = Redactor(Rules(), key=KEY).clean(dirty)
    assert surface_of(cleaned).spans == surface_of(dirty).spans


def test_a_minted_token_is_replayed_as_itself():
    """The token that response 1 minted is the same pseudonym in request 2, so that a replay still matches."""
    secret, redactor = made_up("minted"), Redactor(Rules(), key=KEY)
    first = redactor.clean(answered(JSON, body=as_json({"access_token": secret, "expires_in": 3600})))
    second = redactor.clean(asked(f"{URL}?trace={secret}", ("Authorization", f"Bearer {secret}")))
    stands_for = json.loads(first.response.body)["access_token"]
    assert stands_for != secret
    assert f"Bearer {stands_for}" == header(second.request.headers, "authorization")
    assert f"{URL}?trace={stands_for}" == second.request.url


def test_later_recordings_use_the_same_pseudonyms():
    """Two recordings under one project key agree; under another key they do not."""
    dirty = CANARIES["response access_token"](made_up("again"))
    assert Redactor(Rules(), key=KEY).clean(dirty) == Redactor(Rules(), key=KEY).clean(dirty)
    assert Redactor(Rules(), key=KEY).clean(dirty) != Redactor(Rules(), key=b"the key of somebody else").clean(dirty)


def test_a_jwt_stays_one():
    """A client that reads the token on replay finds the same claims, an expiry far away, and a signature over them."""
    before = token({"iss": "https://id.example", "sub": "user-4711-abc", "exp": 1700000000, "admin": True})
    cleaned = Redactor(Rules(), key=KEY).clean(answered(JSON, body=as_json({"id_token": before})))
    after = json.loads(cleaned.response.body)["id_token"]
    claims = json.loads(base64.urlsafe_b64decode(after.split(".")[1] + "=="))
    assert len(after) == len(before)
    assert claims["iss"] == "https://id.example"
    assert claims["sub"] != "user-4711-abc"
    assert claims["exp"] == 4102444800
    assert is_reissued(after.encode())


def test_a_password_that_is_no_ascii_is_known_everywhere():
    """The password of basic credentials may be UTF-8 (RFC 7617); an answer that repeats it is cleaned, too."""
    secret = made_up("tést")[:9] + "ßü€"
    x = Exchange(
        Request("GET", URL, (("Authorization", "Basic " + b64(f"user:{secret}")),)),
        Response(200, body=as_json({"you": secret})),
    )
    cleaned = Redactor(Rules(), key=KEY).clean(x)
    assert not isinstance(cleaned, Quarantined)
    assert secret not in json.loads(cleaned.response.body)["you"]
    assert secret.encode() not in base64.b64decode(cleaned.request.headers[0][1].removeprefix("Basic "))


def test_a_long_token_inside_json_inside_json_is_clean_once_and_for_all():
    """What was replaced outside is not found again as a secret of its own inside."""
    inner = json.dumps({"secret_key": token({"sub": "somebody-4711", "pad": "x" * 90})})
    cleaned = Redactor(Rules(), key=KEY).clean(answered(JSON, body=as_json({"payload": inner})))
    assert suspicions(cleaned) == ()


def test_a_uuid_is_a_credential_where_one_is_minted():
    """An authorization code or a bearer's token may be a UUID."""
    code = "0f8fad5b-d9cb-469f-a165-70867728950e"
    for dirty in (
        answered(("Location", f"https://app.example/cb?state=xyz&code={code}"), status=302),
        answered(JSON, body=as_json({"Authorization": f"Bearer {code}"})),
        answered(JSON, body=as_json({"secret_id": code})),
    ):
        assert code.encode() not in readings(Redactor(Rules(), key=KEY).clean(dirty))


def test_names_inside_names_cost_no_more_than_their_length():
    """What stands under the name of a secret is looked at once for each name around it, but for sixteen at most."""
    body = b'{"password":' * 20 + b'"x"' + b"}" * 20
    assert len([*values_of(body, 2, 10, strict=False)]) == 0
    body = b'{"password":' * 9 + b'"Xk29fPq7ZLab"' + b"}" * 9
    assert len([*values_of(body, 2, 10, strict=False)]) == 1


def test_the_exchange_that_came_in_is_not_altered():
    """What is cleaned is a copy: the live exchange keeps its secrets."""
    dirty = CANARIES["json top level"](made_up("alive"))
    copy = CANARIES["json top level"](made_up("alive"))
    Redactor(Rules(), key=KEY).clean(dirty)
    assert copy == dirty


@pytest.mark.parametrize("body", [b'{"otp": 83920174}', b'{"pin":8392017}', b'{"user": {"cvv": 839}}'])
def test_numbers_are_secrets_too(body):
    """A one-time password that is a JSON number is another number of as many digits."""
    cleaned = Redactor(Rules(), key=KEY).clean(asked(URL, JSON, body=body))
    assert cleaned.request.body != body
    assert len(cleaned.request.body) == len(body)
    assert str(json.loads(body)).translate(NO_DIGITS) == str(json.loads(cleaned.request.body)).translate(NO_DIGITS)


NO_DIGITS = str.maketrans("", "", string.digits)
