"""The whole product as a visitor starts it: `onecounter demo --empty` in processes of its own, three channels connected."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.waiting import until

START_WITHIN_S = 90.0
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Demo:
    """A running demo and how to get in."""

    process: subprocess.Popen[bytes]
    access: dict[str, Any]
    data: Path

    @property
    def url(self) -> str:
        return str(self.access["url"])

    @property
    def world(self) -> str:
        return str(self.access["sandbox_url"])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("journeys") / "data"
    command = [
        sys.executable, "-m", "app", "demo", "--empty", "--no-browser", "--port", str(free_port()), "--data", str(data),
    ]  # fmt: skip
    env = {name: value for name, value in os.environ.items() if not name.startswith("ONECOUNTER_")}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    ready = data / "demo.json"
    try:
        asyncio.run(until(lambda: ready.exists() or process.poll() is not None, START_WITHIN_S))
        if process.poll() is not None:
            raise RuntimeError(process.stdout.read().decode() if process.stdout else "no output")
        yield Demo(process, json.loads(ready.read_text()), data)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@dataclass(slots=True)
class Shop:
    """The demo's shop over its API, and the pretend channels over their control door."""

    api: httpx.AsyncClient
    door: httpx.AsyncClient
    connections: dict[str, dict[str, Any]]

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.api.get(f"/api/v1/{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: object, status: int = 201) -> Any:
        answer = await self.api.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def act(self, path: str, body: object, status: int = 201) -> Any:
        """An act of a buyer or of bad luck."""
        answer = await self.door.post(f"/_world/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def holds(self, channel: str) -> Any:
        return (await self.door.get("/_world")).json()[channel]

    async def quantity(self, channel: str, sku: str) -> int:
        return next(one["quantity"] for one in (await self.holds(channel))["listings"] if one["sku"] == sku)

    async def said(self, channel: str, text: str) -> int:
        """How often our side said exactly this there."""
        threads = (await self.holds(channel))["threads"]
        return sum(one["side"] == "seller" and one["text"] == text for thread in threads for one in thread["messages"])

    async def conversation(self, thread: str) -> Any:
        """The conversation of an outside thread, once it is in."""
        found: list[Any] = []

        async def there() -> bool:
            found[:] = (await self.get("conversations", external_id=thread))["items"]
            return bool(found)

        await wait_for(there)
        return found[0]

    async def saying(self, text: str) -> Any:
        """The conversation whose last words these are, once they are in: for channels that name no thread."""
        found: list[Any] = []

        async def there() -> bool:
            items = (await self.get("conversations", limit=20))["items"]
            found[:] = [one for one in items if text in one["preview"]]
            return bool(found)

        await wait_for(there)
        return found[0]

    async def messages(self, conversation_id: str) -> list[Any]:
        return list((await self.get(f"conversations/{conversation_id}/messages"))["items"])


async def wait_for(truth: Any, within_s: float = 20.0) -> None:
    """Like `until`, for a question that has to be asked over the wire."""
    never = asyncio.Event()
    async with asyncio.timeout(within_s):
        while not await truth():
            try:
                await asyncio.wait_for(never.wait(), 0.05)
            except TimeoutError:
                continue


@pytest.fixture(scope="session")
async def live_shop(demo: Demo) -> AsyncIterator[Shop]:
    headers = {"authorization": f"Bearer {demo.access['api_key']}"}
    async with (
        httpx.AsyncClient(base_url=demo.url, headers=headers, timeout=30, trust_env=False) as api,
        httpx.AsyncClient(base_url=demo.world, timeout=30, trust_env=False) as door,
    ):
        shop = Shop(api, door, {})
        await connect_all(shop)
        yield shop


async def connect_all(shop: Shop) -> None:
    """Every channel that has a sandbox, live, with its listings in and one good counted."""
    credentials = (await shop.door.get("/_world/_credentials")).json()
    forms = {one["key"]: {field["name"] for field in one["secrets"]} for one in await shop.get("channels")}
    for channel, values in credentials.items():
        secrets = {name: value for name, value in values.items() if name in forms[channel]}
        body = {"channel": channel, "name": f"{channel} test", "secrets": secrets, "mode": "live"}
        shop.connections[channel] = await shop.post("connections", body)

    async def pulled() -> bool:
        items = (await shop.get("connections"))["items"]
        return all(feed["first_done_at"] for one in items for feed in one["feeds"])

    await wait_for(pulled, 40)


async def stock_up(shop: Shop, sku: str, units: int) -> None:
    """A variant with a count, on sale wherever the pretend channels list it, and everything in step."""
    made = await shop.api.post("/api/v1/variants", json={"sku": sku, "title": sku})
    assert made.status_code == 201 or made.json()["code"] == "sku_taken", made.text
    ours = {one["id"] for one in shop.connections.values()}
    have = sum(row["available"] for row in (await shop.get("stock", sku=sku))["items"])
    await shop.post("stock/movements", {"sku": sku, "delta": units - have, "key": f"up-{sku}-{units}-{have}", "reason": "test"})

    async def in_step() -> bool:
        listings = [one for one in (await shop.get("listings", sku=sku))["items"] if one["connection_id"] in ours]
        return bool(listings) and all(one["state"] == "in_step" and one["published"] == units for one in listings)

    try:
        await wait_for(in_step, 60)
    except TimeoutError:
        rows = (await shop.get("listings", sku=sku))["items"]
        shown = [{name: one[name] for name in ("channel", "state", "wanted", "published", "dirty_at", "error")} for one in rows]
        raise AssertionError(f"{sku} did not come into step: {shown}") from None
