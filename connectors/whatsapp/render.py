"""A reply of ours as one call. Pure. https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base.commands import SendReply, Template, Upload
from connectors.base.graph_render import DAY_S, require
from connectors.base.wire import when
from connectors.whatsapp.errors import WINDOW_FIX
from connectors.whatsapp.manifest import CAPTION_LIMIT, FILE_BYTES, TEXT_LIMIT
from connectors.whatsapp.templates import render_template, with_header_file

# Kinds of file with their most bytes; every other file is a document.
# https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#supported-media-types
KINDS: dict[str, tuple[str, int]] = {
    "image/jpeg": ("image", 5_000_000),
    "image/png": ("image", 5_000_000),
    "image/webp": ("sticker", 100_000),
    "audio/aac": ("audio", 16_000_000),
    "audio/amr": ("audio", 16_000_000),
    "audio/mp4": ("audio", 16_000_000),
    "audio/mpeg": ("audio", 16_000_000),
    "audio/ogg": ("audio", 16_000_000),
    "video/3gpp": ("video", 16_000_000),
    "video/mp4": ("video", 16_000_000),
}
DOCUMENT = ("document", FILE_BYTES)
WORDLESS = ("audio", "sticker")


@dataclass(frozen=True, slots=True)
class Call:
    """`upload` goes first and its id then stands in the body under `kind`."""

    body: dict[str, object]
    upload: Upload | None = None
    kind: str = ""
    template: dict[str, object] = field(default_factory=dict)

    def with_file(self, media_id: str, caption: str) -> dict[str, object]:
        media = {"id": media_id}
        if self.template:
            named = {"filename": self.upload.name} if self.kind == "document" and self.upload is not None else {}
            template = with_header_file(self.template, self.kind, {**media, **named})
            return {**self.body, "template": template}
        if caption:
            media["caption"] = caption
        if self.kind == "document" and self.upload is not None:
            media["filename"] = self.upload.name
        return {**self.body, "type": self.kind, self.kind: media}


def render_reply(command: SendReply, now: datetime) -> Call:
    """Raises Refused for what Meta would refuse, before anything is sent."""
    body: dict[str, object] = {"messaging_product": "whatsapp", **address(command)}
    body["biz_opaque_callback_data"] = command.key
    if command.reply_to:
        body["context"] = {"message_id": command.reply_to}
    if command.template is not None:
        return _templated(command, command.template, body)
    _require_window(command, now)
    require(bool(command.text.strip() or command.files), "The reply is empty.", "empty", "Write a text or add a file.")
    require(len(command.files) <= 1, f"{len(command.files)} files", "too_many_files", "Send the files one by one.")
    if command.files:
        return _with_file(command, body)
    _require_length(command.text, TEXT_LIMIT, "Shorten the text.")
    return Call({**body, "type": "text", "text": {"body": command.text, "preview_url": False}})


def address(command: SendReply) -> dict[str, object]:
    """By phone where it is known; else by the id that stands for a person who shows none.
    https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids"""
    if group := command.refs.get("group"):
        return {"recipient_type": "group", "to": group}
    phone = command.refs.get("to") or (command.customer.value if command.customer.kind == "phone" else "")
    digits = phone.removeprefix("+") or (command.thread if command.thread.isdigit() else "")
    return {
        "recipient_type": "individual",
        **({"to": digits} if digits else {"recipient": command.thread or command.customer.value.rpartition(":")[2]}),
    }


def _require_window(command: SendReply, now: datetime) -> None:
    heard = when(command.refs.get("at"))
    late = heard is not None and now > heard + timedelta(seconds=DAY_S)
    require(not late, "the customer last wrote more than 24 hours ago", "window_closed", WINDOW_FIX)


def _templated(command: SendReply, template: Template, body: dict[str, object]) -> Call:
    require(len(command.files) <= 1, f"{len(command.files)} files", "too_many_files", "One file stands above a template.")
    fits = not template.names or len(template.names) == len(template.variables)
    require(fits, "names and variables differ in number", "template_gaps", "Fill all gaps of the template.")
    whole = render_template(template)
    call = Call({**body, "type": "template", "template": whole})
    if not command.files:
        return call
    upload = command.files[0]
    kind, allowed = KINDS.get(upload.media_type.partition(";")[0].strip(), DOCUMENT)
    known = kind in ("image", "video", "document")
    require(known, upload.media_type, "file_type", "A picture, a film or a document can stand above a template.")
    require(
        len(upload.content) <= allowed, upload.name, "file_too_big", f"Send a smaller file, at most {allowed / 1_000_000:g} MB."
    )
    return Call(call.body, upload, kind, whole)


def _with_file(command: SendReply, body: dict[str, object]) -> Call:
    upload = command.files[0]
    kind, allowed = KINDS.get(upload.media_type.partition(";")[0].strip(), DOCUMENT)
    if kind == "sticker" and command.text.strip():
        kind, allowed = DOCUMENT
    size = f"at most {allowed / 1_000_000:g} MB"
    require(len(upload.content) <= allowed, upload.name, "file_too_big", f"Send a smaller file, {size}.")
    worded = bool(command.text.strip()) and kind in WORDLESS
    require(not worded, "text with a voice message", "text_with_file", "Send the text and the file as two replies.")
    _require_length(command.text, CAPTION_LIMIT, "Shorten the text, or send it without the file.")
    return Call(body, upload, kind)


def _require_length(text: str, limit: int, fix: str) -> None:
    require(len(text) <= limit, f"{len(text)} characters, {limit} allowed", "text_too_long", fix)
