"""The Template connector: its parts joined behind the contract."""

from __future__ import annotations

from collections.abc import Sequence

from connectors._template.client import TemplateClient
from connectors._template.manifest import MANIFEST
from connectors._template.normalise import normalise_thing
from connectors._template.render import render_reply
from connectors._template.webhooks import as_delivery, receive_notice
from connectors.base.commands import Command, LineReceipt, Receipt, SendReply, SetStock, StockLine
from connectors.base.contract import Batch, Connector, Context, Delivery, Health, RawRequest, Received
from connectors.base.errors import Ambiguous, NotSupported, Refused
from connectors.base.events import Outcome, Pointer
from connectors.base.manifest import Manifest
from connectors.base.wire import load, mapping, text, when

KIND_OF_FEED = {"messages": "message", "orders": "order", "listings": "listing"}


class TemplateConnector:
    manifest: Manifest = MANIFEST

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = TemplateClient(context.http, context.secrets.get("access_token", ""))

    async def check(self) -> Health:
        account = await self._client.account()
        return Health(ok=True, account=text(account.get("name")))

    async def pull(self, feed: str, cursor: str) -> Batch:
        if self.manifest.feed(feed) is None:
            raise NotSupported(f"Template has no feed {feed!r}")
        page = await self._client.page(feed, cursor)
        deliveries = tuple(as_delivery(KIND_OF_FEED[feed], bytes(item)) for item in page.items)
        return Batch(deliveries=deliveries, cursor=page.next or cursor, more=page.more)

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        raise NotSupported("Template sends each thing whole")

    async def fetch_media(self, ref: str) -> bytes:
        return await self._client.file(ref)

    async def receive(self, request: RawRequest) -> Received:
        return receive_notice(request, self._context.secrets.get("hook_secret", ""))

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return normalise_thing(delivery)

    async def execute(self, command: Command) -> Receipt:
        if isinstance(command, SetStock):
            return Receipt(key=command.key, lines=tuple([await self._push(line) for line in command.lines]))
        if not isinstance(command, SendReply):
            raise NotSupported("Template has no acts on orders")
        made = await self._client.send(command.thread, render_reply(command))
        if not text(made.get("id")):
            raise Ambiguous("Template said yes and named no message", code="no_message_id")
        return Receipt(key=command.key, external_id=text(made.get("id")), at=when(made.get("at")))

    async def look_up(self, command: Command) -> Receipt | None:
        """A reply: the thread shows our key. A count is absolute: pushing it again is the cheaper proof."""
        if not isinstance(command, SendReply):
            return None
        page = await self._client.thread(command.thread)
        for said in map(mapping, (load(bytes(item)) for item in page.items)):
            if text(said.get("key")) == command.key:
                return Receipt(key=command.key, external_id=text(said.get("id")), at=when(said.get("at")))
        return None

    async def subscribe(self, hook_url: str) -> None:
        await self._client.set_hook(hook_url)

    async def unsubscribe(self, hook_url: str) -> None:
        await self._client.set_hook("")

    async def _push(self, line: StockLine) -> LineReceipt:
        try:
            await self._client.set_quantity(line.external_id, line.quantity)
        except Refused as refused:
            return LineReceipt(listing_id=line.listing_id, outcome="refused", detail=refused.detail, code=refused.code)
        return LineReceipt(listing_id=line.listing_id, outcome="accepted")


def connect(context: Context) -> Connector:
    return TemplateConnector(context)
