"""`sandbox`: the channels' own doors over a pretend shop, without the product."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from app.cli.terminal import facts
from app.embedded.errors import CannotStart
from app.embedded.lifetime import is_free
from connectors.registry import manifests
from connectors.sandboxes import SANDBOX_PORTS, serve


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter sandbox all --port 9000")(sandbox)


def sandbox(
    channels: Annotated[list[str], typer.Argument(help="`all`, or the keys of channels.")],
    port: Annotated[int, typer.Option(help="HTTP port; IMAP and SMTP take the next two.", min=1, max=65_000)] = 9000,
    state: Annotated[Path | None, typer.Option(help="File that keeps the pretend shop between starts.")] = None,
    living: Annotated[bool, typer.Option(help="Customers write and buy on their own.")] = False,
    history: Annotated[bool, typer.Option(help="The shop has a past.")] = True,
) -> None:
    """Serve channels' sandboxes on 127.0.0.1 over one pretend shop. GET /_world shows what each channel holds."""
    known = list(manifests())
    keys = known if channels == ["all"] else channels
    unknown = sorted(set(keys) - set(known))
    if unknown:
        raise CannotStart(f"There is no channel {', '.join(unknown)}. Known: {', '.join(known)}.")
    taken = [each for each in range(port, port + SANDBOX_PORTS) if not is_free("127.0.0.1", each)]
    if taken:
        raise CannotStart(f"Port {taken[0]} is taken by another program. Choose another with --port.")
    facts([("Channels", f"http://127.0.0.1:{port}"), ("IMAP", f"127.0.0.1:{port + 1}"), ("SMTP", f"127.0.0.1:{port + 2}")])
    asyncio.run(serve(keys, port=port, state=state, living=living, history=history))
