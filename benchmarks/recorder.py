"""The recorder: requests per second beside bare mitmdump, the first event of a stream, and memory.

    python benchmarks/recorder.py                 everything (about five minutes)
    python benchmarks/recorder.py speed           one part of: speed events large long
    python benchmarks/recorder.py speed --seconds 2

Everything runs on loopback in this one run: the vendor and the load generator are the same for every proxy, so the ratios mean
something where the absolute numbers depend on the machine. The vendor answers JSON of 1 kB or 20 kB without any secret but a
token in each request. Peers: mitmdump of the same version, as its installer leaves it. Exit code: 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ADDON = Path(__file__).parents[1] / "proxy" / "addon.py"
BIN = Path(sys.executable).parent
START_MAX_S = 60.0
REQUEST = (
    b"GET /items?page=3 HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\n"
    b"User-Agent: benchmark/1\r\nAuthorization: Bearer %s\r\n\r\n"
)
TOKEN = "tok_" + "".join(chr(97 + (n * 7) % 26) for n in range(32))


# -- the vendor --------------------------------------------------------------------------------------------------------


def answer(size: int) -> bytes:
    """A response with JSON of about this size."""
    items: list[dict[str, object]] = []
    while len(json.dumps(items)) < size - 120:
        number = len(items)
        items.append(
            {"id": f"item_{number:06}", "name": f"Item number {number}", "price": number * 1.25, "tags": ["a", "b"]}
        )
    body = json.dumps(items).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


class Vendor(asyncio.Protocol):
    """Answers by path: ``/events`` one event now and one later, ``/large`` as many MB as it says, anything else the JSON."""

    ready = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """One request a packet: that is how the load generator sends."""
        if data.startswith(b"GET /events"):
            asyncio.get_running_loop().create_task(self.events())
        elif data.startswith((b"GET /large/", b"GET /chunked/")):
            _, kind, megabytes = data.split(b" ")[1].split(b"/")
            asyncio.get_running_loop().create_task(self.large(int(megabytes), chunked=kind == b"chunked"))
        else:
            self.transport.write(self.ready)

    async def events(self) -> None:
        """Headers with the first event, and the end after a while."""
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        event = b"data: %d\n\n" % time.perf_counter_ns()
        self.transport.write(b"%x\r\n%s\r\n" % (len(event), event))
        await asyncio.sleep(0.1)
        self.transport.write(b"0\r\n\r\n")

    async def large(self, megabytes: int, *, chunked: bool) -> None:
        """Incompressible to nobody's surprise; with its length, or in chunks."""
        framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % (megabytes << 20)
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n%s\r\n\r\n" % framing)
        block = os.urandom(1 << 20)
        block = b"%x\r\n%s\r\n" % (len(block), block) if chunked else block
        for _ in range(megabytes):
            self.transport.write(block)
            while self.transport.get_write_buffer_size() > 4 << 20:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        self.transport.write(b"0\r\n\r\n" if chunked else b"")


async def serve(size: int) -> None:
    """The vendor's process: prints its port and serves until it is ended."""
    Vendor.ready = answer(size)
    server = await asyncio.get_running_loop().create_server(Vendor, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def process(*command: str, port_in: str, cwd: str | None = None):
    """A process that tells its port on one of its first lines; gives the process and the port."""
    env = {**os.environ, "TAPEHISS_KEY": "k" * 32, "PYTHONUNBUFFERED": "1"}
    with tempfile.NamedTemporaryFile() as said:  # not a pipe: mitmdump says a lot, and nobody would read it
        running = subprocess.Popen(
            command, stdout=said, stderr=subprocess.STDOUT, cwd=cwd, env=env, start_new_session=True
        )
        try:
            yield running, _port(running, Path(said.name), port_in)
        finally:
            running.send_signal(signal.SIGTERM)
            try:
                running.wait(120)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def _port(running: subprocess.Popen[bytes], said: Path, pattern: str) -> int:
    deadline = time.monotonic() + START_MAX_S
    while time.monotonic() < deadline and running.poll() is None:
        if found := re.search(pattern, said.read_text(), re.MULTILINE):
            return int(found[1])
        time.sleep(0.02)
    raise SystemExit(f"{running.args[0]} did not start:\n{said.read_text()}")


def vendor(size: int):
    """The vendor in a process of its own."""
    return process(sys.executable, __file__, "--serve", str(size), port_in=r"^(\d+)$")


# -- the load ----------------------------------------------------------------------------------------------------------


class Client:
    """One connection that asks again as soon as it has been answered."""

    def __init__(self, port: int, request: bytes) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.missing = -1
        self.buffer = b""

    def ask(self) -> None:
        """The next request."""
        self.buffer = b""
        self.missing = -1
        self.sock.sendall(self.request)

    def heard(self) -> bool:
        """Whether the answer is complete."""
        data = self.sock.recv(1 << 18)
        if not data:
            raise SystemExit("the proxy closed a connection")
        if self.missing >= 0:
            self.missing -= len(data)
            return self.missing <= 0
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        if length := re.search(rb"(?i)content-length: (\d+)", head):
            self.missing = int(length[1]) - len(rest)
            return self.missing <= 0
        return self.buffer.endswith(b"0\r\n\r\n")


def load(port: int, connections: int, *, seconds: float = 0.0, requests: int = 0) -> float:
    """Requests per second over a time or a number of requests."""
    selector = selectors.DefaultSelector()
    clients = [Client(port, REQUEST % (b"127.0.0.1", TOKEN.encode())) for _ in range(connections)]
    for client in clients:
        selector.register(client.sock, selectors.EVENT_READ, client)
        client.ask()
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds or done < requests:
        for key, _ in selector.select(5):
            if key.data.heard():
                done += 1
                key.data.ask()
    rate = done / (time.perf_counter() - began)
    for client in clients:
        client.sock.close()
    return rate


# -- the proxies -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proxy:
    """Something between client and vendor."""

    name: str
    command: tuple[str, ...]
    port_in: str

    def running(self, vendor_port: int, folder: str):
        """The process and its port."""
        words = [word.format(vendor=f"http://127.0.0.1:{vendor_port}", into=folder) for word in self.command]
        return process(*words, port_in=self.port_in, cwd=folder)


LISTENS = r"listening at \S*?:(\d+)"
MITMDUMP = (str(BIN / "mitmdump"), "--mode", "reverse:{vendor}", "--listen-host", "127.0.0.1", "--listen-port", "0")
BARE = Proxy("bare mitmdump", MITMDUMP, LISTENS)
ADDED = Proxy(
    "the addon under mitmdump -s", (*MITMDUMP, "-s", str(ADDON), "--set", "tapehiss_into={into}/tapes"), LISTENS
)
RECORD = Proxy(
    "tapehiss record",
    (
        sys.executable,
        "-m",
        "tapehiss.cli",
        "record",
        "--to",
        "{vendor}",
        "--listen",
        "127.0.0.1:0",
        "--into",
        "{into}/tapes",
    ),
    r" at http://127\.0\.0\.1:(\d+)",
)


# -- the parts ---------------------------------------------------------------------------------------------------------


@dataclass
class Table:
    """What is printed, and whether a target was missed."""

    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def add(self, job: str, measured: str, target: str, *, met: bool) -> None:
        """One line, printed at once."""
        self.rows.append((job, measured, target, met))
        print(f"  {'ok  ' if met else 'MISS'}  {job:<62} {measured:<58} {target}", flush=True)

    @property
    def missed(self) -> bool:
        """Whether any target was."""
        return not all(met for *_, met in self.rows)


@dataclass
class Measured:
    """One proxy in one case."""

    rates: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    """Of the proxy's own process, for one request: less at the mercy of who else is on the machine."""

    def take(self, pid: int, port: int, connections: int, seconds: float) -> None:
        """One measurement, after a warm-up."""
        load(port, connections, requests=200)
        before, began = cpu_s(pid), time.perf_counter()
        self.rates.append(load(port, connections, seconds=seconds))
        self.cpu_s.append((cpu_s(pid) - before) / (self.rates[-1] * (time.perf_counter() - began)))


def cpu_s(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def speed(table: Table, seconds: float, rounds: int) -> None:
    """Every proxy in turn, several rounds: the median of each."""
    for size in (1_000, 20_000):
        for connections in (1, 16):
            measured = {proxy.name: Measured() for proxy in (BARE, ADDED, RECORD)}
            with vendor(size) as (_, vendor_port), tempfile.TemporaryDirectory() as folder:
                for proxy in (BARE, ADDED, RECORD) * rounds:
                    with proxy.running(vendor_port, folder) as (running, port):
                        measured[proxy.name].take(running.pid, port, connections, seconds)
            _compare(table, measured, f"{size // 1000} kB, {connections} connection{'s' * (connections > 1)}")


def _compare(table: Table, measured: dict[str, Measured], case: str) -> None:
    bare = statistics.median(measured[BARE.name].rates)
    bare_cpu = statistics.median(measured[BARE.name].cpu_s)
    for proxy, target in ((RECORD, 1.5), (ADDED, 0.85)):
        rate = statistics.median(measured[proxy.name].rates)
        cpu = statistics.median(measured[proxy.name].cpu_s)
        text = f"{rate:,.0f}/s, bare {bare:,.0f}/s: {rate / bare:.2f} x  (by processor time {bare_cpu / cpu:.2f} x)"
        table.add(f"{proxy.name}, {case}", text, f">= {target} x", met=rate / bare >= target)


@contextmanager
def recorder():
    """The vendor's port, a running recorder, its port, and where its tapes are."""
    with (
        vendor(1000) as (_, vendor_port),
        tempfile.TemporaryDirectory() as folder,
        RECORD.running(vendor_port, folder) as (running, port),
    ):
        yield vendor_port, running, port, folder


def events(table: Table, count: int = 30) -> None:
    """What the recorder adds to the way of the first event."""
    with recorder() as (vendor_port, _, port, _):
        direct = statistics.median(_first_event(vendor_port) for _ in range(count))
        through = [_first_event(port) for _ in range(count)]
    added = statistics.median(through) - direct
    worst = max(through) - direct
    table.add(
        "first SSE byte", f"{added * 1000:.2f} ms added, worst {worst * 1000:.2f} ms", "<= 10 ms", met=added <= 0.010
    )


def _first_event(port: int) -> float:
    with socket.create_connection(("127.0.0.1", port)) as sock:
        began = time.perf_counter()
        sock.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        got = b""
        while b"data:" not in got:
            got += sock.recv(65536)
        return time.perf_counter() - began


def family(pid: int) -> list[int]:
    """The process and its children (the recorder and its writer)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def memory(pid: int, field_name: str = "VmRSS") -> dict[int, float]:
    """MB by process."""
    found = {}
    for each in family(pid):
        text = Path(f"/proc/{each}/status").read_text()
        if match := re.search(rf"{field_name}:\s+(\d+) kB", text):
            found[each] = int(match[1]) / 1024
    return found


def large(table: Table, megabytes: int = 200) -> None:
    """The highest that memory rises to while a large response passes."""
    for kind in ("large", "chunked"):
        with recorder() as (_, running, port, _):
            load(port, 1, requests=500)
            before = memory(running.pid)
            began = time.perf_counter()
            with socket.create_connection(("127.0.0.1", port)) as sock:
                sock.sendall(
                    b"GET /%s/%d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % (kind.encode(), megabytes)
                )
                got = 0
                while data := sock.recv(1 << 20):
                    got += len(data)
            took = time.perf_counter() - began
            peak = memory(running.pid, "VmHWM")
        assert got > megabytes << 20
        rise = max(peak[pid] - before[pid] for pid in before)
        length = "chunked" if kind == "chunked" else "of known length"
        table.add(f"{megabytes} MB, {length} ({took:.1f} s)", f"RSS rises by {rise:.0f} MB", "<= 20 MB", met=rise <= 20)


def long(table: Table, count: int = 100_000) -> None:
    """Memory after many exchanges, beside memory after a tenth of them."""
    with vendor(1000) as (_, vendor_port), tempfile.TemporaryDirectory() as folder:
        with RECORD.running(vendor_port, folder) as (running, port):
            load(port, 16, requests=count // 10)
            before = memory(running.pid)
            rate = load(port, 16, requests=count - count // 10)
            after = memory(running.pid)
        lines = sum(path.read_bytes().count(b'\n- {"request"') for path in Path(folder, "tapes").glob("*.yaml"))
    rise = max(after[pid] - before[pid] for pid in before)
    measured = f"RSS rises by {rise:.0f} MB ({rate:,.0f}/s)"
    table.add(
        f"{count:,} exchanges, {lines:,} on the tape", measured, "flat (<= 20 MB)", met=rise <= 20 and lines >= count
    )


def main() -> int:
    """The parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["speed", "events", "large", "long", []])
    parser.add_argument("--seconds", type=float, default=4.0, help="how long one measurement lasts")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each; the median counts")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        import uvloop

        uvloop.run(serve(given.serve))
        return 0
    table = Table()
    parts = given.parts or ["speed", "events", "large", "long"]
    if "speed" in parts:
        speed(table, given.seconds, given.rounds)
    for name, part in (("events", events), ("large", large), ("long", long)):
        if name in parts:
            part(table)
    return int(table.missed)


if __name__ == "__main__":
    sys.exit(main())
