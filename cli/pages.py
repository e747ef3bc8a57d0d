"""Pages on a terminal, in colour; in a pipe they are Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tapehiss.cli import console
from tapehiss.cli.console import visible

if TYPE_CHECKING:
    from rich.console import Console

    from tapehiss.contracts.blocks import Block, Page, Table


def show(page: Page) -> None:
    """Print a page."""
    if not console.interactive():
        from tapehiss.contracts.markdown import markdown

        click.echo(markdown(page), nl=False)
        return
    from rich.console import Console

    terminal = Console(highlight=False)
    for block in page:
        _draw(terminal, block)


def _draw(terminal: Console, block: Block) -> None:
    from rich.text import Text

    from tapehiss.contracts.blocks import Code, Heading, Lines

    if isinstance(block, Heading):
        terminal.print()
        terminal.print(Text(visible(block.text), style="bold underline" if block.level == 1 else "bold"))
    elif isinstance(block, Lines):
        for line in block.lines:
            terminal.print(Text(visible(line)))
    elif isinstance(block, Code):
        for line in block.text.split("\n"):
            terminal.print(Text(f"  {visible(line)}", style="cyan"), soft_wrap=True)
    else:
        _draw_table(terminal, block)


def _draw_table(terminal: Console, block: Table) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in block.columns:
        drawn.add_column(column, overflow="fold", ratio=1 if column == block.wide else None, min_width=8)
    for row in block.rows:
        drawn.add_row(*(Text(visible(cell)) for cell in row))
    terminal.print(drawn)
