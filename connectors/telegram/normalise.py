"""Telegram's updates as facts. Pure. https://core.telegram.org/bots/api#update"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import ConsentChanged, Handle, MessageChanged, MessageReceived, Outcome, Reacted, Unsupported
from connectors.base.wire import items, load, mapping, required, text, when
from connectors.telegram.content import full_name, media, readable_text, shared_phone
from connectors.telegram.render import message_id, thread_id
from connectors.telegram.webhooks import SEEN_AT

BLOCKED = ("kicked", "left")
# Telegram gives a custom emoji by number only: a person sees that there was one.
CUSTOM_EMOJI = "✨"
PAID_STAR = "⭐"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Update = Mapping[str, Any]
Kind = Callable[[Update, Delivery], Sequence[Outcome]]


def normalise_update(delivery: Delivery) -> Sequence[Outcome]:
    update = load(delivery.body)
    if not isinstance(update, Mapping):
        raise Malformed("an update is an object", code="not_an_update")
    kind = KINDS.get(delivery.kind)
    if kind is None:
        return [Unsupported(kind=delivery.kind, reason="not an update about a customer's message")]
    inner = update.get(delivery.kind)
    if not isinstance(inner, Mapping):
        raise Malformed(f"the update has no {delivery.kind}", code="missing_field")
    return kind(inner, delivery)


def _message(message: Update, delivery: Delivery) -> Sequence[Outcome]:
    chat, sender = mapping(message.get("chat")), mapping(message.get("from"))
    said, files = readable_text(message), media(message)
    if not sender or text(chat.get("type")) == "channel":
        return [Unsupported(kind=delivery.kind, reason="posted by a channel, not by a person")]
    if not said and not files:
        return [Unsupported(kind=delivery.kind, reason=_empty(message))]
    thread, chat_id = _thread(message)
    sender_id = required(sender.get("id"), "from.id")
    # In a Business account's chat the other party's id is the chat's id; the owner writing there is our side.
    ours = bool(text(message.get("business_connection_id"))) and sender_id != chat_id
    return [
        MessageReceived(
            thread=thread,
            external_id=message_id(thread, required(message.get("message_id"), "message_id")),
            direction="out" if ours else "in",
            sent_at=_at(message, "date"),
            customer=_handle(chat if ours else sender),
            text=said,
            media=files,
            more_handles=() if ours else shared_phone(message, sender_id),
            refs=_refs(message),
            reply_to=_answered(message, thread),
            automated=any(_flag(flag) for flag in (sender.get("is_bot"), message.get("is_from_offline"))),
            language="" if ours else text(sender.get("language_code")).split("-")[0].lower(),
        )
    ]


def _edited(message: Update, delivery: Delivery) -> Sequence[Outcome]:
    said = readable_text(message)
    if not said and not media(message):
        return [Unsupported(kind=delivery.kind, reason=_empty(message))]
    thread, _ = _thread(message)
    at = when(message.get("edit_date")) or _at(message, "date")
    number = required(message.get("message_id"), "message_id")
    return [MessageChanged(thread=thread, external_id=message_id(thread, number), changed_at=at, text=said)]


def _deleted(notice: Update, delivery: Delivery) -> Sequence[Outcome]:
    """Telegram does not say when: the time we saw it stands in."""
    thread, _ = _thread(notice)
    at = when(dict(delivery.headers).get(SEEN_AT)) or LONG_AGO
    numbers = [number for number in map(text, items(notice.get("message_ids"))) if number]
    if not numbers:
        raise Malformed("message_ids is empty", code="missing_field")
    return [
        MessageChanged(thread=thread, external_id=message_id(thread, number), changed_at=at, deleted=True) for number in numbers
    ]


def _pressed(press: Update, delivery: Delivery) -> Sequence[Outcome]:
    """A button below a message of the bot. Its data is what the person says."""
    below, said = mapping(press.get("message")), text(press.get("data"))
    if not said or not mapping(below.get("chat")):
        return [Unsupported(kind=delivery.kind, reason="a button outside a chat with the bot")]
    thread, _ = _thread(below)
    sender = mapping(press.get("from"))
    return [
        MessageReceived(
            thread=thread,
            external_id=message_id(thread, f"press-{required(press.get('id'), 'id')}"),
            direction="in",
            # Telegram dates the message below the button, and gives 0 where it no longer can.
            sent_at=when(dict(delivery.headers).get(SEEN_AT)) or when(below.get("date")) or LONG_AGO,
            customer=_handle(sender),
            text=said,
            refs=_refs(below),
            reply_to=_numbered(below, thread),
            language=text(sender.get("language_code")).split("-")[0].lower(),
        )
    ]


def _membership(change: Update, delivery: Delivery) -> Sequence[Outcome]:
    """In a private chat the bot is `kicked` when the person blocks it, and a `member` when they let it back in."""
    chat, status = mapping(change.get("chat")), text(mapping(change.get("new_chat_member")).get("status"))
    gone = status in BLOCKED
    if text(chat.get("type")) == "private" and (gone or status == "member"):
        return [ConsentChanged(handle=_handle(chat), allowed=not gone, at=_at(change, "date"))]
    reason = "the bot was removed from a group" if gone else "the bot was added to a group, or its rights changed"
    return [Unsupported(kind=delivery.kind, reason=reason)]


def _reaction(change: Update, delivery: Delivery) -> Sequence[Outcome]:
    """`new_reaction` is all that this person shows on the message now; with Premium it may be several."""
    person = mapping(change.get("user"))
    if not person:
        return [Unsupported(kind=delivery.kind, reason="a reaction of a chat, not of a person")]
    thread, _ = _thread(change)
    return [
        Reacted(
            thread=thread,
            external_id=message_id(thread, required(change.get("message_id"), "message_id")),
            by=_handle(person),
            emoji="".join(_emoji(mapping(each)) for each in items(change.get("new_reaction"))),
            at=_at(change, "date"),
        )
    ]


def _emoji(reaction: Update) -> str:
    match text(reaction.get("type")):
        case "paid":
            return PAID_STAR
        case "custom_emoji":
            return CUSTOM_EMOJI
        case _:
            return text(reaction.get("emoji"))


def _business_link(link: Update, delivery: Delivery) -> Sequence[Outcome]:
    state = "switched on" if _flag(link.get("is_enabled")) else "switched off"
    return [Unsupported(kind=delivery.kind, reason=f"a Business account {state} the bot")]


def _thread(message: Update) -> tuple[str, str]:
    chat_id = required(mapping(message.get("chat")).get("id"), "chat.id")
    return thread_id(chat_id, text(message.get("business_connection_id"))), chat_id


def _handle(person: Update) -> Handle:
    username = text(person.get("username"))
    name = full_name(person)
    return Handle(
        kind="telegram_user",
        value=required(person.get("id"), "the sender's id"),
        label=f"@{username}" if username else name,
        name=name,
        strength="verified",
    )


def _refs(message: Update) -> dict[str, str]:
    found = {
        "message_id": message.get("message_id"),
        "topic": message.get("message_thread_id"),
        "album": message.get("media_group_id"),
    }
    return {name: text(value) for name, value in found.items() if text(value)}


def _answered(message: Update, thread: str) -> str:
    """The message this one answers. In a forum every first message of a topic answers the topic's own head: no quote."""
    head = mapping(message.get("reply_to_message"))
    return "" if mapping(head.get("forum_topic_created")) else _numbered(head, thread)


def _numbered(message: Update, thread: str) -> str:
    number = text(message.get("message_id"))
    return message_id(thread, number) if number else ""


def _at(message: Update, field: str) -> datetime:
    at = when(message.get(field))
    if at is None:
        raise Malformed(f"{field} is missing", code="missing_field")
    return at


def _flag(value: object) -> bool:
    return text(value).lower() == "true"


def _empty(message: Update) -> str:
    known = {"message_id", "from", "chat", "date", "edit_date"}
    return f"nothing to show in: {', '.join(sorted(text(name) for name in message if name not in known))[:200]}"


KINDS: dict[str, Kind] = {
    "message": _message,
    "business_message": _message,
    "edited_message": _edited,
    "edited_business_message": _edited,
    "deleted_business_messages": _deleted,
    "callback_query": _pressed,
    "message_reaction": _reaction,
    "my_chat_member": _membership,
    "business_connection": _business_link,
}
