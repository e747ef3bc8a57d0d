"""The options about who shares what."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner
from shop import SHOP

from tapehiss.cli.state_options import States, ports, state_options
from tapehiss.mocks.errors import BadStateKey
from tapehiss.mocks.statekeys import By
from tapehiss.mocks.vendor import Vendor


def test_the_options_are_one_argument():
    """What a command gets, with and without them."""
    got = []

    @click.command()
    @state_options
    def command(states: States) -> None:
        got.append(states)

    for words in ([], ["--state-by", "header:X-Test-Id", "--port-per-host"]):
        assert CliRunner().invoke(command, words).exit_code == 0
    assert got == [States("nothing", False), States("header:X-Test-Id", True)]


def test_a_server_listens_for_them():
    """One further port for each state, and each vendor; what is exported is redacted as the project's tapes are."""
    with States("port:1", True).server(Vendor.of(SHOP)) as server:
        assert list(ports(server)) == ["port-1", "api.shop.example"]
        assert server.ask(lambda live, _: (live.by.by, live.redactor.__name__)) == (By.PORT, "door")


def test_other_words_are_refused():
    """Before anything listens."""
    with pytest.raises(BadStateKey, match="header:NAME"):
        States("cookie").server(Vendor.of(SHOP))
