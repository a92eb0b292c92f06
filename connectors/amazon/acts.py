"""What Amazon lets a seller do on an order besides answering: confirm its shipment, messages of fixed kinds, ask for a review.

https://developer-docs.amazon.com/sp-api/docs/messaging-api and /docs/solicitations-api
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.amazon import shipping
from connectors.amazon.client import Client, piece
from connectors.base.client import decode
from connectors.base.commands import OrderAct, Receipt
from connectors.base.contract import Offer
from connectors.base.errors import NotSupported, Refused
from connectors.base.wire import items, mapping, text

MESSAGING = "/messaging/v1/orders"
SOLICITATIONS = "/solicitations/v1/orders"
REVIEW = "productReviewAndSellerFeedback"
FORBIDDEN = re.compile(r"<[a-z/!][^>]*>|[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE)

_NO_MARKUP = {
    "en": "No HTML, no e-mail addresses, only links the task needs; in the buyer's language.",
    "id": "Tanpa HTML, tanpa alamat email, hanya tautan yang perlu; dalam bahasa pembeli.",
}


def _texting(name: str, en: str, own: str, limit: int = 2000) -> Offer:
    return Offer(name=name, label={"en": en, "id": own}, help=_NO_MARKUP, text_limit=limit)


OFFERS: Mapping[str, Offer] = {
    offer.name: offer
    for offer in (
        _texting("confirmCustomizationDetails", "Ask about customisation", "Tanyakan detail kustomisasi", 800),
        _texting("confirmDeliveryDetails", "Settle the delivery", "Pastikan pengiriman"),
        _texting("confirmOrderDetails", "Ask about the order", "Tanyakan pesanan"),
        _texting("confirmServiceDetails", "Settle the service", "Pastikan layanan"),
        _texting("unexpectedProblem", "Tell of an unexpected problem", "Sampaikan masalah tak terduga"),
        _texting("digitalAccessKey", "Send a digital access key", "Kirim kunci akses digital", 400),
        Offer(
            name=REVIEW,
            label={"en": "Ask for a review", "id": "Minta ulasan"},
            help={
                "en": "Amazon writes the words. Once for each order, 5 to 30 days after delivery.",
                "id": "Amazon yang menulis kata-katanya. Sekali tiap pesanan, 5 sampai 30 hari setelah tiba.",
            },
            once=True,
        ),
    )
}


async def offers(client: Client, order_id: str) -> Sequence[Offer]:
    """Those Amazon allows now; kinds that consist of files alone are left out."""
    if not order_id:
        return ()
    found = list(await shipping.offers(client, order_id))
    for root in (MESSAGING, SOLICITATIONS):
        params = {"marketplaceIds": client.marketplace}
        response = await client.call("GET", f"{root}/{piece(order_id)}", operation="read_acts", params=params, accept=(404,))
        found += [OFFERS[name] for name in action_names(mapping(decode(response))) if name in OFFERS]
    return tuple(found)


def action_names(told: Mapping[str, Any]) -> list[str]:
    """Of the HAL links; a link without a name is known by the end of its path."""
    links = [mapping(one) for one in items(mapping(told.get("_links")).get("actions"))]
    names = [text(one.get("name")) or text(one.get("href")).partition("?")[0].rpartition("/")[2] for one in links]
    return list(dict.fromkeys(filter(None, names)))


async def carry_out(client: Client, act: OrderAct) -> Receipt:
    if act.name == shipping.SHIP and act.order_id:
        return await shipping.confirm(client, act)
    offer = OFFERS.get(act.name)
    if offer is None or not act.order_id:
        raise NotSupported(f"Amazon offers no {act.name or 'such act'} on an order", code="not_offered")
    path, body = f"{SOLICITATIONS}/{piece(act.order_id)}/solicitations/{REVIEW}", None
    if offer.text_limit:
        path, body = f"{MESSAGING}/{piece(act.order_id)}/messages/{act.name}", {"text": _words(act, offer)}
    params = {"marketplaceIds": client.marketplace}
    await client.call("POST", path, write=True, operation="act", params=params, json=body)
    return Receipt(key=act.key, external_id=f"{act.order_id}:{act.name}:{act.key}", at=client.context.now())


def _words(act: OrderAct, offer: Offer) -> str:
    words = act.text.strip()
    if not words:
        raise Refused("this message needs a text", code="no_text", fix="Write what the buyer should know.")
    if len(words) > offer.text_limit:
        raise Refused(f"{len(words)} characters, {offer.text_limit} allowed", code="text_too_long", fix="Shorten the text.")
    if FORBIDDEN.search(words):
        raise Refused("Amazon takes no HTML and no e-mail address here", code="forbidden_text", fix="Take them out.")
    return words
