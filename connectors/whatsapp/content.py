"""What a WhatsApp message holds, as text a person can read and files to fetch. Pure.
https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages
"""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping
from typing import Any

from connectors.base.events import Media
from connectors.base.wire import items, mapping, text

FILES = ("image", "video", "audio", "document", "sticker")
UNSHOWN = "⚠ A message of a kind that WhatsApp does not hand on. Ask the customer to send it another way."

Part = Mapping[str, Any]


def media(message: Part) -> tuple[Media, ...]:
    found = []
    for kind in FILES:
        file = mapping(message.get(kind))
        if ref := text(file.get("id")):
            media_type = text(file.get("mime_type")).partition(";")[0].strip()
            found.append(Media(ref=ref, name=text(file.get("filename")) or _name(kind, media_type), media_type=media_type))
    return tuple(found)


def _name(kind: str, media_type: str) -> str:
    ending = ".ogg" if media_type == "audio/ogg" else mimetypes.guess_extension(media_type) or ""
    return f"{kind}{ending}"


def readable_text(message: Part) -> str:
    """Text or caption; else the words for a thing that is no file."""
    said = text(mapping(message.get("text")).get("body"))
    captions = [text(mapping(message.get(kind)).get("caption")) for kind in FILES]
    found = [said, *captions, *(words(mapping(message.get(name))) for name, words in WORDS.items())]
    found += [_contacts(message.get("contacts")), _refused(message)]
    return next((words for words in found if words), "")


def _place(place: Part) -> str:
    latitude, longitude = text(place.get("latitude")), text(place.get("longitude"))
    named = ", ".join(filter(None, (text(place.get("name")), text(place.get("address")))))
    where = f"{latitude}, {longitude}" if latitude and longitude else ""
    return f"📍 {named} ({where})" if named and where else f"📍 {named or where}" if named or where else ""


def _contact(contact: Part) -> str:
    name = mapping(contact.get("name"))
    numbers = [text(mapping(phone).get("phone")) or text(mapping(phone).get("wa_id")) for phone in items(contact.get("phones"))]
    mails = [text(mapping(mail).get("email")) for mail in items(contact.get("emails"))]
    named = text(name.get("formatted_name")) or text(name.get("first_name"))
    line = ", ".join(filter(None, (named, *numbers, *mails)))
    return f"☎ {line}" if line else ""


def _pressed(told: Part) -> str:
    """A button or a row of a list: what it says is what the person says."""
    button, row, form = (mapping(told.get(name)) for name in ("button_reply", "list_reply", "nfm_reply"))
    title = text(button.get("title")) or text(row.get("title")) or text(form.get("body"))
    more = text(row.get("description")) or text(form.get("response_json"))
    return "\n".join(filter(None, (title, more)))


def _order(order: Part) -> str:
    """A basket from the catalogue, as text: it is no order yet that a shop has taken."""
    lines = [_order_line(mapping(item)) for item in items(order.get("product_items"))]
    return "\n".join(filter(None, (text(order.get("text")), *lines)))


def _order_line(item: Part) -> str:
    sku, quantity = text(item.get("product_retailer_id")), text(item.get("quantity")) or "1"
    price = " ".join(filter(None, (text(item.get("currency")), text(item.get("item_price")))))
    return f"🛒 {quantity} × {sku}{f' ({price})' if price else ''}" if sku else ""


def _refused(message: Part) -> str:
    """WhatsApp's own words for what it could not bring."""
    errors = [mapping(error) for error in items(message.get("errors"))]
    words = [text(mapping(error.get("error_data")).get("details")) or text(error.get("title")) for error in errors]
    line = " ".join(filter(None, words))
    return f"⚠ {line}" if line else ""


def _contacts(listed: object) -> str:
    return "\n".join(filter(None, (_contact(mapping(contact)) for contact in items(listed))))


WORDS: dict[str, Callable[[Part], str]] = {
    "button": lambda button: text(button.get("text")) or text(button.get("payload")),
    "interactive": _pressed,
    "location": _place,
    "order": _order,
    "system": lambda system: text(system.get("body")),
    "sticker": lambda sticker: text(sticker.get("emoji")),
}
