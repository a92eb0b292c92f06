"""Refusals of this room."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound, Unacceptable


class ConnectionNotFound(NotFound):
    code = "connection_not_found"


class UnknownChannel(Invalid):
    code = "unknown_channel"


class BadSecrets(Invalid):
    code = "bad_secrets"


class NameTaken(Conflict):
    code = "name_taken"


class CannotDoThat(Unacceptable):
    code = "channel_cannot"


class ConsentGone(NotFound):
    """Nothing waits for this answer: `code` says whether it was never begun here, was used, is too old or is another
    member's."""

    code = "consent_unknown"
