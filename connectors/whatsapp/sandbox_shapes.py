"""What the pretend WhatsApp posts. https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from connectors.base.world import Buyer, File, Message

KINDS = ("image", "audio", "video")
# One person in so many shows no phone number, as users with a name of their own may.
HIDING = 5


def user_id(buyer: Buyer) -> str:
    """The id that stands for this person towards this business."""
    return f"{buyer.country}.134912086553{zlib.crc32(f'wa:{buyer.key}'.encode()):010d}"


def hides_phone(buyer: Buyer) -> bool:
    return zlib.crc32(buyer.key.encode()) % HIDING == 0


def _person(buyer: Buyer) -> dict[str, Any]:
    named: dict[str, Any] = {"name": buyer.name}
    if hides_phone(buyer):
        return {"profile": {**named, "username": buyer.user}, "user_id": user_id(buyer)}
    return {"profile": named, "wa_id": buyer.phone.removeprefix("+"), "user_id": user_id(buyer)}


def change(buyer: Buyer, said: Message, files: Sequence[tuple[str, File]]) -> dict[str, Any]:
    """A message of theirs; WhatsApp carries one file in each, so the first stands for all."""
    message: dict[str, Any] = {
        **({} if hides_phone(buyer) else {"from": buyer.phone.removeprefix("+")}),
        "from_user_id": user_id(buyer),
        "id": said.id,
        "timestamp": str(int(said.at.timestamp())),
    }
    return {"contacts": [_person(buyer)], "messages": [{**message, **_content(said, files)}]}


def _content(said: Message, files: Sequence[tuple[str, File]]) -> dict[str, Any]:
    if not files:
        return {"type": "text", "text": {"body": said.text}}
    number, file = files[0]
    first = file.media_type.partition("/")[0]
    kind = first if first in KINDS else "document"
    found: dict[str, Any] = {"id": number, "mime_type": file.media_type, "sha256": f"{zlib.crc32(file.content):064x}"}
    if said.text:
        found["caption"] = said.text
    if kind == "document":
        found["filename"] = file.name
    return {"type": kind, kind: found}


def status_change(buyer: Buyer, said: Message, state: str) -> dict[str, Any]:
    to = {} if hides_phone(buyer) else {"recipient_id": buyer.phone.removeprefix("+")}
    mark = {"biz_opaque_callback_data": said.key} if said.key else {}
    price = {"billable": False, "pricing_model": "PMP", "category": "service", "type": "free_customer_service"}
    told = {"id": said.id, "status": state, "timestamp": str(int(said.at.timestamp())), "recipient_user_id": user_id(buyer)}
    return {"statuses": [{**told, **to, **mark, "pricing": price}]}
