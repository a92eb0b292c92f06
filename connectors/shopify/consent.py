"""The seller's consent at Shopify: the store's own page, and the signed way back.

https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base.client import ChannelHttp
from connectors.base.errors import BadSignature, Refused
from connectors.shopify.auth import consent_url, exchange, prove_callback, shop_host


def begin(given: Mapping[str, str], *, redirect_uri: str, state: str, challenge: str) -> str:
    """Shopify takes no PKCE: `state` and the signature over the way back stand for it."""
    if not given.get("client_id"):
        raise Refused("the client ID is missing", code="no_client_id", fix="Enter the client ID of the app.")
    return consent_url(given.get("shop", ""), client_id=given["client_id"], redirect_uri=redirect_uri, state=state)


async def finish(
    given: Mapping[str, str], query: Mapping[str, str], http: ChannelHttp, *, redirect_uri: str, verifier: str
) -> Mapping[str, str]:
    """The store that comes back must be the one that was asked: its name decides where the app's secret is sent."""
    secret, shop = given.get("client_secret", ""), shop_host(given.get("shop", ""))
    prove_callback(query.items(), secret)
    if shop_host(query.get("shop", "")) != shop:
        raise BadSignature(f"this consent is of {query.get('shop', '')[:80]}, not of {shop}", code="other_shop")
    if not query.get("code"):
        raise Refused("Shopify sent no code", code="no_code", fix="Start again and agree on Shopify's page.")
    return await exchange(http, shop, client_id=given.get("client_id", ""), client_secret=secret, code=query["code"])
