"""Wire calls to the Selling Partner API by the shared client; no request signing is needed since 2023.

https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import httpx

from connectors.amazon.auth import NOTICES, Tokens
from connectors.amazon.errors import MAPPED, TOKEN_EXPIRED, failure
from connectors.amazon.markets import US, region_of
from connectors.base.contract import Context
from connectors.base.errors import AuthExpired


class Client:
    """One connection's calls. A token refused as ended is renewed once; such a refusal did nothing, writes included."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.tokens = Tokens(context)
        self._own_tokens = Tokens(context, "application_token", NOTICES)
        self.host = f"sellingpartnerapi-{region_of(context.secrets)}.amazon.com"
        self.marketplace = context.secrets.get("marketplace_id") or US
        self.seller = context.secrets.get("seller_id", "")

    async def call(
        self,
        method: str,
        path: str,
        *,
        write: bool = False,
        operation: str = "read",
        params: Mapping[str, str] | None = None,
        json: object = None,
        accept: tuple[int, ...] = (),
        as_application: bool = False,
    ) -> httpx.Response:
        """Statuses in `accept` are answers, not failures. Raises ChannelError."""
        tokens = self._own_tokens if as_application else self.tokens
        held = await tokens.get()
        try:
            return await self._once(method, path, held, write, operation, params, json, accept)
        except AuthExpired as error:
            if error.code not in (TOKEN_EXPIRED, "unauthorised"):
                raise
            held = await tokens.get(stale=held)
        return await self._once(method, path, held, write, operation, params, json, accept)

    async def _once(
        self,
        method: str,
        path: str,
        token: str,
        write: bool,
        operation: str,
        params: Mapping[str, str] | None,
        json: object,
        accept: tuple[int, ...],
    ) -> httpx.Response:
        response = await self.context.http.request(
            method,
            f"https://{self.host}{path}",
            write=write,
            operation=operation,
            expect=MAPPED,
            params=params,
            json=json,
            headers={"x-amz-access-token": token, "accept": "application/json"},
        )
        if response.status_code >= 400 and response.status_code not in accept:
            raise failure(response.status_code, response.content, path=path)
        return response


def piece(value: str) -> str:
    """A SKU or id as one piece of a path: a slash in a SKU must not open another path."""
    return quote(value, safe="")
