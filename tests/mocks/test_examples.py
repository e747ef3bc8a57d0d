"""The example of the documentation runs and says what its comments say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_serving_example_does_what_it_says():
    """Two refusals, then the tape; a request that is on no tape is a miss."""
    done = subprocess.run(
        [sys.executable, "examples/serving.py"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    lines = done.stdout.splitlines()
    assert lines[:2] == ["[429, 429, 200]", "[200, 404]"]
    assert lines[-1] == "GET /v1/orders/2 404 miss"
