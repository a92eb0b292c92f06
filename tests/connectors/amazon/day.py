"""What only Amazon has: counts by the feed, acts on an order that arrived, and a queue."""

from __future__ import annotations

from tests.connectors.amazon.line import QUEUE
from tests.connectors.day import act_on
from tests.connectors.rig import Rig

SECRETS = QUEUE
MANY = 24


async def beyond(rig: Rig) -> None:
    seen = await rig.listings()
    skus = [sku for sku in rig.plenty(1) if sku in seen][:MANY]
    receipt = await rig.connector.execute(rig.stock_command(dict.fromkeys(skus, 3), seen, key="many"))
    assert {line.outcome for line in receipt.lines} == {"accepted"}
    order = rig.world.place_order(rig.channel, next(iter(rig.world.state.buyers)), [(skus[0], 1)])
    rig.world.change_order(rig.channel, order.id, "delivered")
    await act_on(rig, order)
    await _empty_the_queue(rig)


async def _empty_the_queue(rig: Rig) -> None:
    """What came leaves the queue once the cursor that names it is stored."""
    await rig.connector.subscribe("")
    rig.world.place_order(rig.channel, next(iter(rig.world.state.buyers)), [(rig.plenty(2)[0], 1)])
    batch = await rig.connector.pull("messages", "")
    await rig.outcomes(batch.deliveries)
    await rig.connector.pull("messages", batch.cursor)
    await rig.connector.unsubscribe("")
