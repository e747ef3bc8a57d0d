"""Vendors for tests: real sockets on 127.0.0.1 that do exactly what they are told, down to a reset in the middle of a chunk."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

WAIT_MAX_S = 20.0


class Visit:
    """One connection: ``head`` and ``body`` of the request that was just read, and what can be done about it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.head = b""
        self.body = b""
        self._buffer = b""

    def read(self) -> bool:
        """The next request; false at the end of the connection."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return False
        self.head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        length = self.header(b"content-length")
        if length:
            while len(self._buffer) < int(length):
                if not self._more():
                    return False
            self.body, self._buffer = self._buffer[: int(length)], self._buffer[int(length) :]
        elif b"chunked" in (self.header(b"transfer-encoding") or b""):
            while not self._buffer.endswith(b"0\r\n\r\n"):
                if not self._more():
                    return False
            self.body, self._buffer = self._buffer, b""
        else:
            self.body = b""
        return True

    def _more(self) -> bool:
        data = self.sock.recv(65536)
        self._buffer += data
        return bool(data)

    def header(self, name: bytes) -> bytes | None:
        """The value of a header of the request."""
        lines = self.head.split(b"\r\n")[1:]
        found = [line.partition(b":")[2].strip() for line in lines if line.partition(b":")[0].lower() == name]
        return found[0] if found else None

    @property
    def path(self) -> str:
        """The request's target."""
        return self.head.split(b" ")[1].decode("latin-1")

    def send(self, data: bytes) -> None:
        """Bytes, at once."""
        self.sock.sendall(data)

    def answer(self, body: bytes, *lines: str, status: str = "200 OK") -> None:
        """A complete response with a length."""
        head = "\r\n".join([f"HTTP/1.1 {status}", *lines, f"Content-Length: {len(body)}", "", ""])
        self.send(head.encode("latin-1") + body)

    def chunk(self, data: bytes) -> None:
        """One chunk of a chunked body."""
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def reset(self) -> None:
        """RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self) -> None:
        """FIN."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


class RawVendor:
    """Calls ``serve`` for each request of each connection; a true answer closes the connection."""

    def __init__(
        self, serve: Callable[[Visit], object], context: ssl.SSLContext | None = None, visit: type[Visit] = Visit
    ) -> None:
        self._serve, self._context, self._kind = serve, context, visit
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.accepted = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Its origin."""
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            sock.settimeout(WAIT_MAX_S)
            threading.Thread(target=self._visit, args=[sock], daemon=True).start()

    def _visit(self, sock: socket.socket) -> None:
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_side=True)
            visit = self._kind(sock)
            while visit.read():
                if self._serve(visit):
                    break
            visit.close()

    def close(self) -> None:
        """No more connections."""
        self._listener.close()


@contextmanager
def vendor(
    serve: Callable[[Visit], object], context: ssl.SSLContext | None = None, visit: type[Visit] = Visit
) -> Iterator[RawVendor]:
    """A vendor for the length of a test."""
    running = RawVendor(serve, context, visit)
    try:
        yield running
    finally:
        running.close()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def ask(port: int, request: bytes, *, host: str = "127.0.0.1", until: bytes | None = None) -> tuple[bytes, bool]:
    """Everything that comes back for these bytes, and whether the connection was reset; until EOF or ``until``."""
    with socket.create_connection((host, port), timeout=WAIT_MAX_S) as sock:
        sock.sendall(request)
        return drain(sock, until)


def drain(sock: socket.socket, until: bytes | None = None) -> tuple[bytes, bool]:
    """All that comes, and whether it ended with a reset."""
    got = b""
    while until is None or not got.endswith(until):
        try:
            data = sock.recv(65536)
        except ConnectionResetError:
            return got, True
        if not data:
            return got, False
        got += data
    return got, False
