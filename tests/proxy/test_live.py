"""Rewriting on live traffic: the client is shown the recorder, the vendor is shown itself, the tape has what the vendor sent."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from typing import TYPE_CHECKING

import httpx
import pytest
from recorders import recorded
from vendors import WAIT_MAX_S, Visit, ask, drain, vendor

from tapehiss.cassettes.exchange import header, header_values

if TYPE_CHECKING:
    from pathlib import Path


def linked(visit: Visit) -> None:
    """A vendor that says what it was asked, and links to itself in every place."""
    here = f"http://{visit.header(b'host').decode()}"
    told = {"head": visit.head.decode("latin-1"), "body": visit.body.decode(), "next": f"{here}/next"}
    content = json.dumps(told).replace("/", "\\/").encode()
    lines = [
        "Content-Type: application/hal+json",
        f'Link: <{here}/next>; rel="next"',
        f"Location: {here}/made",
        f"Set-Cookie: __Host-sid={'s' * 24}; Path=/; Secure; Domain=127.0.0.1",
        "Strict-Transport-Security: max-age=9",
    ]
    if "zip" in visit.path:
        content = gzip.compress(content)
        lines.append("Content-Encoding: gzip")
    if visit.path.startswith("/part"):
        visit.answer(content[:10], *lines, "Content-Range: bytes 0-9/99", status="206 Partial Content")
    elif visit.head.startswith(b"HEAD"):
        visit.send("\r\n".join(["HTTP/1.1 200 OK", *lines, f"Content-Length: {len(content)}", "", ""]).encode())
    else:
        visit.answer(content, *lines)


@pytest.mark.parametrize("path", ["/plain", "/zip"])
def test_a_client_stays_with_the_recorder_and_the_vendor_does_not_notice(path: str, tmp_path: Path) -> None:
    """Links, cookies and bodies there and back, in a real client; on the tape there is only the vendor."""
    with vendor(linked) as there, recorded(tmp_path, there.url, rewrite=True) as recording:
        ours = recording.url
        with httpx.Client(base_url=ours) as client:
            first = client.get(path)
            again = client.post(
                first.json()["next"],
                json={"from": f"{ours}/cb"},
                params={"to": f"{ours}/x"},
                headers={"Referer": f"{ours}/a"},
            )
        exchanges = recording.exchanges()

    assert first.json()["next"] == f"{ours}/next"
    assert first.links["next"]["url"] == f"{ours}/next"
    assert first.headers["location"] == f"{ours}/made"
    assert first.headers["content-length"] == str(first.num_bytes_downloaded)
    assert "strict-transport-security" not in first.headers
    heard = again.json()
    assert ours not in str(exchanges)
    assert f"Cookie: __Host-sid={'s' * 24}" in heard["head"]
    sent = exchanges[1].request
    assert json.loads(sent.body) == {"from": f"{there.url}/cb"}
    assert header(sent.headers, "content-length") == str(len(sent.body))
    assert header(sent.headers, "referer") == f"{there.url}/a"
    assert "to=http%3A%2F%2F127.0.0.1" in sent.url
    assert json.loads(exchanges[0].response.body)["next"] == f"{there.url}/next"
    assert header_values(exchanges[0].response.headers, "strict-transport-security") == ("max-age=9",)


def test_a_client_is_shown_the_name_by_which_it_calls_the_recorder(tmp_path: Path) -> None:
    """A container calls the recorder otherwise than its host does; a Host that could not be a name is not written anywhere."""
    with vendor(linked) as there, recorded(tmp_path, there.url, rewrite=True) as recording:
        answers = [_asked(recording.port, host) for host in (b"recorder.example:9", b'"evil"', b"localhost")]
    assert b"http:\\/\\/recorder.example:9\\/next" in answers[0]
    assert b"evil" not in answers[1]
    assert f"http:\\/\\/127.0.0.1:{recording.port}\\/next".encode() in answers[1]
    assert b"http:\\/\\/localhost\\/next" in answers[2]


def _asked(port: int, host: bytes) -> bytes:
    answer, _ = ask(port, b"GET /plain HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host)
    return answer.partition(b"\r\n\r\n")[2]


def test_what_has_no_body_or_half_of_one_keeps_its_bytes(tmp_path: Path) -> None:
    """HEAD announces no length that a GET would not have; a part is passed on as it is."""
    with (
        vendor(linked) as there,
        recorded(tmp_path, there.url, rewrite=True) as recording,
        httpx.Client(base_url=recording.url) as client,
    ):
        head, part = client.head("/plain"), client.get("/part")
    assert (head.status_code, head.content, head.headers.get("content-length")) == (200, b"", None)
    assert (part.status_code, len(part.content), part.headers["content-length"]) == (206, 10, "10")


def test_a_short_body_that_comes_after_its_head_keeps_a_length(tmp_path: Path) -> None:
    """Many servers send head and body in two packets; SDKs that look for Content-Length find it, and it is right."""

    def late(visit: Visit) -> None:
        content = f'{{"next": "http://{visit.header(b"host").decode()}/next"}}'.encode()
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(content))
        threading.Event().wait(0.005)
        visit.send(content)

    with vendor(late) as there, recorded(tmp_path, there.url, rewrite=True) as recording:
        answer = httpx.get(f"{recording.url}/x")
        assert answer.json()["next"] == f"{recording.url}/next"
    assert answer.headers["content-length"] == str(len(answer.content))


def test_an_old_client_gets_a_body_that_ends_with_the_connection(tmp_path: Path) -> None:
    """HTTP/1.0 knows no chunks."""
    with vendor(linked) as there, recorded(tmp_path, there.url, rewrite=True) as recording:
        answer, _ = ask(recording.port, b"GET /plain HTTP/1.0\r\nHost: x\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"chunked" not in head.lower()
    assert json.loads(body)["next"] == "http://x/next"


def test_an_event_is_changed_and_not_delayed(tmp_path: Path) -> None:
    """An event arrives whole before the next is sent, though the vendor's URL is cut in two by its chunks."""
    seen = threading.Event()

    def serve(visit: Visit) -> bool:
        url = f"http://{visit.header(b'host').decode()}/event"
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        visit.chunk(f"data: {url[:12]}".encode())
        visit.chunk(f"{url[12:]}\n\n".encode())
        assert seen.wait(WAIT_MAX_S)
        visit.send(b"0\r\n\r\n")
        return True

    with vendor(serve) as there, recorded(tmp_path, there.url, rewrite=True) as recording:
        sock = socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S)
        sock.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n" % recording.port)
        drain(sock, f"127.0.0.1:{recording.port}/event\n\n\r\n".encode())
        seen.set()
        assert drain(sock) == (b"0\r\n\r\n", False)


def test_a_body_of_unknown_length_is_the_vendors_again(tmp_path: Path) -> None:
    """A chunked upload whose chunks cut the recorder's URL in two."""

    def pieces(url: str):
        yield b'{"cb": "' + url[:9].encode()
        yield url[9:].encode() + b'/cb"}'

    with vendor(linked) as there, recorded(tmp_path, there.url, rewrite=True) as recording:
        httpx.post(f"{recording.url}/up", content=pieces(recording.url), headers={"Content-Type": "application/json"})
        [exchange] = recording.exchanges()
    assert json.loads(exchange.request.body) == {"cb": f"{there.url}/cb"}
