"""What people see in the terminal: steps with their time, notes, tables. Data that programs read goes to stdout untouched."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table

screen = Console(stderr=True, highlight=False, soft_wrap=True)
paper = Console(highlight=False, soft_wrap=True)


@contextmanager
def step(words: str) -> Iterator[None]:
    """Shows that it is going on, then how long it took. A failure is told by whoever catches it."""
    began = time.monotonic()
    with screen.status(f"{words} ..."):
        yield
    screen.print(f"  {words:<36} {time.monotonic() - began:5.1f} s", style="dim")


def note(line: str) -> None:
    screen.print(line, markup=False)


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    for name, value in pairs:
        screen.print(f"  {name:<18} {value}", markup=False)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Numbers stand to the right. Nothing is cut off, however narrow the terminal."""
    listed = [[str(cell) for cell in row] for row in rows]
    grid = Table(*heads, box=None, pad_edge=False, header_style="dim")
    for column, cells in zip(grid.columns, zip(*listed, strict=True), strict=False):
        if all(cell.lstrip("+-").isdigit() for cell in cells):
            column.justify = "right"
    for row in listed:
        grid.add_row(*row)
    need = sum(max(map(len, column)) + 2 for column in zip(heads, *listed, strict=True))
    Console(highlight=False, width=max(need, paper.width)).print(grid)
