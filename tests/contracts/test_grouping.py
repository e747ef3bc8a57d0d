"""Operations by origin."""

from __future__ import annotations

from habits import HOST, origin, told
from tapehiss.contracts.conduct import Sign
from tapehiss.contracts.grouping import each_conduct, fact, total
from tapehiss.contracts.sums import Seen


def test_an_origin_is_the_sum_of_its_operations():
    """Signs of all its operations, each with its first and last witness."""
    [whole] = origin([told("/v1/a", at_s=1.0), told("/v1/b", at_s=2.0)])
    assert whole.name == HOST
    assert whole.conduct.signs["answered 2xx"].count == 2
    assert whole.conduct.signs["answered 2xx"].first is not None
    assert whole.conduct.signs["answered 2xx"].first.at_s == 1.0


def test_what_holds_for_an_origin_comes_before_what_holds_for_one_of_its_operations():
    """The sum without a line, then each operation under its own."""
    [whole] = origin([told("/v1/a"), told("/v1/b"), told("/v1/b")])
    assert [(name, line, conduct.signs["answered 2xx"].count) for name, line, conduct in each_conduct([whole])] == [
        (HOST, "", 3),
        (HOST, f"GET {HOST}/v1/a", 1),
        (HOST, f"GET {HOST}/v1/b", 2),
    ]


def test_a_fact_rests_on_its_sign():
    """Support and witnesses are the sign's; what is unknown is left out, and what is empty but known is not."""
    sign = total([Sign(2, Seen(1.0), Seen(2.0)), Sign(1, Seen(0.5), Seen(0.5))])
    told_of = fact("caching", "etag", sign, 2, "words", arguments={"a": None, "b": "", "c": (), "d": False, "e": 0})
    assert (told_of.id, told_of.seen, told_of.of, told_of.first, told_of.last) == (
        "caching-etag",
        3,
        3,
        Seen(0.5),
        Seen(2.0),
    )
    assert told_of.arguments == (("c", ()), ("d", False), ("e", 0))
