"""The pretend shop all sandboxes share: the same goods and buyers on every channel, each channel with its own threads,
orders and counts, as real channels have. It knows no wire format; a sandbox gives its names through `Naming`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import msgspec

from connectors.base.buyers import BUYERS
from connectors.base.goods import GOODS
from connectors.base.shelves import Buyer, Comment, File, Good, Line, Listing, Message, Order, Shelf, State, Thread


@dataclass(frozen=True, slots=True)
class Naming:
    """How one channel writes its ids: from a running number, a buyer, or a good. `remembers`: old messages can be read there.
    `comment_id`: for channels whose shops have posts that people write under."""

    currency: str
    order_id: Callable[[int], str]
    thread_id: Callable[[int, Buyer], str]
    message_id: Callable[[int], str]
    listing_id: Callable[[Good, int], str]
    line_id: Callable[[int, int], str]
    one_thread_per_buyer: bool = False
    sells: bool = True
    talks: bool = True
    remembers: bool = True
    comment_id: Callable[[int], str] | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something the channel would tell by webhook."""

    channel: str
    kind: Literal["message", "reply", "comment", "order", "order_changed", "stock"]
    id: str
    thread: str = ""


class Short(Exception):
    """The channel's own count does not cover the order."""


class World:
    """Acts of buyers (and of the sellers' other hands) on top of the state. Times come from `now`."""

    def __init__(self, seed: int = 1, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        goods = {row["sku"]: msgspec.convert(row, Good) for row in GOODS}
        buyers = {row["key"]: msgspec.convert(row, Buyer) for row in BUYERS}
        self.state = State(seed=seed, goods=goods, buyers=buyers, shelves={})
        self._naming: dict[str, Naming] = {}
        self._watchers: dict[str, list[Callable[[Happening], None]]] = {}

    def open(self, channel: str, naming: Naming) -> Shelf:
        """Called once by each sandbox; the shelf is stocked with every good's opening count."""
        self._naming[channel] = naming
        shelf = self.state.shelves.get(channel)
        if shelf is None:
            shelf = self.state.shelves[channel] = Shelf(currency=naming.currency)
            self._stock(channel)
        return shelf

    def _stock(self, channel: str) -> None:
        shelf, naming = self.state.shelves[channel], self._naming[channel]
        if not naming.sells:
            return
        for position, good in enumerate(self.state.goods.values(), start=1):
            shelf.listings[good.sku] = Listing(
                sku=good.sku,
                id=naming.listing_id(good, position),
                quantity=good.opening,
                updated_at=self.now(),
                price_minor=good.prices.get(naming.currency, 0),
                currency=naming.currency,
            )

    def shelf(self, channel: str) -> Shelf:
        return self.state.shelves[channel]

    def naming(self, channel: str) -> Naming:
        return self._naming[channel]

    @property
    def channels(self) -> tuple[str, ...]:
        """Those opened in this process; a saved world may hold more."""
        return tuple(self._naming)

    def watch(self, channel: str, watcher: Callable[[Happening], None]) -> None:
        self._watchers.setdefault(channel, []).append(watcher)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """What is done inside happened long ago: nothing is told and the counts stay as they are."""
        kept, self._watchers = self._watchers, {}
        counts = {key: dict(shelf.listings) for key, shelf in self.state.shelves.items()}
        before = {key: {sku: (one.quantity, one.sold) for sku, one in found.items()} for key, found in counts.items()}
        try:
            yield
        finally:
            self._watchers = kept
            for key, found in counts.items():
                for sku, listing in found.items():
                    listing.quantity, listing.sold = before[key][sku]

    def _tell(self, happening: Happening) -> None:
        for watcher in self._watchers.get(happening.channel, ()):
            watcher(happening)

    def _number(self, channel: str) -> int:
        shelf = self.state.shelves[channel]
        shelf.next_number += 1
        return shelf.next_number - 1

    def reset(self, channel: str) -> None:
        """Opening counts, no threads, no orders. Numbers go on: a channel gives no id twice."""
        numbers = self.state.shelves[channel].next_number
        self.state.shelves[channel] = Shelf(currency=self._naming[channel].currency, next_number=numbers)
        self._stock(channel)

    def buyer(self, customer: str) -> Buyer:
        """By key, user, e-mail, phone or name; an unknown one is made."""
        for buyer in self.state.buyers.values():
            if customer in (buyer.key, buyer.user, buyer.email, buyer.phone, buyer.name):
                return buyer
        number = len(self.state.buyers) + 1
        slug = "".join(letter for letter in customer.lower() if letter.isalnum()) or "buyer"
        made = Buyer(
            key=customer,
            name=customer if " " in customer else customer.title(),
            user=f"{slug}{number}",
            language="en",
            email=customer if "@" in customer else f"{slug}{number}@mail.example",
            phone=f"+6281255{number:06d}",
            city="Leeds",
            country="GB",
            street=f"{number} Harbour Road",
            postcode="LS6 2AA",
        )
        self.state.buyers[made.key] = made
        return made

    def buyer_by_user(self, user: str) -> Buyer | None:
        return next((buyer for buyer in self.state.buyers.values() if buyer.user == user), None)

    def _thread(self, channel: str, buyer: Buyer, order: str, sku: str, subject: str) -> Thread:
        shelf, naming = self.state.shelves[channel], self._naming[channel]
        for thread in reversed(shelf.threads.values()):
            if thread.buyer == buyer.key and (naming.one_thread_per_buyer or (thread.order == order and thread.sku == sku)):
                return thread
        number = self._number(channel)
        thread = Thread(id=naming.thread_id(number, buyer), number=number, buyer=buyer.key, order=order, sku=sku, subject=subject)
        shelf.threads[thread.id] = thread
        return thread

    def message(
        self,
        channel: str,
        customer: str,
        text: str,
        *,
        order: str = "",
        sku: str = "",
        subject: str = "",
        at: datetime | None = None,
        files: list[File] | None = None,
    ) -> Message:
        """A buyer writes. The talk goes on in their thread about the same order or good, else a new one opens."""
        buyer = self.buyer(customer)
        thread = self._thread(channel, buyer, order, sku, subject)
        return self._say(channel, thread, "buyer", text, at=at, files=files or [])

    def comment(self, channel: str, customer: str, text: str, *, post: str = "1", parent: str = "") -> Comment:
        """A buyer writes under a post, or below a comment. ValueError where there are no posts."""
        named = self._naming[channel].comment_id
        if named is None:
            raise ValueError(f"nobody can write under a post of {channel}")
        number = self._number(channel)
        buyer = self.buyer(customer).key
        made = Comment(id=named(number), number=number, buyer=buyer, post=post, text=text, at=self.now(), parent=parent)
        self.state.shelves[channel].comments[made.id] = made
        self._tell(Happening(channel, "comment", made.id))
        return made

    def begin(self, channel: str, customer: str, *, subject: str = "") -> Thread:
        """Our side opens a talk with a buyer who has not written, on channels where that may be."""
        buyer, number = self.buyer(customer), self._number(channel)
        made = Thread(id=self._naming[channel].thread_id(number, buyer), number=number, buyer=buyer.key, subject=subject)
        return self.state.shelves[channel].threads.setdefault(made.id, made)

    def reply(
        self,
        channel: str,
        thread_id: str,
        text: str,
        *,
        key: str = "",
        at: datetime | None = None,
        files: list[File] | None = None,
    ) -> Message:
        """Our side writes, through the channel's API or its own app. KeyError for an unknown thread."""
        return self._say(
            channel, self.state.shelves[channel].threads[thread_id], "seller", text, key=key, at=at, files=files or []
        )

    def _say(
        self,
        channel: str,
        thread: Thread,
        side: Literal["buyer", "seller"],
        text: str,
        *,
        key: str = "",
        at: datetime | None = None,
        files: list[File],
    ) -> Message:
        number = self._number(channel)
        message = Message(
            id=self._naming[channel].message_id(number),
            number=number,
            side=side,
            text=text,
            at=at or self.now(),
            key=key,
            files=files,
        )
        thread.messages.append(message)
        self._tell(Happening(channel, "message" if side == "buyer" else "reply", message.id, thread.id))
        return message

    def place_order(
        self, channel: str, customer: str, lines: list[tuple[str, int]], *, force: bool = False, at: datetime | None = None
    ) -> Order:
        """A buyer buys; the channel lowers its own count. `Short` when it has too few, unless forced."""
        shelf, naming = self.state.shelves[channel], self._naming[channel]
        for sku, quantity in lines:
            if sku not in shelf.listings:
                raise KeyError(sku)
            if not force and shelf.listings[sku].quantity < quantity:
                raise Short(f"{channel} shows {shelf.listings[sku].quantity} of {sku}, {quantity} asked")
        number, moment = self._number(channel), at or self.now()
        order = Order(
            id=naming.order_id(number),
            number=number,
            buyer=self.buyer(customer).key,
            currency=shelf.currency,
            placed_at=moment,
            updated_at=moment,
            lines=[
                Line(
                    id=naming.line_id(number, position),
                    sku=sku,
                    quantity=quantity,
                    price_minor=shelf.listings[sku].price_minor,
                )
                for position, (sku, quantity) in enumerate(lines, start=1)
            ],
        )
        shelf.orders[order.id] = order
        for sku, quantity in lines:
            self._count(channel, sku, -quantity, sold=quantity)
        self._tell(Happening(channel, "order", order.id))
        return order

    def cancel_order(self, channel: str, order_id: str, reason: str = "buyer asked") -> Order:
        """The channel puts the units back on sale itself, as most do. Repeating changes nothing."""
        order = self.state.shelves[channel].orders[order_id]
        if order.status in ("pending", "open"):
            for line in order.lines:
                self._count(channel, line.sku, line.quantity - line.cancelled, sold=-(line.quantity - line.cancelled))
                line.cancelled = line.quantity
            order.cancel_reason = reason
            self.change_order(channel, order_id, "cancelled")
        return order

    def change_order(
        self,
        channel: str,
        order_id: str,
        status: Literal["pending", "open", "shipped", "delivered", "cancelled"],
        *,
        at: datetime | None = None,
        tracking: str = "",
        carrier: str = "",
    ) -> Order:
        order = self.state.shelves[channel].orders[order_id]
        order.status, order.updated_at, order.revision = status, at or self.now(), order.revision + 1
        if status == "shipped":
            order.shipped_at, order.tracking, order.carrier = order.updated_at, tracking, carrier
        self._tell(Happening(channel, "order_changed", order_id))
        return order

    def _count(self, channel: str, sku: str, delta: int, *, sold: int = 0) -> None:
        listing = self.state.shelves[channel].listings[sku]
        listing.quantity = max(listing.quantity + delta, 0)
        listing.sold += sold
        listing.updated_at = self.now()
        self._tell(Happening(channel, "stock", sku))

    def set_quantity(self, channel: str, sku: str, quantity: int, *, key: str = "", ours: bool = True) -> Listing:
        """An absolute write: ours (a push) or an outside edit."""
        listing = self.state.shelves[channel].listings[sku]
        listing.quantity, listing.updated_at, listing.key = quantity, self.now(), key if ours else ""
        listing.pushes += ours
        listing.edits += not ours
        self._tell(Happening(channel, "stock", sku))
        return listing

    def dump(self) -> bytes:
        return msgspec.json.encode(self.state)

    def load(self, saved: bytes) -> tuple[str, ...]:
        """The opened channels that the saved world did not have yet. Raises msgspec.MsgspecError when the bytes are no world."""
        self.state = msgspec.json.decode(saved, type=State)
        new = tuple(channel for channel in self._naming if channel not in self.state.shelves)
        for channel in new:
            self.open(channel, self._naming[channel])
        return new


__all__ = [
    "Buyer",
    "Comment",
    "File",
    "Good",
    "Happening",
    "Line",
    "Listing",
    "Message",
    "Naming",
    "Order",
    "Shelf",
    "Short",
    "State",
    "Thread",
    "World",
]
