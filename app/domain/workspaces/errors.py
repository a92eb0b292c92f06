"""Refusals of this room."""

from __future__ import annotations

from app.core.errors import Conflict, NotFound, SignedOut, Unacceptable


class WrongCredentials(SignedOut):
    """Says the same for an unknown address, a wrong password and a locked account."""

    code = "wrong_credentials"


class AlreadySetUp(Conflict):
    code = "already_set_up"


class EmailTaken(Conflict):
    code = "email_taken"


class TeamNameTaken(Conflict):
    code = "team_name_taken"


class UnknownMember(NotFound):
    code = "unknown_member"


class UnknownTeam(NotFound):
    code = "unknown_team"


class UnknownKey(NotFound):
    code = "unknown_key"


class LastAdmin(Unacceptable):
    code = "last_admin"


class BadPassword(Unacceptable):
    code = "bad_password"
