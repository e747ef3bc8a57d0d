"""Shell: an embedded mitmproxy with the addons that a recorder needs, and no others.

Most of mitmproxy's time goes into addons that a recorder has no use for; embedding it without them doubles the speed and
patches nothing. There can be one in a process (mitmproxy keeps its options in a global).
"""

from __future__ import annotations

import errno
import logging
from typing import TYPE_CHECKING

from mitmproxy import options
from mitmproxy.addons.core import Core
from mitmproxy.addons.disable_h2c import DisableH2C
from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.addons.tlsconfig import TlsConfig
from mitmproxy.master import Master

from tapehiss.cassettes.errors import Misuse, TapehissError, Weather
from tapehiss.proxy.hooks import RememberedHooks

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.proxy.addon import Recorder
    from tapehiss.proxy.settings import Settings


class RecordingMaster(Master):
    """Runs until ``shutdown``; ``on_listening`` is told host and port once connections are accepted."""

    def __init__(self, settings: Settings, recorder: Recorder, on_listening: Callable[[str, int], None]) -> None:
        super().__init__(options.Options())
        self._on_listening = on_listening
        self._settings = settings
        self.addons = RememberedHooks(self)
        self.proxyserver = Proxyserver()
        self.addons.add(Core(), self.proxyserver, NextLayer(), TlsConfig(), DisableH2C(), recorder)
        self.options.update(**_options(settings))

    async def running(self) -> None:
        """Listening, or a clear error."""
        for server in self.proxyserver.servers:
            if server.last_exception is not None:
                raise deaf(server.last_exception, self._settings)
        await super().running()
        host, port = self.proxyserver.listen_addrs()[0][:2]
        self._on_listening(host, port)


def _options(settings: Settings) -> dict[str, object]:
    """mitmproxy's options for a recording."""
    mode = "regular" if settings.to is None else f"reverse:{settings.to.origin}"
    return {
        "mode": [mode],
        "listen_host": settings.listen.host,
        "listen_port": settings.listen.port,
        "confdir": str(settings.ca_folder.expanduser()),
        "connection_strategy": "lazy",  # a refused connection belongs to a request, and is recorded with it
        "validate_inbound_headers": False,  # what the vendor sends is what the client gets, oddities included
        "keep_host_header": settings.rewrite,  # the name by which the client calls us; proxy.live puts the vendor's
        "ssl_insecure": settings.upstream_insecure,
        "ssl_verify_upstream_trusted_ca": None if settings.upstream_ca is None else str(settings.upstream_ca),
    }


def deaf(error: Exception, settings: Settings) -> TapehissError:
    """Why nobody listens."""
    where = f"{settings.listen.host}:{settings.listen.port}"
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return Misuse(
            "another program listens there already",
            where,
            "choose another port: --listen 127.0.0.1:0 takes any free one",
        )
    if code == errno.EACCES:
        return Misuse("this port needs privileges", where, "choose a port above 1023")
    if code == errno.EADDRNOTAVAIL:
        return Misuse("this machine has no such address", where, "listen on 127.0.0.1")
    return Weather(f"cannot listen: {error}", where, "choose another address with --listen")


def quiet() -> None:
    """mitmproxy's own messages below WARNING are for people who debug mitmproxy."""
    logging.getLogger("mitmproxy").setLevel(logging.WARNING)
    logging.getLogger("mitmproxy.addons.proxyserver").setLevel(logging.CRITICAL)  # why nobody listens: deaf() says it
