"""Why nobody listens, in words with a remedy."""

from __future__ import annotations

import errno

import pytest

from tapehiss.cassettes.errors import Misuse, Weather
from tapehiss.cassettes.origins import Address
from tapehiss.proxy.master import deaf
from tapehiss.proxy.settings import Settings


@pytest.mark.parametrize(
    ("number", "kind", "word"),
    [
        (errno.EADDRINUSE, Misuse, "port"),
        (errno.EACCES, Misuse, "1023"),
        (errno.EADDRNOTAVAIL, Misuse, "127.0.0.1"),
        (errno.EIO, Weather, "--listen"),
    ],
)
def test_the_remedy_fits_the_trouble(number: int, kind: type, word: str) -> None:
    """A taken port needs another one, a low port needs privileges, and so on."""
    error = deaf(OSError(number, "words"), Settings(listen=Address("127.0.0.1", 80)))

    assert type(error) is kind
    assert error.where == "127.0.0.1:80"
    assert word in error.remedy
