"""The hook address: one effect for any number of deliveries, nothing for forgeries, nothing lost of what cannot be read."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec

from tests.journeys.conftest import Shop, wait_for


def update(number: int, text: str, *, chat: int = 990_001) -> bytes:
    person = {"id": chat, "is_bot": False, "first_name": "Hook", "username": "hooked"}
    message = {"message_id": number, "date": 1_795_000_000, "chat": {"id": chat, "type": "private"}, "from": person, "text": text}
    return msgspec.json.encode({"update_id": number, "message": message})


async def hook(shop: Shop) -> tuple[str, dict[str, str]]:
    secret = (await shop.door.get("/_world/_credentials")).json()["telegram"]["webhook_secret"]
    return shop.connections["telegram"]["hook_url"], {
        "x-telegram-bot-api-secret-token": secret,
        "content-type": "application/json",
    }


async def told(shop: Shop, text: str) -> list[Any]:
    found = (await shop.get("conversations", q="hooked"))["items"]
    return [one for each in found for one in await shop.messages(each["id"]) if one["text"] == text]


async def test_one_delivery_posted_a_hundred_times_at_once_has_one_effect(live_shop: Shop) -> None:
    url, headers = await hook(live_shop)
    body = update(900_000_001, "Once, please")
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answers = await asyncio.gather(*(client.post(url, content=body, headers=headers) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}

    async def in_the_inbox() -> bool:
        return bool(await told(live_shop, "Once, please"))

    await wait_for(in_the_inbox)
    assert len(await told(live_shop, "Once, please")) == 1
    kept = await live_shop.get("deliveries", connection_id=live_shop.connections["telegram"]["id"], limit=200)
    assert sum(one["size"] == len(body) and one["state"] == "ingested" for one in kept["items"]) == 1


async def test_a_changed_secret_or_body_stores_nothing(live_shop: Shop) -> None:
    url, headers = await hook(live_shop)
    before = await live_shop.get("deliveries", connection_id=live_shop.connections["telegram"]["id"], limit=200)
    secret = headers["x-telegram-bot-api-secret-token"]
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        for forged in (secret[:-1] + chr(ord(secret[-1]) ^ 1), secret + "x", "", secret.swapcase()):
            answer = await client.post(
                url, content=update(900_000_002, "Forged"), headers={**headers, "x-telegram-bot-api-secret-token": forged}
            )
            assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
        unknown = await client.post(url[:-1] + ("a" if url[-1] != "a" else "b"), content=b"{}", headers=headers)
        assert unknown.status_code == 404
    after = await live_shop.get("deliveries", connection_id=live_shop.connections["telegram"]["id"], limit=200)
    assert [one["id"] for one in after["items"]] == [one["id"] for one in before["items"]]


async def test_too_large_is_refused_by_its_header_and_while_reading(live_shop: Shop) -> None:
    url, headers = await hook(live_shop)
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        declared = await client.post(url, content=b"x" * (20 * 1024 * 1024), headers=headers)
        assert (declared.status_code, declared.json()["code"]) == (413, "too_large")

        async def dripping() -> Any:
            for _ in range(40):
                yield b"y" * 65_536

        streamed = await client.post(url, content=dripping(), headers=headers)
        assert streamed.status_code == 413
    assert (await live_shop.api.get("/healthz")).status_code == 200


async def test_garbage_is_parked_whole_or_named_and_nothing_else_stops(live_shop: Shop) -> None:
    url, headers = await hook(live_shop)
    connection = live_shop.connections["telegram"]["id"]
    odd = msgspec.json.encode({"update_id": 900_000_010, "hologram": {"depth": 3}})
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        for body in (b"\x00\xff\xfe not json", b"[]", b'{"update_id":', odd, b""):
            answer = await client.post(url, content=body, headers=headers)
            assert answer.status_code in (200, 400), answer.text
        healthy = await client.post(url, content=update(900_000_011, "Still here"), headers=headers)
        assert healthy.status_code == 200

    async def healthy_is_in() -> bool:
        return bool(await told(live_shop, "Still here"))

    await wait_for(healthy_is_in)
    unsupported = await live_shop.get("deliveries", connection_id=connection, state="unsupported", limit=200)
    odd_one = next(one for one in unsupported["items"] if one["size"] == len(odd))
    replayed = await live_shop.post(f"deliveries/{odd_one['id']}/replay", {}, status=200)
    assert replayed["state"] == "received"

    async def settled() -> bool:
        rows = (await live_shop.get("deliveries", connection_id=connection, state="unsupported", limit=200))["items"]
        return odd_one["id"] in {one["id"] for one in rows}

    await wait_for(settled)
