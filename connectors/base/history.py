"""Ninety days behind the pretend shop: orders that shipped, threads that were answered, some still waiting."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from connectors.base.talk import fill, pick
from connectors.base.world import Buyer, Good, Order, World

CARRIERS = (("JNE", "JX"), ("SiCepat", "0021"), ("DHL", "JD01"), ("Pos", "P26"))
WAITING = 25
LATELY = 14
OPEN_ORDERS = 18
HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 8, 9, 9, 8, 7, 8, 8, 7, 6, 7, 9, 10, 9, 6, 3, 2)
JAKARTA = timedelta(hours=7)


def seed_history(world: World, *, now: datetime, days: int = 90, threads: int = 400, orders: int = 600) -> None:
    """Fills every opened channel, oldest first; nothing is told by webhook and no listing changes: it is all over. Only what was
    asked in the last day on a channel that keeps no past still waits to be fetched."""
    rng = random.Random(world.state.seed)
    selling = [key for key in world.state.shelves if world.naming(key).sells]
    talking = [key for key in world.state.shelves if world.naming(key).talks]
    fresh = [key for key in talking if not world.naming(key).remembers]
    lately = LATELY if fresh else 0
    old = [key for key in talking if world.naming(key).remembers] or talking
    with world.quiet():
        if selling:
            for number, at in enumerate(_moments(rng, now, days, orders)):
                _order(world, rng, rng.choice(selling), at, now, still_open=number >= orders - OPEN_ORDERS)
        if talking:
            for number, at in enumerate(_moments(rng, now, days, threads - lately)):
                room = [key for key in old if _has_room(world, key)] or old
                _thread(world, rng, room[number % len(room)], at, now, waits=number >= threads - lately - WAITING)
    for number in range(lately):
        _ask(world, rng, fresh[number % len(fresh)], now - timedelta(hours=20 * (1 - number / lately)))


def _ask(world: World, rng: random.Random, channel: str, at: datetime) -> None:
    """A question of the last day on a channel that forgets: it still waits there to be fetched."""
    _, buyer, good = _about(world, rng, channel, at)
    topic, turns = pick(rng, buyer.language, has_order=False, is_coffee=good.brand == "Kopi Tepi")
    slots = {"title": good.title, "city": buyer.city, "name": buyer.name}
    world.message(
        channel, buyer.key, fill(turns[0], **slots), sku=good.sku, subject=fill(topic.subjects[buyer.language], **slots),
        at=at + timedelta(minutes=rng.randrange(20)),
    )  # fmt: skip


def _has_room(world: World, channel: str) -> bool:
    """A channel with one thread for each buyer is full when all of them have written."""
    return not world.naming(channel).one_thread_per_buyer or len(world.shelf(channel).threads) < len(world.state.buyers) - 8


def _moments(rng: random.Random, now: datetime, days: int, count: int) -> list[datetime]:
    """More in the evening and on weekends, Jakarta time; more lately than long ago."""
    found: list[datetime] = []
    while len(found) < count:
        back = days * rng.random() ** 1.25
        day = now - timedelta(days=back)
        hour = rng.choices(range(24), HOURS)[0]
        at = (day + JAKARTA).replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60)) - JAKARTA
        if at < now - timedelta(minutes=4) and (at.weekday() >= 5 or rng.random() < 0.8):
            found.append(at)
    return sorted(found)


def _order(world: World, rng: random.Random, channel: str, at: datetime, now: datetime, *, still_open: bool) -> None:
    goods = list(world.state.goods.values())
    buyers = list(world.state.buyers)
    chosen = rng.sample(goods, k=rng.choices((1, 2, 3), (7, 2, 1))[0])
    lines = [(good.sku, rng.choices((1, 2, 3), (8, 2, 1))[0]) for good in chosen]
    order = world.place_order(channel, rng.choice(buyers), lines, force=True, at=at)
    if rng.random() < 0.04 and not still_open:
        order.status, order.updated_at, order.cancel_reason = (
            "cancelled",
            at + timedelta(hours=rng.randrange(1, 30)),
            "buyer asked",
        )
        for line in order.lines:
            line.cancelled = line.quantity
        order.revision += 1
    elif not still_open:
        _ship(order, rng, now)


def _ship(order: Order, rng: random.Random, now: datetime) -> None:
    carrier, prefix = rng.choice(CARRIERS)
    shipped = order.placed_at + timedelta(hours=rng.randrange(4, 40))
    if shipped >= now:
        return
    order.status, order.shipped_at, order.updated_at, order.revision = "shipped", shipped, shipped, order.revision + 1
    order.carrier, order.tracking = carrier, f"{prefix}{rng.randrange(10**9, 10**10)}"
    delivered = shipped + timedelta(days=rng.randrange(2, 7), hours=rng.randrange(12))
    if delivered < now:
        order.status, order.updated_at, order.revision = "delivered", delivered, order.revision + 1


def _about(world: World, rng: random.Random, channel: str, at: datetime) -> tuple[Order | None, Buyer, Good]:
    """Who writes about what, so that a thread of its own opens while the channel allows one."""
    shelf, single = world.shelf(channel), world.naming(channel).one_thread_per_buyer
    taken = {thread.buyer if single else (thread.buyer, thread.order, thread.sku) for thread in shelf.threads.values()}
    mine = [order for order in shelf.orders.values() if order.placed_at < at][-60:]
    for _ in range(40):
        order = rng.choice(mine) if mine and rng.random() < 0.6 else None
        buyer = world.state.buyers[order.buyer if order else rng.choice(list(world.state.buyers))]
        good = world.state.goods[order.lines[0].sku if order else rng.choice(list(world.state.goods))]
        if (buyer.key if single else (buyer.key, order.id if order else "", good.sku)) not in taken:
            break
    return order, buyer, good


def _thread(world: World, rng: random.Random, channel: str, at: datetime, now: datetime, *, waits: bool) -> None:
    """A story up to where it stands: an old one ends with the seller, a waiting one with the buyer."""
    order, buyer, good = _about(world, rng, channel, at)
    topic, turns = pick(rng, buyer.language, has_order=order is not None, is_coffee=good.brand == "Kopi Tepi")
    slots = {"title": good.title, "order": order.id if order else "", "city": buyer.city, "name": buyer.name}
    subject = fill(topic.subjects[buyer.language], **slots)
    moment = max(at, now - timedelta(days=2, minutes=-len(turns) * 30)) if waits else at
    last = len(turns) if len(turns) % 2 else len(turns) - 1 if waits else len(turns)
    thread_id = ""
    for number, words in enumerate(turns[:last]):
        moment = min(moment + timedelta(minutes=rng.randrange(3, 120)), now - timedelta(minutes=last - number))
        if number % 2 == 0:
            said = world.message(
                channel,
                buyer.key,
                fill(words, **slots),
                order=order.id if order else "",
                sku=good.sku,
                subject=subject,
                at=moment,
            )
            thread_id = next(one.id for one in reversed(world.shelf(channel).threads.values()) if said in one.messages)
        else:
            world.reply(channel, thread_id, fill(words, **slots), at=moment)
    if last % 2 and not waits:
        closing = {"en": "You are welcome.", "id": "Sama-sama, Kak."}[buyer.language]
        world.reply(channel, thread_id, closing, at=min(moment + timedelta(minutes=30), now - timedelta(minutes=1)))
