"""Refusals of this room."""

from __future__ import annotations

from app.core.errors import AppError, Conflict, Forbidden, NotFound, Unacceptable


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


class HandoffNotFound(NotFound):
    code = "handoff_not_found"


class NotForYou(Forbidden):
    code = "not_for_you"


class AlreadyOffered(Conflict):
    code = "already_offered"


class OfferOver(Conflict):
    code = "offer_over"


class NameTaken(Conflict):
    code = "name_taken"


class ReplyInUse(Conflict):
    code = "reply_in_use"


class SavedReplyNotFound(NotFound):
    code = "saved_reply_not_found"


class MacroNotFound(NotFound):
    code = "macro_not_found"


class PromiseNotFound(NotFound):
    code = "promise_not_found"


class OpenPromises(Conflict):
    code = "open_promises"
