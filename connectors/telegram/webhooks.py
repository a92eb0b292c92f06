"""Who sent this update, and which delivery it makes. https://core.telegram.org/bots/api#setwebhook"""

from __future__ import annotations

from datetime import datetime

import msgspec

from connectors.base.contract import Delivery, RawRequest, Received
from connectors.base.errors import Malformed
from connectors.base.signing import fingerprint, require_match
from connectors.base.wire import load, mapping, text

SECRET_HEADER = "x-telegram-bot-api-secret-token"
SEEN_AT = "seen-at"
ANSWER_PRESS = "answerCallbackQuery"

# Update kinds we ask for. Reactions come only where they are named. https://core.telegram.org/bots/api#update
WANTED = (
    "message",
    "edited_message",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "callback_query",
    "message_reaction",
    "my_chat_member",
)


def receive_update(request: RawRequest, secret: str, now: datetime) -> Received:
    """Telegram signs nothing: it repeats the secret we gave with setWebhook. A call may go back with the answer
    (https://core.telegram.org/bots/api#making-requests-when-getting-updates): a pressed button is answered that way."""
    require_match(request.header(SECRET_HEADER), (secret,))
    delivery = as_delivery(request.body, now)
    press = pressed_button(delivery)
    if not press:
        return Received(deliveries=(delivery,))
    answer = msgspec.json.encode({"method": ANSWER_PRESS, "callback_query_id": press})
    return Received(deliveries=(delivery,), body=answer, media_type="application/json")


def pressed_button(delivery: Delivery) -> str:
    """The id of a button's press, else "". A button shows a waiting sign until its press is answered."""
    if delivery.kind != "callback_query":
        return ""
    return text(mapping(mapping(load(delivery.body)).get("callback_query")).get("id"))


def as_delivery(body: bytes, now: datetime) -> Delivery:
    """One update, pulled or posted. `update_id` is the same on every repeat. What cannot be read is kept too."""
    headers = ((SEEN_AT, now.isoformat()),)
    try:
        update = mapping(load(body))
    except Malformed:
        return Delivery(kind="unreadable", key=fingerprint(body), body=body, headers=headers)
    names = [text(name) for name in update if name != "update_id"]
    kind = next((name for name in WANTED if name in names), names[0] if names else "empty")
    return Delivery(kind=kind, key=text(update.get("update_id")) or fingerprint(body), body=body, headers=headers)
