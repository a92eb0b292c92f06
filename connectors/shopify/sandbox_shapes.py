"""How the store tells of the pretend shop's things: as GraphQL objects and as webhook bodies."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from connectors.base.wire import MINOR_DIGITS
from connectors.base.world import Buyer, Good, Listing, Naming, Order, World
from connectors.shopify.sandbox_graphql import BadDocument, Selection

CHANNEL = "shopify"
LOCATION = "gid://shopify/Location/74000000001"
FIRST_ORDER = 5_600_000_000_000
FIRST_LINE = 14_000_000_000_000
FIRST_VARIANT = 44_000_000_000_000
FIRST_ITEM = 46_000_000_000_000
FIRST_PRODUCT = 8_100_000_000_000
FIRST_CUSTOMER = 7_200_000_000_000
TERM = re.compile(r"(\w+):(>=|<=|>|<)?(?:'([^']*)'|(\S+))")

NAMING = Naming(
    currency="USD",
    order_id=lambda number: str(FIRST_ORDER + number),
    thread_id=lambda number, buyer: str(number),
    message_id=str,
    listing_id=lambda good, position: str(FIRST_VARIANT + position),
    line_id=lambda number, position: str(FIRST_LINE + number * 100 + position),
    talks=False,
)


def stamp(moment: datetime | None) -> str | None:
    """Shopify tells whole seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None


def product_title(good: Good) -> str:
    """A good's own title ends in its option, which here belongs to the variant."""
    return good.title.removesuffix(good.option).rstrip(" ,") if good.option else good.title


def terms(search: str) -> list[tuple[str, str, str]]:
    """(name, comparison, value) of each filter in Shopify's search syntax, read as joined by AND."""
    return [(name, sign or "=", quoted or plain) for name, sign, quoted, plain in TERM.findall(search)]


def passes(found: str | int, sign: str, value: str) -> bool:
    given: Any = int(value) if isinstance(found, int) else value
    return bool({"=": found == given, ">=": found >= given, "<=": found <= given, ">": found > given, "<": found < given}[sign])


def connection(nodes: Sequence[dict[str, Any]], mark: Callable[[dict[str, Any]], str]) -> Callable[[Selection], dict[str, Any]]:
    """A list that is read in pages; `mark` gives what a cursor points at."""

    def page(selection: Selection) -> dict[str, Any]:
        first = selection.args.get("first")
        if first is None or not 0 < int(first) <= 250:
            raise BadDocument("you must provide one of first or last, at most 250")
        start = 0
        if after := selection.args.get("after"):
            marks = [base64.b64encode(mark(node).encode()).decode() for node in nodes]
            if after not in marks:
                raise BadDocument("Invalid cursor for current pagination sort.")
            start = marks.index(after) + 1
        chosen = list(nodes[start : start + int(first)])
        end = base64.b64encode(mark(chosen[-1]).encode()).decode() if chosen else None
        return {"nodes": chosen, "pageInfo": {"hasNextPage": start + len(chosen) < len(nodes), "endCursor": end}}

    return page


class Shapes:
    def __init__(self, world: World) -> None:
        self.world = world

    def _money(self, minor: int, currency: str) -> dict[str, Any]:
        digits = MINOR_DIGITS.get(currency, 2)
        return {"shopMoney": {"amount": f"{minor / 10**digits:.{max(digits, 1)}f}", "currencyCode": currency}}

    def item_id(self, listing: Listing) -> int:
        return int(listing.id) - FIRST_VARIANT + FIRST_ITEM

    def listing_of_item(self, gid: str) -> Listing | None:
        listings = self.world.shelf(CHANNEL).listings.values()
        return next((found for found in listings if f"gid://shopify/InventoryItem/{self.item_id(found)}" == gid), None)

    def _product_id(self, good: Good) -> int:
        return FIRST_PRODUCT + list(dict.fromkeys(other.item for other in self.world.state.goods.values())).index(good.item)

    def _customer_id(self, buyer: Buyer) -> int:
        return FIRST_CUSTOMER + list(self.world.state.buyers).index(buyer.key)

    # GraphQL

    def variant(self, listing: Listing) -> dict[str, Any]:
        good = self.world.state.goods[listing.sku]
        product = self._product_id(good)
        preview = {"preview": {"image": {"url": good.picture}}} if good.picture else None
        return {
            "id": f"gid://shopify/ProductVariant/{listing.id}",
            "number": int(listing.id),
            "product_number": product,
            "title": good.option or "Default Title",
            "sku": listing.sku,
            "barcode": good.barcode or None,
            "price": self._money(listing.price_minor, listing.currency)["shopMoney"]["amount"],
            "inventoryPolicy": "DENY",
            "updatedAt": stamp(listing.updated_at),
            "product": {
                "id": f"gid://shopify/Product/{product}",
                "title": product_title(good),
                "status": "ACTIVE",
                "onlineStoreUrl": None,
                "featuredMedia": preview,
            },
            "inventoryItem": self.item(listing),
        }

    def item(self, listing: Listing) -> dict[str, Any]:
        level = {
            "updatedAt": stamp(listing.updated_at),
            "location": {"id": LOCATION, "isActive": True, "isFulfillmentService": False, "fulfillsOnlineOrders": True},
            "quantities": lambda asked: [
                {"name": name, "quantity": listing.quantity} for name in asked.args["names"] if name in ("available", "on_hand")
            ],
        }
        variant = {"id": f"gid://shopify/ProductVariant/{listing.id}", "sku": listing.sku}
        return {
            "__typename": "InventoryItem",
            "id": f"gid://shopify/InventoryItem/{self.item_id(listing)}",
            "tracked": True,
            "inventoryLevel": lambda asked: level if asked.args.get("locationId") == LOCATION else None,
            "inventoryLevels": connection([level], lambda node: "1"),
            "variants": connection([variant], lambda node: "1"),
        }

    def order(self, order: Order) -> dict[str, Any]:
        buyer = self.world.state.buyers[order.buyer]
        lines = [self._line(order, position) for position in range(len(order.lines))]
        parcel = {
            "status": "SUCCESS",
            "displayStatus": "DELIVERED" if order.status == "delivered" else "FULFILLED",
            "createdAt": stamp(order.shipped_at),
            "trackingInfo": lambda asked: [{"company": order.carrier or None, "number": order.tracking or None}],
        }
        return {
            "id": f"gid://shopify/Order/{order.id}",
            "name": f"#{1000 + order.number}",
            "createdAt": stamp(order.placed_at),
            "updatedAt": stamp(order.updated_at),
            "cancelledAt": stamp(order.updated_at) if order.status == "cancelled" else None,
            "currencyCode": order.currency,
            "note": None,
            "email": buyer.email,
            "phone": buyer.phone,
            "displayFinancialStatus": self._paid(order),
            "displayFulfillmentStatus": "FULFILLED" if order.shipped_at else "UNFULFILLED",
            "customer": self._customer(buyer),
            "shippingAddress": self._address(buyer) | {"countryCodeV2": buyer.country},
            "currentTotalPriceSet": self._money(self._total(order), order.currency),
            "fulfillments": lambda asked: [parcel] if order.shipped_at else [],
            "lineItems": connection(lines, lambda node: str(node["id"])),
            "refunds": lambda asked: [],
        }

    def _paid(self, order: Order) -> str:
        return {"pending": "PENDING", "cancelled": "REFUNDED"}.get(order.status, "PAID")

    def _total(self, order: Order) -> int:
        return sum(line.price_minor * (line.quantity - line.cancelled) for line in order.lines)

    def _customer(self, buyer: Buyer) -> dict[str, Any]:
        first, _, last = buyer.name.partition(" ")
        return {
            "id": f"gid://shopify/Customer/{self._customer_id(buyer)}",
            "firstName": first,
            "lastName": last or None,
            "defaultEmailAddress": {"emailAddress": buyer.email},
            "defaultPhoneNumber": {"phoneNumber": buyer.phone},
        }

    def _address(self, buyer: Buyer) -> dict[str, Any]:
        return {
            "name": buyer.name,
            "company": None,
            "address1": buyer.street,
            "address2": None,
            "city": buyer.city,
            "province": None,
            "zip": buyer.postcode,
            "phone": buyer.phone,
        }

    def _line(self, order: Order, position: int) -> dict[str, Any]:
        line = order.lines[position]
        good, listing = self.world.state.goods[line.sku], self.world.shelf(CHANNEL).listings[line.sku]
        return {
            "id": f"gid://shopify/LineItem/{line.id}",
            "name": " - ".join(filter(None, (product_title(good), good.option))),
            "sku": line.sku,
            "quantity": line.quantity,
            "currentQuantity": line.quantity - line.cancelled,
            "variant": {"id": f"gid://shopify/ProductVariant/{listing.id}"},
            "originalUnitPriceSet": self._money(line.price_minor, order.currency),
        }

    # webhook bodies, https://shopify.dev/docs/api/admin-rest/latest/resources/order

    def order_body(self, order: Order) -> dict[str, Any]:
        node, buyer = self.order(order), self.world.state.buyers[order.buyer]
        first, _, last = buyer.name.partition(" ")
        money = {"shop_money": self._rest_money(self._money(self._total(order), order.currency))}
        customer = {"id": self._customer_id(buyer), "email": buyer.email, "phone": buyer.phone}
        return {
            "id": int(order.id),
            "admin_graphql_api_id": node["id"],
            "cancel_reason": "customer" if order.status == "cancelled" else None,
            "cancelled_at": node["cancelledAt"],
            "contact_email": buyer.email,
            "created_at": node["createdAt"],
            "currency": order.currency,
            "current_total_price": money["shop_money"]["amount"],
            "current_total_price_set": money,
            "email": buyer.email,
            "financial_status": node["displayFinancialStatus"].lower(),
            "fulfillment_status": "fulfilled" if order.shipped_at else None,
            "name": node["name"],
            "note": None,
            "order_number": 1000 + order.number,
            "phone": buyer.phone,
            "test": False,
            "total_price": money["shop_money"]["amount"],
            "updated_at": node["updatedAt"],
            "customer": customer | {"first_name": first, "last_name": last or None},
            "shipping_address": self._address(buyer) | {"country": buyer.country, "country_code": buyer.country},
            "fulfillments": self._parcel_bodies(order),
            "line_items": [self._line_body(order, position) for position in range(len(order.lines))],
            "refunds": self._refund_bodies(order),
        }

    def _rest_money(self, money: dict[str, Any]) -> dict[str, Any]:
        return {"amount": money["shopMoney"]["amount"], "currency_code": money["shopMoney"]["currencyCode"]}

    def _parcel_bodies(self, order: Order) -> list[dict[str, Any]]:
        if not order.shipped_at:
            return []
        return [
            {
                "id": int(order.id) + 1,
                "order_id": int(order.id),
                "status": "success",
                "shipment_status": "delivered" if order.status == "delivered" else None,
                "created_at": stamp(order.shipped_at),
                "tracking_company": order.carrier or None,
                "tracking_number": order.tracking or None,
            }
        ]

    def _line_body(self, order: Order, position: int) -> dict[str, Any]:
        line, node = order.lines[position], self._line(order, position)
        money = self._rest_money(node["originalUnitPriceSet"])
        return {
            "id": int(line.id),
            "admin_graphql_api_id": node["id"],
            "current_quantity": node["currentQuantity"],
            "fulfillable_quantity": 0 if order.shipped_at else node["currentQuantity"],
            "fulfillment_status": "fulfilled" if order.shipped_at else None,
            "name": node["name"],
            "price": money["amount"],
            "price_set": {"shop_money": money},
            "quantity": line.quantity,
            "sku": line.sku,
            "title": product_title(self.world.state.goods[line.sku]),
            "variant_id": int(self.world.shelf(CHANNEL).listings[line.sku].id),
        }

    def _refund_bodies(self, order: Order) -> list[dict[str, Any]]:
        gone = [line for line in order.lines if line.cancelled]
        if not gone:
            return []
        entries = [{"line_item_id": int(line.id), "quantity": line.cancelled, "restock_type": "cancel"} for line in gone]
        return [{"id": int(order.id) + 2, "order_id": int(order.id), "refund_line_items": entries}]

    # https://shopify.dev/docs/api/webhooks/latest?reference=toml#list-of-topics-checkouts/create
    def checkout_body(self, number: int, buyer: Buyer, wanted: Sequence[tuple[str, int]]) -> dict[str, Any]:
        shelf, at = self.world.shelf(CHANNEL), stamp(self.world.now())
        first, _, last = buyer.name.partition(" ")
        listings = [(shelf.listings[sku], quantity) for sku, quantity in wanted]
        total = sum(listing.price_minor * quantity for listing, quantity in listings)
        return {
            "id": number,
            "token": uuid5(NAMESPACE_URL, str(number)).hex,
            "abandoned_checkout_url": f"https://kawung-demo.myshopify.com/checkouts/{number}/recover",
            "created_at": at,
            "updated_at": at,
            "completed_at": None,
            "currency": shelf.currency,
            "presentment_currency": shelf.currency,
            "email": buyer.email,
            "phone": buyer.phone,
            "total_price": self._money(total, shelf.currency)["shopMoney"]["amount"],
            "customer": {"id": self._customer_id(buyer), "email": buyer.email, "first_name": first, "last_name": last or None},
            "line_items": [
                {
                    "key": f"{number}-{position}",
                    "sku": listing.sku,
                    "title": product_title(self.world.state.goods[listing.sku]),
                    "quantity": quantity,
                    "price": self._money(listing.price_minor, shelf.currency)["shopMoney"]["amount"],
                    "variant_id": int(listing.id),
                }
                for position, (listing, quantity) in enumerate(listings, start=1)
            ],
        }

    def level_body(self, listing: Listing) -> dict[str, Any]:
        item = self.item_id(listing)
        return {
            "inventory_item_id": item,
            "location_id": int(LOCATION.rsplit("/", 1)[1]),
            "available": listing.quantity,
            "updated_at": stamp(listing.updated_at),
            "admin_graphql_api_id": f"gid://shopify/InventoryLevel/{uuid5(NAMESPACE_URL, str(item)).int % 10**9}"
            f"?inventory_item_id={item}",
        }
