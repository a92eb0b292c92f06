"""Twilio's messages as facts, told by webhook (a form) or by its list (JSON). Pure.
https://www.twilio.com/docs/messaging/guides/webhook-request"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import ConsentChanged, Handle, Media, MessageReceived, MessageStatus, Outcome, Unsupported
from connectors.base.wire import integer, items, load, mapping, required, text, when
from connectors.twilio.errors import OPTED_OUT, late_failure
from connectors.twilio.manifest import HOST
from connectors.twilio.render import WHATSAPP
from connectors.twilio.webhooks import MESSAGE, SEEN_AT, STATUS, read_form

LISTED = "listed"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
PHONE = re.compile(r"\+[1-9]\d{6,14}")
MOST_FILES = 50
State = Literal["sent", "delivered", "read", "failed"]

# What became of a message of ours; the states missing here say it is still under way.
STATES: dict[str, State] = {
    "sent": "sent",
    "partially_delivered": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
INCOMING = ("receiving", "received")

# Twilio blocks and frees a number by these words itself. https://help.twilio.com/articles/223134027
# YES frees too, but is an answer far more often: it counts only where Twilio says that it was taken so (OptOutType).
STOP_WORDS = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
START_WORDS = ("START", "UNSTOP")
# On WhatsApp Twilio blocks nobody by a word, so only what can mean nothing else counts.
PLAIN_STOP_WORDS = ("STOP", "STOPALL", "UNSUBSCRIBE")


def normalise(delivery: Delivery) -> Sequence[Outcome]:
    reader = KINDS.get(delivery.kind)
    if reader is None:
        return [Unsupported(kind=delivery.kind, reason="neither a message nor what became of one")]
    return reader(delivery)


def _told(delivery: Delivery) -> Sequence[Outcome]:
    """A customer's message by webhook. It carries no time: the time we saw it stands in."""
    fields = dict(read_form(delivery.body))
    sender = required(fields.get("From"), "From")
    said, files = _words(fields), _attached(fields)
    at = _seen_at(delivery)
    consent = _consent(sender, text(fields.get("Body")), text(fields.get("OptOutType")), at)
    if not said and not files:
        return consent or [Unsupported(kind=delivery.kind, reason="a message with neither text nor file")]
    sid = required(fields.get("MessageSid") or fields.get("SmsSid") or fields.get("SmsMessageSid"), "MessageSid")
    message = MessageReceived(
        thread=sender,
        external_id=sid,
        direction="in",
        sent_at=at,
        customer=handle(sender, text(fields.get("ProfileName")).strip()),
        text=said,
        media=files,
        refs=_refs(text(fields.get("To")), sid),
        reply_to=text(fields.get("OriginalRepliedMessageSid")),
    )
    return [message, *consent]


def _status(delivery: Delivery) -> Sequence[Outcome]:
    fields = dict(read_form(delivery.body))
    sid = required(fields.get("MessageSid") or fields.get("SmsSid"), "MessageSid")
    at = _seen_at(delivery)
    found = _became(sid, text(fields.get("MessageStatus")), fields.get("ErrorCode"), text(fields.get("ErrorMessage")), at)
    if found is None:
        return [Unsupported(kind=delivery.kind, reason=f"still under way: {text(fields.get('MessageStatus'))[:40]}")]
    to = text(fields.get("To")).strip()
    return [found, *_blocked(to, fields.get("ErrorCode"), at)]


def _listed(delivery: Delivery) -> Sequence[Outcome]:
    """A message of Twilio's list, with its files beside it; ours and theirs."""
    whole = load(delivery.body)
    message = mapping(mapping(whole).get("message"))
    if not message:
        raise Malformed("the body holds no message", code="missing_field")
    sid, state = required(message.get("sid"), "sid"), text(message.get("status")).lower()
    direction = text(message.get("direction")).lower()
    if direction not in ("inbound", "outbound-api", "outbound-reply", "outbound-call"):
        return [Unsupported(kind=delivery.kind, reason=f"a message in no known direction: {direction[:40]}")]
    ours = direction != "inbound"
    theirs = required(message.get("to" if ours else "from"), "to" if ours else "from")
    at = moment(message.get("date_sent")) or moment(message.get("date_created"))
    if at is None:
        raise Malformed("date_sent and date_created are missing", code="missing_field")
    said, files = text(message.get("body")), _listed_files(mapping(whole).get("media"))
    found: list[Outcome] = []
    if said.strip() or files:
        found.append(
            MessageReceived(
                thread=theirs,
                external_id=sid,
                direction="out" if ours else "in",
                sent_at=at,
                customer=handle(theirs),
                text=said,
                media=files,
                refs={} if ours else _refs(text(message.get("to")), sid),
                automated=direction == "outbound-reply",
            )
        )
    changed = moment(message.get("date_updated")) or at
    if ours:
        became = _became(sid, state, message.get("error_code"), text(message.get("error_message")), changed)
        found += [became] if became else []
        found += _blocked(theirs, message.get("error_code"), changed)
    else:
        found += _consent(theirs, said, "", at)
    return found or [Unsupported(kind=delivery.kind, reason="a message with neither text nor file")]


KINDS: dict[str, Callable[[Delivery], Sequence[Outcome]]] = {MESSAGE: _told, STATUS: _status, LISTED: _listed}


def handle(address: str, name: str = "") -> Handle:
    """The same person by text and by WhatsApp is one phone number. WhatsApp proves it; a text's sender can be forged."""
    prefix, _, rest = address.strip().rpartition(":")
    if not PHONE.fullmatch(rest):
        return Handle(kind="twilio_address", value=address.strip(), label=address.strip(), name=name)
    proven = f"{prefix}:" == WHATSAPP
    return Handle(kind="phone", value=rest, label=rest, name=name, strength="verified" if proven else "provided")


def moment(value: Any) -> datetime | None:
    """RFC 2822, as the 2010 API writes times; ISO elsewhere."""
    try:
        found = email.utils.parsedate_to_datetime(text(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return when(value)
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _became(sid: str, state: str, error: Any, words: str, at: datetime) -> MessageStatus | None:
    found = STATES.get(state.strip().lower())
    if found is None:
        return None
    detail = late_failure(integer(error), words) if found == "failed" else ""
    if state.strip().lower() == "partially_delivered":
        detail = "arrived at some of them"
    return MessageStatus(external_id=sid, state=found, at=at, detail=detail or (state if found == "failed" else ""))


def _blocked(to: str, error: Any, at: datetime) -> list[Outcome]:
    """Twilio kept a message back because of an earlier STOP that may never have been told to us."""
    if integer(error) != OPTED_OUT or not to:
        return []
    return [ConsentChanged(handle=handle(to), allowed=False, at=at)]


def _consent(sender: str, said: str, kind: str, at: datetime) -> list[Outcome]:
    """`kind` is Twilio's own reading (OptOutType), where advanced opt-out is on."""
    word, kind = said.strip().strip(".!").upper(), kind.strip().upper()
    stops = PLAIN_STOP_WORDS if sender.startswith(WHATSAPP) else STOP_WORDS
    if kind == "STOP" or (not kind and word in stops):
        return [ConsentChanged(handle=handle(sender), allowed=False, at=at)]
    if kind == "START" or (not kind and word in START_WORDS):
        return [ConsentChanged(handle=handle(sender), allowed=True, at=at)]
    return []


def _words(fields: Mapping[str, str]) -> str:
    """Text; else the label of a pressed button; else a place."""
    said = text(fields.get("Body"))
    if said.strip():
        return said
    if button := text(fields.get("ButtonText")).strip():
        return button
    latitude, longitude = text(fields.get("Latitude")).strip(), text(fields.get("Longitude")).strip()
    named = ", ".join(filter(None, (text(fields.get("Label")).strip(), text(fields.get("Address")).strip())))
    place = f"{latitude}, {longitude}" if latitude and longitude else ""
    if not named and not place:
        return ""
    return f"📍 {named} ({place})" if named and place else f"📍 {named or place}"


def _attached(fields: Mapping[str, str]) -> tuple[Media, ...]:
    count = min(max(integer(fields.get("NumMedia")), 0), MOST_FILES)
    found = [(text(fields.get(f"MediaUrl{place}")).strip(), fields.get(f"MediaContentType{place}")) for place in range(count)]
    return tuple(_media(url, text(kind)) for url, kind in found if url)


def _listed_files(entries: Any) -> tuple[Media, ...]:
    found = [(text(entry.get("uri")).strip().removesuffix(".json"), entry) for entry in map(mapping, items(entries))]
    return tuple(_media(f"https://{HOST}{uri}", text(entry.get("content_type"))) for uri, entry in found if uri.startswith("/"))


def _media(url: str, kind: str) -> Media:
    """Twilio names no file: the kind names it."""
    kind = kind.partition(";")[0].strip().lower()
    ending = re.sub(r"[^a-z0-9]", "", kind.rpartition("/")[2].removeprefix("x-"))[:8].replace("jpeg", "jpg")
    return Media(ref=url, name=f"{url.rpartition('/')[2][:34]}.{ending or 'bin'}", media_type=kind)


def _refs(to: str, sid: str) -> dict[str, str]:
    return {name: value for name, value in (("to", to.strip()), ("message_sid", sid)) if value}


def _seen_at(delivery: Delivery) -> datetime:
    return when(dict(delivery.headers).get(SEEN_AT)) or LONG_AGO
