"""Pulling: orders and what was said on them by their last change, products likewise and from time to time all of them.

Pages go down by id, so that a first import shows the newest first. The window is open at its end: what changes meanwhile adds rows
(seen twice, told apart by their keys, or met by the next window); only a deletion moves rows to an earlier page, and that shows
in the total: the window is then read anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from connectors.base.contract import Batch, Context, Delivery
from connectors.base.errors import NotSupported, Refused
from connectors.base.events import Pointer
from connectors.base.signing import fingerprint
from connectors.base.wire import integer, items, mapping, text
from connectors.woocommerce.client import Page, Shop
from connectors.woocommerce.manifest import OVERLAP_S
from connectors.woocommerce.normalise import GONE_ORDER, NOT_OURS, PRODUCT, PULLED_ORDER, SAID
from connectors.woocommerce.normalise_orders import waits

ORDER_PAGE, PRODUCT_PAGE, VARIATION_PAGE = 50, 20, 100
MOST_PAGES = 20
RESTARTS = 3
# Neither the bin nor a deletion shows in a list of changes: orders that still wait for goods are asked for by their ids.
LOOK_EVERY, LOOKED_AT, MOST_WAITING = timedelta(minutes=5), 100, 2000
# A sale lowers a count without touching the product's last change, so only reading all of them finds a lost push.
WHOLE_SWEEP_EVERY = timedelta(hours=6)
# Drawn anew at each reading.
RANDOM = ("related_ids",)
TALK = ("id", "number", "date_created_gmt", "customer_note", "customer_id", "billing")


class Cursor(msgspec.Struct, omit_defaults=True):
    """`since` opens the window (None: everything), `began` is when reading it began, `total` how many rows it had then;
    `swept` is when the last reading of everything began. `waiting` holds orders that were not settled when last read, `looked` is
    when they were last asked for."""

    since: datetime | None = None
    began: datetime | None = None
    page: int = 1
    total: int = -1
    restarts: int = 0
    swept: datetime | None = None
    waiting: tuple[int, ...] = ()
    looked: datetime | None = None

    def text(self) -> str:
        return msgspec.json.encode(self).decode()


def read_cursor(given: str) -> Cursor:
    """An empty or unreadable one begins anew."""
    try:
        return msgspec.json.decode(given, type=Cursor) if given else Cursor()
    except msgspec.MsgspecError:
        return Cursor()


class Feeds:
    def __init__(self, shop: Shop, context: Context) -> None:
        self._shop = shop
        self._now = context.now
        self._first_import = timedelta(days=context.first_import_days)
        self._currency: str | None = None

    async def pull(self, feed: str, cursor: str) -> Batch:
        at = read_cursor(cursor)
        at = msgspec.structs.replace(at, began=at.began or self._now())
        if feed == "orders":
            page, after, found = await self._orders(at, self._order)
            after, lost = await self._look(msgspec.structs.replace(after, waiting=still_waiting(at.waiting, page.rows)))
            return _batch([*found, *lost], after, page)
        if feed == "messages":
            page, after, found = await self._orders(at, self._talk)
            return _batch(found, after, page)
        if feed == "listings":
            return await self._products(at)
        raise NotSupported(f"no feed {feed!r}", code="no_feed")

    async def _orders(
        self, at: Cursor, read: Callable[[Mapping[str, Any]], Awaitable[list[Delivery]]]
    ) -> tuple[Page, Cursor, list[Delivery]]:
        began = at.began or self._now()
        at = msgspec.structs.replace(at, since=at.since or began - self._first_import)
        page = await self._window("orders", at, ORDER_PAGE)
        deliveries: list[Delivery] = []
        for order in page.rows:
            deliveries += await read(order)
        return page, _following(at, page), deliveries

    async def _look(self, at: Cursor) -> tuple[Cursor, list[Delivery]]:
        """Orders that the list shows no more, as they are now: in the bin, or gone. Only between two windows."""
        now = self._now()
        if at.began is not None or (at.looked is not None and now - at.looked < LOOK_EVERY):
            return at, []
        if at.looked is None:
            return msgspec.structs.replace(at, looked=now), []
        shown: set[int] = set()
        for start in range(0, len(at.waiting), LOOKED_AT):
            asked = ",".join(map(str, at.waiting[start : start + LOOKED_AT]))
            page = await self._shop.page("orders", include=asked, per_page=str(LOOKED_AT), status="any", _fields="id")
            shown |= {integer(row.get("id")) for row in page.rows}
        lost = [await self.fetch(Pointer(kind=PULLED_ORDER, id=str(number))) for number in at.waiting if number not in shown]
        waiting = tuple(number for number in at.waiting if number in shown)
        return msgspec.structs.replace(at, waiting=waiting, looked=now), [delivery for delivery in lost if delivery is not None]

    async def _products(self, at: Cursor) -> Batch:
        began = at.began or self._now()
        if at.page == 1 and at.restarts == 0 and (at.swept is None or began - at.swept >= WHOLE_SWEEP_EVERY):
            at = Cursor(began=began, swept=began)
        page = await self._window("products", at, PRODUCT_PAGE)
        return _batch([await self._product(product) for product in page.rows], _following(at, page), page)

    async def _window(self, what: str, at: Cursor, size: int) -> Page:
        asked = {"orderby": "id", "order": "desc", "per_page": str(size), "page": str(at.page), "status": "any"}
        if at.since is not None:
            asked |= {"modified_after": f"{at.since:%Y-%m-%dT%H:%M:%S}", "dates_are_gmt": "true"}
        return await self._shop.page(what, **asked)

    async def _order(self, order: Mapping[str, Any]) -> list[Delivery]:
        """The list names refunds without the units they took back."""
        refunds: list[Mapping[str, Any]] = []
        if items(order.get("refunds")):
            refunds = await self._rows(f"orders/{integer(order.get('id'))}/refunds")
        body = msgspec.json.encode({"order": order, "refunds": refunds})
        key = f"order:{text(order.get('id'))}:{text(order.get('date_modified_gmt'))}:{fingerprint(body)[:12]}"
        return [Delivery(kind=PULLED_ORDER, key=key, body=body)]

    async def _talk(self, order: Mapping[str, Any]) -> list[Delivery]:
        """What the customer wrote at the checkout, and every note that was mailed to them since."""
        known = {name: order.get(name) for name in TALK}
        number, said = text(order.get("id")), text(order.get("customer_note")).strip()
        if not said:
            return []
        found = [self._said(f"{number}:checkout:{fingerprint(said)[:12]}", known, None)]
        notes = await self._shop.page(f"orders/{integer(order.get('id'))}/notes", type="customer")
        for note in notes.rows:
            found.append(self._said(f"{number}:note:{text(note.get('id'))}", known, note))
        return found

    def _said(self, key: str, order: Mapping[str, Any], note: Mapping[str, Any] | None) -> Delivery:
        return Delivery(kind=SAID, key=f"said:{key}", body=msgspec.json.encode({"order": order, "note": note}))

    async def _product(self, product: Mapping[str, Any]) -> Delivery:
        """A product with all its variations, so that those that share its stock are read at one time."""
        kept = {name: value for name, value in product.items() if name not in RANDOM}
        variations: list[Mapping[str, Any]] = []
        if items(product.get("variations")) and text(product.get("type")).strip().lower() not in NOT_OURS:
            variations = await self._rows(f"products/{integer(product.get('id'))}/variations")
        content = {"product": kept, "variations": variations, "currency": await self.currency()}
        key = f"product:{text(product.get('id'))}:{fingerprint(msgspec.json.encode(content))}"
        body = msgspec.json.encode({**content, "seen_at": self._now()})
        return Delivery(kind=PRODUCT, key=key, body=body)

    async def _rows(self, path: str) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for number in range(1, MOST_PAGES + 1):
            page = await self._shop.page(path, per_page=str(VARIATION_PAGE), page=str(number), orderby="id", order="asc")
            found += page.rows
            if not page.more:
                break
        return found

    async def currency(self) -> str:
        """Products do not say it. A key that may not see the shop's settings leaves prices unknown."""
        if self._currency is None:
            try:
                status = mapping(await self._shop.get("system_status", _fields="settings"))
            except Refused:
                status = {}
            self._currency = text(mapping(status.get("settings")).get("currency")).strip().upper()
        return self._currency

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        number = integer(pointer.id)
        if pointer.kind == PULLED_ORDER:
            order = await self._one(f"orders/{number}")
            if order is None:
                body = msgspec.json.encode({"id": pointer.id, "seen_at": self._now()})
                return Delivery(kind=GONE_ORDER, key=f"gone:{pointer.id}", body=body)
            return (await self._order(order))[0]
        if pointer.kind == PRODUCT:
            product = await self._one(f"products/{number}")
            return await self._product(product) if product is not None else None
        raise NotSupported(f"nothing to fetch for {pointer.kind!r}", code="no_pointer")

    async def _one(self, path: str) -> Mapping[str, Any] | None:
        try:
            return mapping(await self._shop.get(path))
        except Refused as refused:
            if refused.code != "gone":
                raise
            return None


def _batch(found: Sequence[Delivery], after: Cursor, page: Page) -> Batch:
    about = page.total if page.total >= 0 else None
    return Batch(deliveries=tuple(found), cursor=after.text(), more=after.began is not None, about=about)


def still_waiting(known: Sequence[int], rows: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """The newest that hold stock: those read now replace what was known of them."""
    read = {integer(row.get("id")): waits(row) for row in rows}
    waiting = {number for number in known if number not in read} | {number for number, still in read.items() if still}
    return tuple(sorted(waiting - {0})[-MOST_WAITING:])


def _following(at: Cursor, page: Page) -> Cursor:
    shrank = 0 <= page.total < at.total
    if shrank and at.restarts < RESTARTS:
        return msgspec.structs.replace(at, page=1, total=page.total, restarts=at.restarts + 1)
    if page.more:
        return msgspec.structs.replace(at, page=at.page + 1, total=max(page.total, at.total))
    reached = at.began - timedelta(seconds=OVERLAP_S) if at.began else at.since
    since = max(filter(None, (reached, at.since)), default=None)
    return Cursor(since=since, swept=at.swept, waiting=at.waiting, looked=at.looked)
