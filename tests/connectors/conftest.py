"""One port for the whole run, and a fresh rig behind it for each test."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn

from connectors.base.sandbox_doors import mail_doors
from tests.connectors.rig import KEYS, Gate, Rig, build_rig


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gate() -> AsyncIterator[Gate]:
    """A real socket, because vendors' SDKs bring their own HTTP clients."""
    found = Gate()
    listening = socket.create_server(("127.0.0.1", 0))
    found.base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(found, lifespan="off", log_level="error", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    async with mail_doors(found.postbox) as found.mail:
        yield found
    server.should_exit = True
    await serving


@pytest_asyncio.fixture(params=KEYS, loop_scope="session")
async def rig(request: pytest.FixtureRequest, gate: Gate) -> AsyncIterator[Rig]:
    built = build_rig(request.param, gate.base, gate.mail)
    gate.rig = built
    yield built
    await built.sandbox.poster.drain()
    await built.http.aclose()
