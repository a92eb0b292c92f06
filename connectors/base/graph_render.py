"""A reply of ours as one call of the Send API, and when it may still go. Pure.
https://developers.facebook.com/docs/messenger-platform/reference/send-api
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from connectors.base.commands import SendReply, Upload
from connectors.base.errors import Refused
from connectors.base.graph import LATER
from connectors.base.graph_talk import OUR_MARK
from connectors.base.wire import when

DAY_S = 86_400.0
PERSON_S = 7 * DAY_S
COMMENT = "comment:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`kinds`: first part of a media type -> most bytes; anything else counts as `file`."""

    text: int
    unit: Literal["characters", "bytes"]
    kinds: dict[str, int]
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageReply:
    """`upload` goes first and its id then stands in the body."""

    body: dict[str, object]
    upload: Upload | None = None
    kind: str = ""

    def with_file(self, attachment_id: str) -> PageReply:
        message = dict(self.body["message"]) if isinstance(self.body["message"], dict) else {}
        message["attachment"] = {"type": self.kind, "payload": {"attachment_id": attachment_id}}
        return replace(self, body={**self.body, "message": message})


def person_of(command: SendReply) -> str:
    """The customer's id on this page; a comment's thread does not carry it."""
    return command.customer.value.rpartition(":")[2] if command.thread.startswith(COMMENT) else command.thread


def render_page_reply(command: SendReply, now: datetime, limits: Limits) -> PageReply:
    """Raises Refused for what Meta would refuse, before anything is sent."""
    require(command.template is None, "a template", "no_templates", "Write the text yourself: this channel takes no templates.")
    require(bool(command.text.strip() or command.files), "The reply is empty.", "empty", "Write a text or add a file.")
    require(len(command.files) <= 1, f"{len(command.files)} files", "too_many_files", "Send the files one by one.")
    both = bool(command.text.strip() and command.files)
    require(not both, "text and file together", "text_with_file", "Send the text and the file as two replies.")
    size = len(command.text.encode() if limits.unit == "bytes" else command.text)
    require(size <= limits.text, f"{size} {limits.unit}, {limits.text} allowed", "text_too_long", "Shorten the text.")
    if command.thread.startswith(COMMENT):
        return _private_reply(command, now)
    return _answer(command, now, limits)


def _private_reply(command: SendReply, now: datetime) -> PageReply:
    """One for each comment, within 7 days. https://developers.facebook.com/docs/messenger-platform/discovery/private-replies"""
    comment, said_at = command.refs.get("comment_id", ""), when(command.refs.get("at"))
    require(bool(comment), "the comment's id is missing", "no_comment", "Answer this comment in Meta's own app.")
    require(not command.files, "a file", "text_only", "The first answer to a comment can be text only.")
    late = said_at is not None and now > said_at + timedelta(seconds=PERSON_S)
    require(not late, "the comment is older than 7 days", "window_closed", "Answer under the post in Meta's own app.")
    return PageReply({"recipient": {"comment_id": comment}, "message": {"text": command.text}})


def _answer(command: SendReply, now: datetime, limits: Limits) -> PageReply:
    mark = {"metadata": f"{OUR_MARK}{command.key}"}
    body: dict[str, object] = {"recipient": {"id": command.thread}, **_purpose(command, now)}
    if command.reply_to:
        body["reply_to"] = {"mid": command.reply_to}
    if not command.files:
        return PageReply({**body, "message": {"text": command.text, **mark}})
    upload = command.files[0]
    kind = upload.media_type.partition("/")[0]
    kind = kind if kind in limits.kinds else "file"
    allowed = limits.kinds[kind]
    require(
        len(upload.content) <= allowed, upload.name, "file_too_big", f"Send a smaller file, at most {allowed // 1_000_000} MB."
    )
    known = not limits.types or upload.media_type in limits.types
    require(known, f"{upload.name} is {upload.media_type}", "file_type", f"Send one of: {', '.join(limits.types)}.")
    return PageReply({**body, "message": mark}, upload, kind)


def _purpose(command: SendReply, now: datetime) -> dict[str, object]:
    """Within 24 hours of the customer's word anyone may answer, within 7 days a person.
    https://developers.facebook.com/docs/messenger-platform/policy/policy-overview#message-tags"""
    standby = command.refs.get("standby") == "1" and not command.by_person
    require(not standby, "another app has this talk", "other_app_answers", "A member may answer and so take the talk over.")
    said_at = when(command.refs.get("at"))
    if said_at is None or now <= said_at + timedelta(seconds=DAY_S):
        return {"messaging_type": "RESPONSE"}
    allowed = command.by_person and now <= said_at + timedelta(seconds=PERSON_S)
    fix = LATER if command.by_person else "A member may still answer within 7 days."
    require(allowed, "the time for replies is over", "window_closed", fix)
    return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}


def require(claim: bool, detail: str, code: str, fix: str) -> None:
    if not claim:
        raise Refused(detail, code=code, fix=fix)
