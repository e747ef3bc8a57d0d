"""A token that is there when it is needed: one request for it at a time, used once, and never an endless loop."""

from __future__ import annotations

import json
from random import Random
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowds import EPOCH_S, Crowd
from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Ending, Request, Response, header
from tapehiss.clients import errors
from tapehiss.clients.calling import Settings, calling
from tapehiss.clients.classify import Promises, Verdict
from tapehiss.clients.effects import Failure
from tapehiss.clients.grants import AuthorizationCode, ClientCredentials
from tapehiss.clients.oauth import FRESH_S, MARGIN_S, Memory, OAuth
from tapehiss.clients.retry import RetryPolicy
from tapehiss.clients.tokens import Token

URL = "https://api.vendor.example/things"
TOKENS = "https://login.vendor.example/token"
ROBOT = ClientCredentials(TOKENS, "robot", "open-" + "sesame")
PERSON = AuthorizationCode("https://login.vendor.example/ask", TOKENS, "app", "http://localhost/back")


class Vendor:
    """Hands out tokens ``t1``, ``t2`` ... with refresh tokens that rotate, and accepts only those that are good."""

    def __init__(self, life_s=3600, latency_s=0.5, weather=()):
        self.life_s, self.latency_s, self.weather = life_s, latency_s, list(weather)
        self.issued, self.refreshes, self.revoked_before = {}, [], 0
        self.flying, self.most_flying = [], 0
        self.broken = False

    def answer(self, request, now):
        """What the vendor says, and after how long."""
        if request.url != TOKENS:
            return self.thing(request, now), 0.1
        self.flying = [until for until in self.flying if until > now] + [now + self.latency_s]
        self.most_flying = max(self.most_flying, len(self.flying))
        form = parse_qs(request.body.decode())
        self.refreshes += form.get("refresh_token", [])
        if self.weather and (fault := self.weather.pop(0)) is not None:
            return fault, self.latency_s
        name = f"t{len(self.issued) + 1}"
        self.issued[name] = now
        said = {"access_token": name, "expires_in": self.life_s, "refresh_token": f"r-{name}"}
        return Response(200, body=json.dumps(said).encode()), self.latency_s

    def thing(self, request, now):
        """Anything but a token."""
        name = (header(request.headers, "authorization") or "").removeprefix("Bearer ")
        good = name in self.issued and now < self.issued[name] + self.life_s and int(name[1:]) > self.revoked_before
        return Response(200 if good and not self.broken else 401)


def auth_of(grant=ROBOT, store=None):
    return OAuth(grant, dice=Random(1), store=store)


def ask(auth):
    """A whole call with retries."""
    return lambda now: calling(Request("GET", URL), Settings(auth=auth), {}, now=now, dice=Random(1))


FAULTS = st.sampled_from(
    [None, None, Response(503), Response(429), Failure(Ending.RESET), Failure(Ending.REFUSED, sent=False)]
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.0, 0.3, 30.0, 4000.0]), st.none() | st.floats(0, 2)), min_size=1, max_size=25
    ),
    st.lists(FAULTS, max_size=4),
    st.sampled_from([3600, 40, 10]),
)
def test_one_request_for_a_token_at_a_time(calls, weather, life_s):
    """However many calls need one, whatever fails and whoever is cancelled (A1); and nobody waits for ever."""
    vendor, auth, at = Vendor(life_s, weather=weather), auth_of(), 0.0
    crowd = Crowd(vendor.answer)
    for pause_s, cancel_s in calls:
        at += pause_s
        caller = crowd.start(at, ask(auth))
        if cancel_s is not None:
            crowd.cancel(at + cancel_s, caller)
    crowd.run()
    # A cancelled request for a token may still be at work at the vendor while its successor asks.
    assert vendor.most_flying <= 1 + len([caller for caller in crowd.callers if caller.cancelled])
    assert all(caller.ended_at is not None for caller in crowd.callers)
    assert all(caller.error is None or isinstance(caller.error, errors.ApiError) for caller in crowd.callers)
    vendor.weather.clear()
    after = crowd.start(crowd.now + 1, ask(auth))
    crowd.run()
    assert after.error is None


def test_a_hundred_calls_one_token():
    """A hundred calls that begin together ask once, and all are answered."""
    vendor, auth = Vendor(), auth_of()
    crowd = Crowd(vendor.answer)
    for _ in range(100):
        crowd.start(0.0, ask(auth))
    crowd.run()
    assert (len(vendor.issued), {each.error for each in crowd.callers}) == (1, {None})


def test_an_error_is_shared_by_those_who_waited():
    """When no token is given, each call that waited for it fails, and the vendor was asked once."""
    vendor, auth = Vendor(weather=[Response(401)] * 9), auth_of()
    crowd = Crowd(vendor.answer)
    for _ in range(10):
        crowd.start(0.0, ask(auth))
    crowd.run()
    assert {type(each.error) for each in crowd.callers} == {errors.LoginNeeded}
    assert len(vendor.weather) == 8
    assert "sesame" not in "".join(f"{each.error!s}{each.error!r}" for each in crowd.callers)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 100), FAULTS, st.none() | st.floats(0, 1)), min_size=1, max_size=20))
def test_a_refresh_token_is_used_at_most_once(calls):
    """Each rotating refresh token reaches the vendor at most once, unless it certainly was not processed (A2)."""
    vendor, at = Vendor(life_s=50, weather=[fault for _, fault, _ in calls]), 0.0
    auth = auth_of(PERSON, Memory(Token("t0", "r-t0", life_s=1.0, issued_s=0.0)))
    harmless = sum(
        fault is not None and not (isinstance(fault, Failure) and fault.sent) and fault != Response(503)
        for _, fault, _ in calls
    )
    crowd = Crowd(vendor.answer)
    for pause_s, _, cancel_s in calls:
        at += pause_s
        caller = crowd.start(at, ask(auth))
        if cancel_s is not None:
            crowd.cancel(at + cancel_s, caller)
    crowd.run()
    assert len(vendor.refreshes) - len(set(vendor.refreshes)) <= harmless


def test_after_an_unclear_refresh_only_a_person_helps():
    """A rotating refresh token whose fate is unknown is not sent again: the next call says that a login is needed (A2)."""
    vendor, auth = Vendor(weather=[Failure(Ending.RESET)]), auth_of(PERSON, Memory(Token("t0", "r-t0", life_s=1.0)))
    crowd = Crowd(vendor.answer)
    first, second = (crowd.start(at, ask(auth)) for at in (0.0, 9.0))
    crowd.run()
    assert (type(first.error), type(second.error)) == (errors.LoginNeeded, errors.LoginNeeded)
    assert vendor.refreshes == ["r-t0"]


def test_a_robot_asks_again():
    """Client credentials can be asked for again whatever became of the first time."""
    vendor = Vendor(weather=[Failure(Ending.RESET), Response(503)])
    caller = (crowd := Crowd(vendor.answer)).start(0.0, ask(auth_of()))
    crowd.run()
    assert caller.error is None


def test_a_revoked_token_is_renewed_once():
    """A 401 for an old token: a new one, the same call again, an answer; both attempts are in the log (A3)."""
    vendor, auth = Vendor(life_s=10**6), auth_of()
    crowd = Crowd(vendor.answer)
    crowd.start(0.0, ask(auth))
    crowd.at(500.0, lambda: setattr(vendor, "revoked_before", 1))
    caller = crowd.start(1_000.0, ask(auth))
    crowd.run()
    assert [attempt.status for attempt in caller.result.attempts] == [401, 200]
    assert len(vendor.issued) == 2


def test_an_endpoint_that_wants_no_token_at_all():
    """An endpoint that says 401 to every token costs one renewal and one more attempt, not a loop (A3), and no good token (A4)."""
    vendor, auth = Vendor(life_s=10**6), auth_of()
    crowd = Crowd(vendor.answer)
    crowd.start(0.0, ask(auth))
    crowd.at(1.0, lambda: setattr(vendor, "broken", True))
    late = [crowd.start(100.0 + number, ask(auth)) for number in range(20)]
    crowd.run()
    assert {type(each.error) for each in late} == {errors.Unauthorized}
    assert [len(each.error.attempts) for each in late] == [2] + [1] * 19
    assert len(vendor.issued) == 2
    assert FRESH_S > 20


@pytest.mark.parametrize(("life_s", "tokens"), [(3600, 1), (100, 2), (20, 10), (2 * MARGIN_S, 3)])
def test_expiry_has_a_margin_but_no_token_for_every_call(life_s, tokens):
    """A token is renewed before it expires; a short-lived one serves for half its life at least (A5)."""
    vendor, auth = Vendor(life_s=life_s, latency_s=0.0), auth_of()
    crowd = Crowd(vendor.answer)
    for second in range(100):
        crowd.start(float(second), ask(auth))
    crowd.run()
    assert {each.error for each in crowd.callers} == {None}
    assert {len(each.result.attempts) for each in crowd.callers} == {1}
    assert len(vendor.issued) <= tokens + 1


def test_a_token_that_is_over_when_it_comes():
    """A life that is shorter than the way here: each call that waits uses the token once, and nobody asks in a circle."""
    vendor, auth = Vendor(life_s=0), auth_of()
    crowd = Crowd(vendor.answer)
    for _ in range(5):
        crowd.start(0.0, ask(auth))
    crowd.run()
    assert {type(each.error) for each in crowd.callers} == {errors.Unauthorized}
    assert len(vendor.issued) <= 2


def test_a_token_of_another_process_is_taken_up():
    """What lies in the store is used as long as it is good, and what is got is put there."""
    vendor = Vendor()
    vendor.issued["t1"] = 0.0
    store = Memory(Token("t1", life_s=3600.0, issued_s=EPOCH_S))
    crowd = Crowd(vendor.answer)
    crowd.start(10.0, ask(auth_of(store=store)))
    crowd.run()
    assert len(vendor.issued) == 1
    crowd.start(4_000.0, ask(auth_of(store=store)))
    crowd.run()
    assert store.token.access == "t2"
    assert {each.error for each in crowd.callers} == {None}


class Broken:
    """A store that cannot do what it is there for."""

    blocking = False

    def __init__(self, *, loads):
        self.loads = loads

    def load(self):
        """Nothing, or an exception of somebody else's."""
        if not self.loads:
            raise RuntimeError("secret words")

    def save(self, _):
        """No."""
        raise RuntimeError("secret words")


def test_a_broken_store_is_told():
    """A store that cannot be read ends the call with an error of ours (E1); one that cannot be written does not lose a good token."""
    for loads, error in ((False, errors.LoginNeeded), (True, type(None))):
        crowd = Crowd(Vendor().answer)
        caller = crowd.start(0.0, ask(auth_of(store=Broken(loads=loads))))
        crowd.run()
        assert isinstance(caller.error, error)
        assert "secret words" not in str(caller.error)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"access_token": ""}', b'{"access_token": 7}', b'{"access_token": "a\\r\\nb"}', b"<html>"]
)
def test_an_answer_without_a_token(body):
    """A token endpoint that says 200 and hands out nothing that is a token: an error of ours, without its words."""
    crowd = Crowd(Vendor(weather=[Response(200, body=body)]).answer)
    caller = crowd.start(0.0, ask(auth_of()))
    crowd.run()
    assert isinstance(caller.error, errors.NoToken)


def test_the_deadline_holds_while_a_token_is_awaited():
    """Who waits for a token, and who asks for it, ends at the deadline of the call (D1)."""
    vendor, auth = Vendor(latency_s=100.0), auth_of()
    crowd = Crowd(vendor.answer)
    callers = [crowd.start(0.0, lambda now: calling(Request("GET", URL), Settings(auth=auth), {"deadline_s": 5.0}, now=now, dice=Random(1))) for _ in range(3)]  # fmt: skip
    crowd.run()
    assert all(each.ended_at <= 5.0 + 1e-6 and isinstance(each.error, errors.ApiError) for each in callers)


def test_a_deadline_is_not_shared():
    """When the call that asks for the token runs out of time, one that waits and has more of it asks next."""
    vendor, auth = Vendor(latency_s=5.0), auth_of()
    crowd = Crowd(vendor.answer)
    hasty, patient = (
        crowd.start(
            0.0,
            lambda now, left=left: calling(
                Request("GET", URL), Settings(auth=auth), {"deadline_s": left}, now=now, dice=Random(1)
            ),
        )
        for left in (6.0, 60.0)
    )
    vendor.weather = [Response(429)]
    crowd.run()
    assert isinstance(hasty.error, errors.DeadlineExceeded)
    assert hasty.ended_at <= 6.0
    assert patient.error is None


def test_a_failing_token_endpoint_is_no_outcome_of_the_call():
    """A write that was never sent, because there was no token, is not ``OutcomeUnknown``: nothing was done."""
    crowd = Crowd(Vendor(weather=[Response(503)] * 9).answer)
    caller = crowd.start(
        0.0, lambda now: calling(Request("POST", URL), Settings(auth=auth_of()), {}, now=now, dice=Random(1))
    )
    crowd.run()
    assert (type(caller.error), caller.error.attempts) == (errors.NoToken, ())
    assert {request.url for _, request in crowd.sent} == {TOKENS}


def test_a_login_from_end_to_end():
    """Ask, come back, redeem: the token is kept and used; a callback that is not ours is refused."""
    vendor, store = Vendor(), Memory()
    auth = auth_of(PERSON, store)
    login = PERSON.login("state-1", "verifier-1")
    request = PERSON.redeem(login, "http://localhost/back?code=c1&state=state-1")
    crowd = Crowd(vendor.answer)
    crowd.start(0.0, lambda now: auth.redeemed(request, now))
    after = crowd.start(5.0, ask(auth))
    crowd.run()
    assert (store.token.access, after.error) == ("t1", None)
    for callback in (
        "http://localhost/back?code=c1&state=other",
        "http://[localhost/back?code=c1&state=state-1",
        "http://localhost/back?error=access_denied&state=state-1",
    ):
        with pytest.raises(errors.LoginNeeded):
            PERSON.redeem(login, callback)


class Stuck(Memory):
    """A store that can be read and not be written."""

    def save(self, _):
        """No."""
        raise OSError("no space left")


def test_an_old_token_in_a_store_is_no_news():
    """When a new token could not be stored, the old one that still lies there is not taken up: its refresh token was used (A2)."""
    vendor = Vendor(life_s=50)
    auth = auth_of(PERSON, Stuck(Token("t0", "r-t0", life_s=1.0)))
    crowd = Crowd(vendor.answer)
    callers = [crowd.start(at, ask(auth)) for at in (0.0, 100.0, 200.0)]
    crowd.run()
    assert [each.error for each in callers] == [None, None, None]
    assert vendor.refreshes == ["r-t0", "r-t1", "r-t2"]


def test_a_call_that_is_cancelled_between_attempts_locks_nobody_out():
    """A refresh that was turned away, and then not tried again because its call was cancelled, used nothing up."""
    vendor = Vendor(weather=[Response(429, headers=(("Retry-After", "5"),))])
    auth = auth_of(PERSON, Memory(Token("t0", "r-t0", life_s=1.0)))
    crowd = Crowd(vendor.answer)
    crowd.cancel(2.0, crowd.start(0.0, ask(auth)))
    after = crowd.start(9.0, ask(auth))
    crowd.run()
    assert after.error is None


def test_an_answer_that_hands_out_nothing_uses_a_refresh_token_up():
    """After a 200 without a token a rotating refresh token is not sent again: a vendor that has taken it takes a second for theft (A2)."""
    vendor = Vendor(weather=[Response(200, body=b"<html>")])
    auth = auth_of(PERSON, Memory(Token("t0", "r-t0", life_s=1.0)))
    crowd = Crowd(vendor.answer)
    callers = [crowd.start(at, ask(auth)) for at in (0.0, 9.0)]
    crowd.run()
    assert [type(each.error) for each in callers] == [errors.LoginNeeded] * 2
    assert vendor.refreshes == ["r-t0"]


REDEEMED = Request("POST", TOKENS, (), b"grant_type=authorization_code&code=c1")


def test_a_code_is_sent_once():
    """A code is good once, also at a vendor whose refresh tokens do not rotate: a second copy would have the token revoked (I1)."""
    person = AuthorizationCode(
        "https://login.vendor.example/ask", TOKENS, "app", "http://localhost/back", rotates=False
    )
    auth = auth_of(person)
    crowd = Crowd(Vendor(weather=[Failure(Ending.RESET)]).answer)
    caller = crowd.start(0.0, lambda now: auth.redeemed(REDEEMED, now))
    crowd.run()
    assert (type(caller.error), len(crowd.sent)) == (errors.OutcomeUnknown, 1)


def test_a_new_login_is_a_new_beginning():
    """After a refresh of which nobody knows what became, a login helps for good; and nothing of the one before is kept."""
    vendor = Vendor(life_s=50, weather=[Failure(Ending.RESET)])
    auth = auth_of(PERSON, Memory(Token("t0", "r-t0", life_s=1.0)))
    crowd = Crowd(vendor.answer)
    lost = crowd.start(0.0, ask(auth))
    crowd.start(10.0, lambda now: auth.redeemed(REDEEMED, now))
    late = crowd.start(200.0, ask(auth))
    crowd.run()
    assert (type(lost.error), late.error, vendor.refreshes) == (errors.LoginNeeded, None, ["r-t0", "r-t1"])
    vendor.weather = [Response(200, body=b'{"access_token": "other"}')]
    crowd.start(300.0, lambda now: auth.redeemed(REDEEMED, now))
    crowd.run()
    assert (auth._token.access, auth._token.refresh) == ("other", "")


class Unsound:
    """A grant that cannot make its request."""

    repeatable = True

    def request(self, _token, _unix_s, _nonce):
        """No."""
        raise Misuse("this key cannot sign with RS256", "auth", "check the key")


def test_a_grant_that_cannot_ask_is_an_error_of_the_call():
    """A key that cannot sign is found out in a call, and only errors of ours leave one (E1); all that wait are told."""
    crowd, auth = Crowd(Vendor().answer), auth_of(Unsound())
    callers = [crowd.start(0.0, ask(auth)) for _ in range(3)]
    crowd.run()
    assert [(type(each.error), each.error.remedy) for each in callers] == [(errors.LoginNeeded, "check the key")] * 3


def test_what_a_vendor_promises_of_its_token_endpoint_is_kept_to():
    """A policy for the token endpoint is followed, also where tokens may be asked for again."""
    promises = Promises(by_status={503: Verdict.DONE})
    auth = OAuth(ROBOT, dice=Random(1), policy=RetryPolicy(promises=promises))
    crowd = Crowd(Vendor(weather=[Response(503)]).answer)
    caller = crowd.start(0.0, ask(auth))
    crowd.run()
    assert (type(caller.error), len(crowd.sent)) == (errors.NoToken, 1)
