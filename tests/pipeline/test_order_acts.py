"""What a channel offers on an order is asked when wanted, and an act is done by name, once a key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core.config import Settings
from app.pipeline.execute import send_round
from app.web.main import create_app
from connectors.base.commands import OrderAct
from connectors.base.contract import Offer
from connectors.base.errors import Unavailable
from connectors.base.events import CaseSeen, OrderLine, OrderSeen
from tests.conftest import NOON, running
from tests.pipeline.belt import Belt, Channel, Played, event

REFUND = Offer(name="refund", label={"en": "Refund"}, help={"en": "Gives it all back."}, text_limit=20, once=True)


@dataclass
class OfferingChannel(Channel):
    """Offers a refund while the order has an open case; `away` says why it does not answer."""

    away: str = ""

    async def offers(self, order_id: str, refs: Mapping[str, str]) -> Sequence[Offer]:
        if self.away:
            raise Unavailable(self.away)
        return [REFUND] if refs.get("return_id") == "r1" and order_id == "o1" else []


@pytest.fixture
async def client(settings: Settings, belt: Belt) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create_app(settings, belt.house)) as app:
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=belt.shop.bearer) as client:
            yield client


@pytest.fixture
def offering(belt: Belt, played: Played) -> OfferingChannel:
    channel = OfferingChannel(belt.channel.manifest)
    belt.channel = played.channels[belt.connection] = channel
    return channel


async def order(belt: Belt, *, case: bool) -> UUID:
    line = OrderLine(external_id="1", external_sku="MUG", quantity=1)
    told: list[Any] = [OrderSeen(external_id="o1", version="1", status="open", placed_at=NOON, lines=(line,), currency="USD")]
    if case:
        told.append(
            CaseSeen(
                external_id="c1", kind="return", version="1", open=True, seen_at=NOON, order_id="o1", refs={"return_id": "r1"}
            )
        )
    await belt.deliver(event(*told))
    await belt.ingest()
    found: UUID = await belt.value("select id from sales_order where workspace_id = $1")
    return found


async def test_offers_are_the_channels_own_and_know_the_case(
    belt: Belt, client: httpx.AsyncClient, offering: OfferingChannel
) -> None:
    order_id = await order(belt, case=True)
    told = (await client.get(f"/api/v1/orders/{order_id}/offers")).json()
    assert told == {
        "reason": "",
        "items": [
            {"name": "refund", "label": {"en": "Refund"}, "help": {"en": "Gives it all back."}, "text_limit": 20, "files_max": 0, "once": True}
        ],
    }  # fmt: skip
    body = {"client_key": "k1", "name": "refund", "text": "sorry"}
    made = await client.post(f"/api/v1/orders/{order_id}/acts", json=body)
    assert made.status_code == 201, made.text
    again = await client.post(f"/api/v1/orders/{order_id}/acts", json=body)
    assert again.json()["id"] == made.json()["id"]
    other = await client.post(f"/api/v1/orders/{order_id}/acts", json={**body, "text": "another"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    await send_round(belt.house)
    (asked,) = offering.asked
    assert isinstance(asked, OrderAct)
    assert (asked.name, asked.refs, asked.text) == ("refund", {"return_id": "r1"}, "sorry")


async def test_what_is_not_offered_is_not_done(belt: Belt, client: httpx.AsyncClient, offering: OfferingChannel) -> None:
    order_id = await order(belt, case=False)
    answer = await client.post(f"/api/v1/orders/{order_id}/acts", json={"client_key": "k1", "name": "refund"})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_offered")
    offering.away = "down for the night"
    told = (await client.get(f"/api/v1/orders/{order_id}/offers")).json()
    assert told == {"items": [], "reason": "down for the night"}
    answer = await client.post(f"/api/v1/orders/{order_id}/acts", json={"client_key": "k1", "name": "refund"})
    assert answer.status_code == 503
    assert offering.asked == []


async def test_a_channel_without_acts_offers_none(belt: Belt, client: httpx.AsyncClient) -> None:
    order_id = await order(belt, case=True)
    assert (await client.get(f"/api/v1/orders/{order_id}/offers")).json() == {"items": [], "reason": ""}
