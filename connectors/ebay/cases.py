"""Returns, inquiries, cancellations and escalated cases: read by the Post-Order API, whose search knows no time of change, so all of
the last weeks are read again and what did not change keeps its key. Payment disputes likewise. Cancellations can be answered.

https://developer.ebay.com/devzone/post-order/concepts/MakingACall.html
https://developer.ebay.com/api-docs/sell/fulfillment/resources/payment_dispute/methods/getPaymentDisputeSummaries
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from connectors.base.client import decode
from connectors.base.commands import OrderAct, Receipt
from connectors.base.contract import Delivery, Offer
from connectors.base.errors import ChannelError, NotSupported, Refused
from connectors.base.signing import fingerprint
from connectors.base.wire import integer, items, mapping, text
from connectors.ebay.client import Client
from connectors.ebay.manifest import IDENTITY_HOST
from connectors.ebay.messages import stamp

ROOT = "/post-order/v2"
PAGE, MOST_PAGES = 200, 20
LOG = logging.getLogger(__name__)
# This API takes the same token under another name: "Bearer" is refused.
SCHEME = "IAF"
SMALLEST_WINDOW = timedelta(hours=1)
# A matter lives some weeks: the buyer has 30 days to open it and both sides days to answer.
LOOK_BACK = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Kind:
    """`since` and `until` name the search's parameters, `found` the list in its answer. `by_role`: the search is told that we sell."""

    name: str
    id: str
    found: str
    since: str = "creation_date_range_from"
    until: str = "creation_date_range_to"
    by_role: bool = True


KINDS = (
    Kind("cancellation", "cancelId", "cancellations"),
    Kind("inquiry", "inquiryId", "members", "inquiry_creation_date_range_from", "inquiry_creation_date_range_to", by_role=False),
    Kind("return", "returnId", "members"),
    Kind("casemanagement", "caseId", "members", "case_creation_date_range_from", "case_creation_date_range_to", by_role=False),
)
DISPUTE = Kind("payment_dispute", "paymentDisputeId", "paymentDisputeSummaries", "open_date_from", "open_date_to")
DISPUTES = "/sell/fulfillment/v1/payment_dispute_summary"


async def read_cases(client: Client) -> list[Delivery]:
    """What cannot be read now (eBay's trouble, a scope that was not granted) is read again with the next round, and holds up
    neither the other kinds nor the orders."""
    now, deliveries = client.context.now(), []
    for kind in (*KINDS, DISPUTE):
        try:
            found = await (_disputes(client, now) if kind is DISPUTE else _search(client, kind, now - LOOK_BACK, now))
        except ChannelError as error:
            LOG.warning("eBay's %s was not read: %s", kind.name, error.code)
            continue
        deliveries += [case_delivery(kind, shown, now) for shown in found]
    return deliveries


async def _disputes(client: Client, now: datetime) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = []
    window = {DISPUTE.since: stamp(now - LOOK_BACK + SMALLEST_WINDOW), DISPUTE.until: stamp(now)}
    for number in range(MOST_PAGES):
        params = {**window, "limit": str(PAGE), "offset": str(number * PAGE)}
        answer = mapping(decode(await client.rest("GET", DISPUTES, operation="read_orders", params=params, host=IDENTITY_HOST)))
        page = [mapping(entry) for entry in items(answer.get(DISPUTE.found))]
        found += page
        if not page or len(found) >= integer(answer.get("total"), len(found)):
            break
    return found


async def _search(client: Client, kind: Kind, since: datetime, until: datetime) -> list[Mapping[str, object]]:
    """A window that holds more than one page is halved: eBay does not say whether `offset` counts pages or entries."""
    params = {kind.since: stamp(since), kind.until: stamp(until), "limit": str(PAGE)}
    params |= {"role": "SELLER"} if kind.by_role else {}
    path = f"{ROOT}/{kind.name}/search"
    answer = mapping(decode(await client.rest("GET", path, operation="read_orders", params=params, scheme=SCHEME)))
    found = [mapping(entry) for entry in items(answer.get(kind.found))]
    total = integer(
        mapping(answer.get("paginationOutput")).get("totalEntries"), integer(answer.get("totalNumberOfCases"), len(found))
    )
    if total <= len(found) or until - since <= SMALLEST_WINDOW:
        return found
    middle = since + (until - since) / 2
    halves = await _search(client, kind, since, middle) + await _search(client, kind, middle, until)
    return list({text(entry.get(kind.id)): entry for entry in halves}.values())


def case_delivery(kind: Kind, shown: Mapping[str, object], now: datetime) -> Delivery:
    key = f"{kind.name}:{text(shown.get(kind.id))}:{fingerprint(msgspec.json.encode(shown, order='sorted'))}"
    body = msgspec.json.encode({"read_at": stamp(now), "case": shown})
    return Delivery(kind=f"case.{kind.name}", key=key, body=body)


APPROVE, REJECT = "cancellation.approve", "cancellation.reject"
LABELS = {
    APPROVE: {"en": "Approve the cancellation", "id": "Setujui pembatalan"},
    REJECT: {"en": "Decline: already sent", "id": "Tolak: sudah dikirim"},
}
HELPS = {
    APPROVE: {"en": "eBay refunds the buyer.", "id": "eBay mengembalikan dana pembeli."},
    REJECT: {"en": "Write the tracking number of the parcel.", "id": "Tulis nomor resi paket."},
}


async def offers(client: Client, order_id: str) -> Sequence[Offer]:
    """Only while eBay waits for our answer to the buyer's wish to cancel."""
    waiting = [each for each in await _cancellations(client, order_id) if _asks_us(each)]
    return [
        Offer(name=f"{act}.{text(each.get('cancelId'))}", label=LABELS[act], help=HELPS[act], text_limit=limit, once=True)
        for each in waiting
        for act, limit in ((APPROVE, 0), (REJECT, 100))
    ]


async def _cancellations(client: Client, order_id: str) -> list[Mapping[str, object]]:
    params = {"legacy_order_id": order_id, "role": "SELLER"}
    path = f"{ROOT}/cancellation/search"
    answer = mapping(decode(await client.rest("GET", path, operation="read_orders", params=params, scheme=SCHEME)))
    return [each for each in map(mapping, items(answer.get("cancellations"))) if text(each.get("cancelId"))]


def _asks_us(shown: Mapping[str, object]) -> bool:
    return bool(mapping(shown.get("sellerResponseDueDate")).get("value")) and text(shown.get("cancelState")) != "CLOSED"


async def act(client: Client, command: OrderAct) -> Receipt:
    """https://developer.ebay.com/devzone/post-order/post-order_v2_cancellation-cancelid_approve__post.html"""
    name, number = _parts(command.name)
    body: dict[str, object] | None = None
    if name == REJECT:
        tracking = command.text.strip()
        if not tracking:
            raise Refused("the tracking number is missing", code="no_tracking", fix=HELPS[REJECT]["en"])
        body = {"shipmentDate": {"value": stamp(client.context.now())}, "trackingNumber": tracking}
    path = f"{ROOT}/cancellation/{number}/{name.rpartition('.')[2]}"
    await client.rest("POST", path, write=True, operation="send", json=body, scheme=SCHEME)
    return Receipt(key=command.key, external_id=number, at=client.context.now())


async def find_act(client: Client, command: OrderAct) -> Receipt | None:
    """eBay asks no more, so our answer has come there (or the site's)."""
    _, number = _parts(command.name)
    found = await _cancellations(client, command.order_id)
    mine = next((each for each in found if text(each.get("cancelId")) == number), None)
    if mine is None or _asks_us(mine):
        return None
    return Receipt(key=command.key, external_id=number)


def _parts(given: str) -> tuple[str, str]:
    name, _, number = given.rpartition(".")
    if name not in LABELS or not number.isdigit():
        raise NotSupported(f"eBay offers no {given!r}", code="not_offered")
    return name, number
