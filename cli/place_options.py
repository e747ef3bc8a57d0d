"""The options of ``tapehiss serve`` about where it listens, and who may steer it."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from tapehiss.cassettes.origins import Address
    from tapehiss.mocks.vendor import Vendor

F = TypeVar("F", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mock listens."""

    listen: str = "127.0.0.1:8000"
    port: int | None = None
    https: bool = False
    token: str | None = field(default=None, repr=False)

    @property
    def address(self) -> Address:
        """Host and port; raises ``Misuse``."""
        from tapehiss.cassettes.origins import address

        return address(self.listen if self.port is None else str(self.port))

    def secured(self, vendor: Vendor) -> tuple[ssl.SSLContext | None, Path | None]:
        """What HTTPS needs, with the vendor's names in the certificate; its authority is kept in the folder in which we are."""
        if not self.https:
            return None, None
        from tapehiss.mocks.certificates import certified

        return certified(Path(), [self.address.host, *sorted(vendor.index.hosts)])


def place_options(function: F) -> F:
    """Give a command ``--listen``, ``--port``, ``--https`` and ``--token``, as one argument ``place``."""

    @functools.wraps(function)
    def gathered(*args: Any, listen: str, port: int | None, https: bool, token: str | None, **more: Any) -> Any:
        return function(*args, place=Place(listen, port, https, token), **more)

    secure = "Serve HTTPS with a certificate that is made here; says how to trust it."
    secret = "The control plane needs it; made if others can reach it.  [TAPEHISS_TOKEN]"  # noqa: S105 (a help text)
    options = (
        click.option("--listen", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT", help="Port 0: any free port."),
        click.option("--port", type=click.IntRange(0, 65535), help="Short for --listen 127.0.0.1:PORT."),
        click.option("--https", is_flag=True, help=secure),
        click.option("--token", envvar="TAPEHISS_TOKEN", help=secret),
    )  # fmt: skip
    return functools.reduce(lambda so_far, option: option(so_far), reversed(options), gathered)  # type: ignore[return-value]
