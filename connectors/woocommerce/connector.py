"""One shop: joins feeds, pushes, notes and webhooks to the contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from connectors.base.commands import Command, Receipt, SendReply, SetStock
from connectors.base.contract import Batch, Connector, Context, Delivery, Health, RawRequest, Received
from connectors.base.errors import Ambiguous, AuthExpired, NotSupported, Refused
from connectors.base.events import Outcome, Pointer
from connectors.base.wire import integer, mapping, text, when
from connectors.woocommerce import stock, subscriptions, webhooks
from connectors.woocommerce.client import Shop
from connectors.woocommerce.errors import PERMALINKS, READ_WRITE
from connectors.woocommerce.feeds import Feeds
from connectors.woocommerce.manifest import MANIFEST
from connectors.woocommerce.normalise import normalise
from connectors.woocommerce.render import note_id, plain, render_reply, same_words

# The shop writes times in whole seconds, and its clock and ours differ a little.
SLACK = timedelta(seconds=5)
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class WooCommerceConnector:
    manifest = MANIFEST

    def __init__(self, context: Context) -> None:
        self._context = context
        self._shop = Shop(context)
        self._feeds = Feeds(self._shop, context)

    @property
    def _host(self) -> str:
        given = self._context.secrets.get("url", "").strip().lower()
        return urlsplit(given if "//" in given else f"//{given}").hostname or ""

    async def check(self) -> Health:
        """Reads one order, then writes nothing at all: a batch of nothing is refused to a key that may only read."""
        try:
            await self._shop.page("orders", per_page="1")
        except AuthExpired as expired:
            fix = "Check key and secret, or make a new Read/Write key in WooCommerce, Settings, Advanced, REST API."
            return Health(ok=False, account=self._host, detail=expired.detail, fix=fix)
        except Refused as refused:
            return await self._trouble(refused)
        try:
            await self._shop.write("POST", "products/batch", {"update": []}, operation="read")
        except (AuthExpired, Refused) as refused:
            detail = f"The key may read and not write: {refused.detail}"
            return Health(ok=False, account=self._host, detail=detail, fix=READ_WRITE, missing=("write",))
        currency = await self._feeds.currency()
        return Health(ok=True, account=self._host, detail="" if currency else "The key may not read the shop's currency.")

    async def _trouble(self, refused: Refused) -> Health:
        """`private_address` and its like are about the typed address and are told as such by the caller."""
        if refused.code in ("private_address", "host_not_allowed", "unknown_host"):
            raise refused
        if refused.code == "no_route" and await self._shop.is_plain():
            return Health(ok=False, account=self._host, detail="WordPress uses plain permalinks.", fix=PERMALINKS)
        return Health(ok=False, account=self._host, detail=refused.detail, fix=refused.fix)

    async def pull(self, feed: str, cursor: str) -> Batch:
        return await self._feeds.pull(feed, cursor)

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        return await self._feeds.fetch(pointer)

    async def fetch_media(self, ref: str) -> bytes:
        raise NotSupported("notes carry no files", code="no_files")

    async def receive(self, request: RawRequest) -> Received:
        return webhooks.receive(request, self._context.secrets.get("webhook_secret", ""), self._context.now())

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return normalise(delivery, self._host)

    async def execute(self, command: Command) -> Receipt:
        if isinstance(command, SetStock):
            return await stock.push(self._shop, command, self._context.now)
        if not isinstance(command, SendReply):
            raise NotSupported("WooCommerce has no acts on orders here", code="no_acts")
        note = render_reply(command)
        made = mapping(await self._shop.write("POST", f"orders/{command.thread}/notes", note, operation="send"))
        number = text(made.get("id"))
        if not number:
            raise Ambiguous("the shop said yes and named no note", code="no_note_id")
        at = when(made.get("date_created_gmt")) or self._context.now()
        return Receipt(key=command.key, external_id=note_id(command.thread, number), at=at)

    async def look_up(self, command: Command) -> Receipt | None:
        """A note keeps no mark of ours: the same words since the first try are it."""
        if isinstance(command, SetStock):
            return await stock.find(self._shop, command)
        if not isinstance(command, SendReply) or command.started_at is None:
            raise NotSupported("only a note can be looked up", code="no_proof")
        floor = command.started_at.replace(microsecond=0) - SLACK
        notes = await self._shop.page(f"orders/{integer(command.thread)}/notes", type="customer")
        found = []
        for note in notes.rows:
            at = when(note.get("date_created_gmt"))
            if at and at >= floor and same_words(plain(text(note.get("note"))), command.text):
                found.append((at, text(note.get("id"))))
        if not found:
            return None
        at, number = min(found)
        return Receipt(key=command.key, external_id=note_id(command.thread, number), at=at)

    async def subscribe(self, hook_url: str) -> None:
        """WordPress posts to public addresses only, and a webhook that never arrives would be disabled again and again."""
        parts = urlsplit(hook_url)
        rerouted = self._context.reroute.base_for(self._host) is not None
        if parts.hostname in LOOPBACK and not rerouted:
            return
        await subscriptions.ensure(self._shop, hook_url, self._context.secrets.get("webhook_secret", ""))

    async def unsubscribe(self, hook_url: str) -> None:
        await subscriptions.remove(self._shop, hook_url)


def connect(context: Context) -> Connector:
    return WooCommerceConnector(context)
