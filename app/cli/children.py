"""The two programs of ours that the embedded form keeps alive: the app and, in the demo, the sandboxes."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import httpx

from app.embedded.child import Program, ProgramChild

HOST = "127.0.0.1"


def app_child(data: Path, *, port: int, env: Mapping[str, str]) -> ProgramChild:
    """Ready when it can serve a page: it reached the database and found its tables."""
    command = _onecounter("web", "--host", HOST, "--port", str(port))
    return ProgramChild(
        Program(
            name="app",
            command=command,
            environment=env,
            log=data / "logs" / "app.log",
            is_ready=answers(f"http://{HOST}:{port}/readyz"),
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


def _onecounter(*words: str) -> tuple[str, ...]:
    """`-P`: a folder named app where the command was typed is not ours."""
    return (sys.executable, "-P", "-m", "app.cli.main", *words)


def answers(url: str) -> Callable[[], Awaitable[bool]]:
    """Asks 127.0.0.1 directly, whatever proxy the environment names."""

    async def ask() -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=2.0) as client:
                return (await client.get(url)).status_code == 200
        except httpx.HTTPError:
            return False

    return ask
