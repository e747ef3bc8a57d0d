"""Pages as one HTML file that needs nothing else: no script, no font, no address; what a vendor sent is text."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from tapehiss.contracts.blocks import Code, Heading, Lines, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tapehiss.contracts.blocks import Block

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1.5rem}
h1,h2,h3,h4{line-height:1.25;overflow-wrap:anywhere}
h2{border-top:1px solid var(--line);padding-top:1rem;margin-top:2.5rem}
pre,code{font:13px/1.45 ui-monospace,monospace}
pre{background:var(--soft);padding:.8rem;overflow-x:auto;border-radius:6px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:14px}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
td:first-child{font-family:ui-monospace,monospace;font-size:13px;min-width:8rem}
nav ul{columns:2;font-size:14px;padding-left:1.2rem}
""".strip()


def html(blocks: Sequence[Block], title: str) -> str:
    """The blocks as a document; headings of the second level are listed in front, where there are several."""
    body = "\n".join(_block(block, number) for number, block in enumerate(blocks))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<style>\n{_STYLE}\n</style>\n</head>\n<body>\n{_contents(blocks)}{body}\n</body>\n</html>\n"
    )


def _contents(blocks: Sequence[Block]) -> str:
    places = [(number, block) for number, block in enumerate(blocks) if isinstance(block, Heading) and block.level == 2]
    if len(places) < 3:
        return ""
    items = "\n".join(f'<li><a href="#b{number}">{escape(block.text)}</a></li>' for number, block in places)
    return f"<nav>\n<ul>\n{items}\n</ul>\n</nav>\n"


def _block(block: Block, number: int) -> str:
    if isinstance(block, Heading):
        level = min(block.level, 6)
        return f'<h{level} id="b{number}">{escape(block.text)}</h{level}>'
    if isinstance(block, Lines):
        if len(block.lines) == 1:
            return f"<p>{escape(block.lines[0])}</p>"
        return "<ul>\n" + "\n".join(f"<li>{escape(line)}</li>" for line in block.lines) + "\n</ul>"
    return f"<pre><code>{escape(_visible(block.text))}</code></pre>" if isinstance(block, Code) else _table(block)


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    rows = "\n".join(f"<tr>{''.join(f'<td>{escape(_visible(cell))}</td>' for cell in row)}</tr>" for row in table.rows)
    return f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>'


def _visible(text: str) -> str:
    """Text without the control characters that HTML does not allow."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "\ufffd", text)
