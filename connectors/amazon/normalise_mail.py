"""A mail of the relay mailbox as facts: buyers' messages, our own copies, formal matters, what came back, and look-alikes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from connectors.amazon.relay import IN_TEXT, buyer_of, is_amazon, is_relay, looks_like_amazon, order_in, thread_of
from connectors.amazon.words import BY_SERVICE, buyers_words, template_of
from connectors.base.contract import Delivery
from connectors.base.events import (
    CaseKind,
    CaseSeen,
    ConsentChanged,
    Handle,
    Media,
    MessageReceived,
    MessageStatus,
    Outcome,
    Unsupported,
)
from connectors.base.mail_read import Mail, read_mail
from connectors.base.wire import when

KIND_HEADER = "x-space-notification-type"
COPY = "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT"
CASES: dict[str, tuple[CaseKind, bool, str]] = {
    "BRC_SELLER_NOTIFICATION": ("cancellation", True, "Buyer asks to cancel"),
    "RETURN_REQUEST": ("return", True, "Return request"),
    "A_Z_CLAIM_RESPONDENT_NOTIFY": ("claim", True, "A-to-z Guarantee claim"),
    "A_Z_CLAIM_RESPONDENT_CLOSE": ("claim", False, "A-to-z Guarantee claim closed"),
    "A_Z_CLAIM_CLOSE": ("claim", False, "A-to-z Guarantee claim closed"),
}
PREFIX = {"cancellation": "cancel", "return": "return", "claim": "claim"}
RETURNED = ("we were unable to deliver the message you sent", "unable to deliver your message")
OPTED_OUT = ("opted out", "opt-out", "opted-out", "does not want to receive", "abgemeldet", "désinscrit")
ALIKE = "The sender's address only looks like Amazon's."
UNPROVEN = "The sender could not be proven: the mail server found that the mail is not from Amazon."
HANDLE = "amazon_relay"
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


def is_about_amazon(mail: Mail) -> bool:
    """Whether a mail of this mailbox concerns this channel; the rest of a shared mailbox is not ours to read."""
    seen = (mail.from_address, mail.reply_to.address if mail.reply_to else "")
    if any(is_amazon(address) or looks_like_amazon(address) for address in seen) or mail.headers.get(KIND_HEADER):
        return True
    to_relay = any(is_relay(one.address) for one in (*mail.to, *mail.cc))
    return to_relay or (mail.is_bounce and bool(IN_TEXT.search(mail.whole_text) or mail.bounce_of))


def mail_seen(delivery: Delivery, ours: str) -> Sequence[Outcome]:
    """`ours` is the address we answer from."""
    mail, headers = read_mail(delivery.body), dict(delivery.headers)
    at = when(headers.get("arrived")) or mail.date or NO_DATE
    place, kind = headers.get("place", ""), mail.headers.get(KIND_HEADER, "").strip().upper()
    if mail.is_bounce or _is_returned(mail):
        return _came_back(mail, at)
    if mail.from_address == ours.lower() or kind == COPY:
        return _our_side(mail, at, place, is_proven=mail.from_address == ours.lower() or _is_proven(mail))
    if is_amazon(mail.from_address):
        held = "" if _is_proven(mail) else UNPROVEN
        if kind in CASES and not held:
            return _case(mail, at, kind)
        if _relay(mail) or kind or held:
            return (_message(mail, at, place, held=held),)
        return (Unsupported(kind="amazon_notice", reason="a notice of Amazon's that asks for no answer here"),)
    if looks_like_amazon(mail.from_address) or kind or _relay(mail):
        return (_message(mail, at, place, held=ALIKE),)
    return (Unsupported(kind="mail", reason="not from Amazon"),)


def _is_proven(mail: Mail) -> bool:
    """The receiving server's word; where it says nothing, the address counts."""
    told = mail.authentication
    if told.get("dmarc"):
        return told["dmarc"] not in ("fail", "permerror")
    verdicts = [told[name] for name in ("dkim", "spf") if told.get(name)]
    return "pass" in verdicts or not any(one in ("fail", "softfail", "permerror") for one in verdicts)


def _relay(mail: Mail) -> str:
    """The whole alias, whatever follows a plus: an answer goes nowhere else."""
    named = (mail.reply_to.address if mail.reply_to else "", mail.from_address)
    return next((address for address in named if is_relay(address)), "")


def _customer(mail: Mail, relay: str, fallback: str) -> Handle:
    named = next((one.name for one in (mail.reply_to, mail.sender) if one and one.address == relay and one.name), "")
    name = (named or mail.from_name).partition(" - Amazon")[0].strip()
    value = buyer_of(relay) if relay else fallback
    return Handle(kind=HANDLE, value=value, label=name or value, name=name, strength="provided")


def _unproven(mail: Mail) -> Handle:
    """Of a kind of its own, so that a forged sender never becomes a known buyer."""
    value = mail.from_address or mail.message_id
    return Handle(kind="amazon_unproven", value=value, label=value, name=mail.from_name, strength="guessed")


def _message(mail: Mail, at: datetime, place: str, *, held: str) -> MessageReceived:
    relay, order_id = _relay(mail), order_in(mail.subject, template_of(mail))
    known = relay if not held else ""
    return MessageReceived(
        thread=thread_of(known, order_id) if known else f"held|{mail.from_address or mail.message_id}",
        external_id=mail.message_id,
        direction="in",
        sent_at=at,
        customer=_unproven(mail) if held else _customer(mail, known, mail.from_address or mail.message_id),
        text=buyers_words(mail),
        subject=mail.subject,
        order_ids=(order_id,) if order_id and not held else (),
        media=_media(mail, place),
        refs=_refs(mail, known, order_id),
        automated=mail.auto_submitted and not known,
        reply_window_from=None if held else at,
        reply_to=mail.in_reply_to,
        held=held,
    )


def _refs(mail: Mail, relay: str, order_id: str) -> dict[str, str]:
    """`author`: Amazon's customer service wrote it for the buyer; these are not the buyer's words."""
    service = "customer_service" if BY_SERVICE.search(mail.whole_text) else ""
    found = {
        "relay": relay,
        "order_id": order_id,
        "message_id": mail.message_id if mail.has_own_id else "",
        "references": " ".join(mail.references[-10:]),
        "marketplace_id": mail.headers.get("x-marketplace-id", ""),
        "author": service,
    }
    return {name: value for name, value in found.items() if value}


def _media(mail: Mail, place: str) -> tuple[Media, ...]:
    return tuple(
        Media(ref=f"{place or '0:0'}:{file.index}:{mail.message_id}", name=file.name, media_type=file.media_type, size=file.size)
        for file in mail.files
    )


def _our_side(mail: Mail, at: datetime, place: str, *, is_proven: bool) -> Sequence[Outcome]:
    """A copy of what was written in Seller Central, or of a mail of ours. Without an alias nobody knows whom it went to."""
    named = [one.address for one in (*mail.to, *mail.cc) if is_relay(one.address)]
    relay = _relay(mail) or next(iter(named), "") or next(iter(IN_TEXT.findall(mail.whole_text)), "").lower()
    if not relay or not is_proven:
        return (Unsupported(kind="own_copy", reason="a copy of a message of ours that names no buyer"),)
    order_id = order_in(mail.subject, template_of(mail))
    return (
        MessageReceived(
            thread=thread_of(relay, order_id),
            external_id=mail.message_id,
            direction="out",
            sent_at=at,
            customer=Handle(kind=HANDLE, value=buyer_of(relay), label=buyer_of(relay)),
            text=buyers_words(mail),
            subject=mail.subject,
            order_ids=(order_id,) if order_id else (),
            media=_media(mail, place),
            automated=mail.auto_submitted,
        ),
    )


def _case(mail: Mail, at: datetime, kind: str) -> Sequence[Outcome]:
    case, is_open, title = CASES[kind]
    order_id, relay = order_in(mail.subject, mail.whole_text), _relay(mail)
    return (
        CaseSeen(
            external_id=f"{PREFIX[case]}:{order_id or mail.message_id}",
            kind=case,
            version=at.isoformat(timespec="milliseconds"),
            open=is_open,
            seen_at=at,
            order_id=order_id,
            customer=_customer(mail, relay, relay) if relay else None,
            thread=thread_of(relay, order_id) if relay else "",
            title=mail.subject or title,
            detail=buyers_words(mail),
        ),
    )


def _is_returned(mail: Mail) -> bool:
    words = mail.whole_text.lower()
    return is_amazon(mail.from_address) and _is_proven(mail) and any(said in words for said in RETURNED)


def _came_back(mail: Mail, at: datetime) -> Sequence[Outcome]:
    """The server's acceptance was not delivery. A buyer who opted out still gets answers within a running talk."""
    if not mail.bounce_final:
        return (Unsupported(kind="bounce", reason="the mail server still tries"),)
    sent = mail.bounce_of or tuple(filter(None, (mail.in_reply_to, *mail.references)))
    words = mail.whole_text.lower()
    opted_out = is_amazon(mail.from_address) and _is_proven(mail) and any(said in words for said in OPTED_OUT)
    why = "The buyer opted out of messages that are not answers." if opted_out else mail.bounce_detail or mail.subject
    found: list[Outcome] = [MessageStatus(external_id=one, state="failed", at=at, detail=why) for one in dict.fromkeys(sent)]
    relay = _relay(mail) or next(iter(IN_TEXT.findall(mail.whole_text)), "").lower()
    if opted_out and relay:
        handle = Handle(kind=HANDLE, value=buyer_of(relay), label=buyer_of(relay))
        found.append(ConsentChanged(handle=handle, allowed=False, at=at, scope="unasked"))
    return found or (Unsupported(kind="bounce", reason="it does not say which message came back"),)
