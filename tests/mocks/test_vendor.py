"""The vendor answers as it was recorded, in fair weather and in foul."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from shop import HOST, JSON, SHOP, get, post

from strategies import exchanges
from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response, Timings
from tapehiss.mocks import strategies
from tapehiss.mocks.faults import Latency, Reset, Status
from tapehiss.mocks.limits import Limit, Limits
from tapehiss.mocks.outcome import Rung
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import State, Vendor
from tapehiss.mocks.windows import Fixed

VENDOR = Vendor.of(SHOP)
ORDER = Request("GET", HOST + "/v1/orders/1")


def ask(vendor: Vendor, *asked: Request, state: State | None = None, now_s: float = 0.0):
    """The outcomes of some requests, one after the other."""
    state, outcomes = state or State(), []
    for request in asked:
        state, outcome, _ = vendor.answer(state, request, now_s)
        outcomes.append(outcome)
    return outcomes


def bodies(outcomes) -> list[bytes | None]:
    return [outcome.response.body if outcome.response else None for outcome in outcomes]


@given(st.lists(exchanges(replayable=True), max_size=5))
@settings(max_examples=60)
def test_the_recorded_session_replays(recorded):
    """The recorded requests in their order get the recorded answers, each its own."""
    vendor = Vendor.of(recorded)
    played = ask(vendor, *(exchange.request for exchange in recorded))
    final = [exchange for exchange in recorded if exchange.response.status >= 200]
    assert [outcome.recording for outcome in played] == list(range(len(recorded)))
    assert [outcome.response for outcome in played if outcome.response.status != 501] == [
        exchange.response for exchange in final if exchange.response.status != 501
    ]


@given(strategies.schedules(), st.integers(0, 99), st.lists(st.sampled_from([e.request for e in SHOP]), max_size=10))
def test_answer_is_pure(schedule, seed, asked):
    """The same requests at the same times give the same outcomes, and no state is changed."""
    vendor = Vendor.of(SHOP, schedule, seed=seed)
    start = State()
    assert ask(vendor, *asked, state=start, now_s=3.0) == ask(vendor, *asked, state=start, now_s=3.0)
    assert start == State()


@given(strategies.schedules(), st.integers(0, 99), st.lists(st.sampled_from([e.request for e in SHOP]), max_size=12))
def test_a_spoilt_answer_is_not_lost(schedule, seed, asked):
    """Asking again until fair weather gives what fair weather alone would have given."""
    state, stormy, seen = State(), Vendor.of(SHOP, schedule, seed=seed), []
    for request in asked:
        for _ in range(50):
            state, outcome, _ = stormy.answer(state, request, 1e6)
            if outcome.advances:
                seen.append(outcome.recording)
                break
        else:
            return  # a rule that strikes every attempt
    assert seen == [outcome.recording for outcome in ask(VENDOR, *asked)]


def test_repeats_play_in_recorded_order_and_then_the_last():
    """A polled order is new, then paid, and stays paid."""
    assert bodies(ask(VENDOR, ORDER, ORDER, ORDER)) == [
        b'{"status": "new"}',
        b'{"status": "paid"}',
        b'{"status": "paid"}',
    ]


def test_rungs_share_what_was_played():
    """What one rung has played another does not play again while there is something new."""
    one, other = get("/a?x=1&y=2", body=b"1"), get("/a?y=2&x=1", body=b"2")
    vendor = Vendor.of([one, other])
    assert bodies(ask(vendor, other.request, Request("GET", HOST + "/a?x=1&y=2&nonce=7"), other.request)) == [
        b"2",
        b"1",
        b"2",
    ]
    unknown = post("/o", b"{}", body=b"1"), post("/o", b'{"a": 1}', body=b"2")
    strange = Request("POST", HOST + "/o", (JSON,), b'{"b": 1}')
    assert bodies(ask(Vendor.of(unknown), unknown[0].request, strange, strange, strange)) == [b"1", b"2", b"2", b"2"]


def test_recorded_failures_fail_again():
    """A recorded reset is a reset, a recorded truncation a truncation, a recorded silence a silence."""
    assert (ask(VENDOR, SHOP[6].request)[0].response, ask(VENDOR, SHOP[6].request)[0].ending) == (None, Ending.RESET)
    (cut,) = ask(VENDOR, SHOP[7].request)
    assert (cut.ending, cut.body_bytes) == (Ending.TRUNCATED, 7)
    silent = Exchange(Request("GET", HOST + "/s"), None, Ending.TIMED_OUT)
    assert ask(Vendor.of([silent]), silent.request)[0].ending is Ending.TIMED_OUT


def test_the_schedule_strikes_by_operation_attempt_and_time():
    """The first two creations fail; after a minute nothing does."""
    vendor = Vendor.of(SHOP, (Rule(Status(503), "POST /v1/*", first=2, to_s=60.0),))
    create = SHOP[3].request
    statuses = [outcome.response.status for outcome in ask(vendor, create, ORDER, create, create)]
    assert statuses == [503, 200, 503, 201]
    assert ask(vendor, create, now_s=60.0)[0].response.status == 201
    assert ask(vendor, create, now_s=60.0, state=State(began_s=30.0))[0].response.status == 503


def test_a_miss_can_be_struck_too():
    """Faults do not need a recording."""
    (outcome,) = ask(Vendor.of((), (Rule(Status(429)),)), ORDER)
    assert (outcome.response.status, outcome.rung, outcome.struck) == (429, Rung.MISS, (Rule(Status(429)),))
    assert ask(Vendor(), ORDER)[0].response.status == 404


def test_latency_is_recorded_scaled_and_added():
    """Recorded latency is off unless asked for, scales, and adds to that of faults."""

    def delay_s(vendor: Vendor, request: Request = ORDER) -> float:
        return vendor.answer(State(), request, 0.0)[2]

    assert delay_s(VENDOR) == 0.0
    assert delay_s(replace(VENDOR, latency=2.0)) == 0.5
    assert delay_s(Vendor.of(SHOP, (Rule(Latency(1.0)),), latency=1.0)) == 1.25
    assert delay_s(replace(VENDOR, latency=1.0), Request("GET", HOST + "/none")) == 0.0
    lost = Exchange(Request("GET", HOST + "/l"), None, Ending.RESET, timings=Timings(end_s=3.0))
    assert delay_s(Vendor.of([lost], latency=1.0), lost.request) == 3.0
    assert delay_s(Vendor.of(SHOP, (Rule(Reset()),), latency=1.0)) == 0.25


def named(name: str, path: str = "/v1/things", word: str = "a") -> tuple[Request, Request]:
    """A client creates something under a name of its own, and asks for it."""
    sent = f'{{"id": "{name}", "word": "{word}"}}'.encode()
    create = Request("PUT", f"{HOST}{path}/{name}", (JSON,), sent)
    return create, Request("GET", f"{HOST}{path}/{name}")


def echoing(*asked: Request) -> list[Exchange]:
    """A vendor that answers with the name that it was given."""
    return [
        Exchange(each, Response(200, "", (JSON,), b'{"id": "%b"}' % each.url.rpartition("/")[2].encode()))
        for each in asked
    ]


ONE, TWO, NEW, NEWER = (str(UUID(int=Random(seed).getrandbits(128))) for seed in range(4))


def test_a_client_may_name_things_anew():
    """The next run makes up other identifiers: it is answered under them, and each stands for the same one from then on."""
    vendor = Vendor.of(echoing(*named(ONE, word="a"), *named(TWO, word="b")))
    first, second = named(NEW, word="b"), named(NEWER, word="a")
    outcomes = ask(vendor, first[0], second[0], second[1], first[1], first[1])
    assert [outcome.recording for outcome in outcomes] == [2, 0, 1, 3, 3]
    assert bodies(outcomes) == [b'{"id": "%b"}' % name.encode() for name in (NEW, NEWER, NEWER, NEW, NEW)]
    assert [outcome.rung for outcome in outcomes] == [Rung.RENAMED, Rung.RENAMED, Rung.EXACT, Rung.EXACT, Rung.EXACT]


def test_what_has_a_name_is_not_taken_for_something_else():
    """A recording whose identifier stands for one already is played to another only if there is no other."""
    vendor = Vendor.of(echoing(*named(ONE), named(ONE)[1], *named(TWO)))
    outcomes = ask(vendor, named(NEW)[0], named(NEW)[1], named(NEWER)[0], named(NEWER)[1])
    assert [outcome.recording for outcome in outcomes] == [0, 1, 3, 4]
    (late,) = ask(Vendor.of(echoing(named(ONE)[1])), named(NEW)[1], named(NEWER)[1])[1:]
    assert (late.rung, late.response.body) == (Rung.RENAMED, b'{"id": "%b"}' % NEWER.encode())


def test_what_the_vendor_named_is_no_name_for_something_else():
    """An identifier that an answer showed first is looked up as it is: another one is a miss."""
    listed = get("/v1/things", body=b'{"ids": ["%b"]}' % ONE.encode())
    vendor = Vendor.of([listed, *echoing(*named(ONE))])
    assert [outcome.rung for outcome in ask(vendor, *named(NEW))] == [Rung.MISS, Rung.MISS]


def test_a_name_in_a_body_is_learnt():
    """Who posts an identifier of its own finds the thing under it."""
    vendor = Vendor.of([post("/v1/things", b'{"id": "%b"}' % ONE.encode()), *echoing(named(ONE)[1])])
    posted = Request("POST", f"{HOST}/v1/things", (JSON,), b'{"id": "%b"}' % NEW.encode())
    outcomes = ask(vendor, posted, named(NEW)[1])
    assert [outcome.rung for outcome in outcomes] == [Rung.IGNORING_BODY, Rung.EXACT]
    assert outcomes[1].response.body == b'{"id": "%b"}' % NEW.encode()


def test_attempts_are_counted_by_what_the_client_sent():
    """A fault for first attempts strikes once, although the second attempt is known by its name."""
    vendor = Vendor.of(echoing(*named(ONE)), (Rule(Status(503), first=1),))
    outcomes = ask(vendor, named(NEW)[0], named(NEW)[0], named(NEW)[1], named(NEW)[1])
    assert [outcome.response.status for outcome in outcomes] == [503, 200, 503, 200]


def test_a_name_is_learnt_only_from_what_was_carried_out():
    """A request that a limit refused, or a fault kept from its answer, leaves nothing of its identifiers behind."""
    plain = Vendor.of(echoing(*named(ONE)))
    limited = replace(plain, limits=Limits((Limit("one", Fixed(1.0, 60.0)),)))
    renamed = Request("PUT", named(NEWER)[0].url, (JSON,), b'{"id": "%b"}' % NEWER.encode())
    stormy = replace(plain, schedule=(Rule(Status(503), f"PUT */{NEWER}"),))
    for vendor, status, learnt in ((plain, 200, True), (limited, 429, False), (stormy, 503, False)):
        state, _, _ = vendor.answer(State(), named(NEW)[0], 0.0)
        again, outcome, _ = vendor.answer(state, renamed, 0.0)
        assert (outcome.response.status, again.bindings != state.bindings) == (status, learnt)


def test_the_time_of_day_is_no_other_question():
    """A window that ends now is asked for with other numbers in every run."""
    vendor = Vendor.of([get("/v1/calls?since=1790000000&page=1"), get("/v1/calls?since=1790000000&page=2")])
    outcomes = ask(
        vendor,
        Request("GET", f"{HOST}/v1/calls?since=1795000000&page=2"),
        Request("GET", f"{HOST}/v1/calls?since=1795000000&page=3"),
    )
    assert [(outcome.rung, outcome.recording) for outcome in outcomes] == [(Rung.RENAMED, 1), (Rung.MISS, None)]


def test_a_truncated_answer_is_cut_at_its_new_length():
    """Identifiers of another length do not make half an answer whole."""
    cut = Exchange(named(ONE)[1], Response(200, "", (JSON,), f'{{"id": "{ONE}", '.encode()), Ending.TRUNCATED)
    (outcome,) = ask(Vendor.of([cut]), Request("GET", f"{HOST}/v1/things/a1b2c3d4e5f6g7h8"))
    assert outcome.ending is Ending.TRUNCATED
    assert outcome.body_bytes == len(outcome.response.body) == len(cut.response.body) - 20
