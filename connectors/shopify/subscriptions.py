"""Which webhooks the store sends us. Shopify removes a subscription after eight failed tries, so this runs again and again.

https://shopify.dev/docs/apps/build/webhooks/troubleshooting-webhooks
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base.errors import Refused
from connectors.base.wire import items, mapping, text
from connectors.shopify.client import Admin
from connectors.shopify.errors import reject_user_errors
from connectors.shopify.queries import WEBHOOK_CREATE, WEBHOOK_DELETE, WEBHOOK_UPDATE, WEBHOOKS
from connectors.shopify.webhooks import TOPICS


async def ensure(admin: Admin, hook_url: str) -> None:
    """One subscription of ours per topic, pointing at `hook_url`; a wrong address is corrected in place. A topic that is
    refused (order topics need Shopify's release of customer data) does not keep the others from being made."""
    standing = await _standing(admin)
    refused = None
    for topic in TOPICS:
        try:
            await _ensure_topic(admin, hook_url, topic, [entry for entry in standing if text(entry.get("topic")) == topic])
        except Refused as refusal:
            refused = refused or refusal
    if refused is not None:
        raise refused


async def _ensure_topic(admin: Admin, hook_url: str, topic: str, found: list[Mapping[str, Any]]) -> None:
    if any(text(entry.get("uri")) == hook_url for entry in found):
        return
    if found:
        data = await admin.mutate(WEBHOOK_UPDATE, id=found[0].get("id"), webhook=_wanted(hook_url))
        reject_user_errors(data.get("webhookSubscriptionUpdate"))
    else:
        data = await admin.mutate(WEBHOOK_CREATE, topic=topic, webhook=_wanted(hook_url))
        reject_user_errors(data.get("webhookSubscriptionCreate"))


async def remove(admin: Admin, hook_url: str) -> None:
    for entry in await _standing(admin):
        if text(entry.get("uri")) == hook_url:
            data = await admin.mutate(WEBHOOK_DELETE, id=entry.get("id"))
            reject_user_errors(data.get("webhookSubscriptionDelete"))


def _wanted(hook_url: str) -> dict[str, str]:
    return {"uri": hook_url, "format": "JSON"}


async def _standing(admin: Admin) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    after: str | None = None
    while True:
        connection = mapping((await admin.query(WEBHOOKS, after=after)).get("webhookSubscriptions"))
        found += [mapping(node) for node in items(connection.get("nodes"))]
        page = mapping(connection.get("pageInfo"))
        after = text(page.get("endCursor"))
        if not page.get("hasNextPage") or not after:
            return found
