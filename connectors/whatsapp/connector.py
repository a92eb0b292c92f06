"""The WhatsApp connector: its parts joined behind the contract."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base.approved import ApprovedText
from connectors.base.commands import Command, Receipt, SendReply
from connectors.base.contract import Batch, Connector, Context, Delivery, Health, RawRequest, Received
from connectors.base.errors import Ambiguous, NotSupported, Refused
from connectors.base.events import Outcome, Pointer
from connectors.base.graph_page import reachable
from connectors.base.manifest import Manifest
from connectors.base.wire import text
from connectors.whatsapp.client import WhatsAppClient
from connectors.whatsapp.manifest import MANIFEST
from connectors.whatsapp.normalise import normalise_delivery
from connectors.whatsapp.render import render_reply
from connectors.whatsapp.templates import approved
from connectors.whatsapp.webhooks import receive_post


class WhatsAppConnector:
    manifest: Manifest = MANIFEST

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = WhatsAppClient(context)

    async def check(self) -> Health:
        number = await self._client.number()
        poor = text(number.get("quality_rating")).upper() == "RED"
        by_hand = not self._context.secrets.get("waba_id")
        return Health(
            ok=True,
            account=text(number.get("id")) or self._context.secrets.get("phone_number_id", ""),
            detail="Customers complain about this number: its quality is low." if poor else "",
            fix="Enter the business account's id, or set the webhook address in your app by hand." if by_hand else "",
        )

    async def pull(self, feed: str, cursor: str) -> Batch:
        raise NotSupported("WhatsApp keeps no history that could be read")

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        raise NotSupported("WhatsApp sends each thing whole")

    async def fetch_media(self, ref: str) -> bytes:
        return await self._client.download(ref)

    async def receive(self, request: RawRequest) -> Received:
        return receive_post(request, self._context.secrets, self._context.now())

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return normalise_delivery(delivery, self._context.secrets.get("waba_id", ""))

    async def execute(self, command: Command) -> Receipt:
        if not isinstance(command, SendReply):
            raise NotSupported("WhatsApp has no stock and no orders")
        now = self._context.now()
        call = render_reply(command, now)
        body = call.body
        if call.upload is not None:
            body = call.with_file(await self._client.upload(call.upload), command.text)
        number = await self._client.send(body)
        if not number:
            raise Ambiguous("WhatsApp said yes and named no message", code="no_message_id")
        return Receipt(key=command.key, external_id=number, at=now)

    async def look_up(self, command: Command) -> Receipt | None:
        raise NotSupported("WhatsApp shows no sent messages; a status with our key may still settle it")

    async def approved_texts(self) -> Sequence[ApprovedText]:
        account = self._context.secrets.get("waba_id")
        if not account:
            fix = "Enter the business account's id at this connection."
            raise Refused("WhatsApp lists templates by the business account, whose id is not entered.", code="no_waba", fix=fix)
        return [found for each in await self._client.templates(account) if (found := approved(each))]

    async def subscribe(self, hook_url: str) -> None:
        """Without the business account's id the address is set by hand, in the app at Meta."""
        if account := self._context.secrets.get("waba_id"):
            here = hook_url if reachable(self._context, hook_url) else ""
            if here:
                await self._client.subscribe(account, here, self._context.secrets.get("verify_token", ""))

    async def unsubscribe(self, hook_url: str) -> None:
        """Leaves an address alone that points elsewhere."""
        account = self._context.secrets.get("waba_id")
        if account and hook_url in await self._client.callbacks(account):
            await self._client.unsubscribe(account)


def connect(context: Context) -> Connector:
    return WhatsAppConnector(context)
