"""Telling Amazon that a parcel left. https://developer-docs.amazon.com/sp-api/docs/orders-api-v0-reference#confirmshipment"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.amazon.client import Client, piece
from connectors.amazon.normalise_orders import BY_AMAZON
from connectors.amazon.orders import read_order, stamp
from connectors.base.commands import OrderAct, Receipt
from connectors.base.contract import Offer
from connectors.base.errors import Refused
from connectors.base.signing import fingerprint
from connectors.base.wire import integer, items, mapping, text

SHIP = "confirmShipment"
UNSENT = ("UNSHIPPED", "PARTIALLY_SHIPPED")
# Amazon's own names; any other goes as `Other` with its name beside it.
CARRIERS = {
    name.lower(): name
    for name in (
        "Amazon Shipping", "Aramex", "Australia Post", "BRT", "Blue Dart", "Bpost", "Canada Post", "Chronopost", "Colissimo",
        "Correios", "Correos", "DHL", "DHL eCommerce", "DPD", "Delhivery", "Deutsche Post", "Evri", "FedEx", "GLS", "Hermes",
        "India Post", "InPost", "J&T Express", "Japan Post", "La Poste", "Mondial Relay", "OnTrac", "Parcelforce", "Poste Italiane",
        "PostNL", "PostNord", "Purolator", "Royal Mail", "SEUR", "SF Express", "Sagawa", "Singapore Post", "TNT", "UPS", "USPS",
        "Yamato", "Yodel",
    )
}  # fmt: skip
OFFER = Offer(
    name=SHIP,
    label={"en": "Confirm the shipment", "id": "Konfirmasi pengiriman"},
    help={
        "en": "Carrier, then the tracking number: UPS 1Z999AA10123456784. All that is not shipped yet is in this parcel.",
        "id": "Kurir, lalu nomor resi: UPS 1Z999AA10123456784. Semua yang belum dikirim ada di paket ini.",
    },
    text_limit=120,
    once=True,
)


async def offers(client: Client, order_id: str) -> tuple[Offer, ...]:
    """Only what the seller ships and has not shipped in full."""
    return (OFFER,) if unsent(await read_order(client, order_id) or {}) else ()


def unsent(order: Mapping[str, Any]) -> list[dict[str, object]]:
    """Amazon's lines with the units that still have to go."""
    fulfilment = mapping(order.get("fulfillment"))
    if text(fulfilment.get("fulfilledBy")) == BY_AMAZON or text(fulfilment.get("fulfillmentStatus")) not in UNSENT:
        return []
    lines = [mapping(one) for one in items(order.get("orderItems"))]
    left = [(text(one.get("orderItemId")), _left(one)) for one in lines]
    return [{"orderItemId": item, "quantity": count} for item, count in left if item and count > 0]


def _left(line: Mapping[str, Any]) -> int:
    done = mapping(line.get("fulfillment"))
    return integer(done.get("quantityUnfulfilled"), integer(line.get("quantityOrdered")))


async def confirm(client: Client, act: OrderAct) -> Receipt:
    """One number for each act names the parcel, so saying it twice confirms one parcel."""
    carrier, tracking = carrier_and_number(act.text)
    lines = unsent(await read_order(client, act.order_id) or {})
    if not lines:
        fix = "Look at the order: it is shipped, cancelled, or Amazon ships it."
        raise Refused("nothing of this order is left to ship", code="nothing_to_ship", fix=fix)
    body = {"marketplaceId": client.marketplace, "packageDetail": package(act, carrier, tracking, lines, client)}
    path = f"/orders/v0/orders/{piece(act.order_id)}/shipmentConfirmation"
    await client.call("POST", path, write=True, operation="act", json=body)
    return Receipt(key=act.key, external_id=f"{act.order_id}:{SHIP}:{act.key}", at=client.context.now())


def package(
    act: OrderAct, carrier: str, tracking: str, lines: Sequence[Mapping[str, object]], client: Client
) -> dict[str, object]:
    known = CARRIERS.get(carrier.lower())
    named = {"carrierCode": known} if known else {"carrierCode": "Other", "carrierName": carrier}
    return {
        **named,
        "packageReferenceId": str(int(fingerprint(act.key)[:12], 16) + 1),
        "trackingNumber": tracking,
        "shipDate": stamp(act.started_at or client.context.now()),
        "orderItems": list(lines),
    }


def carrier_and_number(said: str) -> tuple[str, str]:
    """The number is what stands last: carriers have names of several words, numbers have digits."""
    carrier, _, number = said.strip().rpartition(" ")
    if not carrier.strip() or not any(sign.isdigit() for sign in number):
        fix = "Write the carrier, a space and the tracking number: UPS 1Z999AA10123456784."
        raise Refused("carrier and tracking number are needed", code="no_tracking", fix=fix)
    return carrier.strip(), number
