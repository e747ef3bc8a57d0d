"""What a mock takes from its clients."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.bounds import Bounds, Stage

SHORT = Bounds(head_s=1.0, request_s=2.0, unread_s=3.0, idle_s=4.0)


@given(st.sampled_from(Stage), st.floats(0, 1e9))
def test_we_may_take_as_long_as_we_are_told_to(stage, waited_s):
    """Only clients can be late: an answer is never cut for being slow; and whoever was late is later still."""
    assert not SHORT.overdue(Stage.ANSWERING, waited_s)
    assert SHORT.overdue(stage, waited_s) <= SHORT.overdue(stage, waited_s + 1)


def test_each_stage_has_its_time():
    """The end of the time still belongs to it."""
    stages = (Stage.HEAD, Stage.BODY, Stage.UNREAD, Stage.IDLE)
    assert [[SHORT.overdue(stage, s) for s in (1.0, 2.5, 3.5, 4.5)] for stage in stages] == [
        [False, True, True, True],
        [False, True, True, True],
        [False, False, True, True],
        [False, False, False, True],
    ]


def test_clients_are_looked_at_often_enough():
    """Every second, or four times in the shortest time that there is."""
    assert (Bounds().sweep_s, SHORT.sweep_s) == (1.0, 0.25)
