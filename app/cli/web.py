"""`web`: the process browsers and channels talk to. Without Redis it does the waiting work too: the embedded form."""

from __future__ import annotations

from typing import Annotated

import typer

from app.core.config import Settings
from app.web.serve import serve


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter web --host 0.0.0.0 --port 8000")(web)


def web(
    port: Annotated[int, typer.Option(help="TCP port to listen on.", min=1, max=65_535)] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the screen, the API, webhooks and the live socket. Settings come from ONECOUNTER_* variables."""
    serve(Settings.from_env(), host=host, port=port)
