"""Things like HTTP requests, right in many places and wrong in some: ``from garbage import messages``."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = st.sampled_from((
    b"GET", b"POST", b"M-SEARCH", b"PRI", b"get", b"", b"/v1/orders/1", b"*", b"http://h/", b"//", b"/_tapehiss", b"/%zz", b"\xff",
    b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9.9", b"http/1.1", b"x",
)) | st.binary(max_size=20)  # fmt: skip
FIELDS = st.sampled_from((
    b"Host: m", b"Host:", b"Host: \xff", b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999999999999",
    b"Content-Length: 5, 6", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: x",
    b"Connection: close", b"Connection: Upgrade", b"Upgrade: h2c", b"Upgrade: websocket", b"Expect: 100-continue", b"Expect: x",
    b"Content-Encoding: gzip", b"Content-Encoding: br, zstd", b"Content-Type: application/json", b"Content-Type: multipart/x",
    b" folded", b": empty", b"no colon", b"a" * 5000 + b": b", b"Cookie: \x00", b"Accept-Encoding: *;q=9", b"Range: bytes=9-1",
    b"X-Forwarded-Proto: gopher", b"Authorization: Basic \xff", b"Idempotency-Key: \x01",
)) | st.binary(max_size=30)  # fmt: skip
BODIES = st.sampled_from((
    b"", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"5;ext=1\r\nhello\r\n0\r\nTrailer: x\r\n\r\n", b"-5\r\nhello\r\n",
    b"FFFFFFFFFFFFFFFFFF\r\n", b"zz\r\n", b"5\r\nhel", b"{", b'{"a":' * 3000, b"\x1f\x8b\x08\x00", b"--\r\n--", b"\x00" * 99,
)) | st.binary(max_size=40)  # fmt: skip
ENDS = st.sampled_from([b"\r\n"] * 8 + [b"\n", b"\r", b""])


@st.composite
def messages(draw):
    """Something like a request, right in many places and wrong in some."""
    end = draw(ENDS)
    line = b" ".join(draw(st.lists(WORDS, min_size=3, max_size=3) | st.lists(WORDS, max_size=4)))
    plain = st.tuples(st.sampled_from([b"GET", b"POST"]), st.just(b"/v1/orders/1"), st.just(b"HTTP/1.1")).map(b" ".join)
    fields = draw(st.lists(FIELDS, max_size=5))
    return end.join([draw(plain | st.just(line)), *fields, b"", draw(BODIES)])
