"""Who comes to the pretend shop and what they come for: some buyers return, some goods sell better, each channel has its crowd."""

from __future__ import annotations

import random
from dataclasses import dataclass

from connectors.base.talk import About, Talk, choose_talk, fill
from connectors.base.world import Buyer, Good, Order, World

RECENT_ORDERS = 60
SENT = ("shipped", "delivered")
# Whether a buyer who lives where the shop is prefers a chat to a marketplace.
LOCAL_ON_CHAT, LOCAL_ON_MARKET = 5.0, 0.5


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a buyer writes. `order` may be one of another channel, as buyers do not ask where we keep it."""

    channel: str
    talk: Talk
    buyer: Buyer
    good: Good
    order: Order | None = None

    @property
    def order_id(self) -> str:
        return self.order.id if self.order else ""

    def words(self, text: str) -> str:
        return fill(text, self.buyer, good=self.good, order=self.order)

    @property
    def subject(self) -> str:
        return self.words(self.talk.subject)

    def opening(self, rng: random.Random) -> str:
        return self.words(rng.choice(self.talk.turns[0].ways))


def choose_buyer(world: World, rng: random.Random, channel: str) -> Buyer:
    """The first quarter of the buyers returns often. Chats are used more at home, marketplaces more from abroad."""
    local = LOCAL_ON_MARKET if world.naming(channel).sells else LOCAL_ON_CHAT
    buyers = list(world.state.buyers.values())
    weights = [(local if buyer.country == "ID" else 1.0) * (3 if place % 4 == 0 else 1) for place, buyer in enumerate(buyers)]
    return rng.choices(buyers, weights)[0]


def choose_good(world: World, rng: random.Random) -> Good:
    """The shop keeps more of what sells more."""
    goods = list(world.state.goods.values())
    return rng.choices(goods, [good.opening + 8 for good in goods])[0]


def choose_occasion(world: World, rng: random.Random, channel: str) -> Occasion:
    order = _choose_order(world, rng, channel)
    buyer = world.state.buyers[order.buyer] if order else choose_buyer(world, rng, channel)
    good = world.state.goods[order.lines[0].sku] if order else choose_good(world, rng)
    about: About = "good" if rng.random() < 0.8 else "shop"
    if order:
        about = "order" if order.status in SENT else "new_order"
    return Occasion(channel, choose_talk(rng, buyer.language, about, good), buyer, good, order)


def _choose_order(world: World, rng: random.Random, channel: str) -> Order | None:
    """Mostly one of this channel; where nothing is sold, now and then one of a channel that sells."""
    sells = world.naming(channel).sells
    if rng.random() > (0.6 if sells else 0.3):
        return None
    places = [channel] if sells else [key for key in world.channels if world.naming(key).sells]
    shelf = world.shelf(rng.choice(places)) if places else None
    recent = [order for order in list(shelf.orders.values())[-RECENT_ORDERS:] if order.status != "cancelled"] if shelf else []
    return rng.choice(recent) if recent else None
