"""The pretend eBay: token endpoint, identity, and the parts of its APIs in the files beside this one."""

from __future__ import annotations

import base64
from dataclasses import replace
from uuid import uuid4

from connectors.base.faults import Faults
from connectors.base.sandbox import Answer, Receive, Request, Sandbox, answer
from connectors.base.sandbox_consent import consent_page, way_back
from connectors.base.world import World
from connectors.ebay.sandbox_cases import Cases
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
    "ru_name": "Harbour_Hill-HarbourH-Onecou-qxwvz",
    "verification_token": "harbour-and-hill_demo_0123456789abcdef",
}

WISHES = {
    "en": (
        "Read and answer messages of buyers",
        "See orders, returns and cancellations",
        "Set how many of each listing are on sale",
    ),
    "id": (
        "Membaca dan membalas pesan pembeli",
        "Melihat pesanan, retur, dan pembatalan",
        "Mengatur jumlah setiap produk yang dijual",
    ),
}


class EbaySandbox(Sandbox):
    """All Trading calls share one path; each is routed by its call name, so that faults can aim at one kind of call."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(CHANNEL, shop.world, shop.faults, failed)
        self.shop = shop
        self.messages = Messages(shop)
        self.cases = Cases(shop)
        self.grants = Grants()
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
        return give_token(shop, box.grants, request)

    @box.route("GET", "/oauth2/authorize", "token")
    def consent(request: Request) -> Answer:
        host = f"https://{CREDENTIALS['ru_name'].lower()}.example"
        return box.grants.consent(request, f"{box.app_url}/connect/{CHANNEL}" if box.app_url else f"{host}/back")

    box.route("GET", "/commerce/identity/v1/user/")(guarded(shop, identity, scope="commerce.identity"))
    box.messages.routes(box)
    Orders(shop).routes(box)
    Inventory(shop).routes(box)
    box.cases.routes(box)
    Trading(shop, box.messages).routes(box)
    box.notices.routes(box)
    return box


class Grants:
    """What sellers agreed to: codes good for one use, and refresh tokens."""

    def __init__(self) -> None:
        self.codes: set[str] = set()
        self.refresh = {CREDENTIALS["refresh_token"]}

    def consent(self, request: Request, address: str) -> Answer:
        """Asks the seller. eBay sends them to the address kept behind the RuName on its own settings page."""
        asked = request.query
        if asked.get("client_id") != CREDENTIALS["client_id"] or asked.get("redirect_uri") != CREDENTIALS["ru_name"]:
            return answer({"error_id": "unauthorized_client", "http_status_code": 400}, 400)
        code = f"v^1.1#i^1#r^1#p^3#t^{uuid4().hex}"
        self.codes.add(code)
        state = asked.get("state", "")
        yes = way_back(address, {"code": code, "expires_in": "299", "state": state})
        no = way_back(address, {"error": "access_denied", "state": state})
        return consent_page(request, name="eBay", account=SELLER, wishes=WISHES, yes=yes, no=no)

    def buy(self, form: dict[str, str]) -> str:
        """The refresh token for a code, "" for a code that is unknown or spent."""
        if form.get("code") not in self.codes or form.get("redirect_uri") != CREDENTIALS["ru_name"]:
            return ""
        self.codes.discard(form["code"])
        made = f"v^1.1#i^1#f^0#r^1#I^3#p^3#t^{uuid4().hex}"
        self.refresh.add(made)
        return made


def give_token(shop: Shop, grants: Grants, request: Request) -> Answer:
    """Only this application's pair, and only grants made here."""
    form, header = request.form(), request.headers.get("authorization", "")
    try:
        named = base64.b64decode(header.removeprefix("Basic "), validate=True).decode()
    except ValueError:
        named = ""
    if not header.startswith("Basic ") or named != f"{CREDENTIALS['client_id']}:{CREDENTIALS['client_secret']}":
        return answer({"error": "invalid_client", "error_description": "client authentication failed"}, 401)
    lasts = int(TOKEN_LIFE.total_seconds())
    if form.get("grant_type") == "client_credentials":
        return answer({"access_token": shop.mint("app"), "expires_in": lasts, "token_type": "Application Access Token"})
    if form.get("grant_type") == "authorization_code":
        bought = grants.buy(form)
        if not bought:
            words = "the provided authorization grant code is invalid or was issued to another client"
            return answer({"error": "invalid_grant", "error_description": words}, 400)
        kept = {"refresh_token": bought, "refresh_token_expires_in": 47_304_000, "token_type": "User Access Token"}
        return answer({"access_token": shop.mint("user"), "expires_in": lasts, **kept})
    if form.get("grant_type") != "refresh_token":
        return answer({"error": "unsupported_grant_type", "error_description": "grant type is not supported"}, 400)
    if form.get("refresh_token") not in grants.refresh:
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
