"""Returns, inquiries, cancellations and escalated cases of the Post-Order API, and payment disputes, as cases. Pure.

https://developer.ebay.com/devzone/post-order/types/CancelSummary.html
https://developer.ebay.com/Devzone/post-order/types/InquirySummaryType.html
https://developer.ebay.com/devzone/post-order/post-order_v2_return_search__get.html
https://developer.ebay.com/DevZone/post-order/types/CaseSummaryType.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import CaseSeen, Handle, Outcome
from connectors.base.wire import load, mapping, required, text, when
from connectors.ebay.normalise_trading import HANDLE

SITE = "https://www.ebay.com"
OURS_TO_ANSWER = ("OPEN", "PENDING", "WAITING_SELLER_RESPONSE")


def case_of(delivery: Delivery) -> Sequence[Outcome]:
    """The search tells no time of change, so the reading's time stands for it."""
    whole = mapping(load(delivery.body))
    read_at, shown = when(whole.get("read_at")), mapping(whole.get("case"))
    if read_at is None or not shown:
        raise Malformed("the case or its reading time is missing", code="missing_field")
    return (READERS[delivery.kind](shown, read_at),)


def _cancellation(shown: Mapping[str, Any], read_at: datetime) -> CaseSeen:
    number = required(shown.get("cancelId"), "cancelId")
    status, state = text(shown.get("cancelStatus")), text(shown.get("cancelState"))
    return CaseSeen(
        external_id=f"cancellation:{number}",
        kind="cancellation",
        version=_version(read_at),
        open=state != "CLOSED" and not status.startswith("CANCEL_CLOSED"),
        seen_at=read_at,
        order_id=text(shown.get("legacyOrderId")),
        customer=_buyer(shown.get("buyerLoginName")),
        respond_by=_moment(shown.get("sellerResponseDueDate")),
        title=status or state,
        detail=_words(shown.get("cancelReason")),
        url=f"{SITE}/mesh/ord/details?orderid={text(shown.get('legacyOrderId'))}",
        refs={"cancel_id": number},
    )


def _inquiry(shown: Mapping[str, Any], read_at: datetime) -> CaseSeen:
    """The item did not arrive. The summary names the item and the purchase, not the order."""
    number = required(shown.get("inquiryId"), "inquiryId")
    status = text(shown.get("inquiryStatusEnum"))
    refs = {"inquiry_id": number, "item_id": text(shown.get("itemId")), "transaction_id": text(shown.get("transactionId"))}
    return CaseSeen(
        external_id=f"inquiry:{number}",
        kind="inquiry",
        version=_version(read_at),
        open="CLOSED" not in status,
        seen_at=read_at,
        order_id=text(shown.get("orderId")),
        customer=_buyer(shown.get("buyer")),
        respond_by=_moment(shown.get("respondByDate")) if status in OURS_TO_ANSWER else None,
        title=status,
        detail="The buyer says that the item has not arrived.",
        url=f"{SITE}/ItemNotReceived/{number}",
        refs={name: value for name, value in refs.items() if value},
        listing_id=text(shown.get("itemId")),
    )


def _escalated(shown: Mapping[str, Any], read_at: datetime) -> CaseSeen:
    """A return or an inquiry that eBay was asked to decide. Its clock is eBay's, and ours only while the case is open."""
    number = required(shown.get("caseId"), "caseId")
    status = text(shown.get("caseStatusEnum"))
    refs = {"case_id": number, "item_id": text(shown.get("itemId")), "transaction_id": text(shown.get("transactionId"))}
    return CaseSeen(
        external_id=f"case:{number}",
        kind="claim",
        version=_version(read_at),
        open="CLOSED" not in status,
        seen_at=read_at,
        customer=_buyer(shown.get("buyer")),
        respond_by=_moment(shown.get("respondByDate")) if status in OURS_TO_ANSWER else None,
        title=status,
        detail=" ".join(filter(None, ("eBay was asked to step in.", _money(shown.get("claimAmount"))))),
        refs={name: value for name, value in refs.items() if value},
        listing_id=text(shown.get("itemId")),
    )


def _dispute(shown: Mapping[str, Any], read_at: datetime) -> CaseSeen:
    """The buyer asked their bank or PayPal for the money back. Evidence is given on eBay."""
    number = required(shown.get("paymentDisputeId"), "paymentDisputeId")
    status, order_id = text(shown.get("paymentDisputeStatus")), text(shown.get("orderId"))
    return CaseSeen(
        external_id=f"dispute:{number}",
        kind="dispute",
        version=_version(read_at),
        open=status != "CLOSED",
        seen_at=read_at,
        order_id=order_id,
        customer=_buyer(shown.get("buyerUsername")),
        respond_by=when(text(shown.get("respondByDate"))) if status == "ACTION_NEEDED" else None,
        title=status,
        detail=" ".join(filter(None, (_words(shown.get("reason")), _money(shown.get("amount"))))),
        url=f"{SITE}/mesh/ord/details?orderid={order_id}" if order_id else "",
        refs={"payment_dispute_id": number},
    )


def _return(shown: Mapping[str, Any], read_at: datetime) -> CaseSeen:
    number = required(shown.get("returnId"), "returnId")
    made = mapping(shown.get("creationInfo"))
    item = mapping(made.get("item"))
    state, status = text(shown.get("state")), text(shown.get("status"))
    words = text(mapping(made.get("comments")).get("content")).strip()
    refs = {"return_id": number, "item_id": text(item.get("itemId")), "transaction_id": text(item.get("transactionId"))}
    return CaseSeen(
        external_id=f"return:{number}",
        kind="return",
        version=_version(read_at),
        open="CLOSED" not in (state, status),
        seen_at=read_at,
        order_id=text(shown.get("orderId")),
        customer=_buyer(shown.get("buyerLoginName")),
        respond_by=_moment(mapping(shown.get("sellerResponseDue")).get("respondByDate")),
        title=state or status,
        detail=": ".join(filter(None, (_words(made.get("reason")), words))),
        url=f"{SITE}/rt/ReturnDetails?returnId={number}",
        refs={name: value for name, value in refs.items() if value},
    )


def _version(read_at: datetime) -> str:
    return read_at.isoformat(timespec="milliseconds")


def _moment(value: Any) -> datetime | None:
    """`{"value": "2026-10-09T10:00:00.000Z"}`"""
    return when(text(mapping(value).get("value")))


def _buyer(name: Any) -> Handle | None:
    found = text(name).strip()
    return Handle(kind=HANDLE, value=found, label=found) if found else None


def _money(amount: Any) -> str:
    given = mapping(amount)
    return f"{text(given.get('value'))} {text(given.get('currency'))}".strip()


def _words(reason: Any) -> str:
    """BUYER_ASKED_CANCEL -> Buyer asked cancel"""
    return text(reason).replace("_", " ").strip().capitalize()


READERS: Mapping[str, Callable[[Mapping[str, Any], datetime], CaseSeen]] = {
    "case.cancellation": _cancellation,
    "case.inquiry": _inquiry,
    "case.return": _return,
    "case.casemanagement": _escalated,
    "case.payment_dispute": _dispute,
}
