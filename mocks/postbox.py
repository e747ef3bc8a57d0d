"""A mock vendor's post office: which webhook is to be sent when, what became of it, and what is sent again.

The law of this file: owned by one thread and told the time; what it decides it decides by ``webhooks``, so that the same seed, the same occasions and
the same answers bring the same deliveries. Everything has a bound: what does not fit is counted.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, deque
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.retry_after import retry_after
from tapehiss.contracts.webhook_retries import Answer, meaning, wait_s
from tapehiss.mocks.keys import normal_path, split_url
from tapehiss.mocks.schedule import operation_pattern
from tapehiss.mocks.webhook_templates import Occasion, Template, occasion_of, written
from tapehiss.mocks.webhooks import Plan, Sending, attempted, dice, id_of, sendings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.cassettes.exchange import Headers, Request, Response
    from tapehiss.mocks.outcome import Outcome
    from tapehiss.mocks.webhook_templates import Message
    from tapehiss.mocks.webhooks import Storm

PENDING_MAX = 10_000
LOG_MAX = 10_000


class Fate(StrEnum):
    """What became of an attempt."""

    TAKEN = "taken"
    """2xx."""
    FAILED = "failed"
    """Another status, or no answer in time."""
    LOST = "lost"
    """It did not reach the endpoint."""
    UNHEARD = "unheard"
    """The endpoint answered, and the vendor did not hear it."""
    GONE = "gone"
    """The endpoint wants no more."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt in the log; no body and no signature is kept."""

    number: int
    at_s: float
    """When it ended, in seconds since the mock began."""
    event: str
    type: str
    template: str
    copy: int
    attempt: int
    forged: str
    """The kind of forgery; empty if it is none."""
    status: int | None
    fate: Fate


@dataclass(frozen=True, slots=True)
class PostTotals:
    """Sums since the last reset."""

    events: int = 0
    dropped: int = 0
    """Events that were never sent."""
    duplicated: int = 0
    attempts: int = 0
    fates: tuple[tuple[str, int], ...] = ()
    forged: int = 0
    believed: int = 0
    """Forged ones that were answered with 2xx: the endpoint does not verify."""
    exhausted: int = 0
    """Copies of which no attempt was taken, and none is left."""
    overflowed: int = 0
    """What found no room any more."""
    pending: int = 0
    disabled: bool = False
    """Whether the endpoint has said 410."""


class Postbox:
    """The webhooks of one running mock, to one endpoint."""

    def __init__(self, plan: Plan, url: str, *, seed: int = 0, unix_s: float = 0.0) -> None:
        self.plan, self.url, self.seed, self.unix_s = plan, url, seed, unix_s
        self.wake: Callable[[], None] = lambda: None
        """Called when something is to be sent, or nothing is any more."""
        self.tell: Callable[[Delivery], None] = lambda _: None
        """Called when an attempt has ended."""
        self._paced = plan.paced
        self.clear()

    def clear(self) -> None:
        """Forget everything: what waits is not sent, and events are counted anew."""
        self.log: deque[Delivery] = deque(maxlen=LOG_MAX)
        self.disabled = False
        self._waiting: list[tuple[float, int, Sending]] = []
        self._away: set[int] = set()
        self._number = 0
        self._events: Counter[str] = Counter()
        self._sums: Counter[str] = Counter()
        self._fates: Counter[str] = Counter()
        self.wake()

    def brew(self, storm: Storm) -> None:
        """What befalls events and attempts from now on."""
        self.plan = replace(self.plan, storm=storm)

    # ---- what brings events about

    def answered(self, request: Request, outcome: Outcome, now_s: float, *, ahead_s: float = 0.0) -> None:
        """The mock answered a request: if the vendor, whose clock is so far ahead, carried it out, the webhooks that follow are sent."""
        response = outcome.done
        for _ in range(0 if response is None else 1 + outcome.twice):
            self.happened(request, response, now_s, ahead_s=ahead_s)

    def happened(self, request: Request, response: Response | None, now_s: float, *, ahead_s: float = 0.0) -> None:
        """The vendor carried out a request: the webhooks that follow are sent."""
        path = normal_path(split_url(request.url).path)
        for template in self.plan.templates:
            if template.on and operation_pattern(template.on)(request.method, path):
                self.post(template, occasion_of(request, response), now_s, ahead_s=ahead_s)

    def post(self, template: Template, occasion: Occasion, now_s: float, *, ahead_s: float = 0.0) -> str:
        """One event of a template, dated by the vendor's clock, which is so far ahead; its id."""
        number = self._events[template.name]
        self._events[template.name] += 1
        message = self._message(template, number, "", occasion, now_s + ahead_s)
        forge = self._message(template, number, "forged", occasion, now_s + ahead_s)
        sent = list(sendings(self.plan, self.seed, message, forge))
        genuine = sum(not sending.forged for _, sending in sent)
        self._sums.update(events=1, dropped=not sent, duplicated=genuine > 1, forged=len(sent) - genuine)
        for delay_s, sending in sent:
            self._put(now_s + template.after_s + delay_s, sending)
        self.wake()
        return message.id

    def _message(self, template: Template, number: int, kind: str, occasion: Occasion, at_s: float) -> Message:
        event_id = kind + id_of(self.seed, template.name, number)
        return written(template, self.plan.ring.style, number, event_id, occasion, self.unix_s + at_s)

    def _put(self, due_s: float, sending: Sending) -> None:
        if self.disabled or len(self._waiting) >= PENDING_MAX:
            self._sums["overflowed"] += not self.disabled
            return
        heapq.heappush(self._waiting, (due_s, self._number, sending))
        self._number += 1

    # ---- what is sent

    @property
    def due_s(self) -> float:
        """When the next attempt is due; infinite if nothing waits."""
        return self._waiting[0][0] if self._waiting else math.inf

    @property
    def settled(self) -> bool:
        """Whether nothing waits and nothing is on its way."""
        return not self._waiting and not self._away

    def take(self, now_s: float) -> tuple[int, Sending] | None:
        """The next attempt that is due, with the number to name it by when it has ended."""
        if self.due_s > now_s:
            return None
        _, number, sending = heapq.heappop(self._waiting)
        self._away.add(number)
        return number, sending

    def ended(self, number: int, sending: Sending, now_s: float, status: int | None, headers: Headers = ()) -> None:
        """An attempt has ended: with this answer, or with none."""
        if number not in self._away:
            return  # it was sent before everything was forgotten
        self._away.discard(number)
        heard = None if sending.lost or sending.unheard else status
        answer = meaning(self._paced, heard, headers)
        fate = _fate(sending, answer)
        self._note(number, sending, now_s, status, fate)
        if answer is Answer.GONE and not sending.forged:
            self.disabled = True
            self._waiting.clear()
        elif answer is Answer.AGAIN and not sending.forged:
            self._again(sending, now_s, headers if heard else ())
        self.wake()

    def _again(self, sending: Sending, now_s: float, headers: Headers) -> None:
        of = (sending.message.id, sending.copy, sending.attempt)
        asked_s = retry_after(headers, self.unix_s + now_s)
        pause_s = wait_s(self._paced, sending.attempt + 1, asked_s, dice(self.seed, "jitter", *of))
        if pause_s is None:
            self._sums["exhausted"] += 1
        else:
            self._put(now_s + pause_s, attempted(self.plan, self.seed, replace(sending, attempt=sending.attempt + 1)))

    def _note(self, number: int, sending: Sending, now_s: float, status: int | None, fate: Fate) -> None:
        message, forged = sending.message, sending.forged or ""
        self._fates[fate.value] += 1
        self._sums.update(attempts=1, believed=bool(forged) and fate is Fate.TAKEN)
        entry = (number, now_s, message.id, message.type, message.template, sending.copy, sending.attempt)
        delivery = Delivery(*entry, str(forged), None if sending.lost else status, fate)
        self.log.append(delivery)
        self.tell(delivery)

    def totals(self) -> PostTotals:
        """The sums as a value."""
        sums: dict[str, Any] = {**self._sums}
        fates = tuple(sorted(self._fates.items()))
        pending = len(self._waiting) + len(self._away)
        return PostTotals(**sums, fates=fates, pending=pending, disabled=self.disabled)


def _fate(sending: Sending, answer: Answer) -> Fate:
    if sending.lost or sending.unheard:
        return Fate.LOST if sending.lost else Fate.UNHEARD
    return {Answer.TAKEN: Fate.TAKEN, Answer.AGAIN: Fate.FAILED, Answer.GONE: Fate.GONE}[answer]
