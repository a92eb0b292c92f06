"""Access tokens of one connection: the seller's (from the refresh token) and the application's own.

https://developer.ebay.com/api-docs/static/oauth-refresh-token-request.html. Both are kept in the vault, because eBay counts
mints per day (application 1,000, refresh 50,000).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from connectors.base.client import decode
from connectors.base.contract import Context
from connectors.base.errors import AuthExpired, Refused
from connectors.base.wire import integer, mapping, text, when
from connectors.ebay.errors import SCOPE_ROOT
from connectors.ebay.manifest import API_HOST

TOKEN_URL = f"https://{API_HOST}/identity/v1/oauth2/token"
MARGIN = timedelta(seconds=60)


class Tokens:
    """`stale` is a token the channel has just refused: the answer is another one."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: Mapping[str, str] = context.secrets

    async def user(self, stale: str = "") -> str:
        return await self._token("access_token", stale)

    async def app(self, stale: str = "") -> str:
        return await self._token("app_token", stale)

    def secret(self, name: str) -> str:
        return self._known.get(name, "")

    async def _token(self, name: str, stale: str) -> str:
        if not self._is_good(self._known, name, stale):
            self._known = {**self._known, **await self._context.refresh(lambda kept: self._renew(kept, name, stale))}
        return self._known[name]

    async def _renew(self, kept: Mapping[str, str], name: str, stale: str) -> Mapping[str, str]:
        """Runs alone over all processes; another one may have renewed since."""
        if self._is_good(kept, name, stale):
            return kept
        form = {"grant_type": "client_credentials", "scope": SCOPE_ROOT}
        if name == "access_token":
            form = {"grant_type": "refresh_token", "refresh_token": kept.get("refresh_token", "")}
        token, lasts = await self._mint(kept, form)
        return {**kept, name: token, f"{name}_until": (self._context.now() + lasts).isoformat()}

    def _is_good(self, kept: Mapping[str, str], name: str, stale: str) -> bool:
        until: datetime | None = when(kept.get(f"{name}_until"))
        return bool(kept.get(name)) and kept[name] != stale and until is not None and until - MARGIN > self._context.now()

    async def _mint(self, kept: Mapping[str, str], form: Mapping[str, str]) -> tuple[str, timedelta]:
        response = await self._context.http.request(
            "POST",
            TOKEN_URL,
            operation="token",
            expect=(400,),
            form=form,
            auth=(kept.get("client_id", ""), kept.get("client_secret", "")),
        )
        answer = mapping(decode(response))
        if response.status_code == 400:
            reason = text(answer.get("error"))
            detail = f"{reason}: {text(answer.get('error_description'))}"
            if reason in ("invalid_grant", "invalid_client", "unauthorized_client"):
                raise AuthExpired(detail, code=reason)
            raise Refused(detail, code=reason or "token_refused")
        token = text(answer.get("access_token"))
        if not token:
            raise AuthExpired("eBay gave no access token", code="no_token")
        return token, timedelta(seconds=integer(answer.get("expires_in"), 7200))
