"""Access to a Google or Microsoft mailbox by the seller's consent.

https://developers.google.com/identity/protocols/oauth2/web-server ,
https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from connectors.base.client import ChannelHttp, decode
from connectors.base.errors import Malformed, Refused
from connectors.base.wire import integer, mapping, text
from connectors.imap.errors import token_failure

WORDED = (400, 401, 403)
EARLY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Provider:
    ask: str
    token: str
    scope: str
    imap_host: str
    smtp_host: str
    extra: tuple[tuple[str, str], ...] = ()


PROVIDERS = {
    "google": Provider(
        ask="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",
        scope="https://mail.google.com/",
        imap_host="imap.gmail.com",
        smtp_host="smtp.gmail.com",
        extra=(("access_type", "offline"), ("prompt", "consent")),
    ),
    "microsoft": Provider(
        ask="https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        token="https://login.microsoftonline.com/common/oauth2/v2.0/token",
        scope="offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send",
        imap_host="outlook.office365.com",
        smtp_host="smtp.office365.com",
        extra=(("response_mode", "query"),),
    ),
}


def provider_of(given: Mapping[str, str]) -> Provider:
    found = PROVIDERS.get(given.get("provider", "").strip().lower())
    if found is None:
        raise Refused(
            "no provider of consent is named", code="no_provider", fix="Choose google or microsoft, or give a password."
        )
    return found


def begin(given: Mapping[str, str], *, redirect_uri: str, state: str, challenge: str) -> str:
    provider = provider_of(given)
    fields = {
        "client_id": given.get("client_id", ""),
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": provider.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": given.get("address", ""),
        **dict(provider.extra),
    }
    return f"{provider.ask}?{urlencode(fields)}"


async def finish(
    given: Mapping[str, str], query: Mapping[str, str], http: ChannelHttp, *, redirect_uri: str, verifier: str
) -> Mapping[str, str]:
    if query.get("error"):
        raise Refused(query.get("error_description") or query["error"], code="consent_refused", fix="Ask again and agree.")
    bought = {"grant_type": "authorization_code", "code": query.get("code", ""), "redirect_uri": redirect_uri}
    found = await _buy(given, {**bought, "code_verifier": verifier}, http)
    if not found.get("refresh_token"):
        raise Refused("lasting access was not granted", code="no_refresh_token", fix="Ask again and agree to lasting access.")
    return found


async def renew(given: Mapping[str, str], http: ChannelHttp, now: datetime) -> Mapping[str, str]:
    """A new access token, unless another process got one meanwhile. Microsoft may give a new refresh token with it."""
    if is_fresh(given, now):
        return {}
    return await _buy(given, {"grant_type": "refresh_token", "refresh_token": given.get("refresh_token", "")}, http, now)


def is_fresh(given: Mapping[str, str], now: datetime) -> bool:
    until = integer(given.get("access_until"))
    return bool(given.get("access_token")) and now + EARLY < datetime.fromtimestamp(until, UTC)


async def _buy(
    given: Mapping[str, str], fields: Mapping[str, str], http: ChannelHttp, now: datetime | None = None
) -> dict[str, str]:
    app = {"client_id": given.get("client_id", ""), "client_secret": given.get("client_secret", "")}
    form = {**app, **fields}
    response = await http.request("POST", provider_of(given).token, operation="token", form=form, expect=WORDED)
    body = mapping(decode(response))
    if response.status_code >= 400:
        raise token_failure(body, response.status_code)
    return _kept(body, now or datetime.now(UTC))


def _kept(body: Mapping[str, Any], now: datetime) -> dict[str, str]:
    token = text(body.get("access_token"))
    if not token:
        raise Malformed("the token server gave no token", code="no_token")
    until = now + timedelta(seconds=max(integer(body.get("expires_in"), 3600), 0))
    found = {"access_token": token, "access_until": str(int(until.timestamp()))}
    if lasting := text(body.get("refresh_token")):
        found["refresh_token"] = lasting
    return found
