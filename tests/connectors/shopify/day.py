"""What only Shopify has: a catalogue as one file, orders too long for a page, refunds, and webhooks that lead elsewhere."""

from __future__ import annotations

from connectors.base.events import Pointer
from connectors.shopify.bulk import WORTH_IT
from tests.connectors.rig import Rig

LINES = 21


async def beyond(rig: Rig) -> None:
    rig.sandbox.bulk.claimed = WORTH_IT + 1  # type: ignore[attr-defined]
    await rig.pull_all("listings")
    buyer = next(iter(rig.world.state.buyers))
    short = rig.world.place_order(rig.channel, buyer, [(rig.plenty(3)[0], 2)])
    short.lines[0].cancelled = 1
    rig.world.change_order(rig.channel, short.id, "shipped")
    assert await rig.connector.fetch(Pointer(kind="order", id=short.id)) is not None
    long = rig.world.place_order(rig.channel, buyer, [(sku, 1) for sku in rig.plenty(2)[:LINES]])
    assert await rig.connector.fetch(Pointer(kind="order", id=long.id)) is not None
    await rig.connector.subscribe(rig.hook_url)
    await rig.connector.subscribe(f"{rig.hook_url}-moved")
    await rig.connector.unsubscribe(f"{rig.hook_url}-moved")
