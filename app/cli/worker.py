"""`worker`: the process that does the waiting work of the production form."""

from __future__ import annotations

import asyncio
import signal

import typer
import uvloop

from app.core.config import Settings
from app.core.errors import BadSetting
from app.worker.main import work


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter worker")(worker)


def worker() -> None:
    """Pull, read, send, push and remind, beside any number of others. Stops within its leases on SIGTERM."""
    settings = Settings.from_env()
    if not settings.redis_url:
        raise BadSetting("ONECOUNTER_REDIS_URL", "is not set; without Redis `onecounter web` does this work itself")
    uvloop.run(_until_signal(settings))


async def _until_signal(settings: Settings) -> None:
    stopping = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
    await work(settings, stopping)
