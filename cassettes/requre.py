"""requre's YAML storage (packit): nested by call, verb and URL, with the fields of a ``requests.Response`` at the end.

It keeps no request headers and no request body; notes say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tapehiss.cassettes import loose
from tapehiss.cassettes.content import content
from tapehiss.cassettes.exchange import Exchange, Request, Response, Timings
from tapehiss.cassettes.source import Unreadable, each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.source import Recorded, Source

VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_DEPTH_MAX = 50


def is_storage(document: Any) -> bool:
    """Whether a document is a requre storage."""
    return isinstance(document, dict) and "_requre" in document


def read(document: dict[Any, Any], source: Source) -> Iterator[Recorded]:
    """The stored calls as exchanges; stored results of anything but HTTP are passed over."""
    calls = (call for key, held in document.items() if key != "_requre" for call in _calls(held, (loose.text(key),)))
    return each(source, calls, lambda call: _exchange(*call, source))


Call = tuple[tuple[str, ...], dict[Any, Any]]


def _calls(held: Any, path: tuple[str, ...]) -> Iterator[Call]:
    """Every stored HTTP response, with the keys that lead to it."""
    if isinstance(held, dict) and len(path) < _DEPTH_MAX:
        for key, below in held.items():
            yield from _calls(below, (*path, loose.text(key)))
    elif isinstance(held, list):
        for item in held:
            match item:
                case {"output": {"status_code": _}}:
                    yield path, item


def _exchange(path: tuple[str, ...], item: dict[Any, Any], source: Source) -> Exchange:
    verb = next((key for key in reversed(path) if key in VERBS), None)
    url = next((key for key in reversed(path) if "://" in key), None)
    if verb is None or url is None:
        raise Unreadable(f"no verb or no URL among its keys ({' / '.join(path)[:200]})")
    output = item["output"]
    headers = loose.headers(output.get("headers"))
    stored = loose.octets(output.get("_content"), loose.text(output.get("encoding")) or "utf-8")
    body, undecoded = content(headers, stored)
    code, _ = loose.status(output["status_code"])
    rebuilt = isinstance(output.get("_content"), (dict, list))
    notes = [("request", "requre keeps no request headers and no request body")]
    notes += [("response_body", "rebuilt from a parsed value: the spacing of the original is lost")] if rebuilt else []
    return Exchange(
        Request(verb, loose.absolute(url, source.base_url)),
        Response(code, loose.text(output.get("reason")), headers, body, undecoded=undecoded),
        timings=Timings(end_s=_latency(item)),
        notes=tuple(notes),
    )


def _latency(item: dict[Any, Any]) -> float | None:
    match item.get("metadata"):
        case {"latency": int() | float() as seconds} if 0 <= seconds < 1e9:
            return float(seconds)
    return None
