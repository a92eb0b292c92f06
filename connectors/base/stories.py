"""Stories one visitor can see alone: each sets the pretend shop up and says in words what to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from connectors.base.faults import Fault, Faults
from connectors.base.manifest import Manifest
from connectors.base.world import Thread, World

Words = dict[str, str]


class Told(Struct, kw_only=True, omit_defaults=True):
    """What was done, in words by language; the rest names what the screen may point at."""

    words: Words
    channel: str = ""
    sku: str = ""
    units: int = 0
    orders: list[str] = []
    thread: str = ""
    customer: str = ""


def sell_last_unit(world: World, channels: Mapping[str, Manifest], *, sku: str = "") -> Told:
    """One buyer takes all but one, the next one the last: honest orders at one channel, which the others have yet to hear of."""
    selling = [key for key in channels if world.naming(key).sells]
    found = _scarcest(world, selling, [sku] if sku else list(world.state.goods))
    if found is None:
        return Told(words=SOLD_OUT)
    sku, channel, left = found
    buyers = [buyer.key for buyer in world.state.buyers.values()]
    turn = world.shelf(channel).next_number
    orders = [world.place_order(channel, buyers[turn % len(buyers)], [(sku, left - 1)]).id] if left > 1 else []
    winner = world.state.buyers[buyers[(turn + 1) % len(buyers)]]
    orders.append(world.place_order(channel, winner.key, [(sku, 1)]).id)
    title, names = world.state.goods[sku].title, {key: channels[key].name for key in selling}
    others = ", ".join(names[key] for key in selling if key != channel)
    return Told(
        words={
            "en": f"{winner.name} has just bought the last {title} on {names[channel]}. Watch it fall to 0 on {others}.",
            "id": f"{winner.name} baru saja membeli {title} terakhir di {names[channel]}. Lihat jumlahnya menjadi 0 di {others}.",
        },
        channel=channel,
        sku=sku,
        units=left,
        orders=orders,
        customer=winner.name,
    )


def _scarcest(world: World, selling: Sequence[str], skus: Sequence[str]) -> tuple[str, str, int] | None:
    """A good that two channels still show, the channel that shows least of it, and how many."""
    found: list[tuple[int, str, str]] = []
    for sku in skus:
        shown = [(world.shelf(key).listings[sku].quantity, key) for key in selling if sku in world.shelf(key).listings]
        shown = [(quantity, key) for quantity, key in shown if quantity > 0]
        if len(shown) > 1:
            found.append((min(shown)[0], sku, min(shown)[1]))
    if not found:
        return None
    left, sku, channel = min(found, key=lambda one: one[0])
    return sku, channel, left


def swallow_reply(world: World, faults: Mapping[str, Faults], channels: Mapping[str, Manifest], *, thread: str = "") -> Told:
    """The next reply reaches the buyer, but its answer never comes back. Told only where a thread can be read back, for there
    the doubt ends by itself."""
    readable = [key for key, manifest in channels.items() if manifest.sending and manifest.sending.proof == "readable"]
    found = next((key for key in readable if thread in world.shelf(key).threads), None) if thread else None
    waiting = [(one.messages[-1].at, key, one) for key in readable for one in world.shelf(key).threads.values() if _waits(one)]
    if found is not None:
        channel, subject = found, world.shelf(found).threads[thread]
    elif waiting and not thread:
        _, channel, subject = max(waiting, key=lambda one: one[0])
    else:
        return Told(words=NO_THREAD)
    order = Fault(kind="swallow_reply", count=1, on="send")
    if order not in faults[channel].open:
        faults[channel].order(order)
    name, buyer = channels[channel].name, world.state.buyers[subject.buyer]
    return Told(
        words={
            "en": f"Answer {buyer.name} on {name}: it will take the reply and say nothing. "
            "It turns unknown, is read back, and is not sent twice.",
            "id": f"Balas {buyer.name} di {name}: balasannya diterima tanpa jawaban. "
            "Statusnya menjadi belum pasti, dibaca ulang, dan tidak terkirim dua kali.",
        },
        channel=channel,
        thread=subject.id,
        customer=buyer.name,
    )


def _waits(thread: Thread) -> bool:
    return bool(thread.messages) and thread.messages[-1].side == "buyer"


SOLD_OUT: Words = {
    "en": "No good is left on two channels at once. Begin the pretend shop again first.",
    "id": "Tidak ada barang yang tersisa di dua kanal sekaligus. Mulai ulang toko contoh dulu.",
}
NO_THREAD: Words = {
    "en": "Nobody waits for a reply on a channel that can be read back. Let the world turn a little first.",
    "id": "Tidak ada yang menunggu balasan di kanal yang bisa dibaca ulang. Biarkan dunianya berjalan sebentar dulu.",
}
