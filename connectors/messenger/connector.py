"""The Messenger connector: its parts joined behind the contract."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base.commands import Command, Receipt, SendReply
from connectors.base.contract import Batch, Connector, Context, Delivery, Health, RawRequest, Received
from connectors.base.errors import NotSupported
from connectors.base.events import Outcome, Pointer
from connectors.base.manifest import Manifest
from connectors.messenger.client import person_on_page, talk
from connectors.messenger.manifest import MANIFEST
from connectors.messenger.normalise import ON_THIS_PAGE, normalise_delivery
from connectors.messenger.render import LIMITS
from connectors.messenger.webhooks import receive_post


class MessengerConnector:
    manifest: Manifest = MANIFEST

    def __init__(self, context: Context) -> None:
        self._context = context
        self._talk = talk(context)

    async def check(self) -> Health:
        return await self._talk.check()

    async def pull(self, feed: str, cursor: str) -> Batch:
        if self.manifest.feed(feed) is None:
            raise NotSupported(f"Messenger has no feed {feed!r}")
        return await self._talk.pull(cursor)

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        if pointer.kind != ON_THIS_PAGE:
            raise NotSupported("Messenger sends each thing whole")
        return await person_on_page(self._talk.client, self._context, pointer.id)

    async def fetch_media(self, ref: str) -> bytes:
        return await self._talk.client.download(ref)

    async def receive(self, request: RawRequest) -> Received:
        return receive_post(request, self._context.secrets, self._context.now())

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return normalise_delivery(delivery, self._context.secrets.get("page_id", ""))

    async def execute(self, command: Command) -> Receipt:
        if not isinstance(command, SendReply):
            raise NotSupported("Messenger has no stock and no orders")
        return await self._talk.send(command, LIMITS)

    async def look_up(self, command: Command) -> Receipt | None:
        if not isinstance(command, SendReply):
            raise NotSupported("Messenger has no stock and no orders")
        return await self._talk.find_reply(command)

    async def subscribe(self, hook_url: str) -> None:
        await self._talk.subscribe(hook_url)

    async def unsubscribe(self, hook_url: str) -> None:
        await self._talk.unsubscribe(hook_url)


def connect(context: Context) -> Connector:
    return MessengerConnector(context)
