"""What the evidence shows of one segment among its siblings: how it was called, what was answered, and who repeats it.

This is what ``tapehiss.contracts.folding`` judges by. Nothing here depends on the order in which anything was seen.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tapehiss.contracts.counts import ITEM, Evidence
from tapehiss.contracts.parameters import singular, snake
from tapehiss.contracts.reading import status_of
from tapehiss.contracts.routewords import is_collection, is_reserved
from tapehiss.contracts.segments import stem_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tapehiss.contracts.counts import Part

PATHS_MAX = 400
"""How many paths of an answer are compared."""
DEPTH_MAX = 5
"""How deep in a body a segment is looked for."""

_IDENTIFYING = frozenset(
    re.findall(
        r"\w+",
        """
    id _id key slug login username user_name screen_name handle name code uuid uid guid sha ref symbol tag domain hostname host
    email acct identifier isbn sku ticker iata icao iata_code currency base locale language short_name shortname short_code
    nickname doi number alias ident
    """,
    )
)
"""Members that say which thing an object is, whatever the thing."""

_TAGS = frozenset(
    re.findall(
        r"\w+",
        """
        type object kind resource resource_type object_type model entity action method command operation event status state view
        path url href uri link self message error reason category class format version mode scope __typename
        """,
    )
)
"""Members that say what kind a thing is, or where: a route's own name stands there often."""

Way = tuple[str, str]
"""Method and what follows the segment (parameters as ``{}``): one of the ways in which it was called."""


if TYPE_CHECKING:
    Calls = Sequence[tuple[Way, Evidence]]


@dataclass(frozen=True, slots=True)
class Traits:
    """What was seen of a segment, in all calls that have it at this place."""

    ways: Mapping[Way, frozenset[str]] = field(default_factory=dict)
    """How it was called -> the paths of the documents that were answered with success; empty when there were none."""
    refused: bool = False
    """Whether it was called, and nothing but answers of 400 to 499 came."""
    missing: bool = False
    """Whether it was called, and nothing but 404 and 410 came."""
    repeated: frozenset[str] = frozenset()
    """The identifying members of bodies whose value is this very segment."""
    echoes: frozenset[tuple[Way, str]] = frozenset()
    """Where else in bodies the segment stands as a value: the way, and the path in the document."""

    def __add__(self, other: Traits) -> Traits:
        ways = {**self.ways, **{way: paths | self.ways.get(way, frozenset()) for way, paths in other.ways.items()}}
        return Traits(
            ways,
            self.refused and other.refused,
            self.missing and other.missing,
            self.repeated | other.repeated,
            self.echoes | other.echoes,
        )


def traits_of(segment: str, owner: str, calls: Calls, beside: Mapping[str, frozenset[str]]) -> Traits:
    """The traits of a segment after the literal ``owner``: ``calls`` are those that have it.

    ``beside`` tells which members have which texts in what its parent answers (``members_beside``).
    """
    ways: dict[Way, frozenset[str]] = {}
    for way, evidence in calls:
        ways[way] = ways.get(way, frozenset()) | _answered(evidence)
    statuses = {status for _, evidence in calls for name in evidence.parts if (status := status_of(name)) is not None}
    refused = bool(statuses) and all(400 <= status < 500 for status in statuses)
    texts = _texts(segment)
    found = {(way, path) for way, evidence in calls for path in _paths_with(evidence, texts)}
    repeated = {snake(path.rpartition("/")[2]) for way, path in found if _identifies(owner, way, path)}
    repeated |= {member for text in texts for member in beside.get(text, ())}
    return Traits(ways, refused, refused and statuses <= {404, 410}, frozenset(repeated), frozenset(found))


def _paths_with(evidence: Evidence, texts: frozenset[str]) -> Iterator[str]:
    """The paths of members that have one of these values, outside of arrays and near the top; tags say what kind a thing is."""
    for part in _bodies(evidence):
        for path, seen in part.fields.items():
            if 1 <= path.count("/") <= DEPTH_MAX and any(value.lower() in texts for value in seen.values):
                steps = path.split("/")
                if ITEM not in steps and snake(steps[-1]) not in _TAGS:
                    yield path


def _identifies(owner: str, way: Way, path: str) -> bool:
    """Whether the member at a path says which of the owner's things a body is about.

    What answers at the segment itself may call it by any identifying member. Further down there are other things: only members of
    the owner's name count there, what stands in such a member, and after a collection the top of the document.
    """
    *above, member = (snake(step) for step in path.split("/")[1:])
    named = of_owner(owner)
    if member in named:
        return len(above) < 3
    near = len(above) < 3 if not way[1] else not above and is_collection(owner)
    return member in _IDENTIFYING and (near or not named.isdisjoint(above))


def members_beside(owner: str, calls: Calls) -> Mapping[str, frozenset[str]]:
    """Text of a value -> the identifying members that have it in the lists and things of a collection."""
    return members_of(_IDENTIFYING | of_owner(owner), calls, 1) if owner and not is_reserved(owner) else {}


def members_of(names: frozenset[str], calls: Calls, items: int) -> dict[str, frozenset[str]]:
    """Text of a value (in lower case) -> the members of these names that have it, near the top and in so many arrays at most."""
    found: dict[str, set[str]] = {}
    for _, evidence in calls:
        for part in _bodies(evidence):
            for path, seen in part.fields.items():
                steps = path.split("/")[1:]
                if 1 <= len(steps) <= 3 + items and steps.count(ITEM) <= items and snake(steps[-1]) in names:
                    for value in seen.values:
                        found.setdefault(value.lower(), set()).add(snake(steps[-1]))
    return {text: frozenset(members) for text, members in found.items()}


def _answered(evidence: Evidence) -> frozenset[str]:
    """The paths of what was answered with success."""
    found = {
        path
        for name, part in evidence.parts.items()
        if (status := status_of(name)) is not None and status < 300
        for path in part.fields
        if path
    }
    return frozenset(sorted(found, key=lambda path: (path.count("/"), path))[:PATHS_MAX])


def _bodies(evidence: Evidence) -> Iterator[Part]:
    """The bodies that were sent, and those that were answered with success."""
    for name, part in evidence.parts.items():
        status = status_of(name)
        if name.startswith("request ") or (status is not None and status < 300):
            yield part


def _texts(segment: str) -> frozenset[str]:
    """How a body may write the segment: as JSON text, in lower case, without an extension."""
    return frozenset(json.dumps(text).lower() for text in (unquote(segment), unquote(stem_of(segment)[0])))


def of_owner(owner: str) -> frozenset[str]:
    """What the things of a collection call themselves: ``login`` is ``user``, ``userId``, ``user_name`` after ``users``."""
    one = "" if is_reserved(owner) else singular(snake(owner))
    return frozenset(
        {one, *(f"{one}_{end}" for end in ("id", "name", "key", "code", "slug", "uuid", "version"))} if one else ()
    )


def summed(traits: Sequence[Traits]) -> Traits:
    """The traits of several segments as those of one."""
    return reduce(add, traits)
