"""Pages as Markdown (CommonMark with tables), in which nothing that a vendor sent is markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tapehiss.contracts.blocks import Code, Heading, Lines, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tapehiss.contracts.blocks import Block

_SPECIAL = re.compile(r"([\\`*\[\]<|]|(?<!\w)_|_(?!\w)|~(?=~)|&(?=#?\w+;)|^[#>])")
_FENCE = re.compile(r"`{3,}")


def markdown(blocks: Iterable[Block]) -> str:
    """The blocks as one text."""
    return "\n\n".join(_block(block) for block in blocks) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * min(block.level, 6)} {plain(block.text)}"
    if isinstance(block, Lines):
        return "\n".join(f"- {plain(line)}" for line in block.lines) if len(block.lines) > 1 else plain(block.lines[0])
    if isinstance(block, Code):
        fence = "`" * max([3, *(len(run) + 1 for run in _FENCE.findall(block.text))])
        return f"{fence}{block.language}\n{block.text}\n{fence}"
    return _table(block)


def _table(table: Table) -> str:
    rows = [table.columns, tuple("---" for _ in table.columns)]
    return "\n".join(_row(row) for row in [*rows, *((name_cell(row[0]), *map(plain, row[1:])) for row in table.rows)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def name_cell(text: str) -> str:
    """The name of a row, as code where Markdown can say it so."""
    line = " ".join(text.split())
    return f"`{line}`" if line and not set("`|\\") & set(line) else plain(line)


def plain(text: str) -> str:
    """Text on one line that means itself."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
