"""Whole exchanges, kept to be exported."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from shop import HOST, SHOP, get

from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response
from tapehiss.cassettes.line import decode_line
from tapehiss.cassettes.redaction import Limits, Redactor, Rules
from tapehiss.mocks.faults import Reset, Truncate
from tapehiss.mocks.index import index_of
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.outcome import Outcome
from tapehiss.mocks.profile import shipped_profile
from tapehiss.mocks.reel import OVERHEAD_BYTES, Reel, exchange_of, exported, size_of
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import Vendor


@given(
    st.lists(st.integers(0, 3 * OVERHEAD_BYTES), max_size=20), st.integers(0, 10 * OVERHEAD_BYTES), st.integers(0, 9000)
)
def test_a_reel_is_bounded_and_keeps_the_latest(sizes, max_bytes, later_max):
    """What is kept are the last ones, as many as fit; also after the bound was changed."""
    reel = Reel(max_bytes)
    exchanges = [get(f"/{number}", body=b"x" * size) for number, size in enumerate(sizes)]
    for number, exchange in enumerate(exchanges):
        reel.keep(number, exchange)
        assert reel.bytes <= max_bytes
    reel.bound(later_max)
    kept = [number for number in range(len(sizes)) if reel.get(number)]
    assert kept == list(range(len(sizes) - len(kept), len(sizes)))
    assert reel.bytes == sum(size_of(exchanges[number]) for number in kept) <= later_max
    reel.clear()
    assert (len(reel), reel.bytes) == (0, 0)


def kept(*requests: Request, schedule: tuple[Rule, ...] = ()) -> list[Exchange]:
    """What a mock keeps of some requests."""
    live = LiveVendor(Vendor.of(SHOP, schedule))
    live.reel.bound(100_000)
    for request in requests:
        live.answer(request, 1.0)
    return [exchange for number in range(len(requests)) if (exchange := live.reel.get(number))]


def test_what_is_kept_is_as_recorded_at_the_vendor():
    """With the vendor's URL and without the mock's name, also of what is on no tape."""
    at_mock = Request("GET", "http://127.0.0.1:8000/v1/orders/1?x=1", (("Host", "127.0.0.1:8000"), ("Accept", "*/*")))
    found, missed = kept(Request("GET", "http://127.0.0.1:8000/v1/orders/1"), at_mock)
    assert (found.request.url, found.response.body) == (HOST + "/v1/orders/1", b'{"status": "new"}')
    assert (missed.request.url, missed.request.headers) == (HOST + "/v1/orders/1?x=1", (("Accept", "*/*"),))
    assert missed.response.status == 404


def test_what_did_not_come_whole_is_kept_as_it_came():
    """A cut body is cut, and where no answer came there is none."""
    (cut,) = kept(SHOP[0].request, schedule=(Rule(Truncate(5)),))
    assert (cut.response.body, cut.ending) == (b'{"sta', Ending.TRUNCATED)
    (none,) = kept(SHOP[0].request, schedule=(Rule(Reset()),))
    assert (none.response, none.ending) == (None, Ending.RESET)


def test_what_leaves_is_clean():
    """A secret is known before it is met the first time; what cannot be made clean is left out and counted."""
    token = "tok_" + "z9x8" * 6
    early = Exchange(Request("GET", f"{HOST}/v1/{token}"), Response(200))
    late = Exchange(Request("GET", f"{HOST}/v1/a", (("Authorization", f"Bearer {token}"),)), Response(200))
    made = exported([early, late], Redactor(Rules(), key=b"k" * 32))
    assert (made.exchanges, made.quarantined, token.encode() in made.tape) == (2, 0, False)
    read = [decode_line(line) for line in made.tape.splitlines()]
    assert [each.request.method for each in read if isinstance(each, Exchange)] == ["GET", "GET"]
    assert exported([], Redactor(Rules(), key=b"k" * 32)).exchanges == 0


def test_what_limits_told_is_kept_too():
    """In the place of recorded counters."""
    live = LiveVendor(Vendor.of(SHOP))
    live.reel.bound(100_000)
    live.limit(shipped_profile("ietf"), 0.0)
    outcome, _ = live.answer(SHOP[0].request, 1.0)
    assert outcome.told
    assert set(outcome.told) <= set(live.reel.get(0).response.headers)


def test_what_cannot_be_made_clean_stays_here():
    """It is counted, and the rest leaves; and where no answer came, whatever the reason, there is none."""
    narrow = Rules(limits=Limits(scan_max_bytes=600))
    made = exported([get("/small"), get("/large", body=b"x" * 700)], Redactor(narrow, key=b"k" * 32))
    assert (made.exchanges, made.quarantined, b"/large" in made.tape) == (1, 1, False)
    nothing = exchange_of(SHOP[0].request, Outcome(None), index_of(SHOP), 1.0, 0.5)
    assert (nothing.response, nothing.ending, nothing.timings.first_byte_s) == (None, Ending.RESET, None)
