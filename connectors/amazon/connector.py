"""Joins the parts of the Amazon connector."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence

from connectors.amazon import acts, listings, orders, stocking, subscriptions, webhooks
from connectors.amazon.account import check
from connectors.amazon.client import Client
from connectors.amazon.feeds import Feeds
from connectors.amazon.mailroom import Mailroom, read_cursor
from connectors.amazon.manifest import MANIFEST
from connectors.amazon.normalise import normalise
from connectors.amazon.normalise_mail import mail_seen
from connectors.amazon.sqs import Queue
from connectors.base.commands import Command, OrderAct, Receipt, SetStock
from connectors.base.contract import Batch, Connector, Context, Delivery, Health, Offer, RawRequest, Received
from connectors.base.errors import ChannelError, NotSupported
from connectors.base.events import Outcome, Pointer


def connect(context: Context) -> Connector:
    return AmazonConnector(context)


class AmazonConnector:
    manifest = MANIFEST

    def __init__(self, context: Context) -> None:
        self._client = Client(context)
        self._queue = Queue(context)
        self._feeds = Feeds(self._client)
        self._mailroom = Mailroom(context)

    async def check(self) -> Health:
        return await check(self._client, self._mailroom)

    async def pull(self, feed: str, cursor: str) -> Batch:
        match feed:
            case "orders":
                return await orders.pull_orders(self._client, cursor)
            case "messages":
                return await self._pull_messages(cursor)
            case "listings":
                return await listings.pull_listings(self._client, cursor)
            case "stock":
                return await listings.pull_fba(self._client, cursor)
        raise NotSupported(f"Amazon has no feed {feed}", code="no_feed")

    def listen(self, feed: str) -> AsyncGenerator[None]:
        """Of the mailbox; the queue is asked whenever there is mail, and in between."""
        return self._mailroom.listen()

    async def _pull_messages(self, cursor: str) -> Batch:
        """Mail, and the queue's notices: this feed is the quick one. What an earlier pull took from the queue is durable once its
        cursor is, and leaves the queue now. A queue that fails does not hold up the mail."""
        place = read_cursor(cursor)
        notices, handles, failure = await self._notices(place.taken)
        place.taken = tuple(handles)
        batch = await self._mailroom.pull(place)
        if failure is not None and not batch.deliveries:
            raise failure
        return Batch(deliveries=(*notices, *batch.deliveries), cursor=batch.cursor, more=batch.more or bool(notices))

    async def _notices(self, taken: Sequence[str]) -> tuple[list[Delivery], list[str], ChannelError | None]:
        if not self._queue.is_open:
            return [], [], None
        try:
            await self._queue.delete(taken)
            notices, handles = await self._queue.receive()
        except ChannelError as error:
            return [], list(taken), error
        return notices, handles, None

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        match pointer.kind:
            case "order":
                return await orders.fetch_order(self._client, pointer.id)
            case "listing":
                return await listings.fetch_listing(self._client, pointer.id)
            case "fba":
                return await listings.fetch_fba(self._client, pointer.id)
        raise NotSupported(f"Amazon has no {pointer.kind} to fetch", code="no_pointer")

    async def fetch_media(self, ref: str) -> bytes:
        return await self._mailroom.file(ref)

    async def receive(self, request: RawRequest) -> Received:
        return webhooks.receive(request)

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return mail_seen(delivery, self._mailroom.address) if delivery.kind == "mail" else normalise(delivery)

    async def offers(self, order_id: str, refs: Mapping[str, str]) -> Sequence[Offer]:
        return await acts.offers(self._client, order_id)

    async def execute(self, command: Command) -> Receipt:
        if isinstance(command, SetStock):
            return await stocking.set_stock(self._client, self._feeds, command)
        if isinstance(command, OrderAct):
            return await acts.carry_out(self._client, command)
        return await self._mailroom.send(command)

    async def look_up(self, command: Command) -> Receipt | None:
        if isinstance(command, SetStock):
            return await stocking.find_stock(self._client, command)
        raise NotSupported("nothing shows whether a mail of ours reached Amazon", code="not_readable")

    async def subscribe(self, hook_url: str) -> None:
        """Amazon posts no webhooks: it fills the seller's queue, where there is one."""
        if self._queue.is_open:
            await subscriptions.ensure(self._client, self._queue.url)

    async def unsubscribe(self, hook_url: str) -> None:
        if self._queue.is_open:
            await subscriptions.remove(self._client, self._queue.url)
