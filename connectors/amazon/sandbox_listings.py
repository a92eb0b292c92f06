"""Pretend Listings Items, Feeds and FBA Inventory. https://developer-docs.amazon.com/sp-api/docs/listings-items-api"""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from connectors.amazon.sandbox_orders import money
from connectors.amazon.sandbox_shop import (
    CHANNEL,
    MARKET,
    SELLER,
    WAREHOUSE,
    WAREHOUSED,
    Shop,
    asin_of,
    body_of,
    guarded,
    refusal,
    stamp,
)
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.wire import items, mapping, text

ROOT = "/listings/2021-08-01/items"
FEEDS = "/feeds/2021-06-30"
STORE_HOST = "tortuga-prod-na.s3-external-1.amazonaws.com"
LARGEST = 10_000_000
PATH = "/attributes/fulfillment_availability"


class Listings:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.documents: dict[str, bytes] = {}
        self.feeds: dict[str, dict[str, Any]] = {}
        self.looks_until_done = 0

    def routes(self, box: Sandbox) -> None:
        shop = self.shop
        box.route("GET", f"{ROOT}/{{seller}}")(guarded(shop, self.search))
        box.route("GET", f"{ROOT}/{{seller}}/{{sku:path}}")(guarded(shop, self.one))
        box.route("PATCH", f"{ROOT}/{{seller}}/{{sku:path}}", "stock")(guarded(shop, self.patch))
        box.route("GET", "/fba/inventory/v1/summaries")(guarded(shop, self.summaries))
        box.route("POST", f"{FEEDS}/documents", "stock")(guarded(shop, self.new_document))
        box.route("PUT", "/documents/{id}", "upload")(self.upload)
        box.route("GET", "/documents/{id}", "download")(self.download)
        box.route("POST", f"{FEEDS}/feeds", "stock")(guarded(shop, self.new_feed))
        box.route("GET", f"{FEEDS}/feeds/{{id}}", "feed")(guarded(shop, self.feed))
        box.route("GET", f"{FEEDS}/documents/{{id}}", "feed")(guarded(shop, self.document))

    # Listings

    def item(self, sku: str) -> dict[str, Any] | None:
        listing = self.shop.world.shelf(CHANNEL).listings.get(sku)
        if listing is not None:
            good = self.shop.world.state.goods[sku]
            made = self._shown(sku, good.title, listing.price_minor, good.barcode, stamp(listing.updated_at))
            return {**made, "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": listing.quantity}]}
        for kept, title, _, cents in WAREHOUSED:
            if kept == sku:
                made = self._shown(sku, title, cents, "", "2026-01-05T08:00:00.000Z")
                return {**made, "fulfillmentAvailability": [{"fulfillmentChannelCode": WAREHOUSE}]}
        return None

    @staticmethod
    def _shown(sku: str, title: str, cents: int, barcode: str, changed: str) -> dict[str, Any]:
        asin = asin_of(sku)
        summary = {
            "marketplaceId": MARKET,
            "asin": asin,
            "productType": "SHIRT" if sku.startswith("SB-") else "COFFEE",
            "conditionType": "new_new",
            "status": ["BUYABLE", "DISCOVERABLE"],
            "itemName": title,
            "createdDate": "2026-01-05T08:00:00.000Z",
            "lastUpdatedDate": changed,
            "mainImage": {"link": f"https://m.media-amazon.com/images/I/{asin}.jpg", "height": 500, "width": 500},
        }
        codes = [{"type": "ean", "value": barcode, "marketplace_id": MARKET}] if barcode else []
        return {
            "sku": sku,
            "summaries": [summary],
            "attributes": {"externally_assigned_product_identifier": codes},
            "issues": [],
            "offers": [{"marketplaceId": MARKET, "offerType": "B2C", "price": money(cents, "USD")}],
        }

    def all_skus(self) -> list[str]:
        return [*self.shop.world.shelf(CHANNEL).listings, *(row[0] for row in WAREHOUSED)]

    def search(self, request: Request) -> Answer:
        asked = request.query
        size, first = asked.get("pageSize", "10"), page_start(asked.get("pageToken", ""))
        if request.parts["seller"] != SELLER or asked.get("marketplaceIds") != MARKET:
            return refusal(403, "Unauthorized", "Access to requested resource is denied.")
        if not size.isdigit() or not 1 <= int(size) <= 20 or first is None:
            return refusal(400, "InvalidInput", "pageSize is 1 to 20, pageToken one that was given.")
        skus = self.all_skus()
        if asked.get("identifiers"):
            named = asked["identifiers"].split(",")
            if asked.get("identifiersType") != "SKU" or len(named) > 20:
                return refusal(400, "InvalidInput", "At most 20 identifiers, of type SKU.")
            skus = [sku for sku in skus if sku in named]
        shown: dict[str, Any] = {
            "numberOfResults": len(skus),
            "items": [self.item(sku) for sku in skus[first : first + int(size)]],
            "pagination": {},
        }
        if first + int(size) < len(skus):
            shown["pagination"] = {"nextToken": page_token(first + int(size))}
        return answer(shown)

    def one(self, request: Request) -> Answer:
        found = self.item(request.parts["sku"])
        if found is None:
            return refusal(404, "NOT_FOUND", f"SKU '{request.parts['sku']}' not found in marketplace {MARKET}")
        return answer(found)

    def patch(self, request: Request) -> Answer:
        sku, asked = request.parts["sku"], body_of(request)
        issue = self.take(sku, asked)
        shown = {"sku": sku, "status": "INVALID" if issue else "ACCEPTED", "submissionId": "f1dc2914-75dd-11ea-bc55-0242ac130003"}
        return answer({**shown, "issues": [issue] if issue else []})

    def take(self, sku: str, asked: Any) -> dict[str, Any] | None:
        """The issue that speaks against it; None when it was carried out."""
        patches = [mapping(one) for one in items(mapping(asked).get("patches"))]
        values = [mapping(one) for patch in patches for one in items(patch.get("value"))]
        if self.item(sku) is None:
            return issue_of("90000900", f"SKU {sku} does not exist.")
        if not text(mapping(asked).get("productType")) or any(one.get("path") != PATH for one in patches) or not values:
            return issue_of("90220", "productType and one patch of fulfillment_availability are required.")
        quantity = values[0].get("quantity")
        if values[0].get("fulfillment_channel_code") != "DEFAULT" or sku in [row[0] for row in WAREHOUSED]:
            return issue_of("90249", "The quantity of an offer fulfilled by Amazon cannot be written.")
        if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 <= quantity <= LARGEST:
            return issue_of("90117", f"'{quantity}' is no quantity.")
        self.shop.set_quantity(sku, quantity)
        return None

    # Warehouses

    def summaries(self, request: Request) -> Answer:
        """Among them one SKU that left the warehouse long ago: Amazon keeps its summary at 0."""
        old = next(iter(self.shop.world.shelf(CHANNEL).listings))
        rows = [*((sku, title, count) for sku, title, count, _ in WAREHOUSED), (old, "left the warehouse", 0)]
        wanted = [one for one in request.query.get("sellerSkus", "").split(",") if one]
        shown = [self._summary(*row) for row in rows if not wanted or row[0] in wanted]
        payload = {"granularity": {"granularityType": "Marketplace", "granularityId": MARKET}, "inventorySummaries": shown}
        return answer({"payload": payload, "pagination": {}})

    @staticmethod
    def _summary(sku: str, title: str, count: int) -> dict[str, Any]:
        return {
            "asin": asin_of(sku),
            "fnSku": f"X00{asin_of(sku)[3:]}",
            "sellerSku": sku,
            "condition": "NewItem",
            "inventoryDetails": {"fulfillableQuantity": count, "reservedQuantity": {"totalReservedQuantity": 2}},
            "lastUpdatedTime": "2026-01-05T08:00:00Z",
            "productName": title,
            "totalQuantity": count + 2,
        }

    # Feeds

    def new_document(self, request: Request) -> Answer:
        document = f"amzn1.tortuga.4.na.{len(self.documents) + 1:08d}"
        self.documents[document] = b""
        return answer({"feedDocumentId": document, "url": url_of(document)}, 201)

    def upload(self, request: Request) -> Answer:
        if request.parts["id"] not in self.documents or "X-Amz-Signature" not in request.query:
            return Answer(b"<Error><Code>AccessDenied</Code></Error>", 403, "application/xml")
        self.documents[request.parts["id"]] = request.body
        return Answer()

    def download(self, request: Request) -> Answer:
        if "X-Amz-Signature" not in request.query:
            return Answer(b"<Error><Code>AccessDenied</Code></Error>", 403, "application/xml")
        return Answer(self.documents.get(request.parts["id"], b""))

    def new_feed(self, request: Request) -> Answer:
        asked = body_of(request)
        document = text(asked.get("inputFeedDocumentId"))
        if asked.get("feedType") != "JSON_LISTINGS_FEED" or not self.documents.get(document):
            return refusal(400, "InvalidInput", "The feed document was not uploaded.")
        feed_id = f"{50_000 + len(self.feeds)}"
        self.feeds[feed_id] = {
            "feedId": feed_id,
            "feedType": "JSON_LISTINGS_FEED",
            "marketplaceIds": [MARKET],
            "createdTime": stamp(self.shop.world.now()),
            "processingStatus": "IN_QUEUE",
            "document": document,
            "looks": self.looks_until_done,
        }
        return answer({"feedId": feed_id}, 202)

    def feed(self, request: Request) -> Answer:
        feed = self.feeds.get(request.parts["id"])
        if feed is None:
            return refusal(404, "NotFound", "The feed is not found.")
        feed["looks"] -= 1
        if feed["looks"] < 0 and feed["processingStatus"] != "DONE":
            result = f"{feed['document']}.result"
            self.documents[result] = msgspec.json.encode(self._process(feed))
            feed |= {"processingStatus": "DONE", "resultFeedDocumentId": result}
        return answer({name: value for name, value in feed.items() if name not in ("document", "looks")})

    def _process(self, feed: dict[str, Any]) -> dict[str, Any]:
        """The report of https://github.com/amzn/selling-partner-api-models/tree/main/schemas/feeds"""
        messages = items(mapping(msgspec.json.decode(self.documents[feed["document"]])).get("messages"))
        issues = []
        for message in map(mapping, messages):
            issue = self.take(text(message.get("sku")), message)
            if issue:
                told = {name: issue[name] for name in ("code", "severity", "message")}
                issues.append({"messageId": message.get("messageId"), "sku": message.get("sku"), **told})
        total = len(messages)
        return {
            "header": {"sellerId": SELLER, "version": "2.0", "feedId": feed["feedId"]},
            "issues": issues,
            "summary": {
                "errors": len(issues),
                "warnings": 0,
                "messagesProcessed": total,
                "messagesAccepted": total - len(issues),
                "messagesInvalid": len(issues),
            },
        }

    def document(self, request: Request) -> Answer:
        if request.parts["id"] not in self.documents:
            return refusal(404, "NotFound", "The document is not found.")
        return answer({"feedDocumentId": request.parts["id"], "url": url_of(request.parts["id"])})


def issue_of(code: str, words: str) -> dict[str, Any]:
    return {"code": code, "message": words, "severity": "ERROR", "attributeNames": ["fulfillment_availability"], "categories": []}


def url_of(document: str) -> str:
    return f"https://{STORE_HOST}/documents/{document}?X-Amz-Expires=300&X-Amz-Signature=5d6c7b8a"


def page_token(first: int) -> str:
    return base64.urlsafe_b64encode(f"page:{first}".encode()).decode()


def page_start(token: str) -> int | None:
    """None for a token that was never given."""
    if not token:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except ValueError:
        return None
    return int(number) if word == "page" and number.isdigit() else None
