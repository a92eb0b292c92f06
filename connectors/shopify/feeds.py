"""Pulling: orders by their last change, variants by their number, each with a cursor that survives a restart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from connectors.base.contract import Batch, Context, Delivery
from connectors.base.errors import NotSupported, Refused
from connectors.base.events import Pointer
from connectors.base.signing import fingerprint
from connectors.base.wire import items, mapping, text, when
from connectors.shopify import bulk
from connectors.shopify.client import Admin, gid
from connectors.shopify.manifest import MANIFEST
from connectors.shopify.normalise import PULLED_LISTINGS, PULLED_ORDER, PULLED_STOCK
from connectors.shopify.normalise_orders import legacy
from connectors.shopify.queries import CURRENCY, ITEM, LISTING_PAGE, LISTINGS, ORDER, ORDER_PAGE, ORDERS, STOCK, STOCK_PAGE

# Shopify pages no deeper than 25,000 objects: https://shopify.dev/docs/api/usage/limits
DEEPEST_PAGE = 25_000 // ORDER_PAGE - 1
# Variants of a bulk file in one batch; the file is fetched again for each.
FILE_PART = 4_000
WHOLE_SWEEP_EVERY = timedelta(days=1)
# A first import reads the orders of these days before the rest.
NEWEST = timedelta(days=7)


class Cursor(msgspec.Struct, omit_defaults=True):
    """`since` opens the window; `newest` is the latest change seen in it; `after` and `last` say where a page ended;
    `swept` is when the last sweep over everything began; `bulk` the operation that writes a sweep into a file, of which `done`
    variants were read, and `paged` says that this sweep goes by pages. `first`: the past before this window follows it; that one
    ends at `until`, and after it `then` opens the next."""

    since: datetime | None = None
    newest: datetime | None = None
    after: str = ""
    last: str = ""
    pages: int = 0
    swept: datetime | None = None
    bulk: str = ""
    done: int = 0
    paged: bool = False
    first: bool = False
    until: datetime | None = None
    then: datetime | None = None

    def text(self) -> str:
        return msgspec.json.encode(self).decode()


def read_cursor(given: str) -> Cursor:
    """An empty or unreadable one begins anew."""
    try:
        return msgspec.json.decode(given, type=Cursor) if given else Cursor()
    except msgspec.MsgspecError:
        return Cursor()


class Feeds:
    def __init__(self, admin: Admin, context: Context) -> None:
        self._admin = admin
        self._now = context.now
        self._http = context.http
        self._first_import = timedelta(days=context.first_import_days)

    async def pull(self, feed: str, cursor: str) -> Batch:
        at = read_cursor(cursor)
        if feed == "orders":
            return await self._orders(at)
        if feed == "listings":
            return await self._listings(at)
        if feed == "stock":
            return await self._stock(at)
        raise NotSupported(f"no feed {feed!r}", code="no_feed")

    async def _orders(self, at: Cursor) -> Batch:
        if at.since is None:
            at = Cursor(since=self._now() - min(NEWEST, self._first_import), first=True)
        data = await self._order_page(at)
        connection = mapping(data.get("orders"))
        deliveries, newest = [], at.newest
        for node in items(connection.get("nodes")):
            deliveries.append(order_delivery(await self._admin.complete_order(mapping(node))))
            changed = when(mapping(node).get("updatedAt"))
            newest = max(filter(None, (newest, changed)), default=None)
        after, more = self._following(msgspec.structs.replace(at, newest=newest), mapping(connection.get("pageInfo")))
        return Batch(deliveries=tuple(deliveries), cursor=after.text(), more=more)

    async def _order_page(self, at: Cursor) -> Mapping[str, Any]:
        ends = [f"updated_at:>='{_stamp(at.since)}'"] if at.since else []
        search = " AND ".join(ends + ([f"updated_at:<'{_stamp(at.until)}'"] if at.until else []))
        try:
            return await self._admin.query(ORDERS, first=ORDER_PAGE, after=at.after or None, search=search)
        except Refused:
            if not at.after:
                raise
            return await self._admin.query(ORDERS, first=ORDER_PAGE, after=None, search=search)

    def _following(self, at: Cursor, page: Mapping[str, Any]) -> tuple[Cursor, bool]:
        after, since = text(page.get("endCursor")), at.since or self._now()
        if page.get("hasNextPage") and after and at.pages < DEEPEST_PAGE:
            return msgspec.structs.replace(at, after=after, pages=at.pages + 1), True
        if page.get("hasNextPage") and at.newest and at.newest > since:
            return msgspec.structs.replace(at, since=at.newest, newest=None, after="", pages=0), True
        if at.until:
            return Cursor(since=at.then), False
        reached = max(since, at.newest - _overlap("orders")) if at.newest else since
        oldest = self._now() - self._first_import
        if at.first and oldest < since:
            return Cursor(since=oldest, until=since, then=reached), True
        return Cursor(since=reached), False

    async def _listings(self, at: Cursor) -> Batch:
        """A whole sweep first and once a day, between them what changed: a product's own change (its title, its end) does
        not touch its variants. `newest` keeps when this sweep began."""
        if not at.last and at.swept and self._now() - at.swept >= WHOLE_SWEEP_EVERY:
            at = Cursor()
        began = at.newest or self._now()
        if not at.since and not at.paged:
            return await self._bulk_listings(at, began)
        search = f"updated_at:>='{_stamp(at.since)}'" if at.since else ""
        body, nodes, more = await self._variants(LISTINGS, LISTING_PAGE, search, at.last)
        deliveries = tuple(listing_delivery(body, node) for node in nodes)
        if more:
            cursor = Cursor(since=at.since, newest=began, last=_last(nodes), swept=at.swept, paged=at.paged)
        else:
            cursor = Cursor(since=began - _overlap("listings"), swept=at.swept if at.since else began)
        return Batch(deliveries=deliveries, cursor=cursor.text(), more=more)

    async def _bulk_listings(self, at: Cursor, began: datetime) -> Batch:
        """A large catalogue comes as one file; everything that keeps it from us leads to pages."""
        pages = Cursor(newest=began, paged=True)
        if not at.bulk:
            started = await bulk.begin(self._admin)
            if not started:
                return await self._listings(pages)
            return Batch(deliveries=(), cursor=Cursor(newest=began, bulk=started).text(), more=True)
        url = await bulk.file_of(self._admin, at.bulk)
        if url == "":
            return Batch(deliveries=(), cursor=at.text(), more=True)
        found = await bulk.variants(self._http, url) if url else None
        if found is None:
            return Batch(deliveries=(), cursor=pages.text(), more=True)
        shop = mapping((await self._admin.query(CURRENCY)).get("shop"))
        body = {"seen_at": self._now(), "data": {"shop": shop}}
        part, done = found[at.done : at.done + FILE_PART], at.done + FILE_PART
        more = done < len(found)
        cursor = (
            Cursor(newest=began, bulk=at.bulk, done=done) if more else Cursor(since=began - _overlap("listings"), swept=began)
        )
        return Batch(
            deliveries=tuple(listing_delivery(body, node) for node in part), cursor=cursor.text(), more=more, about=len(found)
        )

    async def _stock(self, at: Cursor) -> Batch:
        """Every sweep reads everything: a count that should have changed and did not shows only so."""
        body, nodes, more = await self._variants(STOCK, STOCK_PAGE, "", at.last)
        deliveries = (stock_delivery(body, f"from:{at.last}"),) if nodes else ()
        return Batch(deliveries=deliveries, cursor=Cursor(last=_last(nodes)).text() if more else "", more=more)

    async def _variants(self, document: str, first: int, search: str, last: str) -> tuple[dict[str, Any], list[Any], bool]:
        wanted = " AND ".join(filter(None, (search, f"id:>{last}" if last else "")))
        location = await self._admin.location()
        data = await self._admin.query(document, first=first, search=wanted, location=location)
        connection = mapping(data.get("productVariants"))
        nodes = list(items(connection.get("nodes")))
        more = bool(nodes) and bool(mapping(connection.get("pageInfo")).get("hasNextPage"))
        return {"seen_at": self._now(), "data": data}, nodes, more

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        if pointer.kind == "order":
            node = mapping((await self._admin.query(ORDER, id=gid("Order", pointer.id))).get("order"))
            return order_delivery(await self._admin.complete_order(node)) if node else None
        if pointer.kind == "product":
            return await self._product(pointer.id)
        if pointer.kind == "inventory_item":
            location = await self._admin.location()
            data = await self._admin.query(ITEM, id=gid("InventoryItem", pointer.id), location=location)
            body = {"seen_at": self._now(), "data": data}
            return stock_delivery(body, f"item:{pointer.id}") if data.get("inventoryItem") else None
        raise NotSupported(f"nothing to fetch for {pointer.kind!r}", code="no_pointer")

    async def _product(self, number: str) -> Delivery | None:
        """All its variants in one delivery."""
        body, nodes, more = await self._variants(LISTINGS, LISTING_PAGE, f"product_id:{number}", "")
        while more:
            _, page, more = await self._variants(LISTINGS, LISTING_PAGE, f"product_id:{number}", _last(nodes))
            nodes += page
        return product_delivery(body, number, nodes) if nodes else None


def order_delivery(node: Mapping[str, Any]) -> Delivery:
    """Two changes in one second share their updated-at, so the key holds the content as well."""
    body = msgspec.json.encode(node)
    key = f"order:{legacy(node.get('id'))}:{text(node.get('updatedAt'))}:{fingerprint(body)[:12]}"
    return Delivery(kind=PULLED_ORDER, key=key, body=body)


def listing_delivery(body: Mapping[str, Any], node: Mapping[str, Any]) -> Delivery:
    """An unchanged variant is a repeat; a change shows in its own updated-at or the level's."""
    key = f"listing:{legacy(node.get('id'))}:{text(node.get('updatedAt'))}:{fingerprint(msgspec.json.encode(node))[:12]}"
    return Delivery(kind=PULLED_LISTINGS, key=key, body=_variants_body(body, [node]))


def product_delivery(body: Mapping[str, Any], number: str, nodes: list[Any]) -> Delivery:
    key = f"product:{number}:{fingerprint(msgspec.json.encode(nodes))}"
    return Delivery(kind=PULLED_LISTINGS, key=key, body=_variants_body(body, nodes))


def _variants_body(body: Mapping[str, Any], nodes: list[Any]) -> bytes:
    return msgspec.json.encode({**body, "data": {**body["data"], "productVariants": {"nodes": nodes}}})


def stock_delivery(body: Mapping[str, Any], what: str) -> Delivery:
    """Each reading is news, also of a count that stayed; only the same reading within one minute is a repeat."""
    content = fingerprint(msgspec.json.encode(body["data"]))[:12]
    key = f"stock:{body['seen_at']:%Y-%m-%dT%H:%M}:{what}:{content}"
    return Delivery(kind=PULLED_STOCK, key=key, body=msgspec.json.encode(body))


def _overlap(name: str) -> timedelta:
    feed = MANIFEST.feed(name)
    return timedelta(seconds=feed.overlap_s if feed else 0.0)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _last(nodes: list[Any]) -> str:
    return legacy(mapping(nodes[-1]).get("id"))
