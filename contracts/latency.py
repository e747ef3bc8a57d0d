"""How long answers took, as a histogram that adds: the relative error of every quantile is known beforehand.

A duration falls into a bucket by its logarithm (DDSketch, Masson, Rim and Lee, VLDB 2019): bucket ``i`` holds ``G**(i-1) < d <= G**i``
milliseconds, and its middle is off by ``ERROR`` at most. Two histograms of the same buckets are added bucket by bucket, so that nothing
is lost in a merge. Durations under a microsecond and over a day fall into the first and the last bucket: there are
``BUCKETS_MAX`` of them, whatever was seen.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ERROR = 0.02
"""How far, relatively, a quantile is from a duration that was measured there."""
GROWTH = (1 + ERROR) / (1 - ERROR)
SHORTEST_S = 1e-6
LONGEST_S = 86_400.0

_PER_LOG = 1 / math.log(GROWTH)


def bucket_of(duration_s: float) -> str:
    """The bucket of a duration in seconds, as the text that a saved histogram has for it; negative ones count as none."""
    held = min(max(duration_s, SHORTEST_S), LONGEST_S)
    return str(math.ceil(math.log(held * 1_000) * _PER_LOG))


BUCKETS_MAX = int(bucket_of(LONGEST_S)) - int(bucket_of(SHORTEST_S)) + 1
"""How many buckets there can be."""


def duration_of(bucket: str) -> float:
    """The middle of a bucket in seconds: within ``ERROR`` of every duration in it."""
    return float(GROWTH ** int(bucket)) * (1 - ERROR) / 1_000


def quantile_s(histogram: Mapping[str, int], share: float) -> float | None:
    """The duration in seconds under which this share (0 to 1) of all lay; ``None`` when there was none."""
    total = sum(histogram.values())
    wanted = share * (total - 1)
    passed = 0
    for bucket in sorted(histogram, key=int):
        passed += histogram[bucket]
        if passed > wanted:
            return duration_of(bucket)
    return None
