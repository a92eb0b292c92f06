"""How long an existing shop takes from the command to its first page."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import httpx

from tests.bench.place import Line
from tests.bench.web import free_port


async def patient() -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.02)


async def start_once(data: Path) -> float:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", "up", "--no-browser", "--port", str(port), "--data", str(data),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, env=dict(os.environ),
    )  # fmt: skip
    began = perf_counter()
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client, asyncio.timeout(90):
            while True:
                try:
                    if (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                        return perf_counter() - began
                except httpx.TransportError:
                    await patient()
    finally:
        process.terminate()
        await process.wait()


async def run() -> list[Line]:
    with tempfile.TemporaryDirectory(prefix="onecounter-start-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        data = Path(folder) / "data"
        first = await start_once(data)
        again = min([await start_once(data) for _ in range(3)])
    return [
        Line("first start of an empty shop", first, 0.0, "s", 0.0, "told, not held", True),
        Line("start of an existing shop", again, 3.0, "s", again / 3.0, "<= 3 s", again <= 3.0),
    ]
