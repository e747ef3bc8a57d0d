"""Pages as HTML."""

from __future__ import annotations

from html.parser import HTMLParser

from tapehiss.contracts.blocks import Code, Heading, Lines, Table
from tapehiss.contracts.html import html

PAGE = (
    Heading("T", 1), Heading("A"), Lines(("one",)), Heading("B"), Lines(("a", "b")), Heading("C"), Code("x\x1b", "sh"),
    Table(("n",), (("<script>alert(1)</script>",),)),
)  # fmt: skip


class Tags(HTMLParser):
    """What is open and what was met."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins; it loads nothing."""
        self.met.add(tag)
        assert not [value for name, value in attrs if name in {"src", "href"} and not (value or "").startswith("#")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends: the one that began last."""
        assert self.open.pop() == tag


def test_a_report_is_well_formed_and_needs_nothing_else():
    """Every element is closed, nothing is loaded, and what a vendor sent is text."""
    tags = Tags()
    tags.feed(html(PAGE, "<T>"))
    assert tags.open == []
    assert {"h1", "h2", "nav", "pre", "table"} <= tags.met
    assert "script" not in tags.met
    assert "\x1b" not in html(PAGE, "T")


def test_a_short_page_has_no_contents():
    """A list of one heading helps nobody."""
    assert "<nav>" not in html(PAGE[:3], "T")
