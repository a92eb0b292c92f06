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
from connectors.sandboxes import ports_of, serve


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter sandbox all --port 9000")(sandbox)


def sandbox(
    channels: Annotated[list[str], typer.Argument(help="`all`, or the keys of channels.")],
    port: Annotated[
        int, typer.Option(help="HTTP port; IMAP and SMTP, where a channel works by mail, take the next two.", min=1, max=65_000)
    ] = 9000,
    state: Annotated[Path | None, typer.Option(help="File that keeps the pretend shop between starts.")] = None,
    living: Annotated[bool, typer.Option(help="Customers write and buy on their own.")] = False,
    history: Annotated[bool, typer.Option(help="The shop has a past.")] = True,
    app: Annotated[
        str,
        typer.Option(envvar="ONECOUNTER_PUBLIC_URL", help="Where sellers come back to from a channel that keeps the address."),
    ] = "",
) -> None:
    """Serve channels' sandboxes on 127.0.0.1 over one pretend shop. GET /_world shows what each channel holds."""
    known = list(manifests())
    keys = known if channels == ["all"] else channels
    unknown = sorted(set(keys) - set(known))
    if unknown:
        raise CannotStart(f"There is no channel {', '.join(unknown)}. Known: {', '.join(known)}.")
    ports = ports_of(keys, port)
    taken = [each for each in ports if not is_free("127.0.0.1", each)]
    if taken:
        raise CannotStart(f"Port {taken[0]} is taken by another program. Choose another with --port.")
    mail = [(name, f"127.0.0.1:{each}") for name, each in zip(("IMAP", "SMTP"), ports[1:], strict=False)]
    facts([("Channels", f"http://127.0.0.1:{port}"), *mail])
    asyncio.run(serve(keys, port=port, state=state, living=living, history=history, app_url=app))
