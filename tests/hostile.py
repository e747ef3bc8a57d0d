"""What nobody should send and somebody does: bodies, URLs and headers, each under a name, to be put between good exchanges."""

from __future__ import annotations

import json
from dataclasses import replace

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response

JSON = "application/json"
URL = "https://api.vendor.example/v1/things"
DEPTH = 10_000
KEYS = 10_000

NAMES = (
    "", " ", "\n", "\0", "~", "/", "//", "~0", "~1", "~*", "~+", "~01", ".", "..", "#", "$", "%", "%2F", "{id}", "{}", "*",
    "$ref", "$id", "$schema", "$defs", "$anchor", "type", "properties", "required", "items", "enum", "anyOf", "const", "null",
    "__proto__", "constructor", "__class__", "x-tapehiss", "a b", "é", "\u202e", "\ufeff", "😀", "'", '"', "\\", "<script>", "k" * 5_000,
)  # fmt: skip
"""Member names over which pointers, schemas, markup and file formats have stumbled."""

_DEEP_OBJECT = b'{"a":' * DEPTH + b"1" + b"}" * DEPTH
_LAUGHS = b"<!DOCTYPE z [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(12)
)

JSON_BODIES: dict[str, bytes] = {
    "empty but blank": b" \r\n\t ",
    "no JSON": b"Internal Server Error",
    "markup": b"<!doctype html><title>502</title>",
    "cut": b'{"id": 1, "name": "An',
    "two documents": b'{"id": 1}{"id": 2}',
    "rubbish behind": b'{"id": 1} trailing',
    "comma at the end": b'{"id": 1,}',
    "single quotes": b"{'id': 1}",
    "comment": b'{"id": 1 /* one */}',
    "byte order mark": b'\xef\xbb\xbf{"id": 1}',
    "UTF-16": '{"id": 1}'.encode("utf-16"),
    "UTF-32": '{"id": 1}'.encode("utf-32"),
    "NaN": b'{"id": NaN}',
    "Infinity": b'{"id": -Infinity}',
    "beyond a double": b'{"id": 1e400, "name": -1e400}',
    "largest double": b'{"id": 1.7976931348623157e308, "name": 5e-324}',
    "beyond 64 bits": b'{"id": 18446744073709551616, "name": -9223372036854775809}',
    "at 64 bits": b'{"id": 18446744073709551615, "name": -9223372036854775808}',
    "beyond 53 bits": b'{"id": 9007199254740993}',
    "five thousand digits": b'{"id": ' + b"9" * 5_000 + b"}",
    "a million digits": b"7" * 1_000_000,
    "many decimals": b'{"id": 0.' + b"3" * 10_000 + b"}",
    "minus nought": b'{"id": -0, "name": -0.0}',
    "exponents": b'{"id": 1E5, "name": 1e-400}',
    "the same key twice": b'{"id": 1, "id": "x", "id": null}',
    "the same key differently written": b'{"id": 1, "\\u0069d": "x"}',
    "half a surrogate pair": b'{"id": "\\ud800", "\\udfff": 1}',
    "bad UTF-8": b'{"id": "\xff\xfe\xc0\x80"}',
    "encoded surrogate": b'{"id": "\xed\xa0\x80"}',
    "overlong": b'{"id": "\xf4\x90\x80\x80"}',
    "control characters": b'{"id": "\x01\x02"}',
    "escaped control characters": b'{"id": "\\u0000\\u001b[31m\\u2028"}',
    "null": b"null",
    "a number": b"42",
    "an empty text": b'""',
    "an empty array": b"[]",
    "deep arrays": b"[" * DEPTH + b"]" * DEPTH,
    "deep objects": _DEEP_OBJECT,
    "deep and never closed": b"[" * 100_000,
    "deep at the bound": b"[" * 1_000 + b"]" * 1_000,
    "many keys": json.dumps({f"key_{at}": at for at in range(KEYS)}).encode(),
    "many keys below many": json.dumps(
        {f"a{at}": {f"b{inner}": {} for inner in range(100)} for at in range(200)}
    ).encode(),
    "strange keys": json.dumps({name: {name: [name]} for name in NAMES}).encode(),
    "all kinds at one place": b'[null, true, 1, 1.5, "x", [], {}, [[]], {"a": []}]',
    "long text": json.dumps({"id": "x" * 10_000_000}).encode(),
    "many items": b'{"id": [' + b",".join(b"%d" % at for at in range(1_300_000)) + b"]}",
    "many objects": b'{"id": [' + b",".join([b'{"a": 1, "b": "text", "c": [1, 2]}'] * 90_000) + b"]}",
    "many different texts": json.dumps([f"value {at}" for at in range(100_000)]).encode(),
}

OTHER_BODIES: dict[str, tuple[str, bytes]] = {
    "a media type of rubbish": (";;;=/ /,\x7f", b"{}"),
    "a media type without end": ("a/" + "b" * 100_000, b"{}"),
    "charset that nobody has": ("application/json; charset=klingon", b'{"id": 1}'),
    "charset that is wrong": ("application/json; charset=utf-16", b'{"id": 1}'),
    "form with bad escapes": ("application/x-www-form-urlencoded", b"a=%&b=%zz&%ff=%00&=&&==&c"),
    "form of many": ("application/x-www-form-urlencoded", b"&".join(b"k%d=%d" % (at, at) for at in range(20_000))),
    "form of one many times": ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 20_000)),
    "form with brackets": ("application/x-www-form-urlencoded", b"a" + b"[x]" * 5_000 + b"=1"),
    "multipart without a boundary": ("multipart/form-data", b"--x\r\n\r\n1\r\n--x--"),
    "multipart with another boundary": ("multipart/form-data; boundary=y", b"--x\r\n\r\n1\r\n--x--"),
    "multipart without an end": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a'),
    "multipart of nothing": ("multipart/form-data; boundary=x", b"--x\r\n" * 20_000),
    "multipart in multipart": ("multipart/mixed; boundary=x", b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 3_000),
    "XML bomb": ("application/xml", _LAUGHS + b"]><z>&m;</z>"),
    "XML that asks for a file": ("text/xml", b'<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]><z>&x;</z>'),
    "XML never closed": ("application/xml", b"<a>" * 100_000),
    "XML of depth": ("application/soap+xml", b"<a>" * DEPTH + b"</a>" * DEPTH),
    "XML of many names": ("application/xml", b"<a>" + b"".join(b"<k%d/>" % at for at in range(KEYS)) + b"</a>"),
    "XML that is none": ("application/xml", b"{}"),
    "XML with a strange encoding": ("application/xml", b'<?xml version="1.0" encoding="utf-7"?><a>+ADw-</a>'),
    "lines of which one is broken": ("application/x-ndjson", b'{"id": 1}\n{"id": \n{"id": 3}\n'),
    "lines that are blank": ("application/x-ndjson", b"\n" * 100_000),
    "events that are broken": ("text/event-stream", b'data: {"id": 1}\n\ndata: {"id": \n\ndata: \xff\n\n:\n\nid\n\n'),
    "events without end": ("text/event-stream", b"data: {\n" * 100_000),
    "binary that is called text": ("text/plain", bytes(range(256)) * 1_000),
    "no media type": ("", b"\x00\xff" * 1_000),
}  # fmt: skip

URLS: dict[str, str] = {
    "a bad address": "http://[::1/v1",
    "no URL": "nonsense",
    "nothing": "",
    "no path": "https://api.vendor.example",
    "slashes": "https://api.vendor.example" + "/" * 5_000,
    "many segments": "https://api.vendor.example" + "/a" * 50_000,
    "a long segment": "https://api.vendor.example/" + "a1B" * 100_000,
    "braces": "https://api.vendor.example/{id}/{}/%7Bx%7D/}{",
    "dots": "https://api.vendor.example/../.././v1/%2e%2e/%2F/x",
    "bad escapes": "https://api.vendor.example/%/%zz/%ff/%00?%=%&%ff=%ff",
    "blanks": "https://api.vendor.example/a b\tc\nd/\x00?x=\x00 y",
    "a fragment": "https://api.vendor.example/v1#query=x",
    "a fragment within": "https://api.vendor.example/v1/%23query=x/#a/b?c",
    "half a surrogate pair": "https://api.vendor.example/\ud800/x?\udfff=\ud800",
    "other scripts": "https://münchen.example/straße/日本?ключ=значение",
    "a port that is none": "https://api.vendor.example:99999999/v1",
    "a password": "https://user:word@api.vendor.example/v1",
    "a query of many": URL + "?" + "&".join(f"k{at}={at}" for at in range(20_000)),
    "a query of one many times": URL + "?" + "&".join(["a=1"] * 20_000),
    "a query of brackets": URL + "?a" + "[x]" * 5_000 + "=1&a[]=1&a[b=2&a]b[=3&[]=4",
    "a long query": URL + "?q=" + "x" * 1_000_000,
}

HEADERS: dict[str, tuple[tuple[str, str], ...]] = {
    "many": tuple((f"X-Header-{at}", str(at)) for at in range(10_000)),
    "one many times": (("Link", '<https://x/>; rel="next"'),) * 5_000,
    "strange names": (("", "x"), (" ", "x"), ("a:b", "x"), ("é", "x"), ("x" * 10_000, "x"), ("~*", "1"), ("a/b", "1")),
    "strange values": (("X-A", "\x00\x7f\xff"), ("X-B", "x" * 1_000_000), ("X-C", "\r\nSet-Cookie: a=b")),
    "link without end": (("Link", "<" * 100_000), ("Link", '<x>; rel="' + "next " * 10_000)),
    "limits of rubbish": (
        ("X-RateLimit-Limit", "many"), ("X-RateLimit-Remaining", "-1"), ("X-RateLimit-Reset", "9" * 400), ("RateLimit", "a;r=x;t=1e999"),
        ("RateLimit-Policy", '"' * 1_000 + ";q=;w=-"), ("X-Rate-Limit-Reset", "NaN"), ("RateLimit-Reset", "1e400"),
        ("X-RateLimit-Limit", "1, 2, 3;w=" + "9" * 100), ("X-RateLimit-Remaining", "٣"), ("X-RateLimit-Reset", "²"),
    ),
    "waits of rubbish": (("Retry-After", "soon"), ("Retry-After", "-5"), ("Retry-After", "Fri, 99 Nov 9999 99:99:99 GMT"), ("Date", "x")),
    "waits without end": (("Retry-After", "9" * 5_000), ("Date", "Sat, 21 Nov 2026 00:00:00 GMT")),
    "dates beyond": (("Date", "Fri, 31 Dec 9999 23:59:59 +9999"), ("Expires", "0"), ("Last-Modified", "-1"), ("Age", "1e9")),
    "credentials of rubbish": (("Authorization", "Basic !!!"), ("Authorization", ""), ("Authorization", "Digest " + "a=" * 10_000), ("Cookie", "=;=;;")),
    "validators of rubbish": (("ETag", 'W/"'), ("Cache-Control", "max-age=" + "9" * 500 + ", =, ;"), ("Vary", "*,*,,"), ("If-None-Match", "*")),
}  # fmt: skip


def exchange(
    body: bytes = b"{}",
    media: str = JSON,
    *,
    url: str = URL,
    headers: tuple[tuple[str, str], ...] = (),
    status: int = 200,
) -> Clean:
    """A POST whose request and response have this body and these headers."""
    typed = ((("Content-Type", media),) if media else ()) + headers
    return Clean(Exchange(Request("POST", url, typed, body), Response(status, "", typed, body)))


def everything() -> dict[str, Clean]:
    """Every hostile exchange under its name."""
    found = {f"JSON: {name}": exchange(body) for name, body in JSON_BODIES.items()}
    found |= {f"body: {name}": exchange(body, media) for name, (media, body) in OTHER_BODIES.items()}
    found |= {f"URL: {name}": exchange(b'{"id": 1}', url=url) for name, url in URLS.items()}
    found |= {f"headers: {name}": exchange(b'{"id": 1}', headers=headers) for name, headers in HEADERS.items()}
    found |= {
        f"headers of a 429: {name}": exchange(b"", "", headers=each, status=429) for name, each in HEADERS.items()
    }
    for status in (0, -1, 99, 600, 999, 10**6):
        found[f"status {status}"] = exchange(b'{"id": 1}', status=status)
    for at in (float("nan"), float("inf"), -1e300, 1e300, -0.0):
        found[f"started at {at}"] = Clean(replace(exchange(b'{"id": 1}'), started_at=at))
    return found
