"""The app is killed again and again while buyers write, buy and are answered. The pretend channels live on and know the truth:
nothing is lost, nothing is done twice. ONECOUNTER_KILLS, _MESSAGES and _ORDERS make the run longer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx

from connectors.registry import manifests
from tests.journeys.conftest import Demo, Shop, stock_up, wait_for

KILLS = int(os.environ.get("ONECOUNTER_KILLS", "4"))
MESSAGES = int(os.environ.get("ONECOUNTER_MESSAGES", "120"))
ORDERS = int(os.environ.get("ONECOUNTER_ORDERS", "40"))
SKU = "KT-DRP-10"
QUIET_S = float(os.environ.get("ONECOUNTER_QUIET", "240"))
SURE_S = QUIET_S + max(one.sending.absent_after_s for one in manifests().values() if one.sending is not None)
"""A reply whose sender died before the call is in doubt until the channel's own time for that has passed."""


async def kill_now_and_then(demo: Demo, rng: random.Random) -> None:
    never = asyncio.Event()
    for _ in range(KILLS):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(never.wait(), 0.4 + 2.6 * rng.random())
        pid = json.loads((demo.data / "demo.json").read_text())["pids"]["app"]
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def patiently(shop: Shop, method: str, path: str, **more: Any) -> httpx.Response:
    """As a browser does: the same request again until something answers."""
    never = asyncio.Event()
    async with asyncio.timeout(QUIET_S):
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = await shop.api.request(method, f"/api/v1/{path}", **more)
                if answer.status_code < 500:
                    return answer
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(never.wait(), 0.2)


async def write_and_answer(shop: Shop, number: int, replies: dict[str, str]) -> None:
    """A buyer writes; a quarter is answered as soon as the words are in (a channel takes few replies a second)."""
    channel = ("ebay", "telegram")[number % 2]
    said = await shop.act(f"{channel}/messages", {"customer": f"Kill Buyer {number % 37}", "text": f"Question {number}"})
    if number % 8 > 1:
        return

    async def is_in() -> bool:
        answer = await patiently(shop, "GET", "conversations", params={"external_id": said["thread"]})
        rows = answer.json()["items"]
        if rows:
            found.append(rows[0]["id"])
        return bool(rows)

    found: list[str] = []
    await wait_for(is_in, QUIET_S)
    key, text = str(uuid4()), f"Answer {number} {uuid4().hex[:8]}"
    body = {"client_msg_id": key, "kind": "reply", "text": text}
    answer = await patiently(shop, "POST", f"conversations/{found[0]}/messages", json=body)
    assert answer.status_code == 201, answer.text
    replies[text] = answer.json()["id"]


async def buy(shop: Shop, number: int) -> str:
    channel = ("ebay", "shopify")[number % 2]
    lines = [{"sku": SKU, "quantity": 1}]
    made = await shop.act(f"{channel}/orders", {"customer": f"Kill Buyer {number % 37}", "lines": lines, "force": True})
    return str(made["id"])


async def test_nothing_is_lost_and_nothing_is_doubled(demo: Demo, live_shop: Shop) -> None:
    await stock_up(live_shop, SKU, 1000)
    replies: dict[str, str] = {}
    gate = asyncio.Semaphore(6)

    async def one(number: int) -> None:
        async with gate:
            await write_and_answer(live_shop, number, replies)

    async def order(number: int) -> str:
        async with gate:
            return await buy(live_shop, number)

    killer = asyncio.create_task(kill_now_and_then(demo, random.Random(11)))
    placed, _, _ = await asyncio.gather(
        asyncio.gather(*(order(number) for number in range(ORDERS))),
        asyncio.gather(*(one(number) for number in range(MESSAGES))),
        killer,
    )

    async def settled() -> bool:
        for message_id in replies.values():
            answer = await patiently(live_shop, "GET", f"messages/{message_id}")
            if answer.json()["state"] in ("queued", "attempting"):
                return False
        return True

    await wait_for(settled, QUIET_S)
    for connection in live_shop.connections.values():
        await patiently(live_shop, "POST", f"connections/{connection['id']}/pull", json={})

    async def all_reserved() -> bool:
        rows = (await patiently(live_shop, "GET", "stock", params={"sku": SKU})).json()["items"]
        return sum(row["reserved"] for row in rows) == ORDERS

    await wait_for(all_reserved, QUIET_S)
    await each_reply_at_most_once(live_shop, replies)
    await each_question_once(live_shop, MESSAGES)
    await each_order_once(live_shop, set(placed), ORDERS)


async def each_reply_at_most_once(shop: Shop, replies: dict[str, str]) -> None:
    """Exactly once where the channel can be read back; on a blind one a doubt may stay a doubt, but never two."""
    for text, message_id in replies.items():
        state = (await shop.get(f"messages/{message_id}"))["state"]
        times = await shop.said("ebay", text) + await shop.said("telegram", text)
        assert times <= 1, text
        assert state != "sent" or times == 1, (text, state)
        assert state in ("sent", "unknown"), (text, state)

    async def ebay_is_sure() -> bool:
        for message_id in replies.values():
            message = await shop.get(f"messages/{message_id}")
            if message["channel"] == "ebay" and message["state"] != "sent":
                return False
        return True

    await wait_for(ebay_is_sure, SURE_S)


async def each_question_once(shop: Shop, count: int) -> None:
    heard: Counter[str] = Counter()

    async def all_heard() -> bool:
        heard.clear()
        for channel in ("ebay", "telegram"):
            for thread in (await shop.holds(channel))["threads"]:
                asked = [one["text"] for one in thread["messages"] if one["text"].startswith("Question ")]
                if asked:
                    conversation = await shop.conversation(thread["id"])
                    rows = await shop.messages(conversation["id"])
                    heard.update(row["text"] for row in rows if row["direction"] == "in" and row["text"] in asked)
        return len(heard) >= count

    await wait_for(all_heard, QUIET_S)
    assert heard == Counter({f"Question {number}": 1 for number in range(count)})


async def each_order_once(shop: Shop, placed: set[str], count: int) -> None:
    assert len(placed) == count
    for external_id in placed:
        rows = (await shop.get("orders", external_id=external_id))["items"]
        assert len(rows) == 1, external_id

    async def published() -> bool:
        return await shop.quantity("ebay", SKU) == await shop.quantity("shopify", SKU) == 1000 - count

    await wait_for(published, QUIET_S)
