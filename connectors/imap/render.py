"""A reply of ours as one mail. Pure."""

from __future__ import annotations

from datetime import datetime

from connectors.base.commands import SendReply
from connectors.base.errors import Refused
from connectors.base.mail_write import base_subject, own_message_id, render_mail
from connectors.base.signing import fingerprint
from connectors.imap.manifest import FILE_BYTES, FILES_MAX, TEXT_LIMIT


def recipient(command: SendReply) -> str:
    """Where the customer wants answers, else their address. Raises Refused for somebody without one."""
    address = command.refs.get("reply_to") or (command.customer.value if command.customer.kind == "email" else "")
    if "@" not in address:
        raise Refused("this customer has no e-mail address", code="no_address", fix="Write to them on another channel.")
    return address


def message_id(command: SendReply, address: str) -> str:
    """Stays the same on each try. A talk that we begin gets its thread here."""
    to = recipient(command)
    known = len(command.thread) == 32 and all(sign in "0123456789abcdef" for sign in command.thread)
    thread = command.thread if known else fingerprint(to.lower(), command.thread or command.key)
    return own_message_id(thread, to, command.key, address)


def render_reply(command: SendReply, address: str, sender_name: str, now: datetime) -> bytes:
    """Raises Refused for what servers would refuse, and for an answer of a program to a program."""
    _judge(command)
    answered = command.reply_to.rpartition("#")[0] or command.refs.get("message_id", "")
    return render_mail(
        message_id=message_id(command, address),
        sender=(sender_name, address),
        to=(command.customer.name, recipient(command)),
        subject=_subject(command, sender_name or address),
        text=command.text,
        at=command.started_at or now,
        files=command.files,
        in_reply_to=answered,
        references=command.refs.get("references", "").split(),
        automatic=not command.by_person,
    )


def _subject(command: SendReply, who: str) -> str:
    subject = command.refs.get("subject") or command.subject
    if command.refs.get("message_id"):
        return f"Re: {base_subject(subject)}".strip()
    return subject or f"A message from {who}"


def _judge(command: SendReply) -> None:
    _require(command.template is None, "mail has no approved texts", "no_templates", "Write the text yourself.")
    _require(bool(command.text.strip() or command.files), "The reply is empty.", "empty", "Write a text or add a file.")
    _require(len(command.text) <= TEXT_LIMIT, f"{len(command.text)} characters", "text_too_long", "Shorten the text.")
    _require(len(command.files) <= FILES_MAX, f"{len(command.files)} files", "too_many_files", "Send at most 10 files at once.")
    size = sum(len(upload.content) for upload in command.files)
    _require(size <= FILE_BYTES, f"{size} bytes of files", "file_too_big", "Send smaller files, at most 18 MB together.")
    loops = command.refs.get("automatic") == "1" and not command.by_person
    _require(not loops, "a program would answer a program", "loop_guard", "A person may answer.")


def _require(claim: bool, detail: str, code: str, fix: str) -> None:
    if not claim:
        raise Refused(detail, code=code, fix=fix)
