"""One pretend store with the real connector in front of it, in process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from connectors.base.client import ChannelHttp, open_http
from connectors.base.commands import SetStock, StockLine
from connectors.base.contract import Connector, Context, Delivery, RawRequest
from connectors.base.events import ListingSeen, Outcome
from connectors.base.faults import Fault, FaultKind, Faults
from connectors.base.reroute import Reroute
from connectors.base.sandbox import Answer, Request
from connectors.base.world import World
from connectors.shopify.connector import connect
from connectors.shopify.manifest import MANIFEST
from connectors.shopify.sandbox import CREDENTIALS, Store

HOOK = "https://seller.example/hooks/abc"


@dataclass
class Clock:
    at: datetime = datetime(2026, 5, 4, 9, 30, 15, 250_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class Posts:
    """Stands where the sandbox's poster stands: keeps what it would have posted."""

    kept: list[RawRequest] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        self.kept.append(RawRequest(method="POST", url=url, headers=tuple(headers.items()), query=(), body=body))

    def of(self, topic: str) -> list[RawRequest]:
        return [request for request in self.kept if request.header("x-shopify-topic") == topic]


class KeptStore(Store):
    """Remembers what it answered."""

    def __init__(self, world: World, faults: Faults) -> None:
        super().__init__(world, faults)
        self.answers: list[tuple[Request, Answer]] = []

    def _run(self, request: Request) -> Answer:
        given = super()._run(request)
        self.answers.append((request, given))
        return given


@dataclass
class Desk:
    clock: Clock
    world: World
    faults: Faults
    store: KeptStore
    posts: Posts
    vault: dict[str, str]
    connector: Connector

    def fault(self, kind: FaultKind, *, count: int = 1, on: str = "") -> None:
        self.faults.order(Fault(kind=kind, count=count, on=on))

    @property
    def answers(self) -> list[tuple[Request, Answer]]:
        return self.store.answers

    def documents(self, name: str) -> int:
        """How many calls carried this operation."""
        return sum(name.encode() in call.body for call in self.store.calls)

    def read(self, delivery: Delivery) -> list[Outcome]:
        return list(self.connector.normalise(delivery))

    async def everything(self, feed: str, cursor: str = "") -> tuple[list[Delivery], str]:
        found: list[Delivery] = []
        while True:
            batch = await self.connector.pull(feed, cursor)
            found += batch.deliveries
            cursor = batch.cursor
            if not batch.more:
                return found, cursor

    async def listings(self) -> dict[str, ListingSeen]:
        deliveries, _ = await self.everything("listings")
        seen = [outcome for delivery in deliveries for outcome in self.read(delivery)]
        return {outcome.external_sku: outcome for outcome in seen if isinstance(outcome, ListingSeen)}

    def quantity(self, sku: str) -> int:
        return self.world.shelf("shopify").listings[sku].quantity

    def skus(self) -> list[str]:
        """Those with most units first."""
        goods = self.world.state.goods
        return sorted(self.world.shelf("shopify").listings, key=lambda sku: -goods[sku].opening)


def line(listing: ListingSeen, quantity: int, expected: int | None) -> StockLine:
    return StockLine(
        listing_id=f"L-{listing.external_sku}",
        external_id=listing.external_id,
        external_sku=listing.external_sku,
        quantity=quantity,
        expected=expected,
        refs=listing.refs,
    )


MakeContext = Callable[..., Context]


def make_context(store: httpx.AsyncBaseTransport, clock: Clock, vault: dict[str, str], **settings: str) -> Context:
    async def save(new: Mapping[str, str]) -> None:
        vault.update(new)

    async def refresh(renew: Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]]) -> Mapping[str, str]:
        await save(await renew(dict(vault)))
        return dict(vault)

    return Context(
        secrets=dict(vault),
        settings=settings,
        http=ChannelHttp(open_http(Reroute(), store), MANIFEST.hosts, clock, deadline_s=0.5),
        reroute=Reroute(),
        now=clock,
        save_secrets=save,
        refresh=refresh,
    )


@pytest.fixture
def desk() -> Desk:
    clock = Clock()
    world, faults = World(seed=3, now=clock), Faults(seed=3)
    store, posts = KeptStore(world, faults), Posts()
    store.poster = posts  # type: ignore[assignment]
    vault = dict(CREDENTIALS)
    context = make_context(httpx.ASGITransport(store), clock, vault)
    return Desk(clock, world, faults, store, posts, vault, connect(context))


@pytest.fixture
def reconnect(desk: Desk) -> Callable[..., Connector]:
    """Another process's connector to the same store, with the secrets and settings given."""

    def make(secrets: Mapping[str, str], **settings: str) -> Connector:
        return connect(make_context(httpx.ASGITransport(desk.store), desk.clock, dict(secrets), **settings))

    return make


@pytest.fixture
def push() -> Callable[..., SetStock]:
    def make(*lines: StockLine, key: str = "push-1") -> SetStock:
        return SetStock(key=key, lines=lines)

    return make


@pytest.fixture
def stock_line() -> Callable[[ListingSeen, int, int | None], StockLine]:
    return line


@pytest.fixture
def hook() -> str:
    return HOOK
