"""Joins the parts of the eBay connector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from connectors.base.commands import Command, OrderAct, Receipt, SendReply
from connectors.base.contract import Batch, Connector, Context, Delivery, Health, Offer, RawRequest, Received
from connectors.base.errors import AuthExpired, NotSupported
from connectors.base.events import Outcome, Pointer
from connectors.ebay import account, cases, listings, messages, orders, subscriptions, webhooks
from connectors.ebay.client import Client
from connectors.ebay.errors import SCOPE_MISSING
from connectors.ebay.manifest import MANIFEST
from connectors.ebay.normalise import normalise
from connectors.ebay.sending import find_reply, send_reply
from connectors.ebay.stocking import find_stock, set_stock


def connect(context: Context) -> Connector:
    return EbayConnector(context)


class EbayConnector:
    manifest = MANIFEST

    def __init__(self, context: Context) -> None:
        self._client = Client(context)
        self._seller = account.Seller(self._client)
        self._keys = webhooks.KeyRing(self._client)

    async def check(self) -> Health:
        return await account.check(self._client, self._seller)

    async def pull(self, feed: str, cursor: str) -> Batch:
        match feed:
            case "messages":
                return await messages.pull_messages(self._client, self._seller, cursor)
            case "orders":
                return await orders.pull_orders(self._client, cursor)
            case "listings":
                return await listings.pull_listings(self._client, cursor)
            case "stock":
                return await listings.pull_stock(self._client, cursor)
        raise NotSupported(f"eBay has no feed {feed}", code="no_feed")

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        match pointer.kind:
            case "message":
                return await messages.fetch_message(self._client, self._seller, pointer.id)
            case "question":
                return await messages.fetch_question(self._client, pointer.id)
            case "order":
                return await orders.fetch_order(self._client, pointer.id)
            case "item":
                return await listings.fetch_item(self._client, pointer.id)
            case "access":
                return await self._fetch_access()
        raise NotSupported(f"eBay has no {pointer.kind} to fetch", code="no_pointer")

    async def _fetch_access(self) -> Delivery | None:
        """Only when eBay refuses the seller's token was it our access that was withdrawn."""
        try:
            await self._client.tokens.user(stale=self._client.tokens.secret("access_token"))
        except AuthExpired as error:
            if error.code == SCOPE_MISSING:
                return None
            now = messages.stamp(self._client.context.now())
            body = msgspec.json.encode({"at": now, "detail": error.detail})
            return Delivery(kind="access_withdrawn", key=now, body=body)
        return None

    async def fetch_media(self, ref: str) -> bytes:
        response = await self._client.context.http.request("GET", ref, operation="read")
        return response.content

    async def receive(self, request: RawRequest) -> Received:
        return await webhooks.receive(self._client, self._keys, request)

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return normalise(delivery)

    async def execute(self, command: Command) -> Receipt:
        if isinstance(command, SendReply):
            return await send_reply(self._client, command)
        if isinstance(command, OrderAct):
            return await cases.act(self._client, command)
        return await set_stock(self._client, command)

    async def offers(self, order_id: str, refs: Mapping[str, str]) -> Sequence[Offer]:
        return await cases.offers(self._client, order_id)

    async def look_up(self, command: Command) -> Receipt | None:
        if isinstance(command, SendReply):
            return await find_reply(self._client, self._seller, command)
        if isinstance(command, OrderAct):
            return await cases.find_act(self._client, command)
        return await find_stock(self._client, command)

    async def subscribe(self, hook_url: str) -> None:
        await subscriptions.subscribe(self._client, self._seller, hook_url)

    async def unsubscribe(self, hook_url: str) -> None:
        await subscriptions.unsubscribe(self._client, hook_url)
