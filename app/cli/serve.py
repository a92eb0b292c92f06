"""`web` and `worker`: the two long-running processes of the production form. The embedded app is `web` without Redis."""

from __future__ import annotations

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
) -> None:
    """Serve the screen, the API, webhooks and the live socket. Settings come from ONECOUNTER_* variables."""
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
