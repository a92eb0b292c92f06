"""The production form: web and workers in processes of their own on PostgreSQL and Redis. Redis carries only wake-ups and a
worker may die at any moment: both cost time, never a message, an order or a reply."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from app.cli.place import prepare_database
from app.core.config import Settings
from app.core.db import open_database
from app.domain.workspaces.service import create_api_key, create_workspace
from app.embedded import lifetime
from app.embedded.postgres import Cluster
from connectors.sandboxes import SANDBOX_PORTS, reroute_text
from tests.conftest import settings_for
from tests.journeys.conftest import ROOT, Shop, connect_all, free_port, stock_up, wait_for
from tests.journeys.test_kills import buy as buy_drip_bags
from tests.journeys.test_kills import each_order_once, each_question_once, each_reply_at_most_once, patiently, write_and_answer

REDIS = shutil.which("redis-server")
REQUIRED = os.environ.get("ONECOUNTER_PRODUCTION") == "required"
KILLS = int(os.environ.get("ONECOUNTER_KILLS", "3"))
MESSAGES = int(os.environ.get("ONECOUNTER_MESSAGES", "120"))
ORDERS = int(os.environ.get("ONECOUNTER_ORDERS", "40"))

pytestmark = pytest.mark.skipif(REDIS is None and not REQUIRED, reason="no redis-server on this machine")


@dataclass(slots=True)
class Production:
    """Processes by name, and how to start one again."""

    env: dict[str, str]
    logs: Path
    redis_port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        log = (self.logs / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)

    def start_app(self, name: str, *words: str) -> None:
        self.start(name, sys.executable, "-m", "app", *words)

    def start_redis(self) -> None:
        assert REDIS is not None
        self.start("redis", REDIS, "--port", str(self.redis_port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1")

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        self.processes[name].send_signal(how)
        self.processes[name].wait(30)

    def stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(25)
            if process.poll() is None:
                process.kill()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of its own: what dies here must not shake the other tests."""
    cluster = Cluster(tmp_path_factory.mktemp("production-postgres"))
    yield cluster.start()
    cluster.remove()


@pytest.fixture(scope="module")
async def production(server: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Production, Shop]]:
    folder = tmp_path_factory.mktemp("production")
    settings = settings_for(server, f"prod_{secrets.token_hex(4)}", folder)
    web, sandbox, redis = free_port(), lifetime.free_port(together=SANDBOX_PORTS), free_port()
    key = f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    env = {name: value for name, value in os.environ.items() if not name.startswith("ONECOUNTER_")} | {
        "ONECOUNTER_DATABASE_URL": settings.database_url,
        "ONECOUNTER_MIGRATION_URL": settings.migration_url,
        "ONECOUNTER_REDIS_URL": f"redis://127.0.0.1:{redis}",
        "ONECOUNTER_SECRET_KEY": key,
        "ONECOUNTER_DATA": str(folder),
        "ONECOUNTER_PUBLIC_URL": f"http://127.0.0.1:{web}",
        "ONECOUNTER_SANDBOX": "1",
        "ONECOUNTER_REROUTE": reroute_text(sandbox),
    }
    made = Production(env, folder, redis)
    try:
        await _make_database(server, settings)
        await asyncio.to_thread(subprocess.run, [sys.executable, "-m", "app", "migrate"], cwd=ROOT, env=env, check=True)
        made.start_redis()
        made.start_app("sandbox", "sandbox", "all", "--port", str(sandbox), "--no-history")
        made.start_app("web", "web", "--port", str(web))
        made.start_app("worker-1", "worker")
        made.start_app("worker-2", "worker")
        api_key = await _make_shop(settings)
        headers = {"authorization": f"Bearer {api_key}"}
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{web}", headers=headers, timeout=30, trust_env=False) as api,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{sandbox}", timeout=30, trust_env=False) as door,
        ):
            shop = Shop(api, door, {})
            await wait_for(lambda: _answers(api, "/readyz"), 40)
            await wait_for(lambda: _answers(door, "/_world/_health"), 40)
            await connect_all(shop)
            yield made, shop
    finally:
        made.stop()


async def _answers(client: httpx.AsyncClient, path: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return (await client.get(path)).status_code == 200
    return False


async def _make_database(admin: str, settings: Settings) -> None:
    await prepare_database(settings, admin)


async def _make_shop(settings: Settings) -> str:
    db = await open_database(settings.database_url, size=2)
    try:
        workspace_id, owner_id = await create_workspace(
            db, name="Produksi", owner_name="Ayu", email="ayu@produksi.test", password="", time_zone="Asia/Jakarta"
        )
        return await create_api_key(db, workspace_id, name="tests", member_id=owner_id)
    finally:
        await db.close()


async def test_a_buyer_is_heard_and_answered_and_a_sale_reaches_the_other_channel(production: tuple[Production, Shop]) -> None:
    _, shop = production
    replies: dict[str, str] = {}
    await write_and_answer(shop, 0, replies)
    await wait_for(lambda: _all_settled(shop, replies))
    await each_reply_at_most_once(shop, replies)
    await stock_up(shop, "KT-SET-4", 2)
    await shop.act("shopify/orders", {"customer": "Ana Sol", "lines": [{"sku": "KT-SET-4", "quantity": 2}]})

    async def gone() -> bool:
        return await shop.quantity("ebay", "KT-SET-4") == 0

    await wait_for(gone)


async def _all_settled(shop: Shop, replies: dict[str, str]) -> bool:
    for message_id in replies.values():
        answer = await patiently(shop, "GET", f"messages/{message_id}")
        if answer.json()["state"] in ("queued", "attempting"):
            return False
    return True


async def test_workers_and_redis_die_and_nothing_is_lost_or_doubled(production: tuple[Production, Shop]) -> None:
    made, shop = production
    await stock_up(shop, "KT-DRP-10", 1000)
    replies: dict[str, str] = {}
    gate = asyncio.Semaphore(6)

    async def write(number: int) -> None:
        async with gate:
            await write_and_answer(shop, number, replies)

    async def buy(number: int) -> str:
        async with gate:
            return await buy_drip_bags(shop, number)

    async def trouble() -> None:
        rng, never = random.Random(7), asyncio.Event()
        for number in range(KILLS):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(never.wait(), 0.5 + 2 * rng.random())
            name = f"worker-{1 + number % 2}"
            await asyncio.to_thread(made.kill, name)
            made.start_app(name, "worker")
            if number == KILLS // 2:
                await asyncio.to_thread(made.kill, "redis")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(never.wait(), 3)
                made.start_redis()

    placed, _, _ = await asyncio.gather(
        asyncio.gather(*(buy(number) for number in range(ORDERS))),
        asyncio.gather(*(write(number) for number in range(1, MESSAGES))),
        trouble(),
    )
    await wait_for(lambda: _all_settled(shop, replies), 240)
    for connection in shop.connections.values():
        await shop.post(f"connections/{connection['id']}/pull", {}, status=202)

    async def all_reserved() -> bool:
        rows = (await shop.get("stock", sku="KT-DRP-10"))["items"]
        return sum(row["reserved"] for row in rows) == ORDERS

    await wait_for(all_reserved, 240)
    await each_reply_at_most_once(shop, replies)
    await each_question_once(shop, MESSAGES)
    await each_order_once(shop, set(placed), ORDERS)


async def test_both_stop_on_a_word_and_leave_nothing_behind(production: tuple[Production, Shop]) -> None:
    made, shop = production
    await asyncio.to_thread(made.kill, "worker-2", signal.SIGTERM)
    assert made.processes["worker-2"].returncode == 0
    replies: dict[str, str] = {}
    await write_and_answer(shop, 8 * MESSAGES, replies)
    await wait_for(lambda: _all_settled(shop, replies))
    await each_reply_at_most_once(shop, replies)
