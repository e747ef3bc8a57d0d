"""``_tapehiss``: what an exchange knows and HAR 1.2 has no field for; custom fields begin with an underscore (section 2.2).

The law of this file: ``with_own(exchange as far as HAR tells it, own(exchange)) == exchange``.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes import loose
from tapehiss.cassettes.exchange import Cut, Ending, Timings
from tapehiss.cassettes.source import Unreadable

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange, Request, Response

OWN = "_tapehiss"

_TIMINGS = ("connect_s", "tls_s", "first_byte_s", "end_s")


def own(exchange: Exchange) -> dict[str, Any]:
    """The facts that HAR cannot hold, or not exactly."""
    facts: dict[str, Any] = {"started_at": exchange.started_at, "ending": exchange.ending.value}
    facts |= {
        "detail": exchange.detail,
        "label": exchange.label,
        "timings": {key: held for key, held in asdict(exchange.timings).items() if held is not None},
        "notes": [list(note) for note in exchange.notes],
        "messages_at_s": [message.at_s for message in exchange.messages],
        "request": _message(exchange.request),
        "response": _message(exchange.response) if exchange.response else None,
    }
    return _known(facts)


def _message(message: Request | Response) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "http_version": message.http_version,
        "trailers": [list(pair) for pair in message.trailers],
        "undecoded": message.undecoded,
        "cut": asdict(message.cut) if message.cut else None,
        "chunks": [list(chunk) for chunk in getattr(message, "chunks", ())],
    }
    return _known(facts)


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts that say something; a zero time and an empty version do."""
    return {key: held for key, held in facts.items() if held or key in {"started_at", "http_version"}}


def with_own(exchange: Exchange, facts: Any) -> Exchange:
    """The exchange with the facts put back; ``Unreadable`` if somebody bent them."""
    try:
        at_s = facts.get("messages_at_s", [message.at_s for message in exchange.messages])
        return replace(
            exchange,
            request=_restored(exchange.request, facts.get("request", {})),
            response=exchange.response and _restored_response(exchange.response, facts.get("response", {})),
            started_at=float(facts["started_at"]),
            ending=Ending(facts["ending"]),
            detail=loose.text(facts.get("detail")),
            label=loose.text(facts.get("label")),
            timings=Timings(
                **{key: float(facts["timings"][key]) for key in _TIMINGS if key in facts.get("timings", {})}
            ),
            notes=tuple((loose.text(key), loose.text(value)) for key, value in facts.get("notes", ())),
            messages=tuple(replace(one, at_s=float(at)) for one, at in zip(exchange.messages, at_s, strict=True)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"{OWN} is damaged ({type(error).__name__}: {error})", remedy=f"take {OWN} out") from error


def _restored(request: Request, facts: Any) -> Request:
    return replace(request, **_shared(facts))


def _restored_response(response: Response, facts: Any) -> Response:
    chunks = tuple((float(at), int(size)) for at, size in facts.get("chunks", ()))
    return replace(response, chunks=chunks, **_shared(facts))


def _shared(facts: Any) -> dict[str, Any]:
    cut = facts.get("cut")
    return {
        "http_version": loose.text(facts["http_version"]),
        "trailers": tuple((loose.text(name), loose.text(value)) for name, value in facts.get("trailers", ())),
        "undecoded": bool(facts.get("undecoded", False)),
        "cut": Cut(int(cut["size"]), loose.text(cut["sha256"])) if cut else None,
    }
