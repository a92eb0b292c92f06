"""Real children: started in order, healed, stopped in reverse order, and none left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.embedded.child import PostgresChild, Program, ProgramChild
from app.embedded.errors import CannotStart
from app.embedded.lifetime import is_alive
from app.embedded.postgres import Cluster
from app.embedded.supervisor import Supervisor

DEADLINE_S = 20.0
LIVE = """
import pathlib, signal, sys
diary, name, deaf = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "deaf"
def leave(*_):
    with diary.open("a") as file: file.write(f"{name} stopped\\n")
    if not deaf: sys.exit(0)
signal.signal(signal.SIGTERM, leave)
with diary.open("a") as file: file.write(f"{name} started\\n")
while True: signal.pause()
"""


def _diary(folder: Path) -> list[str]:
    path = folder / "diary"
    return path.read_text().splitlines() if path.exists() else []


def _program(folder: Path, name: str, *, deaf: bool = False, code: str = LIVE, stop_s: float = 5.0) -> ProgramChild:
    starts = 0

    async def is_ready() -> bool:
        nonlocal starts
        if _diary(folder).count(f"{name} started") > starts:
            starts += 1
            return True
        return False

    return ProgramChild(
        Program(
            name=name,
            command=(sys.executable, "-c", code, str(folder / "diary"), name, "deaf" if deaf else ""),
            environment=dict(os.environ),
            log=folder / "logs" / f"{name}.log",
            is_ready=is_ready,
            ready_s=DEADLINE_S,
            stop_s=stop_s,
        )
    )


async def test_starts_in_order_and_stops_in_reverse(tmp_path: Path) -> None:
    async with Supervisor(tmp_path, say=print) as supervisor:
        for name in ("one", "two", "three"):
            await supervisor.start(_program(tmp_path, name))
    assert _diary(tmp_path) == [f"{n} started" for n in ("one", "two", "three")] + [
        f"{n} stopped" for n in ("three", "two", "one")
    ]


async def test_a_killed_child_runs_again_within_two_seconds(tmp_path: Path) -> None:
    healed = asyncio.Event()
    told: list[dict[str, int]] = []

    def hear(pids: dict[str, int]) -> None:
        told.append(pids)
        if len(told) == 2:
            healed.set()

    async with Supervisor(tmp_path, say=lambda line: None, told=hear) as supervisor:
        child = _program(tmp_path, "app")
        await supervisor.start(child)
        first = child.pid or 0
        began = time.monotonic()
        os.kill(first, signal.SIGKILL)
        await asyncio.wait_for(healed.wait(), DEADLINE_S)
        assert time.monotonic() - began < 2.0
        assert told[0] == {"supervisor": os.getpid(), "app": first}
        assert told[1]["app"] == child.pid != first
    assert not is_alive(child.pid or first)


async def test_a_child_deaf_to_signals_is_killed_at_the_deadline(tmp_path: Path) -> None:
    async with Supervisor(tmp_path, say=print) as supervisor:
        child = _program(tmp_path, "app", deaf=True, stop_s=0.3)
        await supervisor.start(child)
    assert _diary(tmp_path) == ["app started", "app stopped"]
    assert await child.ended() == "killed by SIGKILL"


async def test_a_child_that_never_gets_ready_is_shown_with_its_last_words(tmp_path: Path) -> None:
    sentence = "ModuleNotFoundError: No module named 'nowhere'"
    with pytest.raises(CannotStart, match=sentence):
        async with Supervisor(tmp_path, say=print) as supervisor:
            await supervisor.start(_program(tmp_path, "app", code="import nowhere"))


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_body_and_stops_the_children(tmp_path: Path, sign: signal.Signals) -> None:
    before = signal.getsignal(sign)
    async with Supervisor(tmp_path, say=print) as supervisor:
        await supervisor.start(_program(tmp_path, "app"))
        os.kill(os.getpid(), sign)
        await supervisor.wait()
        pytest.fail("the body went on after the signal")
    assert _diary(tmp_path) == ["app started", "app stopped"]
    assert signal.getsignal(sign) in (before, signal.SIG_DFL, signal.default_int_handler)


async def test_one_folder_has_one_supervisor(tmp_path: Path) -> None:
    async with Supervisor(tmp_path, say=print):
        with pytest.raises(CannotStart, match=f"already runs on {tmp_path} .process {os.getpid()}"):
            async with Supervisor(tmp_path, say=print):
                pytest.fail("two at once")
    async with Supervisor(tmp_path, say=print):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


async def test_a_killed_postmaster_is_healed_on_its_port(tmp_path: Path) -> None:
    cluster, healed = Cluster(tmp_path), asyncio.Event()
    try:
        async with Supervisor(tmp_path, say=lambda line: None) as supervisor:
            await supervisor.start(PostgresChild(cluster))
            first, url = cluster.pid or 0, cluster.url
            supervisor.told = lambda pids: healed.set()
            os.kill(first, signal.SIGKILL)
            await asyncio.wait_for(healed.wait(), DEADLINE_S)
            assert cluster.pid != first
            assert cluster.url == url
        assert not is_alive(first)
        assert not cluster.is_running
    finally:
        cluster.remove()


@pytest.mark.skipif(sys.platform != "linux", reason="the system ties children to their parent on Linux only")
def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    body = textwrap.dedent(
        f"""
        import asyncio, pathlib, sys
        from app.embedded.child import PostgresChild
        from app.embedded.postgres import Cluster
        from app.embedded.supervisor import Supervisor
        from tests.embedded.test_supervisor import _program
        async def main():
            folder = pathlib.Path({str(tmp_path)!r})
            async with Supervisor(folder, say=print) as supervisor:
                await supervisor.start(PostgresChild(Cluster(folder)))
                await supervisor.start(_program(folder, "app", deaf=True))
                print(*supervisor.pids.values(), flush=True)
                await supervisor.wait()
        asyncio.run(main())
        """
    )
    path = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, "-c", body], stdout=subprocess.PIPE, text=True, env=path) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 3
        parent.kill()
    deadline = time.monotonic() + DEADLINE_S
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "something was left running"
    Cluster(tmp_path).remove()


WAITS = """
import json, os, pathlib, sys
diary = pathlib.Path(sys.argv[1])
with diary.open("a") as file: file.write(f"loaded {os.getpid()}\\n")
line = sys.stdin.readline()
if not line: sys.exit(0)
os.environ.update(json.loads(line))
with diary.open("a") as file: file.write("app started\\n" + os.environ["WORD"] + "\\n")
import signal
while True: signal.pause()
"""


async def test_a_spare_is_loaded_ahead_and_told_its_environment_when_needed(tmp_path: Path) -> None:
    environment = dict(os.environ)
    child = ProgramChild(replace(_program(tmp_path, "app", code=WAITS).program, environment=environment, spare_after_s=0.0))
    async with Supervisor(tmp_path, say=lambda line: None) as supervisor:
        await supervisor.load(child)
        environment["WORD"] = "sesame"
        await supervisor.start(child)
        assert _diary(tmp_path)[:3] == [f"loaded {child.pid}", "app started", "sesame"]
        healed = asyncio.Event()
        supervisor.told = lambda pids: healed.set()
        await _until(lambda: len(_diary(tmp_path)) == 4)
        os.kill(child.pid or 0, signal.SIGKILL)
        await asyncio.wait_for(healed.wait(), DEADLINE_S)
        assert _diary(tmp_path)[3:6] == [f"loaded {child.pid}", "app started", "sesame"]
        await _until(lambda: len(_diary(tmp_path)) == 7)
    pids = [int(line.split()[1]) for line in _diary(tmp_path) if line.startswith("loaded")]
    assert len(pids) == 3
    assert not [pid for pid in pids if is_alive(pid)]


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not await asyncio.to_thread(is_so):
            pass
