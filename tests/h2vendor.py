"""An HTTP/2 vendor for tests: the h2 state machine on a TLS socket, and a function that says what it does."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

import h2.config
import h2.connection
import h2.events

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

WAIT_MAX_S = 20.0


class Http2Visit:
    """One connection; ``serve`` is called with this and the stream for each complete request."""

    def __init__(self, sock: ssl.SSLSocket, serve: Callable[[Http2Visit, int], None]) -> None:
        self.sock = sock
        self.connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.headers: dict[int, list[tuple[str, str]]] = {}
        self.bodies: dict[int, bytes] = {}
        self._serve = serve

    def run(self) -> None:
        """Until the client leaves."""
        self.connection.initiate_connection()
        self.flush()
        while data := self.sock.recv(65536):
            for event in self.connection.receive_data(data):
                self._on(event)
            self.flush()

    def _on(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            self.headers[event.stream_id] = [(_text(name), _text(value)) for name, value in event.headers]
            self.bodies[event.stream_id] = b""
        elif isinstance(event, h2.events.DataReceived):
            self.bodies[event.stream_id] += event.data
            self.connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            self._serve(self, event.stream_id)

    def answer(self, stream: int, body: bytes, *, end: bool = True, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """Status 200, and a body in one or more frames."""
        self.connection.send_headers(stream, [(":status", "200"), ("content-type", "text/plain"), *headers])
        self.connection.send_data(stream, body, end_stream=end)
        self.flush()

    def flush(self) -> None:
        """What the state machine has to say."""
        with contextlib.suppress(OSError):
            self.sock.sendall(self.connection.data_to_send())


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


@contextlib.contextmanager
def http2_vendor(serve: Callable[[Http2Visit, int], None], context: ssl.SSLContext) -> Iterator[str]:
    """The origin of a running vendor; a client that does not offer HTTP/2 is turned away."""
    context.set_alpn_protocols(["h2"])
    listener = socket.create_server(("127.0.0.1", 0))

    def visit(sock: socket.socket) -> None:
        sock.settimeout(WAIT_MAX_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, h2.exceptions.ProtocolError), sock:
            secure = context.wrap_socket(sock, server_side=True)
            if secure.selected_alpn_protocol() == "h2":
                Http2Visit(secure, serve).run()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=visit, args=[listener.accept()[0]], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"https://localhost:{listener.getsockname()[1]}"
    finally:
        listener.close()
