"""Messenger and Instagram behind the contract: both are talks of a page, and differ in what a `Face` names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connectors.base.commands import Command, Receipt, SendReply
from connectors.base.contract import Batch, Context, Delivery, Health, RawRequest, Received
from connectors.base.errors import NotSupported
from connectors.base.events import Outcome, Pointer
from connectors.base.graph_hooks import receive_hub
from connectors.base.graph_page import PageTalk, Platform
from connectors.base.graph_person import WHO, Find
from connectors.base.graph_render import Limits
from connectors.base.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """`normalise` is told the page's id; `find` says who the person of an erasure is to this account."""

    manifest: Manifest
    platform: Platform
    limits: Limits
    normalise: Callable[[Delivery, str], Sequence[Outcome]]
    find: Find


class PageConnector:
    def __init__(self, context: Context, face: Face) -> None:
        self.manifest: Manifest = face.manifest
        self._context = context
        self._face = face
        self._talk = PageTalk(context, face.platform)

    async def check(self) -> Health:
        return await self._talk.check()

    async def pull(self, feed: str, cursor: str) -> Batch:
        if self.manifest.feed(feed) is None:
            raise NotSupported(f"{self.manifest.name} has no feed {feed!r}")
        return await self._talk.pull(cursor)

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        if pointer.kind != WHO:
            raise NotSupported(f"{self.manifest.name} sends each thing whole")
        return await self._face.find(self._talk, self._context, pointer.id)

    async def fetch_media(self, ref: str) -> bytes:
        return await self._talk.client.download(ref)

    async def receive(self, request: RawRequest) -> Received:
        """Each delivery names its account: one app may read several."""
        return receive_hub(request, self._context.secrets, self._context.now())

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return self._face.normalise(delivery, self._context.secrets.get("page_id", ""))

    async def execute(self, command: Command) -> Receipt:
        return await self._talk.send(self._reply(command), self._face.limits)

    async def look_up(self, command: Command) -> Receipt | None:
        return await self._talk.find_reply(self._reply(command))

    def _reply(self, command: Command) -> SendReply:
        if not isinstance(command, SendReply):
            raise NotSupported(f"{self.manifest.name} has no stock and no orders")
        return command

    async def subscribe(self, hook_url: str) -> None:
        await self._talk.subscribe(hook_url)

    async def unsubscribe(self, hook_url: str) -> None:
        await self._talk.unsubscribe(hook_url)
