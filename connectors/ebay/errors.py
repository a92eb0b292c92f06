"""eBay's failures, REST and Trading, sorted into the kinds the pipeline acts on.

REST: https://developer.ebay.com/api-docs/static/handling-error-messages.html
Trading: https://developer.ebay.com/devzone/xml/docs/reference/ebay/errors/errormessages.htm
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

import msgspec

from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, RateLimited, Refused, Unavailable
from connectors.base.wire import items, mapping, text
from connectors.ebay.markup import text_at, texts_at

SCOPE_ROOT = "https://api.ebay.com/oauth/api_scope"
SCOPES = {
    "/commerce/message/": f"{SCOPE_ROOT}/commerce.message",
    "/commerce/notification/": f"{SCOPE_ROOT}/commerce.notification.subscription",
    "/commerce/identity/": f"{SCOPE_ROOT}/commerce.identity.readonly",
    "/sell/fulfillment/v1/payment_dispute": f"{SCOPE_ROOT}/sell.payment.dispute",
    "/sell/fulfillment/": f"{SCOPE_ROOT}/sell.fulfillment",
    "/sell/inventory/": f"{SCOPE_ROOT}/sell.inventory",
    "/ws/api.dll": SCOPE_ROOT,
}
SCOPE_MISSING = "scope_missing"
TOKEN_EXPIRED = "token_expired"

EXPIRED_TOKEN = {"931", "932", "16110", "17470", "21917053"}
MISSING_SCOPE = {"21916984"}
CALL_LIMIT = {"518"}
# https://developer.ebay.com/support/kb-article?KBid=666: from one hour to one day
MESSAGE_QUOTA = {"20957"}
EBAY_INTERNAL = {"10007", "16100", "21220098"}
REST_INTERNAL = {"25001", "30500", "335000", "195000"}

FIXES = {
    "355006": "eBay does not know this buyer any more; answer from the eBay site.",
    "355007": "eBay does not know this conversation any more; answer from the eBay site.",
    "355010": "Send at most five files.",
    "355013": "Shorten the text to 2,000 characters.",
    "355014": "eBay fetches files from a public https address; set one for this installation.",
    "25759": "An auction of this SKU holds units; end it or raise the quantity.",
    "21916750": "The listing has ended; relist it on eBay.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of an error list. `values` are its parameters (ids of what it is about)."""

    code: str
    words: str
    is_warning: bool = False
    is_internal: bool = False
    values: tuple[str, ...] = ()


def rest_faults(body: bytes) -> list[Fault]:
    """Entries of `{"errors": [...]}`; empty when the body is something else."""
    try:
        found = mapping(msgspec.json.decode(body))
    except msgspec.DecodeError:
        return []
    return [rest_fault(entry) for entry in items(found.get("errors"))]


def rest_fault(value: object) -> Fault:
    entry = mapping(value)
    code = text(entry.get("errorId"))
    return Fault(
        code=code,
        words=text(entry.get("longMessage")) or text(entry.get("message")),
        is_internal=code in REST_INTERNAL,
        values=tuple(text(mapping(one).get("value")) for one in items(entry.get("parameters"))),
    )


def rest_failure(status: int, body: bytes, *, path: str, write: bool) -> ChannelError:
    """For the statuses 400, 403, 404 and 409; the base client knows the others."""
    faults = rest_faults(body)
    first = faults[0] if faults else Fault(f"http_{status}", body[:300].decode("utf-8", "replace"))
    detail = f"eBay {first.code}: {first.words}"
    if status == 403 and first.code in ("1100", "http_403"):
        scope = next((name for prefix, name in SCOPES.items() if path.startswith(prefix)), SCOPE_ROOT)
        return AuthExpired(detail, code=SCOPE_MISSING, missing=(scope,))
    if first.code in MESSAGE_QUOTA:
        return RateLimited(detail, after=3600.0, code=first.code)
    if first.is_internal:
        return (Ambiguous if write else Unavailable)(detail, code=first.code)
    return Refused(detail, code=first.code, fix=FIXES.get(first.code, ""))


def trading_faults(root: Element) -> list[Fault]:
    return [
        Fault(
            code=text_at(entry, "ErrorCode"),
            words=text_at(entry, "LongMessage") or text_at(entry, "ShortMessage"),
            is_warning=text_at(entry, "SeverityCode") == "Warning",
            is_internal=text_at(entry, "ErrorClassification") == "SystemError" or text_at(entry, "ErrorCode") in EBAY_INTERNAL,
            values=tuple(texts_at(entry, "ErrorParameters/Value")),
        )
        for entry in root.findall("Errors")
    ]


def trading_failure(root: Element, *, write: bool) -> ChannelError:
    """For an answer whose Ack is Failure."""
    faults = [fault for fault in trading_faults(root) if not fault.is_warning]
    first = faults[0] if faults else Fault("failure", "eBay gave no reason")
    detail = f"eBay {first.code}: {first.words}"
    codes = {fault.code for fault in faults}
    if codes & EXPIRED_TOKEN:
        return AuthExpired(detail, code=TOKEN_EXPIRED)
    if codes & MISSING_SCOPE:
        return AuthExpired(detail, code=SCOPE_MISSING, missing=(SCOPE_ROOT,))
    if codes & MESSAGE_QUOTA:
        return RateLimited(detail, after=3600.0, code="20957")
    if codes & CALL_LIMIT:
        return RateLimited(detail, code="518")
    if first.is_internal:
        return (Ambiguous if write else Unavailable)(detail, code=first.code)
    return Refused(detail, code=first.code, fix=FIXES.get(first.code, ""))


def http_failure(status: int, words: str, *, write: bool) -> ChannelError:
    """For a Trading answer that is not 200: the gateway speaks, not the call."""
    detail = f"eBay answered {status}: {words[:300]}"
    if status == 401:
        return AuthExpired(detail, code=TOKEN_EXPIRED)
    if status == 429:
        return RateLimited(detail, code="rate_limited")
    if status == 503:
        return Unavailable(detail, code="unavailable")
    if status >= 500:
        return (Ambiguous if write else Unavailable)(detail, code="server_error")
    return Refused(detail, code=f"http_{status}")
