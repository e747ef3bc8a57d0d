"""What connections teach, as mitmproxy's hooks tell it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tapehiss.proxy.connections import HOSTS_MAX, Connections
from tapehiss.proxy.endings import Stage
from tapehiss.proxy.tally import Tally


def _connections(tally: Tally | None = None) -> Any:
    def stumbled(hook: str, event: Any, error: Exception) -> None:
        raise AssertionError((hook, event)) from error

    return Connections(tally or Tally(), stumbled)


def _server(number: int = 1, **changes: object) -> SimpleNamespace:
    plain = {"id": f"s{number}", "timestamp_start": 1.0, "timestamp_tcp_setup": 1.25, "timestamp_tls_setup": None}
    return SimpleNamespace(**{**plain, "sni": None, "error": None, **changes})


def test_a_failure_belongs_to_the_words_that_report_it() -> None:
    """Of the same client, until it leaves."""
    connections, client = _connections(), SimpleNamespace(id="c")
    connections.server_connect_error(SimpleNamespace(client=client, server=_server(error="no route")))

    assert connections.stage("c", "no route") is Stage.CONNECT
    assert connections.stage("c", "something else") is Stage.NONE
    assert connections.stage("other", "no route") is Stage.NONE
    connections.client_disconnected(client)
    assert connections.stage("c", "no route") is Stage.NONE


def test_a_tls_failure_is_one() -> None:
    """mitmproxy has the words on the connection."""
    connections = _connections()
    context = SimpleNamespace(client=SimpleNamespace(id="c"), server=SimpleNamespace(sni="", address=None))
    connections.tls_failed_server(SimpleNamespace(context=context, conn=SimpleNamespace(error="bad certificate")))

    assert connections.stage("c", "bad certificate") is Stage.TLS


def test_a_handshake_is_told_once() -> None:
    """With the exchange that opened the connection; again only for another connection."""
    connections = _connections()

    assert connections.setup(_server()) == (0.25, None)
    assert connections.setup(_server()) == (None, None)
    assert connections.setup(_server(2, timestamp_tls_setup=2.0)) == (0.25, 0.75)
    assert connections.setup(_server(3, timestamp_tcp_setup=None)) == (None, None)
    connections.server_disconnected(SimpleNamespace(server=_server()))
    assert connections.setup(_server()) == (0.25, None)


def test_a_client_is_met_once() -> None:
    """Until it comes back."""
    connections = _connections()

    assert [connections.meet("c"), connections.meet("c"), connections.meet("d")] == [True, False, True]
    connections.client_disconnected(SimpleNamespace(id="c"))
    assert connections.meet("c")


def test_the_vendor_shows_its_certificate_for_its_own_name() -> None:
    """Whatever the client called us; a name that is there already stays."""
    connections = _connections()
    connections.vendor_host = "api.vendor.example"
    unnamed, named = _server(), _server(sni="given")
    for server in (unnamed, named):
        connections.server_connect(SimpleNamespace(server=server))

    assert (unnamed.sni, named.sni) == ("api.vendor.example", "given")


def test_distrust_is_counted_by_host_and_bounded() -> None:
    """By the name that the client asked for, or else by the address."""
    connections = _connections(tally := Tally())
    for number in range(HOSTS_MAX + 3):
        context = SimpleNamespace(
            client=SimpleNamespace(sni=f"h{number}"),
            server=SimpleNamespace(address=None),
        )
        connections.tls_failed_client(SimpleNamespace(context=context))
        connections.tls_failed_client(SimpleNamespace(context=context))

    assert len(tally.tls_refused) == HOSTS_MAX
    assert tally.tls_refused["h0"] == 2


def test_vendors_without_tls_are_named_once_with_the_reason() -> None:
    """By the name that was asked for, or else by the address; the first reason counts, and there is a bound."""
    connections = _connections(tally := Tally())

    def fail(sni: str, address: tuple[str, int] | None, words: str) -> None:
        server = SimpleNamespace(sni=sni, address=address)
        context = SimpleNamespace(client=SimpleNamespace(id="c"), server=server)
        connections.tls_failed_server(SimpleNamespace(context=context, conn=SimpleNamespace(error=words)))

    fail("api.example", ("192.0.2.1", 443), "first")
    fail("api.example", ("192.0.2.1", 443), "second")
    fail("", ("192.0.2.2", 443), "")
    fail("", None, "nowhere")
    assert tally.tls_failed == {"api.example": "first", "192.0.2.2": ""}
    for number in range(HOSTS_MAX):
        fail(f"h{number}", ("192.0.2.1", 443), "")
    assert len(tally.tls_failed) == HOSTS_MAX
