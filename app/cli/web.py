"""`web`: the process browsers and channels talk to. Without Redis it does the waiting work too: the embedded form."""

from __future__ import annotations

import json
import os
import sys
from typing import Annotated

import typer
import uvicorn

from app.core.config import Settings
from app.core.logs import open_logs
from app.embedded.errors import CannotStart
from app.embedded.lifetime import is_free
from app.web.main import create_app

GRACE_S = 10


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter web --host 0.0.0.0 --port 8000")(web)


def web(
    port: Annotated[int, typer.Option(help="TCP port to listen on.", min=1, max=65_535)] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    wait: Annotated[bool, typer.Option("--wait", hidden=True, help="Load, then wait for the environment on the input.")] = False,
) -> None:
    """Serve the screen, the API, webhooks and the live socket. Settings come from ONECOUNTER_* variables."""
    if wait and not _receive_environment():
        return
    settings = Settings.from_env()
    if not is_free(host, port):
        raise CannotStart(f"Port {port} on {host} is taken by another program. Choose another with --port.")
    open_logs()
    config = uvicorn.Config(
        create_app(settings),
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    uvicorn.Server(config).run()


def _receive_environment() -> bool:
    """From the supervisor, one line of JSON. False when it ended without giving any."""
    line = sys.stdin.readline()
    if line:
        os.environ.update(json.loads(line))
    return bool(line)
