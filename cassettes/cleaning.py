"""Cleaning: one exchange's way through the door.

The law of this file: a round finds places, replaces what is judged a secret, then replaces every known secret, then does the same inside
every encoding and over the pieces of every stream. If something was learnt inside, another round begins, until nothing changes.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tapehiss.cassettes import deltas, encodings, radix
from tapehiss.cassettes.judgement import TooManySecrets
from tapehiss.cassettes.packed import as_far_as_readable, unpacked
from tapehiss.cassettes.places import Places
from tapehiss.cassettes.spotting import PACKED, Within
from tapehiss.cassettes.suspicion import Suspicion

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.cassettes.judgement import Judge
    from tapehiss.cassettes.rules import Rules
    from tapehiss.cassettes.spotting import Find, Spotter
    from tapehiss.cassettes.surface import Surface

    Span = tuple[int, int]

_UNDONE: dict[str, Callable[[bytes, Callable[[bytes], bytes]], bytes]] = {
    "json": encodings.in_json,
    "form": encodings.in_form,
    "markup": encodings.in_markup,
}
_NOWHERE = Within()
_BUDGET_MIN = 1_000_000
_TEXT_MIN = 12
_BEGUN_MIN = 6


class TooDeep(Exception):
    """More is inside the encodings of an exchange than will be read."""


class Cleaning:
    """One exchange, while it is cleaned."""

    def __init__(self, rules: Rules, spotter: Spotter, judge: Judge, exchange: Exchange, surface: Surface) -> None:
        self._limits = rules.limits
        self._spotter = spotter
        self._judge = judge
        self._surface = surface
        self._places = Places(exchange, surface, rules.names)
        self._within = self._places.within()
        self.taken_out: Counter[str] = Counter()
        self.suspicions: tuple[Suspicion, ...] = ()
        self._changes: list[tuple[Find, int]] = []
        self._may_be_wide = any(b"\x00" in surface.view[start:end] for start, end in self._places.bodies())
        self._known_outside = 0
        """Secrets known when the outermost level was searched for them."""
        self._packed = False
        self._budget = _BUDGET_MIN + rules.limits.decoded_max_ratio * len(surface.view)

    def cleaned(self) -> bytes:
        """The view without secrets."""
        view = self._surface.view
        try:
            for _ in range(self._limits.rounds_max):
                view = self._round(view)
                if len(self._judge.taints) == self._known_outside:
                    break
            else:
                self._suspect("unstable", 0, "changes whenever it is read")
            self._look_inside(view)
        except TooManySecrets:
            self._suspect("too-many-secrets", 0, f"{self._limits.taints_max} are remembered")
        except TooDeep:
            self._suspect("too-deep", 0, "encodings inside encodings without end")
        return view

    def _round(self, view: bytes) -> bytes:
        finds = self._places.header_finds(view) + self._spotter.finds(view, self._within)
        view = self._settled(view, finds, 0)
        for documents in self._places.streams(view):
            for pieces in deltas.groups(view, documents):
                view = deltas.through_pieces(view, pieces, self._inside(1))
        return self._without_begun(view)

    def _settled(self, view: bytes, finds: list[Find], depth: int) -> bytes:
        """The view with its finds and its known secrets replaced, and then those inside its encodings.

        What is settled is masked before the encodings are undone: nobody shall find half of a pseudonym there and judge it again.
        """
        settled: list[Span] = []
        view = self._with_finds_replaced(view, finds, depth, settled)
        if depth == 0:
            self._known_outside = len(self._judge.taints)
        view = self._with_taints_replaced(view, settled)
        if depth >= self._limits.depth_max:
            return view
        if not settled:
            return self._through_encodings(view, depth)
        masked = _patched(view, [(start, end, b"x" * (end - start)) for start, end in settled])
        seen = self._through_encodings(masked, depth)
        return view if seen == masked else _patched(seen, [(start, end, view[start:end]) for start, end in settled])

    def _with_finds_replaced(self, view: bytes, finds: list[Find], depth: int, settled: list[Span]) -> bytes:
        """Of finds that overlap, the first and longest that is a secret counts."""
        patches: list[tuple[int, int, bytes]] = []
        at = 0
        for find in sorted(finds, key=_place) if len(finds) > 1 else finds:
            if find.form is PACKED:
                self._packed = True
            if find.start < at or find.form is PACKED:
                continue
            text = view[find.start : find.end]
            new, is_secret = self._stand_in(text, find)
            if is_secret:
                at = find.end
                settled.append((find.start, at))
            if new != text:
                patches.append((find.start, at, new))
                self.taken_out[find.rule] += 1
                self._changes.append((find, depth))
        return _patched(view, patches) if patches else view

    def _with_taints_replaced(self, view: bytes, settled: list[Span]) -> bytes:
        hits = self._judge.taints.found(view)
        if not hits:
            return view
        for _, _, taint in hits:
            if taint.pseudonym is not taint.value:
                self.taken_out[taint.rule] += 1
        settled[:] = _united([*settled, *[(start, end) for start, end, _ in hits]])
        return _patched(view, [(start, end, taint.spelled(view[start:end])) for start, end, taint in hits])

    def _stand_in(self, text: bytes, find: Find) -> tuple[bytes, bool]:
        undone = _UNDONE.get(find.form)
        if undone is None:
            return self._judge.verdict(text, find)
        is_secret = False

        def judged(value: bytes) -> bytes:
            nonlocal is_secret
            made, is_secret = self._judge.verdict(value, find)
            return made

        new = undone(text, judged)
        return new, is_secret

    def _inside(self, depth: int) -> Callable[[bytes], bytes]:
        """Cleans a text that was inside another."""

        def cleaned(text: bytes) -> bytes:
            self._spend(text)
            return self._settled(text, self._spotter.finds(text, _NOWHERE), depth)

        return cleaned

    def _spend(self, text: bytes) -> None:
        self._budget -= len(text)
        if self._budget < 0:
            raise TooDeep

    def _through_encodings(self, view: bytes, depth: int) -> bytes:
        inside = self._inside(depth + 1)
        view = encodings.through_json(view, inside)
        view = encodings.through_percent(view, inside)
        view = encodings.through_markup(view, inside)
        if depth or self._may_be_wide:
            view = encodings.through_utf16(view, inside)
        return radix.through_radix(view, lambda text: self._decoded(text, inside))

    def _decoded(self, text: bytes, inside: Callable[[bytes], bytes]) -> bytes:
        """What base64 or hexadecimal may mean: a known secret, or a text to look into; mostly neither."""
        return inside(text) if encodings.has_text(text, _TEXT_MIN) else self._with_taints_replaced(text, [])

    def _without_begun(self, view: bytes) -> bytes:
        """A secret that the end of a body cuts off is a secret too."""
        for start, end in self._places.cut():
            begun = self._judge.taints.begun_at_end(view[start:end], _BEGUN_MIN)
            if begun is not None:
                at, taint = start + begun[0], begun[1]
                view = view[:at] + taint.pseudonym[: end - at] + view[end:]
                self.taken_out[taint.rule] += 1
        return view

    def _look_inside(self, view: bytes) -> None:
        """Compressed data inside a body can be read, but not be rewritten at the same length."""
        limit_bytes = self._limits.unpacked_max_bytes
        for headers, (start, end) in self._places.undecoded():
            self._read(as_far_as_readable(headers, view[start:end], limit_bytes), start)
        for start, end in self._places.bodies() if self._packed or self._places.begin_packed(view) else ():
            for content in unpacked(view[start:end], limit_bytes):
                self._read(content, start)

    def _read(self, content: bytes, start: int) -> None:
        if content and self._inside(1)(content) != content:
            self._suspect("compressed", start, "inside compressed data")

    def _suspect(self, rule: str, place: int, pointer: str) -> None:
        self.suspicions = (*self.suspicions, Suspicion(rule, self._surface.place(place)[0], pointer))

    @property
    def changes(self) -> tuple[Suspicion, ...]:
        """Where something was replaced because of its place, not because it was known."""
        return tuple(self._change(find, depth) for find, depth in self._changes)

    def _change(self, find: Find, depth: int) -> Suspicion:
        part, at = ("exchange", 0) if depth else self._surface.place(find.start)
        return Suspicion(find.rule, part, "inside an encoding" if depth else f"byte {at}")


def _patched(view: bytes, patches: list[tuple[int, int, bytes]]) -> bytes:
    """A view with pieces of it exchanged."""
    made, at = [], 0
    for start, end, new in patches:
        made += [view[at:start], new]
        at = end
    return b"".join([*made, view[at:]])


def _united(spans: list[Span]) -> list[Span]:
    """Spans in order, overlapping ones joined."""
    made: list[Span] = []
    for start, end in sorted(spans):
        if made and start < made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def _place(find: Find) -> tuple[int, int]:
    return find.start, -find.end
