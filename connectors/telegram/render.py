"""A reply of ours as one call of the Bot API. Pure.

One reply is always one call, so that it lands whole or not at all: several files go as one album.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from connectors.base.commands import SendReply, Upload
from connectors.base.errors import Refused
from connectors.base.wire import integer
from connectors.telegram.manifest import ALBUM_LIMIT, CAPTION_LIMIT, FILE_BYTES, PHOTO_BYTES, TEXT_LIMIT

PHOTO_TYPES = ("image/jpeg", "image/png")
# What Telegram shows or plays inside the chat; all else goes as a document. https://core.telegram.org/bots/api#sendvideo
PLAYED = {"video/mp4": "video", "audio/mpeg": "audio", "audio/mp4": "audio", "audio/ogg": "voice", "image/gif": "animation"}


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    fields: dict[str, object]
    files: dict[str, tuple[str, bytes, str]] = field(default_factory=dict)

    def to(self, chat_id: str) -> Call:
        return replace(self, fields={**self.fields, "chat_id": chat_id})


def thread_id(chat_id: str, business: str = "") -> str:
    """A Business account's chat with a person and the bot's own chat with them carry the same chat id."""
    return f"{business}:{chat_id}" if business else chat_id


def message_id(thread: str, number: str) -> str:
    """Telegram counts messages per chat."""
    return f"{thread}:{number}"


def render_reply(command: SendReply) -> Call:
    """Raises Refused for what Telegram would refuse, before anything is sent."""
    fields = _address(command)
    files = command.files
    if not files:
        _require(bool(command.text.strip()), "The reply is empty.", "empty", "Write a text or add a file.")
        _require_length(command.text, TEXT_LIMIT, "Shorten the text.")
        return Call("sendMessage", {**fields, "text": command.text})
    _require_length(command.text, CAPTION_LIMIT, "Shorten the text, or send it without the file.")
    _require(len(files) <= ALBUM_LIMIT, f"{len(files)} files", "too_many_files", f"Send at most {ALBUM_LIMIT} files at once.")
    for upload in files:
        _require(len(upload.content) <= FILE_BYTES, upload.name, "file_too_big", "Send a smaller file, at most 50 MB.")
    if command.text:
        fields["caption"] = command.text
    return _single(fields, files[0]) if len(files) == 1 else _album(fields, files)


def _address(command: SendReply) -> dict[str, object]:
    business, _, chat_id = command.thread.rpartition(":")
    fields: dict[str, object] = {"chat_id": chat_id}
    if business:
        fields["business_connection_id"] = business
    if topic := command.refs.get("topic"):
        fields["message_thread_id"] = integer(topic)
    if answered := _answered(command, chat_id):
        fields["reply_parameters"] = {"message_id": answered, "allow_sending_without_reply": True}
    return fields


def _answered(command: SendReply, chat_id: str) -> int:
    """The message to quote: the one a person chose, in a group else the one that asked. 0: none (a button's press has no
    number)."""
    if command.reply_to:
        return integer(command.reply_to.removeprefix(f"{command.thread}:"))
    return integer(command.refs.get("message_id")) if chat_id.startswith("-") else 0


def _single(fields: dict[str, object], upload: Upload) -> Call:
    kind = _kind(upload)
    return Call(f"send{kind.title()}", fields, {kind: (upload.name, upload.content, upload.media_type)})


def _album(fields: dict[str, object], files: Sequence[Upload]) -> Call:
    """Telegram mixes photos with videos only, and audio with audio; anything else makes all of them documents."""
    kinds = [_kind(upload) for upload in files]
    if not (set(kinds) <= {"photo", "video"} or set(kinds) == {"audio"}):
        kinds = ["document"] * len(files)
    media: list[dict[str, object]] = [{"type": kind, "media": f"attach://file{index}"} for index, kind in enumerate(kinds)]
    if "caption" in fields:
        media[0]["caption"] = fields["caption"]
    address = {name: value for name, value in fields.items() if name != "caption"}
    parts = {f"file{index}": (upload.name, upload.content, upload.media_type) for index, upload in enumerate(files)}
    return Call("sendMediaGroup", {**address, "media": media}, parts)


def _kind(upload: Upload) -> str:
    if upload.media_type in PHOTO_TYPES and len(upload.content) <= PHOTO_BYTES:
        return "photo"
    return PLAYED.get(upload.media_type, "document")


def _require_length(text: str, limit: int, fix: str) -> None:
    _require(len(text) <= limit, f"{len(text)} characters, {limit} allowed", "text_too_long", fix)


def _require(claim: bool, detail: str, code: str, fix: str) -> None:
    if not claim:
        raise Refused(detail, code=code, fix=fix)
