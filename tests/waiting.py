"""Waiting for something to become true, with an end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable


async def until(truth: Callable[[], object], within_s: float = 10.0) -> None:
    """Raises TimeoutError when it never does."""
    never = asyncio.Event()
    async with asyncio.timeout(within_s):
        while not truth():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(never.wait(), 0.01)
