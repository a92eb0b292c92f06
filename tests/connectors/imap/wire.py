"""Holds the pretend mailbox to the published grammars of mail, and its token server to RFC 6749."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from tests.connectors import mail_wire
from tests.connectors.rig import Exchange

# https://www.rfc-editor.org/rfc/rfc6749#section-5.1 and 5.2
ERRORS = ("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope")

OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    **mail_wire.OPERATIONS,
    "token": lambda exchange: exchange.method == "POST" and exchange.path.endswith("/token"),
}


def check(operation: str, exchange: Exchange) -> None:
    if operation != "token":
        mail_wire.check(operation, exchange)
        return
    body = json.loads(exchange.answer)
    if exchange.status == 200:
        assert body["token_type"] == "Bearer"
        assert isinstance(body["access_token"], str)
        assert isinstance(body["expires_in"], int)
    else:
        assert exchange.status in (400, 401)
        assert body["error"] in ERRORS
