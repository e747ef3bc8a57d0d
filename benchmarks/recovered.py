"""Operations recovered, vendor by vendor, next to the peers: what counts as truth and as found is told in `groundtruth`."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import groundtruth
import peers
from groundtruth import Score, Truth
from laws import taken
from recordings import by_vendor
from rows import Row, progress

from tapehiss.contracts.evidence import learn
from tapehiss.contracts.views import openapi

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tapehiss.cassettes.exchange import Clean

F1_MIN = 0.95
URLS_MIN = 50
"""From so many different URLs on the target holds."""
SERVERS_MAX = 12
"""How many servers of a vendor the peers are told: those with the most calls."""
WRONG_SHOWN = 8


@dataclass
class Recovered:
    """One vendor's figures."""

    vendor: str
    urls: int = 0
    """Different methods and URLs that were recorded, documented or not."""
    called: int = 0
    documented: int = 0
    ours: Score | None = None
    others: dict[str, Score | str] = field(default_factory=dict)

    @property
    def asked(self) -> bool:
        """Whether enough was recorded for the target of F1."""
        return self.urls >= URLS_MIN

    @property
    def met(self) -> bool:
        """F1 high enough where that is asked, and above every peer that answered; nothing is above a perfect one."""
        f1 = self.ours.f1 if self.ours else 0.0
        best = max((one.f1 for one in self.others.values() if isinstance(one, Score)), default=0.0)
        return (f1 >= F1_MIN or not self.asked) and (f1 > best or f1 == best == 1.0)


def recovered(root: Path, vendor: str, paths: list[Path], *, with_peers: bool) -> Recovered:
    """The figures of one vendor; empty where nothing is published."""
    published = groundtruth.published(root / vendor / "groundtruth")
    found = Recovered(vendor)
    if not published:
        return found
    known = [one for one in taken(root, paths) if one.response is not None]
    truth = groundtruth.truth(published, {(one.request.method, urlsplit(one.request.url).path) for one in known})
    found.urls = len({(one.request.method, one.request.url) for one in known})
    found.called, found.documented = len(truth.calls), truth.documented
    found.ours = groundtruth.score(truth, [each for _, each in groundtruth.openapi(openapi(learn(known)))])
    if with_peers:
        for name, answer in peers.all_of(known, servers(known, published, truth)).items():
            found.others[name] = answer if isinstance(answer, str) else groundtruth.score(truth, answer)
    return found


def servers(known: Sequence[Clean], published: list[tuple[str, groundtruth.Template]], truth: Truth) -> list[str]:
    """Origin and base path of the documented servers that were called most."""
    router = groundtruth.Router(each for _, each in published)
    counted: Counter[str] = Counter()
    for one in known:
        parts = urlsplit(one.request.url)
        operation = router.of((one.request.method, parts.path))
        if operation is not None:
            counted[f"{parts.scheme}://{parts.netloc}{truth.bases[operation]}"] += 1
    return [server for server, _ in counted.most_common(SERVERS_MAX)]


def rows(root: Path, vendors: list[str], *, with_peers: bool = True) -> Iterator[Row]:
    """A row for each vendor that publishes a description."""
    chosen = {name: paths for name, paths in by_vendor(root, vendors).items() if (root / name / "groundtruth").is_dir()}
    with ProcessPoolExecutor(max_workers=1) as pool:
        waiting = [pool.submit(recovered, root, name, paths, with_peers=with_peers) for name, paths in chosen.items()]
        for name, one in zip(chosen, waiting, strict=True):
            progress(f"operations: {name}")
            yield from told(one.result())


def told(one: Recovered) -> Iterator[Row]:
    """The figures of one vendor as rows."""
    if one.ours is None or not one.called:
        return
    figures = f"P {one.ours.precision:.2f} R {one.ours.recall:.2f} F1 {one.ours.f1:.3f}"
    beside = ", ".join(f"{name} {_figure(other)}" for name, other in one.others.items())
    note = f"{one.urls} URLs, {one.called} of {one.documented} documented; strict {one.ours.strict:.2f}; peers: {beside or '-'}"
    target = f"F1 >= {F1_MIN}, above peers" if one.asked else "above peers"
    yield Row(f"operations: {one.vendor}", figures, target, one.met, note)
    if one.ours.wrong:
        print(
            "      not documented so:",
            "; ".join(one.ours.wrong[:WRONG_SHOWN]),
            "..." * (len(one.ours.wrong) > WRONG_SHOWN),
        )


def _figure(other: Score | str) -> str:
    return other if isinstance(other, str) else f"{other.f1:.2f}"
