"""Pretend Inventory API: https://developer.ebay.com/api-docs/sell/inventory/resources/methods"""

from __future__ import annotations

import math
import zlib
from typing import Any
from urllib.parse import unquote

from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.ebay.sandbox_shop import Shop, body_of, guarded, money, number_param, page_url, refusal

ROOT = "/sell/inventory/v1"
SCOPE = "sell.inventory"
DOMAIN = "API_INVENTORY"
BULK_MAX = 25


def fail(status: int, code: int, words: str) -> Answer:
    return refusal(status, code, words, domain=DOMAIN)


def offer_id(sku: str) -> str:
    return f"36{zlib.crc32(sku.encode()) % 10**8:08d}010"


def fault(code: int, words: str) -> dict[str, Any]:
    return {"errorId": code, "domain": DOMAIN, "category": "REQUEST", "message": words, "longMessage": words}


class Inventory:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def routes(self, box: Sandbox) -> None:
        box.route("GET", f"{ROOT}/inventory_item")(guarded(self.shop, self.listed, scope=SCOPE))
        box.route("GET", f"{ROOT}/inventory_item/{{sku}}")(guarded(self.shop, self.one, scope=SCOPE))
        box.route("POST", f"{ROOT}/bulk_get_inventory_item")(guarded(self.shop, self.many, scope=SCOPE))
        box.route("GET", f"{ROOT}/offer")(guarded(self.shop, self.offers, scope=SCOPE))
        box.route("POST", f"{ROOT}/bulk_update_price_quantity", "stock")(guarded(self.shop, self.update, scope=SCOPE))

    def item(self, sku: str) -> dict[str, Any]:
        good, listing = self.shop.good(sku), self.shop.shelf_listings[sku]
        product: dict[str, Any] = {"title": good.title, "brand": good.brand}
        if good.barcode:
            product["ean"] = [good.barcode]
        if good.picture.startswith("https://"):
            product["imageUrls"] = [good.picture]
        return {
            "sku": sku,
            "locale": "en_US",
            "condition": "NEW",
            "product": product,
            "availability": {
                "shipToLocationAvailability": {
                    "quantity": listing.quantity,
                    "allocationByFormat": {"auction": 0, "fixedPrice": listing.quantity},
                }
            },
        }

    def listed(self, request: Request) -> Answer:
        """`offset` counts pages, not items."""
        limit, page = number_param(request, "limit", 25, 200), number_param(request, "offset", 0, 10**6)
        if not limit or page is None:
            return fail(400, 25706, "You have provided invalid pagination values.")
        skus = self.shop.inventory_skus()
        shown: dict[str, Any] = {
            "href": page_url(request),
            "limit": limit,
            "size": math.ceil(len(skus) / limit),
            "total": len(skus),
            "inventoryItems": [self.item(sku) for sku in skus[page * limit : (page + 1) * limit]],
        }
        if (page + 1) * limit < len(skus):
            shown["next"] = page_url(request, offset=page + 1, limit=limit)
        return answer(shown)

    def has(self, sku: str) -> bool:
        return sku in self.shop.shelf_listings and self.shop.is_inventory(sku)

    def one(self, request: Request) -> Answer:
        sku = unquote(request.parts["sku"])
        if not self.has(sku):
            return fail(404, 25710, "We didn't find the resource/entity you are requesting. Please verify the request")
        return answer(self.item(sku))

    def many(self, request: Request) -> Answer:
        body: dict[str, Any] = body_of(request)
        wanted = [str(one.get("sku")) for one in body.get("requests") or []]
        if not wanted or len(wanted) > BULK_MAX:
            return fail(400, 25709, f"Invalid value for requests. At most {BULK_MAX} SKUs.")
        missing = [fault(25710, "We didn't find the resource/entity you are requesting.")]
        found = [
            {"sku": sku, "statusCode": 200, "inventoryItem": self.item(sku), "errors": [], "warnings": []}
            if self.has(sku)
            else {"sku": sku, "statusCode": 404, "errors": missing, "warnings": []}
            for sku in wanted
        ]
        return answer({"responses": found}, 200 if all(self.has(sku) for sku in wanted) else 207)

    def offers(self, request: Request) -> Answer:
        sku = request.query.get("sku", "")
        if not self.has(sku):
            return fail(404, 25713, "This Offer is not available.")
        listing = self.shop.shelf_listings[sku]
        price = {"value": money(listing.price_minor), "currency": listing.currency}
        offer = {
            "offerId": offer_id(sku),
            "sku": sku,
            "marketplaceId": "EBAY_US",
            "format": "FIXED_PRICE",
            "availableQuantity": listing.quantity,
            "pricingSummary": {"price": price},
            "listingDuration": "GTC",
            "status": "PUBLISHED",
            "listing": {
                "listingId": listing.id,
                "listingStatus": "ACTIVE" if listing.quantity else "OUT_OF_STOCK",
                "soldQuantity": listing.sold,
            },
        }
        return answer({"href": page_url(request), "limit": 100, "size": 1, "total": 1, "offers": [offer]})

    def update(self, request: Request) -> Answer:
        body: dict[str, Any] = body_of(request)
        wanted: list[dict[str, Any]] = body.get("requests") or []
        skus = [str(one.get("sku") or "") for one in wanted]
        if not wanted or len(wanted) > BULK_MAX or len(set(skus)) < len(skus):
            return fail(400, 25709, f"Invalid value for requests. Up to {BULK_MAX} different SKUs.")
        responses = [entry for one in wanted for entry in self.updated(one)]
        return answer({"responses": responses}, 200 if all(entry["statusCode"] == 200 for entry in responses) else 207)

    def updated(self, one: dict[str, Any]) -> list[dict[str, Any]]:
        """One entry for the SKU, or one for each offer named."""
        sku, offers = str(one.get("sku") or ""), one.get("offers") or []
        quantities = [(one.get("shipToLocationAvailability") or {}).get("quantity")]
        quantities += [offer.get("availableQuantity") for offer in offers]
        given = [value for value in quantities if value is not None]
        refused = self.refused(sku, offers, given)
        if refused is None and given:
            self.shop.set_quantity(sku, min(given))
        status = {"statusCode": refused[0], "errors": [refused[1]]} if refused else {"statusCode": 200, "errors": []}
        named = [{"offerId": str(offer.get("offerId"))} for offer in offers] or [{}]
        return [{"sku": sku, **name, **status, "warnings": []} for name in named]

    def refused(self, sku: str, offers: list[dict[str, Any]], given: list[Any]) -> tuple[int, dict[str, Any]] | None:
        if not self.has(sku):
            return 404, fault(25702, f"{sku} could not be found or is not available in the system.")
        if any(str(offer.get("offerId")) != offer_id(sku) for offer in offers):
            return 404, fault(25713, "This Offer is not available.")
        if any(not isinstance(value, int) or value < 0 for value in given):
            return 400, fault(25709, "Invalid value for quantity.")
        return None
