"""Holds the pretend mailbox to the published grammars of mail, and its token server to RFC 6749."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.connectors import mail_wire
from tests.connectors.rig import Exchange
from tests.connectors.shapes import OAUTH, hold_token

OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    **mail_wire.OPERATIONS,
    "token": lambda exchange: exchange.method == "POST" and exchange.path.endswith("/token"),
}

MACHINE: Mapping[str, str] = {}
SCHEMAS = {**mail_wire.SCHEMAS, "token": OAUTH}
# What buyers see of us, and the counts we set.
SENDS, PUSHES = ("smtp DATA", "imap APPEND"), ()


def check(operation: str, exchange: Exchange) -> None:
    if operation != "token":
        mail_wire.check(operation, exchange)
        return
    hold_token(exchange, {"access_token", "expires_in", "token_type"}, maybe={"refresh_token", "scope"})
