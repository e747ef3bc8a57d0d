"""What the vendor remembers, over the control plane."""

from __future__ import annotations

import pytest
from shop import SHOP
from steering import Control

ORDER = SHOP[0].request


@pytest.fixture
def control():
    return Control()


def test_a_reset_and_a_look(control):
    """After a reset the tapes begin anew; health says what is served."""
    control.live.answer(ORDER, 11.0)
    control.now_s = 20.0
    assert control("POST", "/reset").json() == {
        "status": "ok",
        "recordings": len(SHOP),
        "hosts": ["api.shop.example"],
        "elapsed_s": 20.0,
    }
    assert control.live.answer(ORDER, 21.0)[0].recording == 0
    assert control("GET", "/health").status_code == 200
