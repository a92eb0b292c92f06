"""What the pretend shop consists of: goods, buyers, and each channel's own threads, orders and counts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct


class Good(Struct, kw_only=True):
    """`prices` in minor units by currency. `item` groups variants of one parent listing."""

    sku: str
    title: str
    brand: str
    item: str
    option: str = ""
    barcode: str = ""
    prices: dict[str, int] = {}
    opening: int = 10
    picture: str = ""


class Buyer(Struct, kw_only=True):
    """`key` is how the control door names them; `user` is the name they use on social channels and marketplaces."""

    key: str
    name: str
    user: str
    language: Literal["en", "id"]
    email: str
    phone: str
    city: str
    country: str
    street: str = ""
    postcode: str = ""


class File(Struct, kw_only=True):
    name: str
    media_type: str
    content: bytes


class Message(Struct, kw_only=True):
    """`key`: what our send carried, where this channel keeps it. `number` counts over the whole channel."""

    id: str
    number: int
    side: Literal["buyer", "seller"]
    text: str
    at: datetime
    key: str = ""
    read: bool = False
    files: list[File] = []


class Thread(Struct, kw_only=True):
    id: str
    number: int
    buyer: str
    order: str = ""
    sku: str = ""
    subject: str = ""
    messages: list[Message] = []


class Comment(Struct, kw_only=True):
    """Said in public under a post of the shop. `answer` is the private message it got, of which there can be one."""

    id: str
    number: int
    buyer: str
    post: str
    text: str
    at: datetime
    parent: str = ""
    answer: str = ""


class Line(Struct, kw_only=True):
    id: str
    sku: str
    quantity: int
    price_minor: int
    cancelled: int = 0


class Order(Struct, kw_only=True):
    """`number` counts over the channel; `revision` grows with each change."""

    id: str
    number: int
    buyer: str
    lines: list[Line]
    currency: str
    placed_at: datetime
    updated_at: datetime
    status: Literal["pending", "open", "shipped", "delivered", "cancelled"] = "open"
    revision: int = 1
    shipped_at: datetime | None = None
    tracking: str = ""
    carrier: str = ""
    cancel_reason: str = ""


class Listing(Struct, kw_only=True):
    """`quantity` is what a buyer can buy on this channel now. `pushes` counts our writes, `edits` outside ones."""

    sku: str
    id: str
    quantity: int
    updated_at: datetime
    sold: int = 0
    pushes: int = 0
    edits: int = 0
    key: str = ""
    price_minor: int = 0
    currency: str = "USD"


class Shelf(Struct, kw_only=True):
    """One channel's own truth."""

    currency: str = "USD"
    threads: dict[str, Thread] = {}
    orders: dict[str, Order] = {}
    comments: dict[str, Comment] = {}
    listings: dict[str, Listing] = {}
    next_number: int = 1


class State(Struct, kw_only=True):
    seed: int
    goods: dict[str, Good]
    buyers: dict[str, Buyer]
    shelves: dict[str, Shelf]
