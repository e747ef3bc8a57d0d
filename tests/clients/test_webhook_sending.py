"""The flow that insists, through years of virtual time."""

from __future__ import annotations

import asyncio
import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webhooking import NOW, SECRETS

from tapehiss.cassettes.exchange import Ending, Response
from tapehiss.clients.drivers import adrive, drive
from tapehiss.clients.effects import Failure
from tapehiss.clients.webhook_sending import Endpoint, Fate, delivering, message_of
from tapehiss.contracts.webhook_events import events_of
from tapehiss.contracts.webhook_retries import JITTER, RETRIES
from tapehiss.contracts.webhook_signatures import keyring, verify
from tapehiss.contracts.webhook_styles import STYLES

WAITS_S = RETRIES["standard"].waits_s
ENDPOINT = Endpoint("https://us.example/hooks?token=x", keyring("standard", SECRETS[:2]))
MESSAGE = message_of("msg_1", "invoice.paid", {"id": 7}, NOW)
TAKEN, BROKEN, GONE = Response(204), Response(500), Response(410)
REFUSED = Failure(Ending.REFUSED, sent=False)
CUT = Failure(Ending.TRUNCATED, response=Response(200))


def busy(wait_s) -> Response:
    return Response(503, "", (("Retry-After", str(wait_s)),))


outcomes = st.lists(
    st.one_of(
        st.sampled_from([TAKEN, BROKEN, GONE, REFUSED, CUT, Response(301), Response(404)]),
        st.integers(0, 10**6).map(busy),
    ),
    max_size=12,
)


class World:
    """A receiver that answers as listed, then always with 500; each attempt takes half a second."""

    def __init__(self, answers) -> None:
        self.answers, self.now_s = iter(answers), 0.0
        self.sent: list[tuple[float, object]] = []
        self.waits: list[float] = []

    def clock(self) -> float:
        """Virtual seconds."""
        return self.now_s

    def wall(self) -> float:
        """Virtual Unix time."""
        return NOW + self.now_s

    def sleep(self, wait_s) -> None:
        """Later."""
        self.waits.append(wait_s)
        self.now_s += wait_s

    async def asleep(self, wait_s) -> None:
        """Later, awaited."""
        self.sleep(wait_s)

    def send(self, effect):
        """The next answer."""
        self.sent.append((self.wall(), effect))
        self.now_s += 0.5
        return next(self.answers, BROKEN)

    async def asend(self, effect):
        """The next answer, awaited."""
        return self.send(effect)

    def drive(self, endpoint=ENDPOINT, message=MESSAGE, **more):
        """What becomes of a message."""
        flow = delivering(endpoint, message, unix_s=NOW, dice=Random(7), **more)
        return drive(flow, self.send, sleep=self.sleep, clock=self.clock, wall=self.wall)


@given(outcomes)
def test_it_insists_by_the_schedule_and_never_early(answers):
    """W6: until it is taken or gone; no wait shorter than the schedule or ``Retry-After``, none much longer."""
    world = World(answers)
    delivery = world.drive()
    met = [*answers, *[BROKEN] * 10][: len(world.sent)]
    for number, (wait_s, answer) in enumerate(zip(world.waits, met, strict=False), 1):
        asked_s = float(answer.headers[0][1]) if isinstance(answer, Response) and answer.headers else 0.0
        least_s = max(WAITS_S[number], asked_s)
        assert least_s <= wait_s <= max(WAITS_S[number] * (1 + JITTER), asked_s)
    ends = {TAKEN: Fate.TAKEN, CUT: Fate.TAKEN, GONE: Fate.GONE}
    assert [answer for answer in met[:-1] if answer in ends] == []
    assert delivery.fate is ends.get(met[-1], Fate.EXHAUSTED)
    assert len(delivery.attempts) == len(world.sent) <= len(WAITS_S)


@given(outcomes)
def test_every_attempt_is_signed_anew_over_the_same_bytes(answers):
    """W5: one body, one id; the time is that of the attempt, and the receiver believes it with either secret."""
    world = World(answers)
    world.drive()
    for at, effect in world.sent:
        request = effect.request
        assert (request.body, effect.timeout_s) == (MESSAGE.body, 20.0)
        for secret in SECRETS[:2]:
            assert verify(keyring("standard", [secret]), request.headers, request.body, at).id == "msg_1"


@given(outcomes)
def test_the_twins_tell_the_same_story(answers):
    """Both drivers make the same requests and waits, and end the same (S1)."""
    one, two = World(answers), World(answers)
    flow = delivering(ENDPOINT, MESSAGE, unix_s=NOW, dice=Random(7))
    ended = asyncio.run(adrive(flow, two.asend, sleep=two.asleep, clock=two.clock, wall=two.wall))
    assert (one.drive(), one.sent, one.waits) == (ended, two.sent, two.waits)


@pytest.mark.parametrize("name", STYLES)
def test_every_style_can_be_sent(name):
    """What a sender in any style sends, a receiver in that style reads."""
    if name == "klaviyo":
        body = {"data": [{"external_id": "e1", "topic": "t"}]}
    else:
        body = {"id": "e1", "event_id": "e1", "type": "t", "event": {"type": "t"}}
    message = message_of("e1", "t", {}, NOW)
    message = type(message)("e1", "t", json.dumps(body).encode())
    ring, world = keyring(name, SECRETS[:1]), World([TAKEN])
    world.drive(Endpoint("https://us.example/", ring, RETRIES[name]), message)
    request = world.sent[0][1].request
    verify(ring, request.headers, request.body, NOW)
    (event,) = events_of(ring.style, request.headers, request.body)
    assert (event.id, event.type) == ("e1", "t")


def test_an_endpoint_that_is_gone_is_asked_nothing_more():
    """410 ends it at once; and who learns elsewhere that it is gone sends nothing."""
    assert World([GONE]).drive().fate is Fate.GONE
    world = World([])
    assert (world.drive(wanted=lambda: False).fate, world.sent) == (Fate.GONE, [])
    world = World([BROKEN, BROKEN])
    assert (world.drive(wanted=lambda: len(world.sent) < 2).fate, len(world.sent)) == (Fate.GONE, 2)


def test_the_log_of_a_delivery():
    """When each attempt ended, with which status, or how it ended without one."""
    delivery = World([REFUSED, BROKEN, TAKEN]).drive()
    assert [(each.status, each.ending.value) for each in delivery.attempts] == [
        (None, "refused"),
        (500, "complete"),
        (204, "complete"),
    ]
    assert delivery.attempts[0].unix_s == NOW + 0.5


def test_the_body_is_as_the_standard_recommends():
    """Type, time and data; what is no JSON is refused before anything is sent."""
    assert json.loads(MESSAGE.body) == {
        "type": "invoice.paid",
        "timestamp": "2023-11-14T22:13:20+00:00",
        "data": {"id": 7},
    }
    with pytest.raises(ValueError, match="JSON"):
        message_of("m", "t", float("nan"), NOW)


def test_the_url_is_not_said_aloud():
    """Some endpoints have their secret in it."""
    assert "token" not in repr(ENDPOINT)
