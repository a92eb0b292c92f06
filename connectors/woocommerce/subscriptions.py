"""Which webhooks the shop sends us. It disables one after five refusals in a row, so this runs again and again.
https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base.wire import integer, text
from connectors.woocommerce.client import Shop
from connectors.woocommerce.webhooks import TOPICS

PAGES = 20


async def ensure(shop: Shop, hook_url: str, secret: str) -> None:
    """One active webhook of ours for each topic. The secret cannot be read, so it is given anew with every change."""
    standing = await _ours(shop, hook_url)
    for topic in TOPICS:
        found = [hook for hook in standing if text(hook.get("topic")) == topic]
        if not found:
            wanted = {
                "name": f"Onecounter {topic}",
                "topic": topic,
                "delivery_url": hook_url,
                "secret": secret,
                "status": "active",
            }
            await shop.write("POST", "webhooks", wanted, operation="read")
        elif text(found[0].get("status")) != "active":
            again = {"status": "active", "secret": secret}
            await shop.write("PUT", f"webhooks/{integer(found[0].get('id'))}", again, operation="read")
        for extra in found[1:]:
            await _delete(shop, extra)


async def remove(shop: Shop, hook_url: str) -> None:
    for hook in await _ours(shop, hook_url):
        await _delete(shop, hook)


async def _delete(shop: Shop, hook: Mapping[str, Any]) -> None:
    await shop.write("DELETE", f"webhooks/{integer(hook.get('id'))}", None, operation="read", force="true")


async def _ours(shop: Shop, hook_url: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for number in range(1, PAGES + 1):
        page = await shop.page("webhooks", per_page="100", page=str(number), orderby="id", order="asc", status="all")
        found += [hook for hook in page.rows if text(hook.get("delivery_url")) == hook_url]
        if not page.more:
            break
    return found
