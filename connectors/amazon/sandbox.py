"""The pretend Amazon: Login with Amazon, the account, and the parts of its APIs in the files beside this one."""

from __future__ import annotations

from connectors.amazon.auth import NOTICES
from connectors.amazon.sandbox_listings import Listings
from connectors.amazon.sandbox_mail import PASSWORD, USER, Relay
from connectors.amazon.sandbox_notices import Notices
from connectors.amazon.sandbox_orders import Orders
from connectors.amazon.sandbox_queue import KEY, SECRET, URL, QueueBox
from connectors.amazon.sandbox_shop import CHANNEL, MARKET, SELLER, STORE, TOKEN_LIFE, Shop, failed, guarded
from connectors.base.faults import Faults
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.world import World

CREDENTIALS: dict[str, str] = {
    "client_id": "amzn1.application-oa2-client.4d5e6f708192a3b4c5d6e7f8091a2b3c",
    "client_secret": "amzn1.oa2-cs.v1.0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778",
    "refresh_token": "Atzr|IwEBIHarbourAndHillRefreshTokenOfThePretendSeller",
    "seller_id": SELLER,
    "imap_host": "imap.shop.example",
    "imap_user": USER,
    "imap_password": PASSWORD,
    "smtp_host": "smtp.shop.example",
    "sqs_url": URL,
    "aws_key": KEY,
    "aws_secret": SECRET,
}


class AmazonSandbox(Sandbox):
    def __init__(self, shop: Shop) -> None:
        super().__init__(CHANNEL, shop.world, shop.faults, failed)
        self.shop = shop
        self.orders = Orders(shop)
        self.listings = Listings(shop)
        self.notices = Notices(shop)
        self.queue = QueueBox(shop, self.notices)
        self.relay = Relay(shop)


def sandbox(world: World, faults: Faults) -> AmazonSandbox:
    shop = Shop(world, faults)
    box = AmazonSandbox(shop)

    @box.route("POST", "/auth/o2/token", "token")
    def token(request: Request) -> Answer:
        return give_token(shop, request)

    box.route("GET", "/sellers/v1/marketplaceParticipations")(guarded(shop, participations))
    box.orders.routes(box)
    box.listings.routes(box)
    box.queue.routes(box)
    box.notices.routes(box)
    return box


def give_token(shop: Shop, request: Request) -> Answer:
    """Takes any application that names itself and any refresh token that is not empty."""
    form = request.form()
    if not form.get("client_id") or not form.get("client_secret") or form["client_secret"].startswith("wrong"):
        return answer({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
    lasts = int(TOKEN_LIFE.total_seconds())
    if form.get("grant_type") == "client_credentials" and form.get("scope") == NOTICES:
        return answer({"access_token": shop.mint(own=True), "token_type": "bearer", "expires_in": lasts})
    if form.get("grant_type") != "refresh_token":
        return answer({"error": "unsupported_grant_type", "error_description": "The grant type is not supported"}, 400)
    refresh = form.get("refresh_token", "")
    if not refresh or refresh.startswith("revoked"):
        words = "The request has an invalid grant parameter : refresh_token"
        return answer({"error": "invalid_grant", "error_description": words}, 400)
    given = {"access_token": shop.mint(), "refresh_token": refresh, "token_type": "bearer", "expires_in": lasts}
    return answer(given)


def participations(_request: Request) -> Answer:
    market = {
        "id": MARKET,
        "name": "Amazon.com",
        "countryCode": "US",
        "defaultCurrencyCode": "USD",
        "defaultLanguageCode": "en_US",
        "domainName": "www.amazon.com",
    }
    standing = {"isParticipating": True, "hasSuspendedListings": False}
    return answer({"payload": [{"marketplace": market, "participation": standing, "storeName": STORE}]})
