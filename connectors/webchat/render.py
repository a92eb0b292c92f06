"""Our ids, and what a reply may be. The reply itself is not sent anywhere: its row is what the visitor's page reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from connectors.base.commands import Receipt, SendReply
from connectors.base.errors import Refused
from connectors.base.signing import require_match
from connectors.base.visitors import Keepsake, Visitor
from connectors.webchat.errors import not_ours
from connectors.webchat.manifest import FILE_BYTES, FILES_MOST, TEXT_LIMIT
from connectors.webchat.passes import sign

Keeper = Callable[[str], str]
"""The stored hash a file's reference stands for; BadSignature when it was not given at our door."""


def message_id(thread: str, number: str) -> str:
    return f"{thread}:{number}"


def render_receipt(command: SendReply, now: datetime) -> Receipt:
    """Raises Refused for what the page could not show. The same key gives the same message for ever."""
    if not command.text.strip() and not command.files:
        raise Refused("The reply is empty.", code="empty", fix="Write a text or add a file.")
    if len(command.text) > TEXT_LIMIT:
        raise Refused(f"{len(command.text)} characters, {TEXT_LIMIT} allowed", code="text_too_long", fix="Shorten the text.")
    if len(command.files) > FILES_MOST:
        raise Refused(f"{len(command.files)} files", code="too_many_files", fix=f"Send at most {FILES_MOST} files at once.")
    for upload in command.files:
        if len(upload.content) > FILE_BYTES:
            raise Refused(upload.name, code="file_too_big", fix="Send a smaller file, at most 10 MB.")
    return Receipt(key=command.key, external_id=message_id(command.thread, f"reply-{command.key}"), at=now)


def keep_ref(secret: str, visitor: Visitor, sha256: str, *, name: str, media_type: str, size: int) -> Keepsake:
    return Keepsake(ref=f"{sha256}.{sign(secret, 'file', sha256)}", name=name, media_type=media_type, size=size)


def open_ref(secret: str, ref: str) -> str:
    sha256, dot, signature = ref.partition(".")
    if not dot or len(sha256) != 64 or not ref.isascii():
        raise not_ours("it names no file")
    require_match(signature, (sign(secret, "file", sha256),))
    return sha256
