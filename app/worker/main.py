"""The worker process of the production form: arq hosts it, PostgreSQL holds the work, Redis carries only wake-ups."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import msgspec
from arq.connections import RedisSettings
from arq.cron import cron
from arq.worker import Worker

from app.core.config import Settings
from app.core.logs import log, open_logs
from app.pipeline.duties import start_duties
from app.pipeline.house import open_house
from app.worker.jobs import check_stock, forget_old_changes

RECONNECT_S = 2.0


async def start(ctx: dict[str, Any]) -> None:
    ctx["house"] = await open_house(ctx["settings"])
    ctx["dispatcher"] = await start_duties(ctx["house"])


async def stop(ctx: dict[str, Any]) -> None:
    await ctx["dispatcher"].stop()
    await ctx["house"].close()


class Jobs:
    """What arq runs on time. Each is safe to run twice and guarded by the rows it works on."""

    functions: ClassVar[list[Any]] = [check_stock, forget_old_changes]
    cron_jobs: ClassVar[list[Any]] = [
        cron(forget_old_changes, minute={7, 37}, run_at_startup=False),
        cron(check_stock, hour={3}, minute={11}, run_at_startup=False),
    ]


def make_worker(settings: Settings, ctx: dict[str, Any]) -> Worker:
    """Start-up and shut-down of the duties are ours, so that a Redis that comes and goes never stops them."""
    return Worker(
        functions=Jobs.functions,
        cron_jobs=Jobs.cron_jobs,
        redis_settings=RedisSettings.from_dsn(settings.redis_url),
        ctx=ctx,
        job_serializer=msgspec.json.encode,
        job_deserializer=msgspec.json.decode,
        keep_result=0,
        max_tries=3,
        job_timeout=600,
        handle_signals=False,
        queue_name="onecounter:jobs",
    )


async def work(settings: Settings, stopping: asyncio.Event) -> None:
    """Until `stopping` is set. A Redis that is away or restarts is waited for; the duties go on by their sweeps."""
    open_logs()
    ctx: dict[str, Any] = {"settings": settings}
    await start(ctx)
    ended = asyncio.create_task(stopping.wait())
    try:
        while not stopping.is_set():
            worker = make_worker(settings, ctx)
            running = asyncio.create_task(worker.async_run())
            await asyncio.wait({running, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                running.cancel()
            (failed,) = await asyncio.gather(running, return_exceptions=True)
            await asyncio.gather(worker.close(), return_exceptions=True)
            if not stopping.is_set():
                log.warning("redis away", error=f"{type(failed).__name__}: {failed}")
                await asyncio.wait({ended}, timeout=RECONNECT_S)
    finally:
        ended.cancel()
        await stop(ctx)
