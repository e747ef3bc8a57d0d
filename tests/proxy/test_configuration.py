"""What a person chose, as settings."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.origins import Address
from tapehiss.proxy.configuration import DEFAULTS, chosen, record_table, settings_of, size_bytes
from tapehiss.proxy.selection import Selection

TABLE = """
[record]
to = "https://api.vendor.example/v2"
into = "tapes"
host = ["api.vendor.example", "!WWW.vendor.example"]
content-type = "application/*json"
max_body = 1000
strict = true
[redaction]
"""


def test_the_command_line_wins_over_the_table_and_the_table_over_the_defaults() -> None:
    """What was not said anywhere is the default."""
    table = record_table(TABLE, "tapehiss.toml")
    choice = chosen({"into": "elsewhere", "label": None, "host": (), "strict": False}, table)
    settings = settings_of(choice, command=False)
    assert str(settings.to) == "https://api.vendor.example/v2"
    assert settings.into == Path("elsewhere")
    assert settings.selection == Selection(("api.vendor.example", "!www.vendor.example"), (), ("application/*json",))
    assert settings.body_max_bytes == 1000
    assert settings.strict is False
    assert settings.sync == DEFAULTS["sync"]


def test_a_file_without_the_table_says_nothing() -> None:
    """Other tables are for others."""
    assert record_table("[redaction]\nx = 1\n", "tapehiss.toml") == {}


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("[record", "correct the file"),
        ("record = 1", "write [record] on a line of its own, then key = value"),
        ("[recrod]\nlabel = 'x'", "write [record]"),
        ("[zzz]", "take it out"),
        ("label = 'x'", "put it below [record]"),
        ("[record]\nlisten_to = 'x'", "write 'listen'"),
        ("[record]\nzzz = 'x'", "use one of to, mode"),
        ("[record]\nhost = 1", 'write host = ["..."]'),
        ("[record]\nhost = ['a', 1]", 'write host = ["..."]'),
        ("[record]\nstrict = 'yes'", "write true or false"),
        ("[record]\nlabel = 5", "write a text in quotation marks"),
        ("[record]\nmax_body = true", "write a text in quotation marks"),
        ("[record]\nmode = 'transparent'", "use one of reverse, regular"),
        ("[record]\nsync = 'often'", "use one of each, group, none"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_with_the_remedy(text: str, remedy: str) -> None:
    """The error names the file."""
    with pytest.raises(Misuse) as caught:
        record_table(text, "tapehiss.toml")
    assert caught.value.where == "tapehiss.toml"
    assert caught.value.remedy.startswith(remedy)


def test_where_it_listens() -> None:
    """A port that a person can remember; any free one for a command, which is told; what was said wins."""
    choice = chosen({"to": "https://api.vendor.example"}, {})
    assert settings_of(choice, command=False).listen == Address("127.0.0.1", 8080)
    assert settings_of(choice, command=True).listen == Address("127.0.0.1", 0)
    assert settings_of({**choice, "listen": ":9"}, command=True).listen == Address("127.0.0.1", 9)


def test_the_mode_follows_from_the_vendor() -> None:
    """One vendor: reverse; none: it must be said that many are meant."""
    assert settings_of(chosen({"to": "https://api.vendor.example"}, {}), command=False).to is not None
    assert settings_of(chosen({"mode": "regular"}, {}), command=False).to is None
    for wrong in ({}, {"mode": "reverse"}, {"mode": "regular", "to": "https://api.vendor.example"}):
        with pytest.raises(Misuse) as caught:
            settings_of(chosen(wrong, {}), command=False)
        assert caught.value.where == "--to"


def test_files_are_found_from_the_home_folder() -> None:
    """``~`` is understood where a folder or file is named."""
    settings = settings_of(chosen({"mode": "regular", "upstream_ca": "~/ca.pem", "into": "~/t"}, {}), command=False)
    assert settings.upstream_ca == Path.home() / "ca.pem"
    assert settings.into == Path.home() / "t"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("500", 500),
        ("64k", 64_000),
        ("64 kB", 64_000),
        ("64KiB", 65_536),
        ("10MB", 10_000_000),
        ("1GiB", 2**30),
        ("7B", 7),
    ],
)
def test_a_size_is_a_number_and_a_unit(text: str, expected: int) -> None:
    """Decimal, or binary with an i."""
    assert size_bytes(text) == expected


@given(st.text(max_size=8))
def test_what_is_no_size_is_refused(text: str) -> None:
    """Anything else than digits and a unit; never another error, never a negative size."""
    with suppress(Misuse):
        assert size_bytes(text) >= 0
