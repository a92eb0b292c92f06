"""What only WooCommerce has: refunds beside their order, goods without variations, and webhooks that the shop switched off."""

from __future__ import annotations

from connectors.base.events import Pointer
from tests.connectors.rig import Rig


async def beyond(rig: Rig) -> None:
    buyer = next(iter(rig.world.state.buyers))
    order = rig.world.place_order(rig.channel, buyer, [(rig.plenty(3)[0], 2)])
    order.lines[0].cancelled = 1
    assert await rig.connector.fetch(Pointer(kind="order", id=order.id)) is not None
    seen = await rig.listings()
    plain = next(sku for sku, listing in seen.items() if listing.refs.get("variation_id", "0") in ("", "0"))
    receipt = await rig.connector.execute(rig.stock_command({plain: 6}, seen, key="plain"))
    assert [line.outcome for line in receipt.lines] == ["accepted"]
    await rig.connector.subscribe(rig.hook_url)
    for hook in rig.sandbox.poster.hooks.values():  # type: ignore[attr-defined]
        hook.status = "disabled"
    await rig.connector.subscribe(rig.hook_url)
    await rig.connector.unsubscribe(rig.hook_url)
