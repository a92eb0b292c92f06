"""The web server around the application, however it was started."""

from __future__ import annotations

import uvicorn

from app.core.config import Settings
from app.core.logs import open_logs
from app.embedded.errors import CannotStart
from app.embedded.lifetime import is_free
from app.web.main import create_app

GRACE_S = 10


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Until it is told to stop. Raises CannotStart when the port is taken."""
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
