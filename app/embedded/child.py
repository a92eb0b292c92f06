"""What the supervisor keeps alive: a program of ours, or the PostgreSQL cluster. Both start until ready, end, and stop."""

from __future__ import annotations

import asyncio
import json
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
    """`is_ready` is asked until it says yes; `ready_s` and `stop_s` are the deadlines of starting and stopping.

    `spare_after_s`: the program loads itself, then waits for its environment as one line of JSON on its input. So one can be
    loaded ahead of time, and another is kept loaded from that long after a start: a killed app is back in a blink."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    is_ready: Callable[[], Awaitable[bool]]
    ready_s: float = 60.0
    stop_s: float = 13.0
    spare_after_s: float | None = None


class ProgramChild:
    """In a session of its own, so Ctrl+C reaches the supervisor only. Killed by the system when the supervisor dies."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._process: asyncio.subprocess.Process | None = None
        self._spare: asyncio.subprocess.Process | None = None
        self._next: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def load(self) -> None:
        """Has the program loaded by the time it is started. Only for programs that wait for their environment."""
        self._spare = await self._spawn()

    async def start(self) -> None:
        program = self.program
        began = program.log.stat().st_size if program.log.exists() else 0
        spare, self._spare = self._spare, None
        self._process = spare if spare and spare.returncode is None else await self._spawn()
        if program.spare_after_s is not None:
            await _tell(self._process, program.environment)
        if not await self._wait_ready(self._process):
            await self.stop()
            raise CannotStart(_last_words(program, tail(program.log, after=began)))
        if program.spare_after_s is not None:
            self._next = asyncio.create_task(self._keep_spare(program.spare_after_s))

    async def _keep_spare(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self.load()

    async def _spawn(self) -> asyncio.subprocess.Process:
        program = self.program
        waits = program.spare_after_s is not None
        try:
            with open_log(program.log) as log:
                return await asyncio.create_subprocess_exec(
                    *program.command,
                    env=program.environment,
                    stdin=asyncio.subprocess.PIPE if waits else asyncio.subprocess.DEVNULL,
                    stdout=log.fileno(),
                    stderr=log.fileno(),
                    start_new_session=True,
                    preexec_fn=die_with_parent(signal.SIGKILL),
                )
        except OSError as error:
            raise explain(error, program.log) from error

    async def ended(self) -> str:
        if self._process is None:
            return "not started"
        code = await self._process.wait()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"left with code {code}"

    async def stop(self) -> None:
        if self._next is not None:
            self._next.cancel()
            await asyncio.gather(self._next, return_exceptions=True)
        if self._spare is not None:
            _kill(self._spare)
            await self._spare.wait()
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
            _kill(self._process)

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


async def _tell(process: asyncio.subprocess.Process, environment: Mapping[str, str]) -> None:
    """One that has died meanwhile is noticed by whoever waits for it to be ready."""
    if process.stdin is not None:
        with suppress(ConnectionError):
            process.stdin.write(json.dumps(dict(environment)).encode() + b"\n")
            await process.stdin.drain()
            process.stdin.close()


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _last_words(program: Program, said: list[str]) -> str:
    lines = "\n".join(f"  {line}" for line in said)
    return f"{program.name} did not start. The end of {program.log}:\n{lines or '  (nothing)'}"
