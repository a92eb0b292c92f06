"""What a refused login or folder means, in words for the person who typed it; and refusals of token servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base.contract import Health
from connectors.base.errors import AuthExpired, ChannelError, Refused, Unavailable
from connectors.base.wire import text

# Which door -> what to do when it stays closed.
FIXES = {
    "imap": "Check the IMAP server, user and password. Most providers want an app password, and IMAP switched on in their settings.",
    "folder": "Check the folder's name, or leave it empty for INBOX.",
    "smtp": "Check the SMTP server, user and password; port 587 or 465.",
}
NAMES = {"imap": "Receiving (IMAP)", "folder": "Folder", "smtp": "Sending (SMTP)"}
SPENT = ("invalid_grant", "interaction_required", "consent_required", "login_required")


def unwell(door: str, account: str, error: ChannelError) -> Health:
    """`door` is imap, folder or smtp. What may pass by itself is raised, not told."""
    if not isinstance(error, AuthExpired | Refused):
        raise error
    fix = error.fix if isinstance(error, Refused) and error.fix else FIXES[door]
    return Health(ok=False, account=account, detail=f"{NAMES[door]}: {error.detail}", fix=fix)


def token_failure(body: Mapping[str, Any], status: int) -> ChannelError:
    """https://www.rfc-editor.org/rfc/rfc6749#section-5.2"""
    code = text(body.get("error")) or f"http_{status}"
    words = text(body.get("error_description")) or f"the token server answered {status}"
    if code in SPENT:
        return AuthExpired(f"{words} Connect the mailbox again.", code="consent_ended")
    if code in ("invalid_client", "unauthorized_client"):
        return AuthExpired(f"{words} Check the app's client id and secret.", code="app_refused")
    if status >= 500 or code in ("temporarily_unavailable", "server_error"):
        return Unavailable(words, code=code)
    return Refused(words, code=code, fix="Check the app's client id, its secret and its redirect address.")
