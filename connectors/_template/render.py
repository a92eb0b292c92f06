"""A reply of ours as Template's message. Pure."""

from __future__ import annotations

from connectors._template.manifest import TEXT_LIMIT
from connectors.base.commands import SendReply
from connectors.base.errors import Refused


def render_reply(command: SendReply) -> dict[str, object]:
    """`key` is kept by Template and shown again with the message, so that a lost answer can be settled."""
    if not command.text.strip():
        raise Refused("the reply is empty", code="empty", fix="Write a text.")
    if len(command.text) > TEXT_LIMIT:
        raise Refused(f"{len(command.text)} characters, {TEXT_LIMIT} allowed", code="text_too_long", fix="Shorten the text.")
    return {"text": command.text, "key": command.key}
