"""The reference client against the mock vendor, on real sockets."""

from __future__ import annotations

import asyncio
import threading
from random import Random

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys import TAPE, in_turn, seen, unclear
from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Request
from tapehiss.clients import errors
from tapehiss.clients.calling import Settings, calling, request_of
from tapehiss.clients.classify import Verdict
from tapehiss.clients.effects import Reply
from tapehiss.clients.httpx_adapter import AsyncClient, Client
from tapehiss.clients.retry import RetryPolicy
from tapehiss.clients.signing import bearer
from tapehiss.mocks.faults import Latency, Reset, Status, Truncate
from tapehiss.mocks.server import Server
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.virtual_time import run_in_virtual_time, vendor_here
from tapehiss.mocks.world import travel

HASTY = RetryPolicy(backoff_base_s=0.001, backoff_max_s=0.002)


def test_a_call_in_fair_weather():
    """Ask, and have the answer: status, headers, JSON, and a log of one attempt."""
    with Server(Vendor.of(TAPE)) as server, Client(server.url) as client:
        answer = client.get("/v1/things/7")
        assert (answer.status, answer.json(), len(answer.attempts)) == (200, {"id": 7}, 1)
        assert (
            client.post("/v1/things", content=b'{"name": "x"}', headers={"Content-Type": "application/json"}).status
            == 201
        )
        assert client.put("/v1/things/7", content=b'{"name": "x"}').status == 200


def test_every_verb_is_said():
    """``get``, ``post``, ``put``, ``patch`` and ``delete`` send what they are called."""
    said = []

    def serve(request):
        said.append(request.method)
        return httpx.Response(204)

    with Client("http://h", transport=httpx.MockTransport(serve)) as client:
        for verb in (client.get, client.post, client.put, client.patch, client.delete):
            verb("/")
    assert said == ["GET", "POST", "PUT", "PATCH", "DELETE"]


def test_bad_weather_on_real_sockets():
    """A limit, a cut body and a reset later, the question is answered; the vendor was asked four times."""
    schedule = in_turn([Status(429), Truncate(3), Reset()])
    with (
        Server(Vendor.of(TAPE, schedule)) as server,
        Client(server.url, policy=RetryPolicy(4, backoff_base_s=0.001)) as client,
    ):
        answer = client.get("/v1/things/7")
        assert [attempt.verdict for attempt in answer.attempts] == [
            Verdict.NOT_PROCESSED, Verdict.AMBIGUOUS, Verdict.AMBIGUOUS, Verdict.DONE,
        ]  # fmt: skip
        assert len(server.journal()) == 4


def test_a_write_meets_a_reset():
    """A bare write whose connection is reset is sent once, and the caller is told that nobody knows; a keyed one is sent again."""
    for key, asked in ((None, 1), ("3f1c", 2)):
        more = {} if key is None else {"idempotency_key": key}
        with Server(Vendor.of(TAPE, in_turn([Reset()]))) as server, Client(server.url, policy=HASTY) as client:
            if key is None:
                with pytest.raises(errors.OutcomeUnknown):
                    client.post("/v1/things", json={"name": "x"}, **more)
            else:
                assert client.post("/v1/things", json={"name": "x"}, **more).status == 201
            assert asked == len(server.journal())


def test_a_refusal_is_an_error():
    """404 and 501 raise with the response inside; ``check=False`` returns them."""
    with Server(Vendor.of(TAPE)) as server, Client(server.url) as client:
        with pytest.raises(errors.ApiError) as caught:
            client.get("/nowhere")
        assert caught.value.status == client.get("/nowhere", check=False).status
        assert caught.value.response is not None


FAULTS = st.sampled_from(
    [None, Latency(3.0), Latency(45.0), Status(429), Status(429, (("Retry-After", "7"),)), Status(503),
     Status(500, (("Retry-After", "700"),)), Truncate(0), Truncate(3), Reset()]
)  # fmt: skip
WRITE = {"json": {"name": "x"}}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FAULTS, max_size=4), st.booleans(), st.integers(0, 2**32))
def test_real_sockets_tell_the_story_of_the_pure_world(faults, reading, seed):
    """The asynchronous client over real TCP, in virtual time, makes the same attempts at the same times as the flow in memory."""
    schedule = in_turn(faults)
    method, path, more = ("GET", "/v1/things/7", {}) if reading else ("POST", "/v1/things", WRITE)

    async def main():
        async with vendor_here(Vendor.of(TAPE, schedule)) as (url, _), AsyncClient(url, dice=Random(seed)) as client:
            try:
                return (await client.request(method, path, **more)).attempts, None
            except errors.ApiError as error:
                return error.attempts, type(error)

    log, error = run_in_virtual_time(main())
    request = request_of(Settings("https://api.vendor.example"), method, path, more, str)
    flow = calling(request, Settings(), {}, now=0.0, dice=Random(seed))
    end = travel(Vendor.of(TAPE, schedule), flow, lambda outcome, at_s: Reply(outcome and seen(outcome), at_s))
    expected = end.result.attempts if end.result else end.error.attempts
    assert error is (type(end.error) if end.error else None)
    assert [each.verdict for each in log] == [each.verdict for each in expected]
    assert [each.sent_at for each in log] == pytest.approx([each.sent_at for each in expected], abs=1e-3)
    assert [unclear(step) for step in end.steps] == [each.verdict is Verdict.AMBIGUOUS for each in log]


def test_a_cancelled_call_leaves_nothing_behind():
    """Cancelled while it waits for an answer, a call ends at once, and the client goes on (D3, D4)."""

    async def main():
        async with vendor_here(Vendor.of(TAPE, in_turn([Latency(20.0)]))) as (url, live), AsyncClient(url) as client:
            call = asyncio.ensure_future(client.get("/v1/things/7"))
            while not live.journal.entries:
                await asyncio.wait([call], timeout=0.01)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            return (await client.get("/v1/things/7")).status, len(asyncio.all_tasks())

    status, _ = run_in_virtual_time(main())
    assert status == 200


def test_many_threads_share_a_client():
    """A client is used from several threads at once."""
    with Server(Vendor.of(TAPE)) as server, Client(server.url) as client:
        answers: list[int] = []

        def ask():
            answers.extend(client.get("/v1/things/7").status for _ in range(20))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [200] * 80


def test_no_key_without_a_promise():
    """Only a vendor that knows keys is sent one, a new one for each call."""
    keys = []

    def serve(request):
        keys.append(request.headers.get("x-once"))
        return httpx.Response(204)

    for header in ("", "X-Once"):
        with Client("http://h", transport=httpx.MockTransport(serve), key_header=header) as client:
            client.post("/")
            client.post("/")
    assert keys[:2] == [None, None]
    assert len(set(keys[2:])) == 2


def test_the_body_limit_is_the_clients():
    """``body_max_bytes`` bounds what a client keeps."""
    with (
        Server(Vendor.of(TAPE)) as server,
        Client(server.url, body_max_bytes=3) as client,
        pytest.raises(errors.BodyTooLong),
    ):
        client.get("/v1/things/7")
    assert Request("GET", "/") == Request("GET", "/")


@pytest.mark.parametrize("client", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("setting", "value"),
    [("timeout", 5), ("breakers", None), ("auth", ("ada", "sesame")), ("policy", None), ("limits", (1, 2)), ("breaker", 7)],
)  # fmt: skip
def test_settings_that_mean_nothing_are_refused(client, setting, value):
    """A setting that a client does not know would be lost in silence, a policy among them; the error says what to give, and no secret."""
    with pytest.raises(Misuse) as caught:
        client("http://h", **{setting: value})
    assert caught.value.where == setting
    assert caught.value.remedy
    assert "sesame" not in str(caught.value)


def test_each_policy_is_switched_off_by_one_word():
    """``None`` for limits, breaker and budget leaves no trace of them."""
    with Client("http://h", limits=None, breaker=None, budget=None) as client:
        off = client.settings
        assert (off.limiter, off.breaker, off.budget) == (None, None, None)


def test_a_credential_is_for_one_origin():
    """Without a base URL a credential would go wherever a call goes: refused; without a credential nothing is lost."""
    with pytest.raises(Misuse) as caught:
        Client(auth=bearer("t"))
    assert caught.value.where == "base_url"
    Client().close()
