"""How a store's owner lets us in, and how a token that expires is renewed.

https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens
https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from connectors.base.client import ChannelHttp, decode
from connectors.base.errors import Ambiguous, AuthExpired, Refused, Unavailable
from connectors.base.signing import digest_hex, require_match
from connectors.base.wire import mapping, text

SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com")
SCOPES = ("read_orders", "read_customers", "read_products", "read_inventory", "write_inventory", "read_locations")


def shop_host(shop: str) -> str:
    """The store's host. Refused for anything else: this text decides where the app's secret is sent."""
    host = shop.strip().lower()
    if not SHOP.fullmatch(host):
        raise Refused(f"{shop!r} is no store address", code="bad_shop", fix="Enter the address that ends in .myshopify.com.")
    return host


def consent_url(shop: str, *, client_id: str, redirect_uri: str, state: str) -> str:
    asked = {"client_id": client_id, "scope": ",".join(SCOPES), "redirect_uri": redirect_uri, "state": state}
    return f"https://{shop_host(shop)}/admin/oauth/authorize?{urlencode(asked)}"


def prove_callback(query: Iterable[tuple[str, str]], client_secret: str) -> None:
    """Raises BadSignature unless Shopify signed this return from the consent page."""
    given = dict(query)
    signature = given.pop("hmac", "")
    given.pop("signature", None)
    pairs = sorted(f"{_escape(name).replace('=', '%3D')}={_escape(value)}" for name, value in given.items())
    require_match(signature, [digest_hex(client_secret, "&".join(pairs).encode()) if client_secret else ""])


def _escape(value: str) -> str:
    return value.replace("%", "%25").replace("&", "%26")


def can_renew(secrets: Mapping[str, str]) -> bool:
    return bool(secrets.get("client_id") and secrets.get("client_secret"))


async def exchange(http: ChannelHttp, shop: str, *, client_id: str, client_secret: str, code: str) -> dict[str, str]:
    """The secrets a consent code buys, with a refresh token because we ask for one that expires."""
    form = {"client_id": client_id, "client_secret": client_secret, "code": code, "expiring": "1"}
    return await _ask_for_token(http, shop_host(shop), form)


async def renew(http: ChannelHttp, secrets: Mapping[str, str], spent: str) -> Mapping[str, str]:
    """New secrets for the access token `spent`; those given when another process has renewed it meanwhile.

    A refresh token is good for one renewal and brings its successor. An app that the store's own owner made has none: its
    key and secret buy a token of 24 hours."""
    if secrets.get("access_token", "") not in ("", spent):
        return secrets
    refresh = secrets.get("refresh_token", "")
    form = {
        "client_id": secrets.get("client_id", ""),
        "client_secret": secrets.get("client_secret", ""),
        "grant_type": "refresh_token" if refresh else "client_credentials",
    }
    form |= {"refresh_token": refresh} if refresh else {}
    return {**secrets, **await _ask_for_token(http, shop_host(secrets.get("shop", "")), form)}


async def _ask_for_token(http: ChannelHttp, host: str, form: Mapping[str, str]) -> dict[str, str]:
    try:
        response = await http.request("POST", f"https://{host}/admin/oauth/access_token", operation="token", form=form)
    except Refused as refused:
        raise AuthExpired(refused.detail, code="grant_refused") from refused
    except Ambiguous as lost:
        raise Unavailable(lost.detail, code=lost.code) from lost
    answer = mapping(decode(response))
    if not text(answer.get("access_token")):
        raise AuthExpired("Shopify gave no access token", code="grant_refused")
    names = ("access_token", "refresh_token")
    return {name: text(answer.get(name)) for name in names if text(answer.get(name))}
