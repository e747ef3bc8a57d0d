"""An answer that is on no tape, made of the recorded answer to a sibling, or of the contract alone.

The law of this file: pure; the same request and the same dice give the same answer, and what the contract would not accept is never
answered: an echo that does not fit is left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.exchange import Response, header
from tapehiss.cassettes.media import is_json, is_text, media_type
from tapehiss.contracts.reading import NO_BODY
from tapehiss.mocks.bindings import is_digest
from tapehiss.mocks.echoes import at, echoed, renamed, renamed_text, text_of
from tapehiss.mocks.faults import reason_of
from tapehiss.mocks.outcome import Rung
from tapehiss.mocks.synthesis import document_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from tapehiss.mocks.asking import Answers, Asking, Knowledge

TRIES = 8
"""Documents of other dice, when the contract does not accept one."""
_LEADING = frozenset({"location", "link", "content-location"})


@dataclass(frozen=True, slots=True)
class Made:
    """An answer and what it was made of."""

    response: Response
    document: Any = None
    """The body, if it is JSON."""
    answers: Answers | None = None
    recording: int | None = None
    """The sibling."""
    rung: Rung = Rung.SIBLING

    def accepts(self, document: Any) -> bool:
        """Whether the contract accepts a document in place of the body."""
        return self.answers is None or self.answers.judge.accepts(document)

    def saying(self, document: Any) -> Made:
        """The same with another body."""
        return replace(self, response=with_document(self.response, document), document=document)

    def named(self, names: Mapping[str, str]) -> Made:
        """The same with identifiers in exchange for others, in body and links."""
        document = renamed(self.document, names)
        document = document if self.accepts(document) else self.document
        response = replace(self.response, headers=_led(self.response, names))
        if self.document is None and is_text(media_type(response.headers)) and not response.undecoded:
            response = replace(response, body=_text_renamed(response.body, names), chunks=())
        made = replace(self, response=response)
        return made if document is self.document or document == self.document else made.saying(document)


def from_sibling(knowledge: Knowledge, asking: Asking, number: int) -> Made:
    """What the vendor answered to a request of the same operation, with the ids and fields of this one."""
    exchange = knowledge.recordings[number]
    assert exchange.response is not None
    answers, before = knowledge.answer(number), knowledge.asking(exchange.request).values
    names = {old: asking.values[key] for key, old in before.items() if asking.values.get(key, old) != old}
    document = document_in(exchange.response)
    made = Made(exchange.response, document, answers, number).named(names)
    if made.document is None or answers is None:
        return made
    told = echoed(made.document, answers.echoes, asking.documents, made.accepts)
    return made if told == made.document else made.saying(told)


def from_contract(knowledge: Knowledge, asking: Asking, dice: Random) -> Made | None:
    """What the vendor could answer, as far as the contract knows; ``None`` where it knows no body that could be made."""
    for answers in knowledge.answers(asking.operation):
        if answers.media == NO_BODY:
            return Made(Response(answers.status, reason_of(answers.status)), answers=answers, rung=Rung.SYNTHESISED)
        if is_json(answers.media) and (found := _accepted(answers, asking, dice)) is not None:
            headers = (("Content-Type", answers.media),)
            body = _written(found)
            response = Response(answers.status, reason_of(answers.status), headers, body)
            return Made(response, found, answers, rung=Rung.SYNTHESISED)
    return None


def _accepted(answers: Answers, asking: Asking, dice: Random) -> Any:
    """A document that the contract accepts, with what it repeats of the request as far as that is accepted, too."""
    accepts = answers.judge.accepts
    for _ in range(TRIES):
        document = document_of(answers.part, dice)
        if document is not None and accepts(document):
            other = renamed(document, _names(answers, asking, document))
            return echoed(other if accepts(other) else document, answers.echoes, asking.documents, accepts)
    return None


def _names(answers: Answers, asking: Asking, document: Any) -> dict[str, str]:
    """Which identifiers of a document stand for those of the path."""
    told = [
        (at(document, echo.told), at(asking.documents, f"/path{echo.asked}"))
        for echo in answers.echoes
        if echo.source == "path"
    ]
    return {text_of(old): text_of(new) for old, new in told if old is not None and new is not None and old != new}


def document_in(response: Response | None) -> Any:
    """The body as JSON; ``None`` if it is something else."""
    if response is None or response.undecoded or not is_json(media_type(response.headers) or "application/json"):
        return None
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        return None


def _written(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def with_document(response: Response, document: Any) -> Response:
    """The answer with another JSON body; what tells a digest of the body is left out or counted anew."""
    body = _written(document)
    kept = tuple(
        (name, _tag(body) if name.lower() == "etag" else value)
        for name, value in response.headers
        if not is_digest(name)
    )
    typed = kept if header(kept, "content-type") else (*kept, ("Content-Type", "application/json"))
    return replace(response, headers=typed, body=body, chunks=(), cut=None)


def _tag(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'


def _led(response: Response, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, renamed_text(value, names) if name.lower() in _LEADING else value) for name, value in response.headers
    )


def _text_renamed(body: bytes, names: Mapping[str, str]) -> bytes:
    """A body that is no JSON: identifiers that are no accident."""
    text = body.decode("latin-1")
    for old, new in names.items():
        text = text.replace(old, new) if len(old) >= TELLING else text
    return text.encode("latin-1", "replace")


TELLING = 8
