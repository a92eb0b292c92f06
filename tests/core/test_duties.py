"""What standing work does when its process ends."""

from __future__ import annotations

import asyncio
import time

from app.core.duties import Dispatcher, Duty
from tests.waiting import until


async def test_a_round_that_waits_for_others_is_cut_off_at_once_and_work_is_let_to_end() -> None:
    begun, ended = list[str](), list[str]()
    never, finish = asyncio.Event(), asyncio.Event()

    async def wait() -> int:
        begun.append("wait")
        await never.wait()
        return 0

    async def work() -> int:
        begun.append("work")
        await finish.wait()
        ended.append("work")
        return 0

    dispatcher = Dispatcher([Duty(name="wait", run=wait, waits=True), Duty(name="work", run=work)])
    dispatcher.start()
    await until(lambda: len(begun) == 2)
    started = time.perf_counter()
    stopping = asyncio.create_task(dispatcher.stop(within_s=10.0))
    finish.set()
    await stopping
    assert (ended, time.perf_counter() - started < 5.0) == (["work"], True)
