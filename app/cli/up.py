"""`up`: the whole product on this computer, with nothing but Python."""

from __future__ import annotations

import asyncio

import typer

from app.cli.place import DEFAULT_DATA, DataOption, whole
from app.cli.shop import BrowserOption, PortOption, Shop


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter up --port 8080 --data /srv/onecounter")(up)


def up(port: PortOption = 8000, data: DataOption = DEFAULT_DATA, browser: BrowserOption = True) -> None:
    """Run your shop on this computer: own database, web and work in the background. Ctrl+C stops all of it."""
    asyncio.run(Shop(data=whole(data), port=port, browser=browser, form="shop").run())
