"""What a page is made of: headings, sentences, code and tables, as values; who shows them decides what they look like.

The terminal (``cli/pages.py``), Markdown and HTML (``tapehiss.contracts.markdown``, ``tapehiss.contracts.html``) draw the same blocks.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; level 1 is the page's own."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences, one a line."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Something to copy."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: str = ""
    """The column that may be folded where room is short."""


Block = Heading | Lines | Code | Table
Page = tuple[Block, ...]
