"""Changes at a WhatsApp business account as facts. Pure. https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import (
    AccountErased,
    ConsentChanged,
    Handle,
    MessageChanged,
    MessageReceived,
    Outcome,
    Reacted,
    Unsupported,
)
from connectors.base.graph_hooks import ERASURE, OWNER, WITHDRAWN
from connectors.base.graph_person import STRANGER, withdrawn
from connectors.base.graph_talk import person_handle, read_item, seen_at
from connectors.base.wire import items, mapping, required, text, when
from connectors.whatsapp.content import UNSHOWN, media, readable_text
from connectors.whatsapp.normalise_status import status_of

HANDLE = "whatsapp_user"
SCOPED = re.compile(r"[A-Z]{2}\.(?:ENT\.)?\w{1,128}")
SILENT = {"request_welcome": "opened the chat and wrote nothing yet", "ephemeral": "a message that vanishes"}

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """`user_id` stands for a person towards one business; the phone may be hidden. Either may be missing, not both."""

    scope: str
    user_id: str
    phone: str
    name: str = ""
    user: str = ""

    @property
    def thread(self) -> str:
        return self.user_id or self.phone

    @property
    def handle(self) -> Handle:
        label = f"@{self.user}" if self.user else f"+{self.phone}" if self.phone else self.name
        return Handle(kind=HANDLE, value=f"{self.scope}:{self.thread}", label=label, name=self.name, strength="verified")

    @property
    def phones(self) -> tuple[Handle, ...]:
        return (Handle(kind="phone", value=f"+{self.phone}", strength="verified"),) if self.phone else ()


def normalise_delivery(delivery: Delivery, waba_id: str) -> Sequence[Outcome]:
    owner = dict(delivery.headers).get(OWNER, "") or waba_id or delivery.account
    if delivery.kind == WITHDRAWN:
        return [withdrawn(delivery)]
    if delivery.kind == ERASURE:
        return [_erasure(delivery, owner)]
    if delivery.kind == "unreadable":
        raise Malformed("a post of Meta that is no list of entries", code="unreadable")
    value = mapping(read_item(delivery).get("value"))
    if delivery.kind == "user_preferences":
        return _each(value, "user_preferences", lambda told: _preference(told, owner, delivery), delivery)
    if delivery.kind == "smb_message_echoes":
        return _each(value, "message_echoes", lambda said: _message(said, value, owner, delivery, out=True), delivery)
    if delivery.kind != "messages":
        return [Unsupported(kind=delivery.kind, reason="not about a customer's message")]
    said = _each(value, "messages", lambda item: _message(item, value, owner, delivery), delivery)
    told = _each(value, "statuses", lambda item: status_of(item, delivery), delivery)
    wrong = [_trouble(mapping(error)) for error in items(value.get("errors"))]
    return [*said, *told, *wrong] or [Unsupported(kind=delivery.kind, reason=f"nothing to show in: {_names(value)}")]


def _each(value: Item, name: str, read: Callable[[Item], Sequence[Outcome]], delivery: Delivery) -> list[Outcome]:
    """One that cannot be read does not hold back the others; alone it is parked."""
    found, listed = list[Outcome](), items(value.get(name))
    for item in listed:
        try:
            found += read(mapping(item))
        except Malformed as error:
            if len(listed) == 1:
                raise
            found.append(Unsupported(kind=delivery.kind, reason=f"one of {name} cannot be read: {error.detail}"))
    return found


def _message(said: Item, value: Item, owner: str, delivery: Delivery, *, out: bool = False) -> Sequence[Outcome]:
    kind, person = text(said.get("type")), _person(said, value, owner, out=out)
    number = required(said.get("id"), "id")
    at = when(said.get("timestamp")) or seen_at(delivery)
    group = text(said.get("group_id"))
    thread = group or person.thread
    if kind in SILENT and not media(said):
        return [Unsupported(kind=delivery.kind, reason=SILENT[kind])]
    if kind == "reaction":
        return _reaction(mapping(said.get("reaction")), thread, person, at, out=out)
    if kind in ("edit", "revoke"):
        return _changed(kind, mapping(said.get(kind)), thread, at)
    files = media(said)
    context = mapping(said.get("context"))
    return [
        MessageReceived(
            thread=thread,
            external_id=number,
            direction="out" if out else "in",
            sent_at=at,
            customer=person.handle,
            text=readable_text(said) or ("" if files else UNSHOWN),
            more_handles=(*person.phones, *_new_phone(said)),
            media=files,
            refs={} if out else _refs(said, person, at),
            automated=kind == "system",
            reply_to=text(context.get("id")),
        )
    ]


def _person(said: Item, value: Item, owner: str, *, out: bool) -> Person:
    """Who writes, or who is written to from the seller's own phone."""
    side = "to" if out else "from"
    phone, user_id = text(said.get(side)), text(said.get(f"{side}_user_id"))
    contacts = [mapping(each) for each in items(value.get("contacts"))]
    same = [each for each in contacts if _is_same(each, phone, user_id)]
    contact = same[0] if same else contacts[0] if len(contacts) == 1 and not phone and not user_id else {}
    profile = mapping(contact.get("profile"))
    found = Person(
        scope=owner,
        user_id=user_id or text(contact.get("user_id")),
        phone=_digits(phone or text(contact.get("wa_id"))),
        name=text(profile.get("name")),
        user=text(profile.get("username")),
    )
    required(found.thread, "the customer's id")
    return found


def _is_same(contact: Item, phone: str, user_id: str) -> bool:
    known = (text(contact.get("user_id")), text(contact.get("wa_id")))
    return bool(user_id and known[0] == user_id) or bool(phone and known[1] == phone)


def _digits(number: str) -> str:
    plain = number.removeprefix("+")
    return plain if plain.isdigit() else ""


def _refs(said: Item, person: Person, at: datetime) -> dict[str, str]:
    """`at` tells a later reply how old the customer's word is."""
    context, referral = mapping(said.get("context")), mapping(said.get("referral"))
    product = mapping(context.get("referred_product"))
    found = {
        "to": person.phone,
        "group": text(said.get("group_id")),
        "at": "" if text(said.get("type")) == "system" else str(int(at.timestamp())),
        "ad": text(referral.get("source_id")) if text(referral.get("source_type")) == "ad" else "",
        "ad_url": text(referral.get("source_url")),
        "product": text(product.get("product_retailer_id")),
        "payload": text(mapping(said.get("button")).get("payload")),
    }
    return {name: found_value for name, found_value in found.items() if found_value}


def _new_phone(said: Item) -> tuple[Handle, ...]:
    """The number a person moved to, as WhatsApp tells it."""
    told = mapping(said.get("system"))
    if text(told.get("type")) not in ("user_changed_number", "customer_changed_number"):
        return ()
    digits = _digits(text(told.get("wa_id")) or text(told.get("new_wa_id")))
    return (Handle(kind="phone", value=f"+{digits}"),) if digits else ()


def _reaction(told: Item, thread: str, person: Person, at: datetime, *, out: bool) -> Sequence[Outcome]:
    """Without a sign it was taken back."""
    return [
        Reacted(
            thread=thread,
            external_id=required(told.get("message_id"), "reaction.message_id"),
            by=Handle(kind=HANDLE, value=f"{person.scope}:{person.scope}") if out else person.handle,
            emoji=text(told.get("emoji")),
            at=at,
            direction="out" if out else "in",
        )
    ]


def _changed(kind: str, told: Item, thread: str, at: datetime) -> Sequence[Outcome]:
    number = required(told.get("original_message_id"), f"{kind}.original_message_id")
    if kind == "revoke":
        return [MessageChanged(thread=thread, external_id=number, changed_at=at, deleted=True)]
    said = readable_text(mapping(told.get("message")))
    if not said:
        return [Unsupported(kind="messages", reason="an edit without its new text")]
    return [MessageChanged(thread=thread, external_id=number, changed_at=at, text=said)]


def _preference(told: Item, owner: str, delivery: Delivery) -> Sequence[Outcome]:
    """A person stops or resumes marketing in WhatsApp itself; answers stay allowed.
    https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/user_preferences"""
    asked = text(told.get("value"))
    if asked not in ("stop", "resume"):
        return [Unsupported(kind=delivery.kind, reason=f"a wish that is not known: {asked}")]
    person = Person(scope=owner, user_id=text(told.get("user_id")), phone=_digits(text(told.get("wa_id"))))
    required(person.thread, "the customer's id")
    at = when(told.get("timestamp")) or seen_at(delivery)
    return [ConsentChanged(handle=person.handle, allowed=asked == "resume", at=at, scope="unasked")]


def _erasure(delivery: Delivery, owner: str) -> Outcome:
    """Only a business-scoped id (`ID.1349...`) is a customer's here; an app's id of a person leads to no phone."""
    told = read_item(delivery)
    person = required(told.get("user_id"), "user_id")
    if not owner or not SCOPED.fullmatch(person):
        return Unsupported(kind=ERASURE, reason=STRANGER.format(person=person))
    return AccountErased(handle=person_handle(HANDLE, owner, person), at=when(told.get("issued_at")) or seen_at(delivery))


def _trouble(error: Item) -> Outcome:
    words = text(error.get("message")) or text(error.get("title"))
    return Unsupported(kind="errors", reason=f"Meta tells of trouble: {text(error.get('code'))} {words}".strip())


def _names(value: Item) -> str:
    return ", ".join(sorted(text(name) for name in value if name not in ("metadata", "messaging_product")))[:200]
