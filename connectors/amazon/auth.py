"""Access tokens by Login with Amazon: they live one hour and come from the refresh token.

https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from connectors.amazon.manifest import TOKEN_HOST
from connectors.base.client import decode
from connectors.base.contract import Context
from connectors.base.errors import AuthExpired, Refused
from connectors.base.wire import integer, mapping, text, when

TOKEN_URL = f"https://{TOKEN_HOST}/auth/o2/token"
NAME, NOTICES = "access_token", "sellingpartnerapi::notifications"
MARGIN = timedelta(seconds=60)
LOST = ("invalid_grant", "invalid_client", "unauthorized_client", "access_denied")


class Tokens:
    """`stale` is a token Amazon has just refused: the answer is another one. With a `scope` they are the application's own, for the
    few calls that no seller grants."""

    def __init__(self, context: Context, name: str = NAME, scope: str = "") -> None:
        self._context = context
        self._name = name
        self._scope = scope
        self._known: Mapping[str, str] = context.secrets

    async def get(self, stale: str = "") -> str:
        if not self._is_good(self._known, stale):
            self._known = {**self._known, **await self._context.refresh(lambda kept: self._renew(kept, stale))}
        return self._known[self._name]

    async def _renew(self, kept: Mapping[str, str], stale: str) -> Mapping[str, str]:
        """Runs alone over all processes; another one may have renewed since."""
        if self._is_good(kept, stale):
            return kept
        form = {"client_id": kept.get("client_id", ""), "client_secret": kept.get("client_secret", "")}
        if self._scope:
            form |= {"grant_type": "client_credentials", "scope": self._scope}
        else:
            form |= {"grant_type": "refresh_token", "refresh_token": kept.get("refresh_token", "")}
        token, lasts = await self._mint(form)
        return {**kept, self._name: token, f"{self._name}_until": (self._context.now() + lasts).isoformat()}

    def _is_good(self, kept: Mapping[str, str], stale: str) -> bool:
        until, name = when(kept.get(f"{self._name}_until")), self._name
        return bool(kept.get(name)) and kept[name] != stale and until is not None and until - MARGIN > self._context.now()

    async def _mint(self, form: Mapping[str, str]) -> tuple[str, timedelta]:
        response = await self._context.http.request("POST", TOKEN_URL, operation="token", expect=(400, 401), form=form)
        found = mapping(decode(response))
        if response.status_code >= 400:
            reason = text(found.get("error"))
            detail = f"{reason}: {text(found.get('error_description'))}"
            raise AuthExpired(detail, code=reason) if reason in LOST else Refused(detail, code=reason or "token_refused")
        token = text(found.get("access_token"))
        if not token:
            raise AuthExpired("Amazon gave no access token", code="no_token")
        return token, timedelta(seconds=integer(found.get("expires_in"), 3600))
