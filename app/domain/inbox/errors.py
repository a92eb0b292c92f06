"""Refusals of this room."""

from __future__ import annotations

from app.core.errors import AppError, Conflict, NotFound, Unacceptable


class ConversationNotFound(NotFound):
    code = "conversation_not_found"


class MessageNotFound(NotFound):
    code = "message_not_found"


class KeyReused(Unacceptable):
    code = "key_reused"


class ReplyBlocked(Unacceptable):
    code = "reply_blocked"


class CannotContinue(Unacceptable):
    code = "cannot_continue"


class NewerReply(Conflict):
    code = "newer_reply"


class VersionMoved(Conflict):
    code = "version_moved"


class TooLate(Conflict):
    code = "too_late"


class ActNotOffered(Unacceptable):
    code = "not_offered"


class AttachmentNotFound(NotFound):
    code = "attachment_not_found"


class FileTooLarge(AppError):
    status, code = 413, "too_large"
