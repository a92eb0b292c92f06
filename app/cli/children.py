"""The two programs of ours that the embedded form keeps alive: the app and, in the demo, the sandboxes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import httpx

from app.embedded.child import Program, ProgramChild
from app.embedded.errors import CannotStart
from app.embedded.lifetime import open_log, tail
from connectors.base.reach import trusted

HOST = "127.0.0.1"
APP_STOP_S = 32.0
"""Open requests get 10 s, running work 20 s."""
SPARE_AFTER_S = 2.0
"""Not in the way of the first page."""


def app_child(data: Path, *, port: int, env: Mapping[str, str]) -> ProgramChild:
    """Ready when it can serve a page: it reached the database and found its tables. `env` may be filled until it is started."""
    command = (sys.executable, "-P", "-m", "app.web.child", HOST, str(port))
    return ProgramChild(
        Program(
            name="app",
            command=command,
            environment=env,
            log=data / "logs" / "app.log",
            is_ready=answers(f"http://{HOST}:{port}/readyz"),
            stop_s=APP_STOP_S,
            spare_after_s=SPARE_AFTER_S,
        )
    )


def sandbox_child(data: Path, *, port: int, has_life: bool, env: Mapping[str, str]) -> ProgramChild:
    """The pretend shop outlives restarts in a file."""
    life = ("--living", "--history") if has_life else ("--no-living", "--no-history")
    command = _onecounter("sandbox", "all", "--port", str(port), "--state", str(data / "world.json"), *life)
    return ProgramChild(
        Program(
            name="sandbox",
            command=command,
            environment=env,
            log=data / "logs" / "sandbox.log",
            is_ready=answers(f"http://{HOST}:{port}/_world/_health"),
        )
    )


async def run_migrations(data: Path, env: Mapping[str, str]) -> None:
    """In a process of its own: what it loads takes longer than everything else of a start."""
    log = data / "logs" / "migrate.log"
    with open_log(log) as file:
        began = file.tell()
        process = await asyncio.create_subprocess_exec(
            *_onecounter("migrate"), env=env, stdin=asyncio.subprocess.DEVNULL, stdout=file.fileno(), stderr=file.fileno()
        )
    try:
        code = await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if code != 0:
        raise CannotStart("\n".join([f"The tables could not be brought up to date. The end of {log}:", *tail(log, after=began)]))


def _onecounter(*words: str) -> tuple[str, ...]:
    """`-P`: a folder named app where the command was typed is not ours."""
    return (sys.executable, "-P", "-m", "app.cli.main", *words)


def answers(url: str) -> Callable[[], Awaitable[bool]]:
    """Asks 127.0.0.1 directly, whatever proxy the environment names."""

    async def ask() -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=2.0, verify=trusted()) as client:
                return (await client.get(url)).status_code == 200
        except httpx.HTTPError:
            return False

    return ask
