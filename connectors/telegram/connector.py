"""The Telegram connector: its parts joined behind the contract."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from connectors.base.commands import Command, Receipt, SendReply
from connectors.base.contract import Batch, Connector, Context, Delivery, Health, RawRequest, Received
from connectors.base.errors import Ambiguous, ChannelError, NotSupported
from connectors.base.events import Outcome, Pointer
from connectors.base.manifest import Manifest
from connectors.base.wire import integer, load, mapping, text, when
from connectors.telegram.client import PAGE, TelegramClient
from connectors.telegram.manifest import HOST, MANIFEST
from connectors.telegram.normalise import normalise_update
from connectors.telegram.render import message_id, render_reply, thread_id
from connectors.telegram.webhooks import ANSWER_PRESS, WANTED, as_delivery, pressed_button, receive_update

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class TelegramConnector:
    manifest: Manifest = MANIFEST

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = TelegramClient(context.http, context.secrets.get("bot_token", ""))

    async def check(self) -> Health:
        bot = await self._client.read("getMe")
        hook = await self._client.read("getWebhookInfo")
        trouble = text(hook.get("last_error_message"))
        waiting = integer(hook.get("pending_update_count"))
        return Health(
            ok=True,
            account=f"@{text(bot.get('username'))}",
            detail=f"Telegram could not deliver: {trouble}. {waiting} updates wait there." if trouble and waiting else "",
            fix="Make this address reachable from the internet over https." if trouble and waiting else "",
        )

    async def pull(self, feed: str, cursor: str) -> Batch:
        """The cursor is the next update's id. Asking from it on confirms all before it, which were stored by then."""
        if self.manifest.feed(feed) is None:
            raise NotSupported(f"Telegram has no feed {feed!r}")
        found = await self._client.updates(integer(cursor) if cursor else None)
        if found is None:
            return Batch(deliveries=(), cursor=cursor)
        if not found:
            # All is confirmed. After a quiet week Telegram draws new ids at random: an old offset would hide them.
            return Batch(deliveries=(), cursor="")
        last = max(integer(mapping(load(update)).get("update_id")) for update in found)
        deliveries = tuple(as_delivery(update, self._context.now()) for update in found)
        await self._answer_presses(deliveries)
        return Batch(deliveries=deliveries, cursor=str(last + 1) if last else cursor, more=len(found) >= PAGE and last > 0)

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        raise NotSupported("Telegram sends each thing whole")

    async def fetch_media(self, ref: str) -> bytes:
        return await self._client.download(ref)

    async def receive(self, request: RawRequest) -> Received:
        return receive_update(request, self._context.secrets.get("webhook_secret", ""), self._context.now())

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return normalise_update(delivery)

    async def execute(self, command: Command) -> Receipt:
        if not isinstance(command, SendReply):
            raise NotSupported("Telegram has no stock")
        made = await self._client.send(render_reply(command))
        first = made[0] if made else {}
        number, chat_id = text(first.get("message_id")), text(mapping(first.get("chat")).get("id"))
        if not number:
            raise Ambiguous("Telegram said yes and named no message", code="no_message_id")
        business = command.thread.rpartition(":")[0]
        thread = thread_id(chat_id, business) if chat_id else command.thread
        return Receipt(key=command.key, external_id=message_id(thread, number), at=self._sent_at(first.get("date")))

    async def look_up(self, command: Command) -> Receipt | None:
        raise NotSupported("Telegram shows a bot no history")

    async def subscribe(self, hook_url: str) -> None:
        """Webhook and `pull` never run together: at an address Telegram cannot reach, a hook of ours from before (the same
        path at another host) is taken down, because it would keep the updates from `pull`."""
        if self._is_reachable(hook_url):
            secret = self._context.secrets["webhook_secret"]
            await self._client.read("setWebhook", {"url": hook_url, "secret_token": secret, "allowed_updates": list(WANTED)})
            return
        path = urlsplit(hook_url).path
        if path and urlsplit(text((await self._client.read("getWebhookInfo")).get("url"))).path == path:
            await self._client.read("deleteWebhook")

    async def unsubscribe(self, hook_url: str) -> None:
        """Leaves a webhook alone that points elsewhere. Without one, `pull` takes the updates."""
        if text((await self._client.read("getWebhookInfo")).get("url")) == hook_url:
            await self._client.read("deleteWebhook")

    async def _answer_presses(self, deliveries: Sequence[Delivery]) -> None:
        """Ends the waiting sign on pressed buttons. Too late is harmless, and no reason to lose the page."""
        for press in filter(None, map(pressed_button, deliveries)):
            with suppress(ChannelError):
                await self._client.read(ANSWER_PRESS, {"callback_query_id": press})

    def _is_reachable(self, hook_url: str) -> bool:
        """Telegram itself posts to https only; a sandbox on this machine also to loopback."""
        parts = urlsplit(hook_url)
        rerouted = self._context.reroute.base_for(HOST) is not None
        return parts.scheme == "https" or (rerouted and parts.hostname in LOOPBACK)

    def _sent_at(self, value: object) -> datetime:
        return when(value) or self._context.now()


def connect(context: Context) -> Connector:
    return TelegramConnector(context)
