"""Stories one visitor can see alone: each sets the pretend shop up and says in words what to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectors.base.world import World


def tell(name: str, world: World, channels: Sequence[str], asked: dict[str, Any]) -> dict[str, Any] | None:
    """What happened, with `words` by language and the `faults` to order; None for an unknown story."""
    if name == "last_unit":
        return _last_unit(world, [key for key in channels if world.naming(key).sells], str(asked.get("sku", "")))
    if name == "swallow_reply":
        return _swallow(world, [key for key in channels if world.naming(key).talks], str(asked.get("channel", "")))
    return None


def _last_unit(world: World, selling: Sequence[str], wanted: str) -> dict[str, Any]:
    """One buyer takes everything but one, honestly, and the next one takes that: watch the other channels follow."""
    shared = [
        sku
        for sku in world.state.goods
        if all(sku in world.shelf(key).listings and world.shelf(key).listings[sku].quantity > 0 for key in selling)
    ]
    if not shared or len(selling) < 2:
        return {"words": {"en": "Everything is sold out; reset the world first.", "id": "Semua habis; atur ulang dunia dulu."}}
    fewest = min(shared, key=lambda sku: min(world.shelf(key).listings[sku].quantity for key in selling))
    sku = wanted if wanted in shared else fewest
    channel = selling[-1]
    left = min(world.shelf(key).listings[sku].quantity for key in selling)
    buyers = list(world.state.buyers)
    order = world.place_order(channel, buyers[len(world.shelf(channel).orders) % len(buyers)], [(sku, left)], force=True)
    title = world.state.goods[sku].title
    return {
        "sku": sku,
        "channel": channel,
        "order": order.id,
        "units": left,
        "words": {
            "en": f"The last {left} of {title} were just bought in one order. Watch every other channel go to 0.",
            "id": f"{left} unit terakhir {title} baru saja dibeli. Lihat semua kanal lain menjadi 0.",
        },
    }


def _swallow(world: World, talking: Sequence[str], wanted: str) -> dict[str, Any]:
    """The next reply arrives at the channel, but its answer never comes back. Only a channel whose threads can be read back
    settles it by itself, so the one with named threads is taken."""
    readable = [key for key in talking if not world.naming(key).one_thread_per_buyer] or list(talking)
    channel = wanted if wanted in talking else readable[0]
    return {
        "channel": channel,
        "faults": [{"channel": channel, "kind": "swallow_reply", "count": 1, "on": "send"}],
        "words": {
            "en": "The next reply there will get no answer. It shows as unknown, is read back, and is not sent twice.",
            "id": "Balasan berikutnya di sana tidak dijawab. Ia tampil belum pasti, dibaca ulang, dan tidak terkirim dua kali.",
        },
    }
