"""Webhooks on real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import replace

import pytest
import trustme

from tapehiss.contracts.webhook_retries import RETRIES
from tapehiss.contracts.webhook_signatures import keyring, verify
from tapehiss.mocks.courier import AT_ONCE_MAX, Courier, posted
from tapehiss.mocks.postbox import Postbox
from tapehiss.mocks.webhook_templates import Occasion, Template
from tapehiss.mocks.webhooks import CALM, Plan, Storm

RING = keyring("standard", ["YWJj"])
T = Template("t", "x")
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


class Endpoint:
    """A socket that reads a request and writes what it is told; then it closes, unless it is to hang."""

    def __init__(self, *answers: bytes, hang: bool = False) -> None:
        self.answers, self.hang = iter(answers), hang
        self.requests: list[bytes] = []
        self.open = self.most = 0

    async def __call__(self, reader, writer) -> None:
        """One connection."""
        self.open += 1
        self.most = max(self.most, self.open)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            self.requests.append(head + await reader.readexactly(length))
            writer.write(next(self.answers, OK))
            await writer.drain()
            if self.hang:
                await reader.read()
        self.open -= 1
        writer.close()


@contextlib.asynccontextmanager
async def listening(endpoint, **more):
    server = await asyncio.start_server(endpoint, "127.0.0.1", 0, **more)
    async with server:
        yield f"{'https' if more else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def carried(endpoint, *, count=1, timeout_s=5.0, storm=CALM):
    """Send events to an endpoint until everything is settled; the post office."""

    async def main():
        async with listening(endpoint) as url:
            retries = replace(RETRIES["standard"], timeout_s=timeout_s)
            box = Postbox(Plan(RING, (T,), storm, 0.0, retries), f"{url}/hooks?x=1")
            courier = Courier(box, asyncio.get_running_loop().time)
            assert courier.settled.is_set()
            async with courier.carrying():
                for _ in range(count):
                    box.post(T, Occasion(data={}), asyncio.get_running_loop().time())
                assert not courier.settled.is_set()
                await asyncio.to_thread(courier.settled.wait, 20)
            return box

    return asyncio.run(main())


def test_a_webhook_is_a_signed_post():
    """Target with its query, Host, length, and the headers and bytes that a receiver verifies."""
    endpoint = Endpoint(OK)
    box = carried(endpoint)
    head, _, body = endpoint.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = tuple(tuple(line.split(": ", 1)) for line in lines[1:])
    assert lines[0] == "POST /hooks?x=1 HTTP/1.1"
    assert verify(RING, headers, body, float(dict(headers)["webhook-timestamp"])).id == box.log[0].event
    assert (box.log[0].status, box.log[0].fate) == (204, "taken")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200",
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 500 Oh\r\nContent-Length: 3\r\n\r\nno",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000,
    ],
)
def test_anything_else_is_no_success_and_is_sent_again(answer):
    """Half an answer, garbage, an error, a redirect, a head without an end: then the next attempt is taken."""
    endpoint = Endpoint(answer, OK)
    box = carried(endpoint)
    assert [each.fate for each in box.log] == ["failed", "taken"]
    assert len(endpoint.requests) == 2


def test_a_head_is_enough():
    """The body of an answer is nobody's business, however long it takes."""
    endpoint = Endpoint(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", hang=True)
    assert [each.status for each in carried(endpoint).log] == [200]


def test_silence_ends_with_the_vendors_timeout():
    """No answer in time is none."""
    box = carried(Endpoint(b"", hang=True), timeout_s=0.2)
    assert (box.log[0].status, box.log[-1].status) == (None, 204)


def test_nobody_there_is_no_answer():
    """Refused connections are failed attempts, as often as the schedule says."""

    async def main():
        async with listening(Endpoint()) as url:
            pass
        box = Postbox(Plan(RING, (T,), pace=0.0, retries=RETRIES["slack"]), url)
        courier = Courier(box, asyncio.get_running_loop().time)
        async with courier.carrying():
            box.post(T, Occasion(data={}), 0.0)
            await asyncio.to_thread(courier.settled.wait, 20)
        return box.totals()

    assert asyncio.run(main()).exhausted == 1


def test_not_all_at_once():
    """A bounded number of connections, and nothing is forgotten."""
    endpoint = Endpoint()
    box = carried(endpoint, count=100)
    assert (len(box.log), endpoint.most <= AT_ONCE_MAX) == (100, True)


def test_what_is_lost_is_not_sent():
    """The vendor believes that it was."""
    endpoint = Endpoint()
    box = carried(endpoint, storm=Storm(lost=1.0))
    assert (len(endpoint.requests), {each.fate for each in box.log}) == (0, {"lost"})


def test_nothing_is_left_behind():
    """What is on its way when the courier stops is cut off."""

    async def main():
        async with listening(endpoint := Endpoint(b"", hang=True)) as url:
            box = Postbox(Plan(RING, (T,)), url)
            async with Courier(box, asyncio.get_running_loop().time).carrying():
                box.post(T, Occasion(data={}), 0.0)
                while not endpoint.requests:
                    await turn()
            return len(asyncio.all_tasks())

    async def turn():
        await asyncio.get_running_loop().run_in_executor(None, int)

    assert asyncio.run(main()) <= 2


def test_an_endpoint_over_tls_has_to_be_trusted(tmp_path, monkeypatch):
    """With a certificate that is, it is reached; with another, not."""
    authority = trustme.CA()
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(server_side)

    async def main():
        async with listening(Endpoint(OK), ssl=server_side) as url:
            return await posted(url, (), b"{}")

    with pytest.raises(ssl.SSLError):
        asyncio.run(main())
    (tmp_path / "ca.pem").write_bytes(authority.cert_pem.bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert asyncio.run(main()) == (204, ())
