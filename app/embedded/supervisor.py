"""Keeps children alive: starts them in order, starts again what died, stops in reverse order, leaves nothing running."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from app.embedded.child import Child, ProgramChild
from app.embedded.errors import CannotStart, explain

BACKOFF_S = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
STEADY_S = 30.0
"""A child that ran this long is trusted again: its next death is answered at once."""


class Supervisor:
    """An async context: whatever was started in it is stopped when it ends, also when it ends by SIGINT, SIGTERM or SIGHUP,
    which cancel its body. A second signal during the stop kills what has not ended."""

    def __init__(
        self, data: Path, *, say: Callable[[str], None], told: Callable[[dict[str, int]], None] = lambda pids: None
    ) -> None:
        self.data = data
        self.say = say
        self.told = told
        self.children: list[Child] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._lock = -1
        self._signalled = False
        self._body: asyncio.Task[object] | None = None

    @property
    def pids(self) -> dict[str, int]:
        running = {child.name: child.pid for child in self.children if child.pid is not None}
        return {"supervisor": os.getpid(), **running}

    async def __aenter__(self) -> Self:
        self._lock = take_lock(self.data)
        self._body = asyncio.current_task()
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(sign, self._on_signal)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        """A stop that was asked for by signal is not an error."""
        if self._signalled and self._body is not None:
            self._body.uncancel()
        await self._stop()
        os.close(self._lock)
        return self._signalled and kind is asyncio.CancelledError

    async def load(self, child: ProgramChild) -> None:
        """Ahead of its start, beside other work."""
        self.children.append(child)
        await child.load()

    async def start(self, child: Child) -> None:
        """Until it is ready; from then on it is kept. Raises CannotStart."""
        if child in self.children:
            self.children.remove(child)
        self.children.append(child)
        await child.start()
        self._keepers.append(asyncio.create_task(self._keep(child), name=f"keep {child.name}"))
        self.told(self.pids)

    async def wait(self) -> None:
        """Until a signal, which cancels it."""
        await asyncio.gather(*self._keepers)

    async def _keep(self, child: Child) -> None:
        tries, since = 0, time.monotonic()
        while True:
            how = await child.ended()
            if time.monotonic() - since > STEADY_S:
                tries = 0
            self.say(f"{child.name} {how}; starting it again.")
            await asyncio.sleep(BACKOFF_S[min(tries, len(BACKOFF_S) - 1)])
            tries, since = tries + 1, time.monotonic()
            try:
                await child.start()
            except CannotStart as error:
                self.say(str(error))
            else:
                self.say(f"{child.name} runs again after {time.monotonic() - since:.1f} s.")
                self.told(self.pids)

    async def _stop(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for child in reversed(self.children):
            try:
                await child.stop()
            except OSError as error:
                self.say(f"{child.name} could not be stopped: {error}.")
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().remove_signal_handler(sign)

    def _on_signal(self) -> None:
        if self._signalled:
            for child in self.children:
                child.kill()
        elif self._body is not None:
            self._signalled = True
            self._body.cancel()


def take_lock(data: Path) -> int:
    """Held until we end, however we end. One supervisor for one data folder."""
    path = data / "lock"
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise explain(error, data) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode(errors="replace").strip()
        os.close(lock)
        raise CannotStart(f"Onecounter already runs on {data} (process {holder}). Stop it, or choose another --data.") from None
    os.truncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())
    return lock
