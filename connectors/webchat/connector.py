"""The web chat connector: its parts joined behind the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.base.commands import Command, Receipt, SendReply
from connectors.base.contract import Batch, Connector, Context, Delivery, Health, RawRequest, Received
from connectors.base.errors import NotSupported
from connectors.base.events import Outcome, Pointer
from connectors.base.manifest import Manifest
from connectors.base.visitors import Keepsake, Remark, Visitor
from connectors.webchat.client import PretendPage
from connectors.webchat.manifest import HOST, MANIFEST
from connectors.webchat.normalise import normalise_remark
from connectors.webchat.passes import new_pass, open_pass
from connectors.webchat.render import keep_ref, open_ref, render_receipt
from connectors.webchat.webhooks import header_of, of_house, receive_post


class WebchatConnector:
    manifest: Manifest = MANIFEST

    def __init__(self, context: Context) -> None:
        self._context = context
        self._page = PretendPage(context.http)
        self.settings: Mapping[str, str] = context.settings

    @property
    def _secret(self) -> str:
        return self._context.secrets.get("identity_secret", "")

    @property
    def _pretends(self) -> bool:
        return self._context.reroute.base_for(HOST) is not None

    async def check(self) -> Health:
        if self._pretends:
            await self._page.is_up()
        origins = self.settings.get("origins", "").split()
        return Health(
            ok=True,
            account=origins[0] if origins else "your own pages",
            detail="" if origins or self._pretends else "No page may show the chat yet.",
            fix="" if origins or self._pretends else "Add your shop's address to the setting origins.",
        )

    async def pull(self, feed: str, cursor: str) -> Batch:
        raise NotSupported("Visitors come to us; there is nothing to pull")

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        raise NotSupported("A visitor's page says each thing whole")

    async def fetch_media(self, ref: str) -> bytes:
        raise NotSupported("A visitor's files are in our own store before their message comes")

    async def receive(self, request: RawRequest) -> Received:
        return receive_post(request, self._secret, self._context.now())

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return normalise_remark(delivery, self.kept)

    async def execute(self, command: Command) -> Receipt:
        """The committed row is the delivery: the visitor's page reads it from us, now or when it comes back."""
        if not isinstance(command, SendReply):
            raise NotSupported("Web chat has no stock and no orders of its own")
        return render_receipt(command, self._context.now())

    async def look_up(self, command: Command) -> Receipt | None:
        return await self.execute(command)

    async def subscribe(self, hook_url: str) -> None:
        """A real page gets the script from its owner's hands."""
        if self._pretends:
            await self._page.install(hook_url)

    async def unsubscribe(self, hook_url: str) -> None:
        if self._pretends:
            await self._page.take_off(hook_url)

    # At our own door

    def welcome(self) -> str:
        return new_pass(self._secret, self._context.now())

    def visitor(self, given: str) -> Visitor:
        return open_pass(self._secret, given, self._context.now())

    def speaker(self, delivery: Delivery) -> str:
        return header_of(delivery, "thread")

    def remark(self, visitor: Visitor, said: Remark) -> Delivery:
        return of_house(visitor, said, self._context.now())

    def keepsake(self, visitor: Visitor, sha256: str, *, name: str, media_type: str, size: int) -> Keepsake:
        return keep_ref(self._secret, visitor, sha256, name=name, media_type=media_type, size=size)

    def kept(self, ref: str) -> str:
        return open_ref(self._secret, ref)


def connect(context: Context) -> Connector:
    return WebchatConnector(context)
