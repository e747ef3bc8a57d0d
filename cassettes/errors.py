"""Errors of the whole project begin here: a value that says whose fault, where, and what to do next.

::

    TapehissError
    ├── Misuse            yours: an argument, a setting, a missing extra, a port that is taken
    ├── TapeError         the tape's
    │   ├── DamagedTape       a line that is not an exchange
    │   ├── UnsupportedFormat a file that is no recording we know
    │   └── TapeBusy          another process writes this file
    ├── VendorError       the vendor's: it answered, and wrongly
    └── Weather           nobody's: the network, the disk, the clock
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Whose fault an error is."""

    YOURS = "yours"
    TAPE = "tape"
    VENDOR = "vendor"
    WEATHER = "weather"


# Not frozen: raising assigns __traceback__ and __context__. Nothing else assigns anything.
@dataclass(eq=True, unsafe_hash=True)
class TapehissError(Exception):
    """One thing that went wrong.

    ``what`` is a sentence without a full stop, ``where`` a place a person can go to (``file:line``, a URL, an option),
    ``remedy`` the next thing to do, as an order.
    """

    what: str
    where: str = ""
    remedy: str = ""

    fault = Fault.YOURS

    def __str__(self) -> str:
        """The error on one line."""
        place = f"{self.where}: " if self.where else ""
        cure = f" -> {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{cure}"

    def __reduce__(self) -> tuple[type[TapehissError], tuple[str, str, str]]:
        """Pickle by value: errors cross process borders."""
        return type(self), (self.what, self.where, self.remedy)


class Misuse(TapehissError):
    """An argument, a setting, a missing extra, a port that is taken."""


class TapeError(TapehissError):
    """Something is wrong with a recording."""

    fault = Fault.TAPE


class DamagedTape(TapeError):
    """A line of a tape is not an exchange."""


class UnsupportedFormat(TapeError):
    """A file is no recording that we know."""


class TapeBusy(TapeError):
    """Another process writes this file."""


class VendorError(TapehissError):
    """The vendor answered, and wrongly."""

    fault = Fault.VENDOR


class Weather(TapehissError):
    """The network, the disk or the clock."""

    fault = Fault.WEATHER


_REMEDIES = (
    ((errno.ENOSPC, errno.EDQUOT), "make room, then try again"),
    ((errno.EACCES, errno.EPERM, errno.EROFS), "choose a place that you may use, or change its permissions"),
    ((errno.ENOENT,), "check the path"),
    ((errno.EISDIR,), "name a file, not a folder"),
    ((errno.ENOTDIR, errno.EEXIST), "name another place: there is a file where a folder should be"),
    ((errno.EMFILE, errno.ENFILE), "allow more open files (ulimit -n)"),
    ((errno.EFBIG,), "allow larger files (ulimit -f)"),
    ((errno.ENAMETOOLONG,), "choose a shorter name"),
)


def remedy_for(error: OSError) -> str:
    """What to do about an error of the operating system's (errno(3)) that nobody nearer to it could explain."""
    known = (remedy for codes, remedy in _REMEDIES if error.errno in codes)
    return next(known, "see whether path and disk are well, then try again")


def missing_extra(package: str, extra: str) -> Misuse:
    """The error for a package that an extra would have brought."""
    return Misuse(f"{package} is not installed", remedy=f"pip install 'tapehiss[{extra}]'")
