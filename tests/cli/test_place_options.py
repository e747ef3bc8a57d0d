"""Where a mock listens, from the command line."""

from __future__ import annotations

import pytest
from shop import SHOP

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli.place_options import Place
from tapehiss.mocks.vendor import Vendor


def test_a_port_is_short_for_an_address():
    """It wins over ``--listen``, and stays on this machine."""
    places = (Place(), Place(port=0), Place("0.0.0.0:9", 7))
    assert [(place.address.host, place.address.port) for place in places] == [
        ("127.0.0.1", 8000),
        ("127.0.0.1", 0),
        ("127.0.0.1", 7),
    ]
    assert not Place("0.0.0.0:9").address.loopback
    with pytest.raises(Misuse):
        _ = Place("nowhere").address


def test_https_is_made_only_if_it_is_wanted(tmp_path, monkeypatch):
    """In the folder in which we are; and a place never shows its token."""
    monkeypatch.chdir(tmp_path)
    assert Place().secured(Vendor.of(SHOP)) == (None, None)
    assert list(tmp_path.iterdir()) == []
    context, certificate = Place(https=True).secured(Vendor.of(SHOP))
    assert (context is not None, certificate.exists()) == (True, True)
    assert "made-up" not in repr(Place(token="made-up"))
