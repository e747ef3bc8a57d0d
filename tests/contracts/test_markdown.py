"""Pages as Markdown."""

from __future__ import annotations

from tapehiss.contracts.blocks import Code, Heading, Lines, Table
from tapehiss.contracts.markdown import markdown


def test_every_block_has_its_form():
    """Headings, sentences, lists, fences and tables."""
    page = (Heading("T", 1), Lines(("one",)), Lines(("a", "b")), Code("x", "sh"), Table(("n", "v"), (("k", "1"),)))
    assert markdown(page) == "# T\n\none\n\n- a\n- b\n\n```sh\nx\n```\n\n| n | v |\n| --- | --- |\n| `k` | 1 |\n"


def test_what_a_vendor_sent_is_no_markup():
    """Pipes, stars, tags and links are text; a name that holds a backtick is escaped; a fence is longer than what is in it."""
    text = markdown((Table(("n", "v"), (("a`b|c", "<b>*x*</b> [l](u) | _y_ a_b"),)), Code("```", "")))
    assert "| a\\`b\\|c | \\<b>\\*x\\*\\</b> \\[l\\](u) \\| \\_y\\_ a_b |" in text
    assert "````\n```\n````" in text
