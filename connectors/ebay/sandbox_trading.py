"""Pretend Trading API: XML over /ws/api.dll, elements in the order of the published schema.

https://developer.ebay.com/Devzone/XML/docs/Reference/eBay/index.html
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

import defusedxml.ElementTree

from connectors.base.sandbox import Answer, Request, Sandbox
from connectors.base.world import Listing, Order
from connectors.ebay.sandbox_letters import Letters
from connectors.ebay.sandbox_messages import Messages
from connectors.ebay.sandbox_shop import CHANNEL, SELLER, SELLER_EMAIL, Shop, money, stamp
from connectors.ebay.sandbox_xml import Failed, asked, moment, page_of, put, put_error, put_pages

SPACE = "urn:ebay:apis:eBLBaseComponents"
PATH = "/ws/api.dll"
STATUS_MAX = 4

Call = Callable[[Element, Element], None]
OPERATIONS = {
    "ReviseInventoryStatus": "stock",
    "AddMemberMessageRTQ": "send",
    "AddMemberMessageAAQToPartner": "send",
}


class Trading:
    def __init__(self, shop: Shop, messages: Messages) -> None:
        self.shop = shop
        letters = Letters(shop, messages)
        self.calls: dict[str, Call] = {
            "GetUser": self.get_user,
            "GetItem": self.get_item,
            "GetMyeBaySelling": self.get_selling,
            "GetSellerList": self.get_seller_list,
            "ReviseInventoryStatus": self.revise,
            "GetMemberMessages": letters.get_member_messages,
            "GetMyMessages": letters.get_my_messages,
            "AddMemberMessageRTQ": letters.add_answer,
            "AddMemberMessageAAQToPartner": letters.add_order_talk,
            "GetOrders": self.get_orders,
        }

    def routes(self, box: Sandbox) -> None:
        for name in self.calls:
            box.route("POST", f"{PATH}/{name}", OPERATIONS.get(name, "read"))(self.answer)

    def answer(self, request: Request) -> Answer:
        name = request.path.rpartition("/")[2]
        root = Element(f"{name}Response", xmlns=SPACE)
        put(root, "Timestamp", stamp(self.shop.world.now()))
        ack = put(root, "Ack", "Success")
        content = Element("content")
        try:
            self.check(request, name)
            self.calls[name](self.read(request, name), content)
        except Failed as failed:
            ack.text = "Failure"
            put_error(root, failed)
            content = Element("content")
        errors = content.findall("Errors")
        if errors:
            ack.text = "PartialFailure"
        root.extend(errors)
        put(root, "Version", "1379")
        put(root, "Build", "E1379_CORE_APISELLING_R1")
        root.extend(node for node in content if node.tag != "Errors")
        return Answer(b'<?xml version="1.0" encoding="UTF-8"?>' + tostring(root), media_type="text/xml")

    def check(self, request: Request, name: str) -> None:
        level = request.headers.get("x-ebay-api-compatibility-level", "")
        if not level.isdigit() or request.headers.get("x-ebay-api-call-name") != name:
            raise Failed(10009, "The call name or the compatibility level header is missing.")
        if self.shop.token_kind(request.headers.get("x-ebay-api-iaf-token", "")) != "user":
            raise Failed(21917053, "Validation of the authentication token in API request failed.")

    def read(self, request: Request, name: str) -> Element:
        try:
            root: Element = defusedxml.ElementTree.fromstring(request.body)
        except ParseError as error:
            raise Failed(10007, f"XML Parse error: {error}") from error
        for node in root.iter():
            node.tag = node.tag.removeprefix(f"{{{SPACE}}}")
        if root.tag != f"{name}Request":
            raise Failed(2, "Unsupported API call.")
        return root

    def get_user(self, _asked: Element, content: Element) -> None:
        user = SubElement(content, "User")
        put(user, "Email", SELLER_EMAIL)
        put(user, "UserID", SELLER)

    def put_item(self, parent: Element, item_id: str, skus: list[str]) -> None:
        shop, listings = self.shop, [self.shop.shelf_listings[sku] for sku in skus]
        first, good = listings[0], shop.good(skus[0])
        item = SubElement(parent, "Item")
        put(item, "Currency", first.currency)
        put(item, "ItemID", item_id)
        details = SubElement(item, "ListingDetails")
        put(details, "StartTime", stamp(shop.world.now() - timedelta(days=30)))
        put(details, "EndTime", stamp(shop.world.now() + timedelta(days=30)))
        put(details, "ViewItemURL", f"https://www.ebay.com/itm/{item_id}")
        put(item, "ListingDuration", "GTC")
        put(item, "ListingType", "FixedPriceItem")
        if good.barcode and len(skus) == 1:
            put(SubElement(item, "ProductListingDetails"), "EAN", good.barcode)
        put(item, "Quantity", sum(listing.quantity + max(listing.sold, 0) for listing in listings))
        self.put_status(item, sum(max(listing.sold, 0) for listing in listings), first)
        put(item, "Title", good.title)
        put(item, "QuantityAvailable", sum(listing.quantity for listing in listings))
        if len(skus) == 1:
            put(item, "SKU", skus[0])
        if good.picture.startswith("https://"):
            put(SubElement(item, "PictureDetails"), "GalleryURL", good.picture)
        if len(skus) > 1:
            variations = SubElement(item, "Variations")
            for listing in listings:
                self.put_variation(variations, listing)

    def put_status(self, parent: Element, sold: int, listing: Listing) -> None:
        status = SubElement(parent, "SellingStatus")
        put(status, "CurrentPrice", money(listing.price_minor), currencyID=listing.currency)
        put(status, "QuantitySold", sold)
        put(status, "ListingStatus", "Active")

    def put_variation(self, parent: Element, listing: Listing) -> None:
        good, node = self.shop.good(listing.sku), SubElement(parent, "Variation")
        put(node, "SKU", listing.sku)
        put(node, "StartPrice", money(listing.price_minor), currencyID=listing.currency)
        put(node, "Quantity", listing.quantity + max(listing.sold, 0))
        pair = SubElement(SubElement(node, "VariationSpecifics"), "NameValueList")
        put(pair, "Name", "Option")
        put(pair, "Value", good.option or good.sku)
        put(SubElement(node, "SellingStatus"), "QuantitySold", max(listing.sold, 0))
        put(node, "VariationTitle", f"{good.title}[{good.option}]")

    def get_item(self, asked_for: Element, content: Element) -> None:
        item_id, items = asked(asked_for, "ItemID"), self.shop.items()
        if item_id not in items:
            raise Failed(17, "Item cannot be accessed.", value=item_id)
        self.put_item(content, item_id, items[item_id])

    def get_selling(self, asked_for: Element, content: Element) -> None:
        size, page = page_of(asked_for, "ActiveList/Pagination")
        items = list(self.shop.items().items())
        active = SubElement(content, "ActiveList")
        shown = SubElement(active, "ItemArray")
        for item_id, skus in items[(page - 1) * size : page * size]:
            self.put_item(shown, item_id, skus)
        put_pages(active, len(items), size)

    def get_seller_list(self, asked_for: Element, content: Element) -> None:
        """Nothing of the pretend shop ever ends."""
        size, page = page_of(asked_for)
        start, end = moment(asked(asked_for, "EndTimeFrom")), moment(asked(asked_for, "EndTimeTo"))
        if start is None or end is None or end - start > timedelta(days=120):
            raise Failed(20202, "The time range is missing or longer than 120 days.")
        put_pages(content, 0, size)
        put(content, "HasMoreItems", "false")
        SubElement(content, "ItemArray")
        put(content, "ItemsPerPage", size)
        put(content, "PageNumber", page)
        put(content, "ReturnedItemCountActual", 0)

    def revise(self, asked_for: Element, content: Element) -> None:
        nodes = asked_for.findall("InventoryStatus")
        if not 1 <= len(nodes) <= STATUS_MAX:
            raise Failed(21916650, f"From one to {STATUS_MAX} InventoryStatus nodes are allowed.")
        pairs = [(asked(node, "ItemID"), asked(node, "SKU")) for node in nodes]
        if len(set(pairs)) < len(pairs):
            raise Failed(21916650, "The same item may appear once.")
        failures = []
        for node, (item_id, sku) in zip(nodes, pairs, strict=True):
            try:
                self.revise_one(node, item_id, sku, content)
            except Failed as refused:
                failures.append(refused)
        if len(failures) == len(nodes):
            raise failures[0]
        for failed in failures:
            put_error(content, failed)

    def revise_one(self, node: Element, item_id: str, sku: str, content: Element) -> None:
        skus = self.shop.items().get(item_id)
        if skus is None:
            raise Failed(21916750, f'You are not allowed to revise an ended item "{item_id}".', value=item_id)
        if item_id in self.shop.inventory_items():
            words = "Inventory-based listing management is not currently supported by this tool."
            raise Failed(21919474, words, value=item_id)
        if len(skus) > 1 and sku not in skus:
            raise Failed(21916799, "SKU Mismatch. The variation cannot be found.", value=item_id)
        quantity = asked(node, "Quantity")
        if not quantity.isdigit():
            raise Failed(515, "The quantity must be a valid number.", value=item_id)
        chosen = sku if len(skus) > 1 else skus[0]
        self.shop.set_quantity(chosen, int(quantity))
        shown = SubElement(content, "InventoryStatus")
        put(shown, "SKU", chosen)
        put(shown, "ItemID", item_id)
        put(shown, "Quantity", self.shop.shelf_listings[chosen].quantity + max(self.shop.shelf_listings[chosen].sold, 0))

    def get_orders(self, asked_for: Element, content: Element) -> None:
        size, page = page_of(asked_for)
        start, end = moment(asked(asked_for, "ModTimeFrom")), moment(asked(asked_for, "ModTimeTo"))
        if start is None or end is None or end - start > timedelta(days=30):
            raise Failed(20202, "The time range is missing or longer than 30 days.")
        wanted = asked(asked_for, "OrderStatus", "All")
        found = [
            order
            for order in self.shop.world.shelf(CHANNEL).orders.values()
            if start <= order.updated_at <= end and (wanted == "All" or (order.status == "pending") == (wanted == "Active"))
        ]
        put_pages(content, len(found), size)
        put(content, "HasMoreOrders", "true" if page * size < len(found) else "false")
        shown = SubElement(content, "OrderArray")
        for order in found[(page - 1) * size : page * size]:
            self.put_order(shown, order)
        put(content, "OrdersPerPage", size)
        put(content, "PageNumber", page)
        put(content, "ReturnedOrderCountActual", len(shown))

    def put_order(self, parent: Element, order: Order) -> None:
        node, buyer = SubElement(parent, "Order"), self.shop.buyer_of(order)
        put(node, "OrderID", order.id)
        put(node, "OrderStatus", "Active" if order.status == "pending" else "Completed")
        checkout = SubElement(node, "CheckoutStatus")
        put(checkout, "eBayPaymentStatus", "NoPaymentFailure")
        put(checkout, "LastModifiedTime", stamp(order.updated_at))
        put(checkout, "Status", "Incomplete" if order.status == "pending" else "Complete")
        put(node, "CreatedTime", stamp(order.placed_at))
        total = sum(line.quantity * line.price_minor for line in order.lines)
        put(node, "Total", money(total), currencyID=order.currency)
        entries = SubElement(node, "TransactionArray")
        for line in order.lines:
            entry = SubElement(entries, "Transaction")
            item = SubElement(entry, "Item")
            put(item, "ItemID", self.shop.shelf_listings[line.sku].id)
            put(item, "Title", self.shop.good(line.sku).title)
            put(item, "SKU", line.sku)
            put(entry, "QuantityPurchased", line.quantity)
            put(entry, "TransactionID", line.id)
            put(entry, "TransactionPrice", money(line.price_minor), currencyID=order.currency)
        put(node, "BuyerUserID", buyer.user)
        put(node, "ExtendedOrderID", order.id)
