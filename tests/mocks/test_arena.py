"""What plays schedules for the search."""

from __future__ import annotations

import sys

import pytest
from shop import SHOP

from tapehiss.mocks.arena import Arena, check_fair
from tapehiss.mocks.contestant import Contestant, Run
from tapehiss.mocks.errors import BadCommand
from tapehiss.mocks.faults import Lose, Reset, Status
from tapehiss.mocks.judge import Terms
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.trace import Attempt, End, Fate, Trace
from tapehiss.mocks.vendor import Vendor

PROGRAM = """
import sys, urllib.request as u
for path in ("/v1/orders/1", "/v1/orders/1"):
    for _ in range(2):
        try:
            u.urlopen(sys.argv[1] + path).read()
            break
        except Exception:
            pass
"""


def arena(program: str = PROGRAM) -> Arena:
    return Arena(Vendor.of(SHOP), Contestant((sys.executable, "-S", "-c", program, "{url}")), Terms(), 7)


def test_runs_are_held_against_fair_weather():
    """One by one or many at once: the same cases, in order; and sums over all of them."""
    mine = arena()
    weather = [
        (Rule(Reset(), on="GET /v1/orders/*", first=1),),
        (Rule(Status(503), on="POST /elsewhere"), Rule(Lose())),
    ]
    cases = mine.many(weather, 2)
    assert [len(case.run.attempts) for case in cases] == [3, 4]
    assert [len(case.fair.attempts) for case in cases] == [2, 2]
    assert (mine.planned, mine.reached, mine.most) == (3, 2, 2.0)
    assert [each.fate for each in mine.play(weather[0]).run.attempts] == [each.fate for each in cases[0].run.attempts]
    assert mine.operations == ("GET /v1/orders/*",)


def test_a_command_that_asks_another_thing_each_time():
    """Rules are about anything then."""
    mine = arena("import sys, uuid, urllib.request as u; u.urlopen(sys.argv[1] + '/v1/orders', uuid.uuid4().bytes)")
    assert mine.operations == ("*",)


def run(
    *attempts: Attempt, code: int = 0, stopped: bool = False, missed: tuple[str, ...] = (), stderr: str = ""
) -> Run:
    return Run(Trace(attempts, End(1.0, ok=not code)), code, "", stderr, missed, stopped=stopped)


ASKED = Attempt("GET /a", 1, 0.0, 0.0, Fate.DONE)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (run(), "app: it never asked the mock, and ended with exit code 0 -> let it ask {url}"),
        (run(stopped=True, code=-9), "app: it never asked the mock, and did not end within 30 s"),
        (run(ASKED, stopped=True, code=-9), "app: in fair weather it did not end within 30 s -> give it more"),
        (
            run(ASKED, code=3, stderr="a\nno money\n\n"),
            "app: in fair weather it ended with exit code 3: no money -> make it",
        ),
        (
            run(ASKED, code=3, missed=("GET /b is on no tape",)),
            "app: in fair weather it ended with exit code 3 (GET /b is on no tape) -> record",
        ),
    ],
)
def test_a_command_that_fails_in_fair_weather_is_refused(bad, told):
    """In one line that says why, and what to do."""
    with pytest.raises(BadCommand) as caught:
        check_fair(bad, Contestant(("app",)))
    assert str(caught.value).startswith(told)


def test_a_command_that_succeeds_is_not():
    """Though something that it asked is on no tape."""
    check_fair(run(ASKED, missed=("GET /b is on no tape",)), Contestant(("app",)))
