"""What the client of a reverse proxy is shown instead of the vendor's URL, and what the vendor is shown instead of ours.

The law of this file: pure; it changes copies that are on their way, never what is recorded. ``request_*`` turns our URL into the
vendor's, ``response_*`` the vendor's into ours; apart from a default port written out, the one undoes the other.

In responses: every header (a ``Location`` to somebody else is left whole: what it carries is for *them*), the domain, ``Secure`` and name
prefix of cookies, ``Content-Security-Policy``; dropped are ``Strict-Transport-Security`` and ``Alt-Svc``, which would send clients past the
recorder, and digests of a body that may change. Bodies: text of any kind, whole ones only (no 206), in one of the codings of
``cassettes.recoding``; a response that may change loses its Content-Length. In requests: the target, headers, cookie names, and bodies of
text, unless something signs them (AWS Signature Version 4 signs the host name, too, so behind a reverse proxy it is void already).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from tapehiss.cassettes import cookies, policies
from tapehiss.cassettes.media import is_form, is_multipart, is_text
from tapehiss.cassettes.recoding import CODINGS, Recoder
from tapehiss.cassettes.swap import Swap

if TYPE_CHECKING:
    from tapehiss.cassettes.origins import Origin

Fields = tuple[tuple[bytes, bytes], ...]
WHOLE_MAX_BYTES = 1024 * 1024
"""A request body of known length up to here is held until it is whole, so that its length can be right."""
_STRAYING = frozenset({b"strict-transport-security", b"alt-svc", b"public-key-pins"})
_OPAQUE = frozenset(
    {b"etag", b"if-match", b"if-none-match", b"if-range", b"authorization", b"host", b"signature", b"signature-input"}
)
_DIGESTS = frozenset({b"content-md5", b"digest", b"content-digest", b"repr-digest", b"x-goog-hash", b"x-amz-crc32"})
_DIGEST_PREFIX = b"x-amz-checksum-"
_SIGNED = frozenset({b"signature", b"x-signature", b"x-hub-signature", b"x-hub-signature-256"})
_FRAMING = {True: frozenset({b"content-length", b"transfer-encoding"}), False: frozenset({b"content-length"})}
_BODILESS = frozenset({204, 205, 206, 304})
_POLICIES = frozenset({b"content-security-policy", b"content-security-policy-report-only"})
_OURS = _POLICIES | {b"set-cookie"}
"""Changed even where the vendor's host is not named."""


class Plan(Enum):
    """What is to be done with a request body."""

    LEAVE = "leave"
    WHOLE = "whole"
    """Wait for all of it, then ``request_whole``, then a new Content-Length."""
    STREAM = "stream"
    """``request_stream``; its length was not announced."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """One connection's view: the vendor, and the recorder as this client calls it (``also_here``: as others may)."""

    vendor: Origin
    here: Origin
    also_here: tuple[Origin, ...] = ()
    _forth: Swap = field(init=False, repr=False, compare=False)
    _back: Swap = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare both directions; the recorder's other names count where they have the scheme of this one."""
        same_scheme = (origin for origin in self.also_here if origin.scheme == self.here.scheme)
        object.__setattr__(self, "_forth", Swap((self.vendor,), self.here))
        object.__setattr__(self, "_back", Swap(tuple(dict.fromkeys((self.here, *same_scheme))), self.vendor))

    def request_target(self, path: bytes) -> bytes:
        """Path and query as the vendor is to see them."""
        return self._back.text(path)

    def request_headers(self, fields: Fields) -> Fields:
        """The request's headers as the vendor is to see them (``Host`` is the proxy's business)."""
        back = self._back
        values = b"\n".join([value for _, value in fields])
        if not back.touches(values) and cookies.ALIAS not in values:
            return fields
        return tuple([(name, self._request_value(back, name.lower(), value)) for name, value in fields])

    def _request_value(self, back: Swap, name: bytes, value: bytes) -> bytes:
        if name == b"cookie":
            return cookies.vendors_names(value) if self._plain else value
        return value if name in _OPAQUE else back.text(value)

    def request_plan(self, fields: Fields) -> Plan:
        """What to do with the body that these headers announce."""
        names = {name.lower(): value for name, value in fields}
        signed = any(name in _SIGNED or _is_digest(name) for name in names)
        signed = signed or names.get(b"authorization", b"").startswith((b"Signature ", b"OAuth "))
        if signed or b"content-encoding" in names or not _is_open(names.get(b"content-type", b"")):
            return Plan.LEAVE
        length = names.get(b"content-length")
        if length is None:
            return Plan.STREAM
        return Plan.WHOLE if length.isdigit() and 0 < int(length) <= WHOLE_MAX_BYTES else Plan.LEAVE

    def request_whole(self, body: bytes) -> bytes:
        """A whole request body as the vendor is to see it."""
        return self._back.text(body)

    def request_stream(self) -> Recoder:
        """A filter for the chunks of a request body."""
        return Recoder(self._back)

    def response_headers(self, fields: Fields, *, body_changes: bool, chunked: bool) -> Fields:
        """The response's headers as the client is to see them.

        ``body_changes``: there is a ``response_body`` (or would be, for HEAD); ``chunked``: the client speaks HTTP/1.1, where a body of
        unknown length is sent in chunks (RFC 9112 section 7.1).
        """
        forth = self._forth
        touched = forth.touches(b"\n".join([value for _, value in fields]))
        kept = []
        for name, value in fields:
            lower = name.lower()
            if lower in _STRAYING or (body_changes and _is_stale(lower, chunked=chunked)):
                continue
            kept.append((name, self._response_value(forth, lower, value) if touched or lower in _OURS else value))
        if body_changes and chunked:
            kept.append((b"Transfer-Encoding", b"chunked"))
        return tuple(kept)

    def _response_value(self, forth: Swap, name: bytes, value: bytes) -> bytes:
        if name == b"set-cookie":
            return cookies.for_client(value, self.vendor.host, plain=self._plain)
        if name in _POLICIES:
            return policies.for_client(forth.text(value), self.vendor, self.here)
        if name in _OPAQUE or (name == b"location" and _leaves(value) and not forth.leads(value)):
            return value
        return forth.text(value)

    def response_body(self, method: str, status: int, fields: Fields) -> Recoder | None:
        """A filter for the chunks of a response body, or ``None`` where it is to be left alone."""
        if method in {"HEAD", "CONNECT"} or status in _BODILESS or status < 200:
            return None
        return self.recoder(fields)

    def leaves(self, fields: Fields, content: bytes) -> bool:
        """Whether a body that is all there certainly stays as it is: uncompressed, and the vendor is not named in it."""
        if self._forth.touches(content):
            return False
        for name, _ in fields:
            if len(name) == len(b"content-encoding") and name.lower() == b"content-encoding":
                return False
        return True

    def recoder(self, fields: Fields) -> Recoder | None:
        """The same by the headers alone: for HEAD it tells whether Content-Length would be true."""
        kind, coding = b"", []
        for name, value in fields:
            lower = name.lower()
            if lower == b"content-type":
                kind = value
            elif lower == b"content-encoding":
                coding.append(value.strip().lower().decode("latin-1"))
            elif lower == b"content-length" and value.strip() == b"0":
                return (
                    None  # nothing to change: digests beside an empty body are of something else (S3: the object put)
                )
        spelt = ",".join(coding)
        return Recoder(self._forth, spelt) if spelt in CODINGS and _is_open(kind) else None

    @property
    def _plain(self) -> bool:
        return self.here.scheme == "http"


def _is_open(content_type: bytes) -> bool:
    """Whether a body of this type is text as a whole: multipart bodies have lengths of their own inside."""
    kind = content_type.partition(b";")[0].strip().lower().decode("latin-1")
    return (is_text(kind) or is_form(kind)) and not is_multipart(kind)


def _is_digest(name: bytes) -> bool:
    return name in _DIGESTS or name.startswith(_DIGEST_PREFIX)


def _is_stale(name: bytes, *, chunked: bool) -> bool:
    """Whether a header would no longer be true of a body that may change."""
    return name in _FRAMING[chunked] or _is_digest(name)


def _leaves(location: bytes) -> bool:
    """Whether a Location names a host (RFC 3986 section 4.2: otherwise it is relative)."""
    scheme, colon, _ = location.partition(b":")
    return location.startswith(b"//") or (bool(colon) and scheme.isalnum())
