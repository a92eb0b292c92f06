"""What Messenger and Instagram tell about a talk, as facts: both send the same `messaging` items. Pure.
https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import (
    Handle,
    MessageChanged,
    MessageReceived,
    MessageStatus,
    Outcome,
    Reacted,
    Unsupported,
)
from connectors.base.graph_content import attached, attached_words, story_of
from connectors.base.graph_hooks import OWNER, SEEN_AT
from connectors.base.wire import items, load, mapping, required, text, when

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
OUR_MARK = "onecounter:"
# Where people type: the inboxes of Meta Business Suite.
# https://developers.facebook.com/docs/messenger-platform/handover-protocol/assign-app-roles
INBOXES = ("263902037430900", "1217981644879628")
UNSHOWN = "⚠ A message of a kind that Meta does not hand on. It can be read in Meta's own app."

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Side:
    """Who is who in one item: `owner` is the page or account, `person` the customer's id on it, `out` that we spoke."""

    handle_kind: str
    owner: str
    person: str
    out: bool
    at: datetime

    @property
    def customer(self) -> Handle:
        return person_handle(self.handle_kind, self.owner, self.person)

    @property
    def speaker(self) -> Handle:
        return Handle(kind=self.handle_kind, value=f"{self.owner}:{self.owner}") if self.out else self.customer


def person_handle(kind: str, owner: str, person: str, *, label: str = "", name: str = "") -> Handle:
    """A person has another id on each page, so the page is part of the value."""
    return Handle(kind=kind, value=f"{owner}:{person}", label=label, name=name, strength="verified")


def read_item(delivery: Delivery) -> Item:
    item = load(delivery.body)
    if not isinstance(item, Mapping):
        raise Malformed("an item is an object", code="not_an_item")
    return item


def seen_at(delivery: Delivery) -> datetime:
    return when(dict(delivery.headers).get(SEEN_AT)) or LONG_AGO


def normalise_messaging(delivery: Delivery, handle_kind: str) -> Sequence[Outcome]:
    item = read_item(delivery)
    kind = next((name for name in KINDS if mapping(item.get(name))), "")
    if not kind:
        named = ", ".join(sorted(text(name) for name in item if name not in ("sender", "recipient", "timestamp")))
        return [Unsupported(kind=delivery.kind, reason=f"no message, and nothing about one: {named[:200]}")]
    return KINDS[kind](mapping(item.get(kind)), _side(item, mapping(item.get(kind)), delivery, handle_kind), delivery)


def _side(item: Item, inner: Item, delivery: Delivery, handle_kind: str) -> Side:
    sender, recipient = text(mapping(item.get("sender")).get("id")), text(mapping(item.get("recipient")).get("id"))
    owner = delivery.account or text(dict(delivery.headers).get(OWNER))
    out = text(inner.get("is_echo")).lower() == "true" or (bool(owner) and sender == owner)
    return Side(
        handle_kind=handle_kind,
        owner=owner or (sender if out else recipient),
        person=required(recipient if out else sender, "the customer's id"),
        out=out,
        at=when(item.get("timestamp")) or seen_at(delivery),
    )


def _message(message: Item, side: Side, delivery: Delivery) -> Sequence[Outcome]:
    mid = required(message.get("mid"), "message.mid")
    if text(message.get("is_deleted")).lower() == "true":
        return [MessageChanged(thread=side.person, external_id=mid, changed_at=side.at, deleted=True)]
    files, said = attached(message), text(message.get("text")) or attached_words(message)
    if not said and not files:
        if text(message.get("is_unsupported")).lower() != "true":
            return [Unsupported(kind=delivery.kind, reason=_empty(message))]
        said = UNSHOWN
    metadata = text(message.get("metadata"))
    ours = side.out and metadata.startswith(OUR_MARK)
    return [
        MessageReceived(
            thread=side.person,
            external_id=mid,
            direction="out" if side.out else "in",
            sent_at=side.at,
            customer=side.customer,
            text=said,
            media=files,
            refs={} if side.out else _refs(message, side, delivery),
            echo_of=metadata.removeprefix(OUR_MARK) if ours else "",
            automated=side.out and not ours and _is_by_program(message, delivery),
            reply_to=text(mapping(message.get("reply_to")).get("mid")),
        )
    ]


def _is_by_program(message: Item, delivery: Delivery) -> bool:
    """Another app said it: one that has the talk while we stand by, or one that is not where people type at Meta."""
    app = text(message.get("app_id"))
    return delivery.kind == "standby" or (bool(app) and app not in INBOXES)


def _refs(message: Item, side: Side, delivery: Delivery) -> dict[str, str]:
    """`at` tells a later reply how old the customer's word is; `standby` that another app has the talk."""
    referral = mapping(message.get("referral"))
    found = {
        "at": str(int(side.at.timestamp())),
        "standby": "1" if delivery.kind == "standby" else "",
        "story": text(story_of(message).get("id")),
        "ad": text(referral.get("ad_id")),
        "ref": text(referral.get("ref")),
        "product": text(mapping(referral.get("product")).get("id")),
        "payload": text(mapping(message.get("quick_reply")).get("payload")),
    }
    return {name: value for name, value in found.items() if value}


def _postback(press: Item, side: Side, delivery: Delivery) -> Sequence[Outcome]:
    """A button, an ice breaker or a menu entry: its title is what the person says."""
    said = text(press.get("title")) or text(press.get("payload"))
    if not said:
        return [Unsupported(kind=delivery.kind, reason="a button without a word")]
    payload = {"payload": text(press.get("payload"))} if text(press.get("payload")) else {}
    return [
        MessageReceived(
            thread=side.person,
            external_id=text(press.get("mid")) or f"press-{side.person}-{int(side.at.timestamp() * 1000)}",
            direction="in",
            sent_at=side.at,
            customer=side.customer,
            text=said,
            refs={**_refs(press, side, delivery), **payload},
        )
    ]


def _edit(edit: Item, side: Side, delivery: Delivery) -> Sequence[Outcome]:
    mid, said = required(edit.get("mid"), "message_edit.mid"), text(edit.get("text"))
    if not said:
        return [Unsupported(kind=delivery.kind, reason="an edit without its new text")]
    return [MessageChanged(thread=side.person, external_id=mid, changed_at=side.at, text=said)]


def _reaction(reaction: Item, side: Side, delivery: Delivery) -> Sequence[Outcome]:
    back = text(reaction.get("action")) == "unreact"
    emoji = text(reaction.get("emoji")) or NAMED.get(text(reaction.get("reaction")), "")
    if not emoji and not back:
        return [Unsupported(kind=delivery.kind, reason="a reaction without its sign")]
    return [
        Reacted(
            thread=side.person,
            external_id=required(reaction.get("mid"), "reaction.mid"),
            by=side.speaker,
            emoji="" if back else emoji,
            at=side.at,
            direction="out" if side.out else "in",
        )
    ]


def _delivered(told: Item, side: Side, delivery: Delivery) -> Sequence[Outcome]:
    """Named messages, where Meta names them; else all up to the watermark."""
    mids = [mid for mid in map(text, items(told.get("mids"))) if mid]
    if mids:
        return [MessageStatus(external_id=mid, state="delivered", at=side.at, thread=side.person) for mid in mids]
    at = when(told.get("watermark"))
    if at is None:
        return [Unsupported(kind=delivery.kind, reason="a delivery that names no message and no time")]
    return [MessageStatus(external_id="", state="delivered", at=at, thread=side.person)]


def _read(told: Item, side: Side, delivery: Delivery) -> Sequence[Outcome]:
    """Instagram names the message, Messenger the time."""
    mid, at = text(told.get("mid")), when(told.get("watermark"))
    if not mid and at is None:
        return [Unsupported(kind=delivery.kind, reason="a reading that names no message and no time")]
    return [MessageStatus(external_id=mid, state="read", at=side.at if mid else at or side.at, thread=side.person)]


def _told_only(reason: str) -> Callable[[Item, Side, Delivery], Sequence[Outcome]]:
    return lambda inner, side, delivery: [Unsupported(kind=delivery.kind, reason=reason)]


def _empty(message: Item) -> str:
    return f"nothing to show in: {', '.join(sorted(text(name) for name in message if name != 'mid'))[:200]}"


# Names of reactions where the sign itself is missing.
NAMED = {"love": "❤️", "smile": "😆", "wow": "😮", "sad": "😢", "angry": "😠", "like": "👍", "dislike": "👎"}

KINDS: dict[str, Callable[[Item, Side, Delivery], Sequence[Outcome]]] = {
    "message": _message,
    "message_edit": _edit,
    "postback": _postback,
    "reaction": _reaction,
    "delivery": _delivered,
    "read": _read,
    "referral": _told_only("came by a link or an advertisement and wrote nothing yet"),
    "optin": _told_only("agreed to a kind of notice"),
    "pass_thread_control": _told_only("another app gave the talk on"),
    "take_thread_control": _told_only("another app took the talk"),
    "request_thread_control": _told_only("another app asks for the talk"),
    "policy_enforcement": _told_only("Meta warns or blocks this page; see its quality page"),
    "account_linking": _told_only("the person linked an account"),
}
