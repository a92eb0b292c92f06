"""Duties: standing work of a process. A duty runs when woken, and every two seconds in case a wake-up was lost."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from app.core import metrics
from app.core.errors import Down
from app.core.logs import log

SWEEP_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """`run` does one round (claim, handle) and returns how many it handled; it is called again while that is not zero.
    `handlers` rounds run side by side. `every_s` is the sweep. `gather_s` is waited after a wake-up, so that what arrives close
    together is taken together. `waits`: a round waits for others and is cut off as soon as the process ends."""

    name: str
    run: Callable[[], Awaitable[int]]
    handlers: int = 1
    every_s: float = SWEEP_S
    gather_s: float = 0.0
    waits: bool = False


class Dispatcher:
    """One per process. A wake-up during a round makes another round follow."""

    def __init__(self, duties: Sequence[Duty]) -> None:
        self._duties = {duty.name: duty for duty in duties}
        self._bells: dict[str, list[asyncio.Event]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: list[asyncio.Task[None]] = []
        self._stopping = False

    def wake(self, name: str) -> None:
        """Unknown names are another process's business."""
        for bell in self._bells.get(name, ()):
            bell.set()

    def start(self) -> None:
        for duty in self._duties.values():
            self._bells[duty.name] = [asyncio.Event() for _ in range(duty.handlers)]
            for bell in self._bells[duty.name]:
                task = asyncio.create_task(self._keep(duty, bell), name=f"duty:{duty.name}")
                self._tasks.append(task)
                self._waiting += [task] if duty.waits else []

    async def stop(self, within_s: float = 20.0) -> None:
        """Lets running rounds end; what has not by then is cut off and comes back when its lease ends."""
        self._stopping = True
        for name in self._bells:
            self.wake(name)
        for task in self._waiting:
            task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _keep(self, duty: Duty, bell: asyncio.Event) -> None:
        while not self._stopping:
            bell.clear()
            pause = duty.every_s
            try:
                started = time.perf_counter()
                handled = await duty.run()
                if handled:
                    metrics.duty_seconds.labels(duty.name).observe(time.perf_counter() - started)
                    await asyncio.sleep(duty.gather_s)
                    continue
            except Down as error:
                log.warning("database away", duty=duty.name, detail=error.detail)
            except Exception as error:
                metrics.duty_failures.labels(duty.name).inc()
                log.error("duty failed", duty=duty.name, error=f"{type(error).__name__}: {error}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), pause)
                if duty.gather_s:
                    await asyncio.sleep(duty.gather_s)
