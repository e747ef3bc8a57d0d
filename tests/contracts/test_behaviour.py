"""Facts about behaviour: with support, stable, and told of any traffic without an error."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from habits import told
from tapehiss.contracts.behaviour import facts
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import Contract, Taped, from_json, learn, to_json
from traffic import lists

HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "authorization", "x-api-key", "cookie", "link", "retry-after", "ratelimit", "ratelimit-policy", "x-ratelimit-limit",
            "x-ratelimit-remaining", "x-ratelimit-reset", "idempotency-key", "idempotent-replayed", "etag", "cache-control", "date",
            "if-none-match", "www-authenticate", "x-total-count", "x-weird quota name",
        ]
    ),
    st.text(max_size=20) | st.sampled_from(["1", "60", "a b", '"x y";q=1;w=2', "<?page=2>; rel=next", "max-age=5", "9" * 30, "-1", "1s"]),
    max_size=6,
)  # fmt: skip
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3)
    | st.dictionaries(st.sampled_from(["next", "page", "total", "has_more", "cursor", "links", "items", "a b/~", "limit"]), below, max_size=4),
    max_leaves=10,
)  # fmt: skip


def odd() -> st.SearchStrategy[list]:
    """Traffic that speaks of behaviour, sensibly or not."""
    return st.lists(
        st.builds(
            lambda asked, headers, body, sent, url, status: told(
                url, body, asked=asked, headers=headers, sent=sent, status=status
            ),
            HEADERS,
            HEADERS,
            BODIES,
            st.none()
            | st.dictionaries(st.sampled_from(["grant_type", "client_token", "api key", "page"]), BODIES, max_size=2),
            st.sampled_from(["/v1/a", "/v1/a?page=1&limit=2", "/v1/b?api%20key=x%20y&cursor=abcd", "/v1/b?token="]),
            st.sampled_from([200, 200, 201, 304, 401, 403, 429, 503]),
        ),
        max_size=5,
    )


@given(st.one_of(lists(), odd()))
def test_facts_have_support(exchanges):
    """Whatever was recorded, facts are told, and none has more support than chances."""
    for fact in facts(catalogue(learn(exchanges))):
        assert 0 < fact.seen <= fact.of
        assert fact.id.startswith(f"{fact.topic}-")
        assert fact.words


@given(odd(), st.randoms(use_true_random=False))
def test_facts_depend_on_nothing_but_what_was_seen(exchanges, dice):
    """Another order, or a contract that was saved and resumed, tells the same facts."""
    taped = [Taped(each, "tape.yaml", line) for line, each in enumerate(exchanges)]
    contract = learn(taped)
    known = facts(catalogue(contract))
    dice.shuffle(taped)
    assert facts(catalogue(learn(taped))) == known
    assert facts(catalogue(from_json(to_json(contract)))) == known


def test_nothing_tells_nothing():
    """An empty contract has no facts."""
    assert facts(catalogue(Contract())) == ()
