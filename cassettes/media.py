"""Media types by meaning: which family a Content-Type belongs to (RFC 9110 section 8.3, RFC 6838 structured suffixes).

The law of this file: only the essence (``type/subtype``, lower case) is looked at, never the parameters, and the suffix decides where
there is one: ``application/vnd.api+json; charset=utf-8`` is JSON. Comparing whole header values with ``==`` is how others leak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import header

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers

_JSON = frozenset(
    {
        "application/json",
        "text/json",
        "application/x-json",
        "application/jwk-set",
        "application/csp-report",
        "application/x-amz-json-1.0",
        "application/x-amz-json-1.1",
    }
)
_JSON_LINES = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonl",
        "application/jsonlines",
        "application/x-jsonlines",
        "application/json-seq",
        "application/stream+json",
        "application/x-json-stream",
    },
)
_XML = frozenset({"application/xml", "text/xml", "application/xml-dtd"})
_FORM = "application/x-www-form-urlencoded"
_TEXT = frozenset(
    {
        "application/javascript",
        "application/ecmascript",
        "application/graphql",
        "application/jwt",
        "application/x-yaml",
        "application/yaml",
        "application/toml",
        "application/sql",
        "application/x-sh",
        "application/x-pem-file",
        _FORM,
    },
)


def media_type(headers: Headers) -> str:
    """The essence of the first Content-Type, lower case without parameters; ``""`` when there is none."""
    value = header(headers, "content-type") or ""
    return value.partition(";")[0].strip().lower()


def is_json(mt: str) -> bool:
    """Whether one JSON document is to be expected (``+json`` included)."""
    return mt in _JSON or (mt.endswith("+json") and mt not in _JSON_LINES)


def is_json_lines(mt: str) -> bool:
    """Whether a sequence of JSON documents is to be expected, one a line or one a record."""
    return mt in _JSON_LINES or mt.endswith("+json-seq")


def is_form(mt: str) -> bool:
    """Whether the body is ``name=value&...`` (WHATWG URL, section 5)."""
    return mt == _FORM


def is_xml(mt: str) -> bool:
    """Whether the body is XML (``+xml`` included: RFC 7303)."""
    return mt in _XML or mt.endswith("+xml")


def is_multipart(mt: str) -> bool:
    """Whether the body is made of parts (RFC 2046 section 5.1)."""
    return mt.startswith("multipart/")


def is_event_stream(mt: str) -> bool:
    """Whether the body is server-sent events (WHATWG HTML, section 9.2)."""
    return mt == "text/event-stream"


def is_text(mt: str) -> bool:
    """Whether a person could read the body: anything above, ``text/*``, scripts and the like."""
    known = mt in _TEXT or mt.startswith("text/") or mt.endswith(("+yaml", "+text"))
    return known or is_json(mt) or is_json_lines(mt) or is_xml(mt)
