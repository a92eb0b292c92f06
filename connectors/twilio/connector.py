"""The Twilio connector: its parts joined behind the contract."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from connectors.base.approved import ApprovedText
from connectors.base.commands import Command, Receipt, SendReply
from connectors.base.contract import Batch, Connector, Context, Delivery, Health, RawRequest, Received
from connectors.base.errors import Ambiguous, NotSupported, Refused
from connectors.base.events import Outcome, Pointer
from connectors.base.wire import mapping, text
from connectors.twilio import webhooks
from connectors.twilio.client import TwilioClient
from connectors.twilio.feeds import Feed
from connectors.twilio.lookup import approved, look_up
from connectors.twilio.manifest import HOST, MANIFEST
from connectors.twilio.normalise import moment, normalise
from connectors.twilio.render import render_reply

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class TwilioConnector:
    manifest = MANIFEST

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = TwilioClient(context)
        self._feed = Feed(self._client, context)
        self._sender = context.secrets.get("from_number", "")
        self._service = context.secrets.get("messaging_service_sid", "")
        self._callback: str | None = None

    async def check(self) -> Health:
        account = await self._client.account()
        state = text(account.get("status"))
        if state != "active":
            fix = "Sign in to the Twilio Console and settle what is open there."
            return Health(ok=False, account=self._sender, detail=f"The account is {state or 'unknown'}.", fix=fix)
        if not self._in_own_hands:
            return Health(ok=True, account=self._sender, detail=_trial(account))
        number = await self._client.number(self._sender)
        if not number:
            fix = "Enter a number that stands under Phone Numbers, Active numbers, in the Twilio Console."
            return Health(ok=False, account=self._sender, detail="This account does not hold the number.", fix=fix)
        abilities = mapping(number.get("capabilities"))
        if abilities and not abilities.get("sms"):
            fix = "Choose a number that can send and receive texts."
            return Health(ok=False, account=self._sender, detail="The number takes calls only.", fix=fix)
        no_files = "The number sends no pictures (no MMS)." if abilities and not abilities.get("mms") else ""
        return Health(ok=True, account=self._sender, detail=" ".join(filter(None, (_trial(account), no_files))))

    async def pull(self, feed: str, cursor: str) -> Batch:
        if self.manifest.feed(feed) is None:
            raise NotSupported(f"Twilio has no feed {feed!r}")
        return await self._feed.pull(cursor)

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        raise NotSupported("Twilio sends each thing whole")

    async def fetch_media(self, ref: str) -> bytes:
        return await self._client.download(ref)

    async def receive(self, request: RawRequest) -> Received:
        return webhooks.receive(request, self._context.secrets.get("auth_token", ""), self._context.now())

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return normalise(delivery)

    async def execute(self, command: Command) -> Receipt:
        if not isinstance(command, SendReply):
            raise NotSupported("Twilio has no stock and no orders")
        callback = await self._status_address()
        made = await self._client.send(render_reply(command, sender=self._sender, service=self._service, callback=callback))
        sid = text(made.get("sid"))
        if not sid:
            raise Ambiguous("Twilio said yes and named no message", code="no_message_id")
        return Receipt(key=command.key, external_id=sid, at=moment(made.get("date_created")) or self._context.now())

    async def look_up(self, command: Command) -> Receipt | None:
        if not isinstance(command, SendReply):
            raise NotSupported("Twilio has no stock and no orders")
        return await look_up(self._client, command, self._sender)

    async def approved_texts(self) -> Sequence[ApprovedText]:
        """Of WhatsApp; a text message needs nobody's approval."""
        return [found for each in await self._client.contents() if (found := approved(each))]

    async def subscribe(self, hook_url: str) -> None:
        if not self._is_reachable(hook_url):
            return
        if self._service:
            await self._subscribe_service(hook_url)
        elif self._in_own_hands:
            number = await self._owned_number()
            if text(number.get("sms_application_sid")):
                words = "A TwiML app answers for this number, and Twilio then ignores any other address. In the Console, take the"
                raise NotSupported(f"{words} app off the number, or enter {hook_url} in the app.", code="by_hand")
            if text(number.get("sms_url")) != hook_url or text(number.get("sms_method")).upper() != "POST":
                await self._client.change_number(text(number.get("sid")), [("SmsUrl", hook_url), ("SmsMethod", "POST")])
        else:
            raise NotSupported(
                f"Enter {hook_url} in the Twilio Console, Messaging, Senders, at your sender: once for incoming messages and "
                "once as status callback. Until then messages come a minute late.",
                code="by_hand",
            )
        self._callback = None

    async def unsubscribe(self, hook_url: str) -> None:
        """Leaves an address alone that points elsewhere."""
        if self._service:
            service = await self._client.service(self._service)
            ours = [name for name in ("inbound_request_url", "status_callback") if text(service.get(name)) == hook_url]
            names = {"inbound_request_url": "InboundRequestUrl", "status_callback": "StatusCallback"}
            if ours:
                await self._client.change_service(self._service, [(names[name], "") for name in ours])
        elif self._in_own_hands:
            number = await self._client.number(self._sender)
            if number and text(number.get("sms_url")) == hook_url:
                await self._client.change_number(text(number.get("sid")), [("SmsUrl", "")])
        self._callback = None

    async def _subscribe_service(self, hook_url: str) -> None:
        service = await self._client.service(self._service)
        if text(service.get("inbound_request_url")) != hook_url or text(service.get("status_callback")) != hook_url:
            wanted = [("InboundRequestUrl", hook_url), ("InboundMethod", "POST"), ("StatusCallback", hook_url)]
            await self._client.change_service(self._service, wanted)

    async def _owned_number(self) -> dict[str, object]:
        number = await self._client.number(self._sender)
        if not number:
            fix = "Enter a number that stands under Phone Numbers, Active numbers, in the Twilio Console."
            raise Refused("This account does not hold the number.", code="bad_sender", fix=fix)
        return dict(number)

    async def _status_address(self) -> str:
        """Where Twilio tells us what became of a message: the address that `subscribe` gave our number. A service has its own."""
        if self._service or not self._in_own_hands:
            return ""
        if self._callback is None:
            try:
                address_now = text((await self._client.number(self._sender)).get("sms_url"))
            except Refused:
                address_now = ""
            self._callback = address_now if "/hooks/" in urlsplit(address_now).path else ""
        return self._callback

    @property
    def _in_own_hands(self) -> bool:
        """A plain phone number, whose settings this API holds; WhatsApp senders and services are kept elsewhere."""
        return not self._service and self._sender.startswith("+")

    def _is_reachable(self, hook_url: str) -> bool:
        """Twilio itself posts to public https only; a sandbox on this machine also to loopback."""
        parts = urlsplit(hook_url)
        rerouted = self._context.reroute.base_for(HOST) is not None
        return (parts.scheme == "https" and parts.hostname not in LOOPBACK) or (rerouted and parts.hostname in LOOPBACK)


def _trial(account: object) -> str:
    if text(mapping(account).get("type")) != "Trial":
        return ""
    return "A trial account: it writes to proven numbers only, and puts its own words before yours."


def connect(context: Context) -> Connector:
    return TwilioConnector(context)
