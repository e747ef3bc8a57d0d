"""A vendor from files."""

from __future__ import annotations

import gc

import pytest
from recordings import ORDER, write_tape

from tapehiss.cassettes.errors import Misuse, TapeError
from tapehiss.cassettes.exchange import Ending, Exchange, Request
from tapehiss.mocks.errors import NothingToServe
from tapehiss.mocks.faults import Reset
from tapehiss.mocks.loading import collecting_nothing, load_vendor
from tapehiss.mocks.schedule import Rule


def test_tapes_and_folders_are_loaded_in_order(tmp_path):
    """Files and folders add up to one vendor, with schedule, seed and latency as given."""
    one = write_tape(tmp_path / "one.yaml", ORDER[:1])
    (tmp_path / "more").mkdir()
    write_tape(tmp_path / "more" / "two.yaml", ORDER[1:])
    vendor = load_vendor([tmp_path / "more", one], (Rule(Reset()),), seed=5, latency=0.5)
    assert [exchange.started_at for exchange in vendor.index.recordings] == [
        exchange.started_at for exchange in (*ORDER[1:], ORDER[0])
    ]
    assert (vendor.schedule, vendor.seed, vendor.latency) == ((Rule(Reset()),), 5, 0.5)


def test_tapes_with_nothing_to_play_are_an_error(tmp_path):
    """The place is named, and what to do; so it is for a missing and a damaged tape."""
    gone = Exchange(Request("GET", "https://a.example/"), None, Ending.CLIENT_GONE, started_at=1.0)
    with pytest.raises(NothingToServe) as caught:
        load_vendor([write_tape(tmp_path / "gone.yaml", [gone])])
    assert caught.value.where.endswith("gone.yaml")
    with pytest.raises(Misuse):
        load_vendor([tmp_path / "none.yaml"])
    (tmp_path / "odd.yaml").write_text("hello")
    with pytest.raises(TapeError):
        load_vendor([tmp_path / "odd.yaml"])


def test_the_collector_rests_only_while_tapes_are_loaded(tmp_path):
    """Afterwards it is as it was: on, also where loading failed, or off."""
    with collecting_nothing():
        assert not gc.isenabled()
        load_vendor([write_tape(tmp_path / "one.yaml", ORDER)])
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(Misuse):
        load_vendor([tmp_path / "none.yaml"])
    assert gc.isenabled()
