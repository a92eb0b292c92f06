"""One store: joins token, feeds, pushes and webhooks to the contract."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base.commands import Command, Receipt, SetStock
from connectors.base.contract import Batch, Connector, Context, Delivery, Health, RawRequest, Received
from connectors.base.errors import AuthExpired, NotSupported
from connectors.base.events import Outcome, Pointer
from connectors.base.wire import items, mapping, text
from connectors.shopify import stock, subscriptions, webhooks
from connectors.shopify.auth import SCOPES, shop_host
from connectors.shopify.client import Admin
from connectors.shopify.feeds import Feeds
from connectors.shopify.manifest import MANIFEST
from connectors.shopify.normalise import Shop, normalise
from connectors.shopify.queries import CHECK


class ShopifyConnector:
    """See `Connector`. Shopify has no message API, so there is nothing to reply to here."""

    manifest = MANIFEST

    def __init__(self, context: Context) -> None:
        self._context = context
        self._admin = Admin(context)
        self._feeds = Feeds(self._admin, context)

    @property
    def _shop(self) -> str:
        return shop_host(self._context.secrets.get("shop", ""))

    async def check(self) -> Health:
        try:
            data = await self._admin.query(CHECK)
        except AuthExpired as expired:
            fix = "Make a new access token for this app in Shopify and enter it here."
            return Health(ok=False, account=self._shop, detail=expired.detail, fix=fix, missing=expired.missing)
        scopes = items(mapping(data.get("currentAppInstallation")).get("accessScopes"))
        granted = {text(mapping(entry).get("handle")) for entry in scopes}
        granted |= {scope.replace("write_", "read_", 1) for scope in granted if scope.startswith("write_")}
        missing = tuple(scope for scope in SCOPES if scope not in granted)
        account = text(mapping(data.get("shop")).get("myshopifyDomain")) or self._shop
        if missing:
            fix = f"Give the app these scopes in Shopify and install it again: {', '.join(missing)}."
            return Health(ok=False, account=account, detail="The app lacks scopes.", fix=fix, missing=missing)
        return Health(ok=True, account=account, detail=text(mapping(data.get("shop")).get("name")))

    async def pull(self, feed: str, cursor: str) -> Batch:
        return await self._feeds.pull(feed, cursor)

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        return await self._feeds.fetch(pointer)

    async def fetch_media(self, ref: str) -> bytes:
        raise NotSupported("Shopify brings no messages, so no files either", code="no_messages")

    async def receive(self, request: RawRequest) -> Received:
        return webhooks.receive(request, self._context.secrets, shop=self._shop, now=self._context.now())

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return normalise(delivery, Shop(host=self._context.secrets.get("shop", "").strip().lower(), now=self._context.now()))

    async def execute(self, command: Command) -> Receipt:
        if not isinstance(command, SetStock):
            raise NotSupported("Shopify has no message API", code="no_messages")
        return await stock.push(self._admin, command)

    async def look_up(self, command: Command) -> Receipt | None:
        if not isinstance(command, SetStock):
            raise NotSupported("Shopify has no message API", code="no_messages")
        return await stock.find(self._admin, command)

    async def subscribe(self, hook_url: str) -> None:
        await subscriptions.ensure(self._admin, hook_url)

    async def unsubscribe(self, hook_url: str) -> None:
        await subscriptions.remove(self._admin, hook_url)


def connect(context: Context) -> Connector:
    return ShopifyConnector(context)
