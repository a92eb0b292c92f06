"""`python -m tests.bench [ingest|web|reserve|normalise|start|scale|scroll|mixed|medusa ...]`: prints each figure and writes bench.json.

Exit code 1 when a floor fails."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.status import Status
from rich.table import Table

from tests.bench import ingest, medusa, mixed, normalise, reserve, scale, scroll, start, web
from tests.bench.place import Line, open_place

GROUPS = ("ingest", "web", "reserve", "normalise", "start", "scale", "scroll", "mixed", "medusa")


async def measure(names: list[str], minutes: float, screen: Console) -> list[Line]:
    lines: list[Line] = []
    for name, group in (("ingest", ingest.run), ("web", web.run), ("reserve", reserve.run)):
        if name in names:
            with screen.status(f"Measuring {name} ..."):
                async with open_place() as place:
                    lines += await group(place)
    for name, alone in (("normalise", normalise.run), ("start", start.run)):
        if name in names:
            with screen.status(f"Measuring {name} ..."):
                lines += await alone()
    if "mixed" in names:
        with screen.status(f"Measuring mixed for {minutes:g} minutes ..."):
            async with open_place() as place:
                lines += await mixed.run(place, minutes * 60)
    if "medusa" in names:
        with screen.status("Measuring medusa ...") as status:
            async with open_place(32) as place:
                lines += await medusa.run(place, partial(_tell, status))
    for name, told in (("scale", scale.run), ("scroll", scroll.run)):
        if name in names:
            with screen.status(f"Measuring {name} ...") as status:
                lines += await told(partial(_tell, status))
    return lines


def _tell(status: Status, what: str) -> None:
    status.update(f"Measuring: {what} ...")


def show(lines: list[Line], screen: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for title, right in (
        ("What", False),
        ("Ours", True),
        ("Raw", True),
        ("Unit", False),
        ("Ratio", True),
        ("Goal", False),
        ("", False),
    ):
        table.add_column(title, justify="right" if right else "left", no_wrap=True)
    for line in lines:
        mark = "holds" if line.holds else "FAILS"
        table.add_row(line.name, f"{line.ours:,.1f}", f"{line.raw:,.1f}", line.unit, f"{line.ratio:.2f}", line.goal, mark)
    screen.print(table)


def main() -> int:
    names = [name for name in sys.argv[1:] if name in GROUPS] or list(GROUPS)
    given = dict(itertools.pairwise(sys.argv))
    minutes = float(given.get("--minutes", "0.25"))
    screen = Console(width=None if sys.stdout.isatty() else 140)
    lines = asyncio.run(measure(names, minutes, screen))
    show(lines, screen)
    Path("bench.json").write_text(json.dumps([asdict(line) for line in lines], indent=2) + "\n")
    return 0 if all(line.holds for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
