"""What the supervisor keeps alive: a program of ours, or the PostgreSQL cluster. Both start until ready, end, and stop."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.embedded.errors import CannotStart, explain
from app.embedded.lifetime import die_with_parent, open_log, tail
from app.embedded.postgres import Cluster

_POLL_S = 0.04


class Child(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    async def start(self) -> None:
        """Returns once it is ready. Raises CannotStart; nothing is left running then."""

    async def ended(self) -> str:
        """Waits for its end and says how it ended."""

    async def stop(self) -> None: ...
    def kill(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """`is_ready` is asked until it says yes; `ready_s` and `stop_s` are the deadlines of starting and stopping."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    is_ready: Callable[[], Awaitable[bool]]
    ready_s: float = 60.0
    stop_s: float = 13.0


class ProgramChild:
    """In a session of its own, so Ctrl+C reaches the supervisor only. Killed by the system when the supervisor dies."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._process: asyncio.subprocess.Process | None = None

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> None:
        program = self.program
        try:
            with open_log(program.log) as log:
                began = log.tell()
                self._process = await asyncio.create_subprocess_exec(
                    *program.command,
                    env=program.environment,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log.fileno(),
                    stderr=log.fileno(),
                    start_new_session=True,
                    preexec_fn=die_with_parent(signal.SIGKILL),
                )
        except OSError as error:
            raise explain(error, program.log) from error
        if not await self._wait_ready(self._process):
            await self.stop()
            raise CannotStart(_last_words(program, tail(program.log, after=began)))

    async def ended(self) -> str:
        if self._process is None:
            return "not started"
        code = await self._process.wait()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"left with code {code}"

    async def stop(self) -> None:
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), self.program.stop_s)
        self.kill()
        await process.wait()

    def kill(self) -> None:
        """With everything it started."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _wait_ready(self, process: asyncio.subprocess.Process) -> bool:
        deadline = time.monotonic() + self.program.ready_s
        while process.returncode is None and time.monotonic() < deadline:
            if await self.program.is_ready():
                return True
            await asyncio.sleep(_POLL_S)
        return False


class PostgresChild:
    """The cluster blocks, so it has a thread of its own, which lives as long as the supervisor."""

    name = "postgres"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="postgres")

    @property
    def pid(self) -> int | None:
        return self.cluster.pid

    async def start(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self.cluster.start)

    async def ended(self) -> str:
        """Asked for, because an adopted one is nobody's child and sends no event."""
        while True:
            if not self.cluster.is_running:
                return "ended"
            await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """Queues behind a start that is still going on."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self.cluster.stop)
        self._thread.shutdown(wait=False)

    def kill(self) -> None:
        """Never: a second Ctrl+C must not cost a crash recovery. The fast stop takes a moment only."""


def _last_words(program: Program, said: list[str]) -> str:
    lines = "\n".join(f"  {line}" for line in said)
    return f"{program.name} did not start. The end of {program.log}:\n{lines or '  (nothing)'}"
