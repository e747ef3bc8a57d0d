"""The recorder's second addon: what is learnt from connections rather than from exchanges.

Why no connection came about, which exchange opened one, and who does not trust us. The law of this file: facts are collected as
mitmproxy's hooks report them, and forgotten when the connection is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tapehiss.proxy import depths
from tapehiss.proxy.endings import Stage
from tapehiss.proxy.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from mitmproxy.connection import Client, Server
    from mitmproxy.proxy.layer import NextLayer
    from mitmproxy.proxy.server_hooks import ServerConnectionHookData
    from mitmproxy.tls import ClientHelloData, TlsData

    from tapehiss.proxy.tally import Tally

HOSTS_MAX = 1000
"""Hosts for which refusals are counted apart."""


class Connections:
    """Its hooks, and the answers that the recorder needs when an exchange ends."""

    name = "tapehiss_connections"

    def __init__(self, tally: Tally, stumbled: Callable[[str, Any, Exception], None]) -> None:
        self.stumbled = stumbled
        self.vendor_host = ""
        """The name for which the vendor is to show its certificate, if it is not the address that is connected to."""
        self._tally = tally
        self._failures: dict[str, tuple[Stage, str]] = {}
        self._claimed: set[str] = set()
        self._met: set[str] = set()

    def stage(self, client_id: str, message: str) -> Stage:
        """Where the connection to the vendor failed, if these words are about that."""
        stage, words = self._failures.get(client_id, (Stage.NONE, ""))
        return stage if words and words in message else Stage.NONE

    def meet(self, client_id: str) -> bool:
        """Whether this is the first exchange of a client's connection."""
        if client_id in self._met:
            return False
        self._met.add(client_id)
        return True

    def setup(self, server: Server) -> tuple[float | None, float | None]:
        """TCP and TLS set-up times, for the first exchange of a connection only."""
        if server.id in self._claimed or server.timestamp_start is None or server.timestamp_tcp_setup is None:
            return (None, None)
        self._claimed.add(server.id)
        connected, secured = server.timestamp_tcp_setup, server.timestamp_tls_setup
        return (connected - server.timestamp_start, None if secured is None else secured - connected)

    @guarded
    def next_layer(self, nextlayer: NextLayer) -> None:
        """Which protocol a connection speaks."""
        depths.decide(nextlayer)

    @guarded
    def server_connect(self, data: ServerConnectionHookData) -> None:
        """The name for which the vendor is to show its certificate."""
        if self.vendor_host:
            data.server.sni = data.server.sni or self.vendor_host

    @guarded
    def server_connect_error(self, data: ServerConnectionHookData) -> None:
        """No connection: remembered until the exchange reports the same words."""
        self._failures[data.client.id] = (Stage.CONNECT, data.server.error or "")

    @guarded
    def tls_failed_server(self, data: TlsData) -> None:
        """No TLS with the vendor: likewise."""
        words = data.conn.error or ""
        self._failures[data.context.client.id] = (Stage.TLS, words)
        address = data.context.server.address
        if address and len(self._tally.tls_failed) < HOSTS_MAX:
            self._tally.tls_failed.setdefault(data.context.server.sni or address[0], words)

    @guarded
    def tls_clienthello(self, data: ClientHelloData) -> None:
        """Ask the vendor first, so that the client is offered the HTTP versions that the vendor speaks."""
        data.establish_server_tls_first = bool(data.context.server.tls)

    @guarded
    def tls_failed_client(self, data: TlsData) -> None:
        """The client does not trust our certificate, most probably."""
        address = data.context.server.address
        host = data.context.client.sni or (address[0] if address else "?")
        refused = self._tally.tls_refused
        if host in refused or len(refused) < HOSTS_MAX:
            refused[host] = refused.get(host, 0) + 1

    @guarded
    def client_disconnected(self, client: Client) -> None:
        """Nothing more will be said about this connection."""
        self._failures.pop(client.id, None)
        self._met.discard(client.id)

    @guarded
    def server_disconnected(self, data: ServerConnectionHookData) -> None:
        """Likewise."""
        self._claimed.discard(data.server.id)
