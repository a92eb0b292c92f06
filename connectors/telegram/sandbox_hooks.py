"""How the pretend Telegram brings updates to a webhook: again and again until it answers 2xx."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from connectors.base.faults import Faults
from connectors.base.reach import trusted
from connectors.base.sandbox import Poster
from connectors.base.wire import integer, load, mapping


@dataclass(slots=True)
class Bot:
    """`confirmed`: getUpdates moved past all ids below it. `taken`: ids a webhook answered. `under_way`: being posted."""

    id: int
    url: str = ""
    secret: str = ""
    allowed: list[str] = field(default_factory=list)
    confirmed: int = 0
    taken: set[int] = field(default_factory=set)
    under_way: set[int] = field(default_factory=set)
    trouble: str = ""


class Courier(Poster):
    """A post that never arrived leaves its update waiting; the next news or setWebhook brings it again."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(faults)
        self._bots: dict[str, Bot] = {}

    def bring(self, bot: Bot, number: int, body: bytes) -> None:
        if number in bot.under_way:
            return
        bot.under_way.add(number)
        self._bots[bot.url] = bot
        before = len(self._tasks) + len(self._held)
        headers = {"content-type": "application/json"}
        if bot.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = bot.secret
        self.post(bot.url, headers, body)
        if len(self._tasks) + len(self._held) == before:
            bot.under_way.discard(number)

    async def _try(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        bot, number = self._bots[url], integer(mapping(load(body)).get("update_id"))
        async with httpx.AsyncClient(timeout=5.0, trust_env=False, verify=trusted()) as client:
            for attempt in range(self.tries):
                if attempt:
                    await asyncio.sleep(0.5 * 2**attempt)
                status = await _post(client, url, headers, body)
                self.sent[status] = self.sent.get(status, 0) + 1
                bot.trouble = "" if 200 <= status < 300 else f"Wrong response from the webhook: {status}"
                if not bot.trouble:
                    bot.taken.add(number)
                    break
        bot.under_way.discard(number)


async def _post(client: httpx.AsyncClient, url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The status, 0 without an answer."""
    try:
        return (await client.post(url, content=body, headers=dict(headers))).status_code
    except httpx.TransportError:
        return 0
