"""Cleaning: one exchange's way through the door.

The law of this file: a round finds places, replaces what is judged a secret, then replaces every known secret, then does the same inside
every encoding. If something was learnt inside, another round begins, until nothing changes.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tapehiss.cassettes import deltas, encodings
from tapehiss.cassettes.credentials import secrets_in
from tapehiss.cassettes.exchange import Ending
from tapehiss.cassettes.judgement import TooManySecrets
from tapehiss.cassettes.media import is_event_stream, is_form, is_json_lines, media_type
from tapehiss.cassettes.packed import unpacked
from tapehiss.cassettes.secretnames import Place, Strength
from tapehiss.cassettes.spotting import Find, Ranges, Spotter
from tapehiss.cassettes.surface import encoded
from tapehiss.cassettes.suspicion import Suspicion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tapehiss.cassettes.exchange import Exchange, Headers
    from tapehiss.cassettes.judgement import Judge
    from tapehiss.cassettes.rules import Rules
    from tapehiss.cassettes.surface import Surface
    from tapehiss.cassettes.taints import Taint

_UNDONE: dict[str, Callable[[bytes, Callable[[bytes], bytes]], bytes]] = {
    "json": encodings.in_json,
    "form": encodings.in_form,
    "markup": encodings.in_markup,
}
_RUN_MIN = 16
_BEGUN_MIN = 6


class Cleaning:
    """One exchange, while it is cleaned."""

    def __init__(self, rules: Rules, spotter: Spotter, judge: Judge, exchange: Exchange, surface: Surface) -> None:
        self._rules = rules
        self._spotter = spotter
        self._judge = judge
        self._exchange = exchange
        self._surface = surface
        self.taken_out: Counter[str] = Counter()
        self.suspicions: tuple[Suspicion, ...] = ()
        self.changes: list[Suspicion] = []
        self._ranges = {part.name: (part.start, part.end) for part in surface.parts}

    def cleaned(self) -> bytes:
        """The view without secrets."""
        view = self._surface.view
        try:
            for _ in range(self._rules.limits.rounds_max):
                before, known = view, len(self._judge.taints)
                view = self._round(view)
                if view == before or len(self._judge.taints) == known:
                    break
            else:
                self._suspect("unstable", 0, "changes whenever it is read")
            self._look_inside(view)
        except TooManySecrets:
            self._suspect("too-many-secrets", 0, f"{self._rules.limits.taints_max} are remembered")
        return view

    def _round(self, view: bytes) -> bytes:
        finds = self._header_finds(view) + self._spotter.finds(
            view, strict=self._strict(), skipped=self._headers(), binary=self._binary()
        )
        view = self._replaced(view, finds, 0)
        view = self._judge.taints.replaced(view, self._took)
        view = self._through_encodings(view, 0)
        view = self._through_deltas(view)
        return self._without_begun(view)

    # --- places ---

    def _strict(self) -> Ranges:
        x = self._exchange
        ranges = [self._ranges["request.url"]]
        if is_form(media_type(x.request.headers)):
            ranges.append(self._ranges["request.body"])
        if x.response is not None and is_form(media_type(x.response.headers)):
            ranges.append(self._ranges["response.body"])
        return tuple(ranges)

    def _headers(self) -> Ranges:
        return tuple(span for name, span in self._ranges.items() if name.endswith((".headers", ".trailers", "notes")))

    def _binary(self) -> Ranges:
        x = self._exchange
        sides = [("request", x.request.headers)] + ([("response", x.response.headers)] if x.response else [])
        return tuple(
            self._ranges[f"{side}.body"]
            for side, headers in sides
            if media_type(headers).endswith(("msgpack", "cbor", "x-msgpack", "messagepack"))
        )

    def _header_finds(self, view: bytes) -> list[Find]:
        x = self._exchange
        blocks = [("request.headers", x.request.headers), ("request.trailers", x.request.trailers)]
        if x.response is not None:
            blocks += [("response.headers", x.response.headers), ("response.trailers", x.response.trailers)]
        return [find for name, headers in blocks for find in self._in_block(view, self._ranges[name][0], headers)]

    def _in_block(self, view: bytes, at: int, headers: Headers) -> Iterator[Find]:
        for name, value in headers:
            size = len(name) + 2 + len(value)
            if self._rules.names.strength(name, Place.HEADER):
                line = encoded(f"{name}: {value}")
                size = len(line)
                first = at + size - len(encoded(value))
                text = view[first : at + size].decode("latin-1")
                lowered = name.lower()
                for start, end in secrets_in(lowered, text):
                    if end > start:
                        yield _header_find(lowered, text, first, start, end)
            elif not value.isascii():
                size = len(encoded(f"{name}: {value}"))
            at += size + 1

    # --- replacing ---

    def _replaced(self, view: bytes, finds: list[Find], depth: int) -> bytes:
        made, at = [], 0
        for find in sorted(finds, key=lambda find: (find.start, -find.end)):
            if find.start < at:
                continue
            text = view[find.start : find.end]
            new = self._stand_in(text, find)
            if new != text:
                made += [view[at : find.start], new]
                at = find.end
                self.taken_out[find.rule] += 1
                self._changed_at(find, depth)
        return b"".join([*made, view[at:]]) if made else view

    def _stand_in(self, text: bytes, find: Find) -> bytes:
        if find.form == "basic":
            return self._judge.basic(text, find)
        through = _UNDONE.get(find.form)
        if through is None:
            return self._judge.stand_in(text, find)
        new = through(text, lambda value: self._judge.stand_in(value, find))
        if len(new) != len(text):
            raise encodings.LengthChanged
        return new

    def _took(self, taint: Taint) -> None:
        self.taken_out[taint.rule] += 1

    def _through_encodings(self, view: bytes, depth: int) -> bytes:
        if depth >= self._rules.limits.depth_max:
            return view

        def inside(text: bytes) -> bytes:
            text = self._replaced(text, self._spotter.finds(text), depth + 1)
            text = self._judge.taints.replaced(text, self._took)
            return self._through_encodings(text, depth + 1)

        view = encodings.through_json(view, inside)
        view = encodings.through_percent(view, inside)
        view = encodings.through_markup(view, inside)
        view = encodings.through_utf16(view, inside)
        if depth == 0 or encodings.has_run(view, _RUN_MIN):
            view = encodings.through_base64(view, inside)
            view = encodings.through_hex(view, inside)
        return view

    # --- streams ---

    def _through_deltas(self, view: bytes) -> bytes:
        def inside(text: bytes) -> bytes:
            text = self._replaced(text, self._spotter.finds(text), 1)
            text = self._judge.taints.replaced(text, self._took)
            return self._through_encodings(text, 1)

        for documents in self._streams(view):
            for pieces in deltas.groups(view, documents):
                view = deltas.through_pieces(view, pieces, inside)
        return view

    def _streams(self, view: bytes) -> Iterator[list[deltas.Span]]:
        x = self._exchange
        if x.response is not None:
            start, end = self._ranges["response.body"]
            kind = media_type(x.response.headers)
            if is_event_stream(kind):
                yield deltas.events(view, start, end)
            elif is_json_lines(kind):
                yield deltas.lines(view, start, end)
            elif "stream" in x.request.url.lower() and view[start : start + 1] == b"[":
                yield deltas.elements(view, start, end)
        for from_client in (True, False) if x.messages else ():
            yield [
                self._ranges[f"messages[{i}]"] for i, each in enumerate(x.messages) if each.from_client is from_client
            ]

    def _without_begun(self, view: bytes) -> bytes:
        """A secret that the end of a body cuts off is a secret too."""
        x = self._exchange
        cut = [("request.body", x.request.cut is not None)]
        if x.response is not None:
            cut.append(("response.body", x.response.cut is not None or x.ending is not Ending.COMPLETE))
        for name, is_cut in cut:
            start, end = self._ranges[name]
            begun = self._judge.taints.begun_at_end(view[start:end], _BEGUN_MIN) if is_cut else None
            if begun is not None:
                at, taint = start + begun[0], begun[1]
                view = view[:at] + taint.pseudonym[: end - at] + view[end:]
                self._took(taint)
        return view

    # --- what cannot be replaced ---

    def _look_inside(self, view: bytes) -> None:
        """Compressed data inside a body can be read, but not be rewritten at the same length."""
        for name, (start, end) in self._ranges.items():
            if name.endswith("body") or name.startswith("messages"):
                for content in unpacked(view[start:end], self._rules.limits.unpacked_max_bytes):
                    text = self._replaced(content, self._spotter.finds(content), 1)
                    if self._judge.taints.replaced(text, self._took) != content:
                        self._suspect("compressed", start, "inside compressed data")

    def _suspect(self, rule: str, place: int, pointer: str) -> None:
        self.suspicions = (*self.suspicions, Suspicion(rule, self._surface.part_at(place).name, pointer))

    def _changed_at(self, find: Find, depth: int) -> None:
        part = self._surface.part_at(find.start) if depth == 0 else None
        where = ("exchange", "inside an encoding") if part is None else (part.name, f"byte {find.start - part.start}")
        self.changes.append(Suspicion(find.rule, *where))


def _header_find(name: str, text: str, first: int, start: int, end: int) -> Find:
    if text[:6].lower() == "basic " and name.endswith(("authorization", "authentication", "auth")):
        return Find(first + start, first + end, "basic", Strength.STRONG, "basic")
    form = "form" if "cookie" in name and "%" in text[start:end] else "plain"
    return Find(first + start, first + end, form, Strength.STRONG, f"header:{name[:60]}")
