"""The pretend eBay: token endpoint, identity, and the parts of its APIs in the files beside this one."""

from __future__ import annotations

import base64
from dataclasses import replace

from connectors.base.faults import Faults
from connectors.base.sandbox import Answer, Receive, Request, Sandbox, answer
from connectors.base.world import World
from connectors.ebay.sandbox_inventory import Inventory
from connectors.ebay.sandbox_messages import Messages
from connectors.ebay.sandbox_notices import Notices
from connectors.ebay.sandbox_orders import Orders
from connectors.ebay.sandbox_shop import (
    CHANNEL,
    SELLER,
    SELLER_EMAIL,
    SELLER_ID,
    TOKEN_LIFE,
    Shop,
    guarded,
    refusal,
)
from connectors.ebay.sandbox_trading import PATH, Trading

CREDENTIALS: dict[str, str] = {
    "client_id": "HarbourH-Onecount-PRD-2d8f1a4c7-9e31b6aa",
    "client_secret": "PRD-d8f1a4c7b0e2-5a1c-4f6b-9d27-61e4",
    "dev_id": "7f4b2c91-1d0e-4b5f-8a6c-3e2d90ab47c5",
    "refresh_token": "v^1.1#i^1#f^0#r^1#I^3#p^3#t^Ul4xMF8harbourandhill",
    "verification_token": "harbour-and-hill_demo_0123456789abcdef",
}


class EbaySandbox(Sandbox):
    """All Trading calls share one path; each is routed by its call name, so that faults can aim at one kind of call."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(CHANNEL, shop.world, shop.faults, failed)
        self.shop = shop
        self.messages = Messages(shop)
        self.notices = Notices(shop, self.messages, self)

    async def _answer(self, request: Request, receive: Receive) -> Answer | None:
        if request.path == PATH:
            request = replace(request, path=f"{PATH}/{request.headers.get('x-ebay-api-call-name', '')}")
        return await super()._answer(request, receive)


def failed(status: int, words: str) -> Answer:
    if status == 429:
        return refusal(429, 2001, "The request limit has been reached for the resource.", domain="ACCESS")
    return refusal(status, 2003, words, domain="ACCESS", category="APPLICATION")


def sandbox(world: World, faults: Faults) -> Sandbox:
    shop = Shop(world, faults)
    box = EbaySandbox(shop)

    @box.route("POST", "/identity/v1/oauth2/token", "token")
    def token(request: Request) -> Answer:
        return give_token(shop, request)

    box.route("GET", "/commerce/identity/v1/user/")(guarded(shop, identity, scope="commerce.identity"))
    box.messages.routes(box)
    Orders(shop).routes(box)
    Inventory(shop).routes(box)
    Trading(shop, box.messages).routes(box)
    box.notices.routes(box)
    return box


def give_token(shop: Shop, request: Request) -> Answer:
    """Takes any application that names itself and any refresh token that is not empty."""
    form, header = request.form(), request.headers.get("authorization", "")
    try:
        named = base64.b64decode(header.removeprefix("Basic "), validate=True).decode()
    except ValueError:
        named = ""
    if not header.startswith("Basic ") or not all(named.partition(":")[::2]):
        return answer({"error": "invalid_client", "error_description": "client authentication failed"}, 401)
    lasts = int(TOKEN_LIFE.total_seconds())
    if form.get("grant_type") == "client_credentials":
        return answer({"access_token": shop.mint("app"), "expires_in": lasts, "token_type": "Application Access Token"})
    if form.get("grant_type") != "refresh_token":
        return answer({"error": "unsupported_grant_type", "error_description": "grant type is not supported"}, 400)
    if not form.get("refresh_token") or form["refresh_token"].startswith("revoked"):
        words = "the provided authorization refresh token is invalid or was issued to another client"
        return answer({"error": "invalid_grant", "error_description": words}, 400)
    return answer({"access_token": shop.mint("user"), "expires_in": lasts, "token_type": "User Access Token"})


def identity(_request: Request) -> Answer:
    return answer(
        {
            "userId": SELLER_ID,
            "username": SELLER,
            "accountType": "BUSINESS",
            "registrationMarketplaceId": "EBAY_US",
            "status": "CONFIRMED",
            "businessAccount": {"name": "Harbour & Hill", "email": SELLER_EMAIL},
        }
    )
