"""A real connector against its own sandbox over loopback, as the product runs them; only the host is rerouted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from connectors.base.client import ChannelHttp, open_http
from connectors.base.commands import SendReply, SetStock, StockLine
from connectors.base.contract import Connector, Context, Delivery, RawRequest, Received
from connectors.base.errors import BadSignature
from connectors.base.events import ListingSeen, MessageReceived, Outcome, Pointer
from connectors.base.faults import Fault, Faults
from connectors.base.manifest import Manifest
from connectors.base.reroute import Reroute
from connectors.base.sandbox import Sandbox
from connectors.base.sandbox_doors import Doors
from connectors.base.sandbox_mail import MailExchange, Postbox, postbox
from connectors.base.world import Message, World
from connectors.registry import load, load_sandbox, manifest, manifests

KEYS = (*manifests(), "_template")
# Where the buyer reads our own row there is no outside that could lose or double a reply.
SENDING = tuple(key for key in KEYS if (sending := manifest(key).sending) and sending.proof != "own")
STOCKING = tuple(key for key in KEYS if manifest(key).stocking)
HOOKED = tuple(key for key in KEYS if manifest(key).hook != "none")
FEEDS = tuple((key, feed.name) for key in KEYS for feed in manifest(key).feeds)
# Once a fault that keeps silent is ordered, a lost answer is noticed after this long, so that fault tests stay quick.
SILENT, IMPATIENT_S = ("timeout", "swallow_reply"), 0.8
LONGEST_FEED = 200


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call at the sandbox and its answer, as they went over the wire. Of mail: `method` is IMAP or SMTP, `path` the command,
    `status` 200 for OK, 400 for NO and BAD, else the number of SMTP."""

    method: str
    path: str
    host: str
    query: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer_headers: dict[str, str]
    answer: bytes


class Clock:
    """Moves a little with each look, so that no two things happen at once."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=10)
        return self.moment


class Gate:
    """What listens on the port of the test run: the hook address of the rig in use, and its sandbox behind the rest."""

    def __init__(self) -> None:
        self.base = ""
        self.mail = Doors(0, 0)
        self.rig: Rig | None = None

    def postbox(self) -> Postbox:
        assert self.rig is not None
        return postbox(self.rig.world)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        assert self.rig is not None
        if scope["path"].startswith("/hooks/"):
            await self.rig.take_hook(scope, receive, send)
        else:
            await self.rig.take_call(scope, receive, send)


@dataclass
class Rig:
    key: str
    manifest: Manifest
    world: World
    faults: Faults
    sandbox: Sandbox
    connector: Connector
    secrets: dict[str, str]
    hook_url: str
    http: httpx.AsyncClient
    reroute: Reroute
    calls: ChannelHttp
    clock: Clock
    exchanges: list[Exchange] = field(default_factory=list)
    hooks: list[RawRequest] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    refused: int = 0

    @property
    def channel(self) -> str:
        return self.manifest.key

    # What the port hears

    async def take_hook(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        request = await _raw_request(scope, receive, self.hook_url)
        self.hooks.append(request)
        try:
            received = await self.connector.receive(request)
            self.received.append(received)
            status, body, media_type = received.status, received.body, received.media_type
        except BadSignature:
            self.refused += 1
            status, body, media_type = 401, b"", "text/plain"
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", media_type.encode())]})
        await send({"type": "http.response.body", "body": body})

    async def take_call(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        asked: list[bytes] = []
        told: dict[str, Any] = {"status": 0, "headers": {}, "body": b""}

        async def listen() -> Any:
            event = await receive()
            asked.append(event.get("body", b""))
            return event

        async def tell(event: Any) -> None:
            if event["type"] == "http.response.start":
                told["status"], told["headers"] = event["status"], _headers(event["headers"])
            told["body"] += event.get("body", b"")
            await send(event)

        await self.sandbox(scope, listen, tell)
        headers = _headers(scope["headers"])
        host = headers.get("host", "").split(":")[0]
        query = scope["query_string"].decode()
        self.exchanges.append(
            Exchange(
                scope["method"],
                scope["path"],
                host,
                query,
                headers,
                b"".join(asked),
                told["status"],
                told["headers"],
                told["body"],
            )
        )

    def all_exchanges(self) -> list[Exchange]:
        """Over HTTP, then by mail."""
        return [*self.exchanges, *map(_mail_exchange, postbox(self.world).exchanges)]

    # Acts

    def another(self, **secrets: str) -> Connector:
        """A second connection to the same sandbox, on the same line."""
        context = context_for(self.key, self.http, self.reroute, {**self.secrets, **secrets}, self.clock)
        return load(self.key)(replace(context, http=self.calls))

    def strike(self, kind: Any, on: str = "", count: int = 1) -> None:
        if kind in SILENT:
            self.calls.deadline_s = IMPATIENT_S
        self.faults.order(Fault(kind=kind, on=on, count=count))

    def buyer_writes(self, text: str, buyer: int = 0, **more: Any) -> Message:
        return self.world.message(self.channel, list(self.world.state.buyers)[buyer], text, **more)

    def plenty(self, units: int) -> list[str]:
        """SKUs this channel shows at least so many of."""
        return [sku for sku, listing in self.world.shelf(self.channel).listings.items() if listing.quantity >= units]

    async def pull_all(self, feed: str) -> list[Delivery]:
        """Every page from the start, each asked for twice: until its cursor is stored, a page must come again."""
        cursor, found = "", []
        for _ in range(LONGEST_FEED):
            batch = await self.connector.pull(feed, cursor)
            again = await self.connector.pull(feed, cursor)
            assert [each.key for each in again.deliveries] == [each.key for each in batch.deliveries]
            found += batch.deliveries
            cursor = batch.cursor
            if not batch.more:
                return found
        raise AssertionError(f"{feed} never ends")

    async def posted(self, ordinal: int = 0) -> list[Delivery]:
        """Deliveries of the webhooks that came, from the given one on, once no more are under way."""
        await self.sandbox.poster.drain()
        return [delivery for received in self.received[ordinal:] for delivery in received.deliveries]

    async def outcomes(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """Facts, pointers followed."""
        found: list[Outcome] = []
        for delivery in deliveries:
            for outcome in self.connector.normalise(delivery):
                if not isinstance(outcome, Pointer):
                    found.append(outcome)
                elif fetched := await self.connector.fetch(outcome):
                    found += self.connector.normalise(fetched)
        return found

    async def buyer_message(self, text: str, **more: Any) -> MessageReceived:
        """A buyer writes; the message as the connector brings it, by feed or webhook, whichever the channel has."""
        self.buyer_writes(text, **more)
        if self.manifest.feed("messages"):
            deliveries = await self.pull_all("messages")
        else:
            await self.connector.subscribe(self.hook_url)
            deliveries = await self.posted()
        found = [each for each in await self.outcomes(deliveries) if isinstance(each, MessageReceived)]
        return next(each for each in found if text in each.text and each.direction == "in")

    def reply_to(self, message: MessageReceived, text: str, key: str = "key-1") -> SendReply:
        return SendReply(
            key=key,
            thread=message.thread,
            text=text,
            customer=message.customer,
            refs=message.refs,
            subject=message.subject,
            started_at=self.clock.now(),
        )

    def said_by_us(self, text: str) -> list[Message]:
        threads = self.world.shelf(self.channel).threads.values()
        return [said for thread in threads for said in thread.messages if said.side == "seller" and text in said.text]

    async def listings(self) -> dict[str, ListingSeen]:
        """By SKU; those the channel counts itself are left out."""
        found = await self.outcomes(await self.pull_all("listings"))
        seen = [each for each in found if isinstance(each, ListingSeen) and each.fulfilment == "merchant"]
        return {each.external_sku: each for each in seen}

    def stock_command(self, wanted: Mapping[str, int], seen: Mapping[str, ListingSeen], key: str = "push-1") -> SetStock:
        lines = [
            StockLine(
                listing_id=f"listing-{sku}",
                external_id=seen[sku].external_id,
                external_sku=sku,
                quantity=quantity,
                expected=seen[sku].quantity,
                model=seen[sku].model,
                refs=seen[sku].refs,
            )
            for sku, quantity in wanted.items()
        ]
        return SetStock(key=key, lines=tuple(lines))


def connector_alone(key: str, secrets: Mapping[str, str] | None = None) -> Connector:
    """For what needs no channel: any call it makes fails."""
    client = open_http(Reroute(), httpx.MockTransport(lambda request: httpx.Response(503)))
    held = dict(load_sandbox(key)[1] if secrets is None else secrets)
    return load(key)(context_for(key, client, Reroute(), held, Clock()))


def context_for(key: str, client: httpx.AsyncClient, reroute: Reroute, secrets: dict[str, str], clock: Clock) -> Context:
    async def save(changed: Mapping[str, str]) -> None:
        secrets.update(changed)

    async def refresh(renew: Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]]) -> Mapping[str, str]:
        secrets.update(await renew(dict(secrets)))
        return dict(secrets)

    return Context(
        secrets=secrets,
        settings={},
        http=ChannelHttp(client, manifest(key).hosts, clock.now),
        reroute=reroute,
        now=clock.now,
        save_secrets=save,
        refresh=refresh,
    )


def build_rig(key: str, base: str, mail: Doors, secrets: Mapping[str, str] | None = None) -> Rig:
    make, credentials = load_sandbox(key)
    described, clock, faults, held = manifest(key), Clock(), Faults(seed=7), dict(secrets or credentials)
    world = World(seed=7, now=clock.now)
    servers = (("imap.*", f"imap://127.0.0.1:{mail.imap}"), ("smtp.*", f"smtp://127.0.0.1:{mail.smtp}"))
    reroute = Reroute((*((host, base) for host in described.hosts), *servers))
    client = open_http(reroute)
    context = context_for(key, client, reroute, held, clock)
    return Rig(
        key=key,
        manifest=described,
        world=world,
        faults=faults,
        sandbox=make(world, faults),
        connector=load(key)(context),
        secrets=held,
        hook_url=f"{base}/hooks/{described.key}",
        http=client,
        reroute=reroute,
        calls=context.http,
        clock=clock,
    )


def _mail_exchange(found: MailExchange) -> Exchange:
    status = int(found.status) if found.status.isdigit() else 200 if found.status == "OK" else 400
    return Exchange(found.protocol, found.command, "", "", {}, found.given, status, {}, found.answer)


def _headers(pairs: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode().lower(): value.decode("latin-1") for name, value in pairs}


async def _raw_request(scope: dict[str, Any], receive: Any, url: str) -> RawRequest:
    body, more = b"", True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    headers = tuple((name.decode().lower(), value.decode("latin-1")) for name, value in scope["headers"])
    query = tuple(httpx.QueryParams(scope["query_string"].decode()).multi_items())
    return RawRequest(method=scope["method"], url=url, headers=headers, query=query, body=body)
