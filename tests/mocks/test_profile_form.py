"""The form of a profile: every way of counting has its words."""

from __future__ import annotations

import pytest

from tapehiss.mocks.profile_form import MODELS, ProfileForm
from tapehiss.mocks.windows import Bucket, Concurrent, Daily, Fixed, Rolling, Sliding

WAYS = {
    "fixed": ({"quota": 3, "window_s": 1, "aligned": False}, Fixed(3.0, 1.0, aligned=False)),
    "sliding": ({"quota": 3, "window_s": 1}, Sliding(3.0, 1.0)),
    "rolling": ({"quota": 3, "window_s": 1}, Rolling(3.0, 1.0)),
    "token_bucket": ({"burst": 3, "rate_per_s": 0.5}, Bucket(3.0, 0.5)),
    "leaky_bucket": ({"capacity": 3, "leak_per_s": 0.5}, Bucket(3.0, 0.5)),
    "concurrent": ({"quota": 3, "from_s": 20}, Concurrent(3.0, 20.0)),
    "daily": ({"quota": 3, "zone": "Europe/Berlin"}, Daily(3.0, "Europe/Berlin")),
}


@pytest.mark.parametrize("way", MODELS)
def test_every_way_of_counting_has_its_words(way):
    """The names in a file are those of the field's literature."""
    words, model = WAYS[way]
    form = ProfileForm.model_validate(
        {
            "vendor": "X",
            "source": "https://x",
            "read": "2026-11-01",
            "confidence": "ours",
            "limits": {"one": {way: words}},
        }
    )
    assert form.limits["one"].value("one").model == model


def test_a_limit_may_refuse_in_its_own_way():
    """With its own status, headers and body."""
    given = {
        "fixed": {"quota": 1, "window_s": 1},
        "refusal": {"status": 403, "headers": {}, "body": "no", "reason": "r"},
    }
    form = ProfileForm.model_validate(
        {"vendor": "X", "source": "s", "read": "2026-11-01", "confidence": "ours", "limits": {"one": given}}
    )
    refusal = form.limits["one"].value("one").refusal
    assert (refusal.status, refusal.headers, refusal.body, refusal.reason) == (403, (), "no", "r")
