"""A vendor small enough to know by heart: ``from shop import SHOP, get``."""

from __future__ import annotations

from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response, Timings

HOST = "https://api.shop.example"
JSON = ("Content-Type", "application/json")


def get(path: str, status: int = 200, body: bytes = b"{}", *headers: tuple[str, str], **more: object) -> Exchange:
    """A recorded GET."""
    return Exchange(Request("GET", HOST + path), Response(status, "", (JSON, *headers), body), **more)  # type: ignore[arg-type]


def post(path: str, sent: bytes, status: int = 201, body: bytes = b"{}", kind: str = "application/json") -> Exchange:
    """A recorded POST."""
    return Exchange(Request("POST", HOST + path, (("Content-Type", kind),), sent), Response(status, "", (JSON,), body))


SHOP = (
    get("/v1/orders/1", body=b'{"status": "new"}', timings=Timings(first_byte_s=0.25, end_s=0.3)),
    get("/v1/orders/1", body=b'{"status": "paid"}'),
    get("/v1/orders?limit=2&page=1", 200, b'{"orders": []}', ("Content-Encoding", "gzip")),
    post("/v1/orders", b'{"item": "tape", "count": 2}', body=b'{"id": 1}'),
    post("/v1/orders", b'{"item": "reel", "count": 1}', body=b'{"id": 2}'),
    Exchange(Request("DELETE", HOST + "/v1/orders/1"), Response(204)),
    Exchange(Request("GET", HOST + "/v1/report"), None, Ending.RESET),
    get("/v1/export", 200, b"half of", ("Content-Length", "100"), ending=Ending.TRUNCATED),
    Exchange(
        Request("GET", HOST + "/v1/events"),
        Response(
            200, "OK", (("Content-Type", "text/event-stream"),), b"data: a\n\ndata: b\n\n", chunks=((1.0, 9), (3.0, 9))
        ),
    ),
)
"""Two states of an order, a list, two creations, a deletion, a reset, a truncation and a stream."""
