"""The texts a channel approved are listed as it has them; where it approves none, or cannot say, that is told and nothing fails."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from app.core.ids import new_id
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate
from app.domain.inbox.rules import approved_texts
from app.domain.workspaces.guards import Caller
from app.pipeline.house import House
from app.pipeline.opening import Connectors
from app.web.connection_acts import try_access
from connectors.base.approved import Approving
from connectors.base.client import open_http
from connectors.base.reroute import Reroute
from connectors.registry import load_sandbox, manifests
from connectors.sandboxes import Sandboxes
from tests.conftest import Shop
from tests.connectors.rig import connector_alone

APPROVING = [key for key in manifests() if isinstance(connector_alone(key), Approving)]
SILENT = next(key for key in manifests() if key not in APPROVING)


async def connect(house: House, shop: Shop, channel: str) -> str:
    names = {secret.name for secret in manifests()[channel].secrets}
    secrets = {name: value for name, value in load_sandbox(channel)[1].items() if name in names}
    async with house.db.unit(shop.workspace_id) as work:
        made = ConnectionCreate(channel=channel, name=f"{channel} texts", secrets=secrets)
        return str(await connections.create_connection(work, house.vault, made))


async def test_a_channel_that_approves_none_has_none(client: httpx.AsyncClient, house: House, shop: Shop) -> None:
    answer = await client.get(f"/api/v1/connections/{await connect(house, shop, SILENT)}/templates")
    assert (answer.status_code, answer.json()) == (200, {"items": [], "reason": ""})


@pytest.mark.parametrize("channel", APPROVING)
async def test_a_channel_that_cannot_say_gives_its_reason(
    client: httpx.AsyncClient, house: House, shop: Shop, channel: str
) -> None:
    """No sandbox answers here, so the real host is looked for and refused or not found."""
    told = (await client.get(f"/api/v1/connections/{await connect(house, shop, channel)}/templates")).json()
    assert told["items"] == []
    assert told["reason"]


@pytest.mark.parametrize("channel", APPROVING)
async def test_a_check_copies_them_to_where_the_composer_looks(
    client: httpx.AsyncClient, house: House, shop: Shop, channel: str
) -> None:
    """Against the channel's sandbox in this process."""
    reroute = Reroute(tuple((host, "http://sandbox.test") for host in manifests()[channel].hosts))
    http = open_http(reroute, httpx.ASGITransport(app=Sandboxes([channel])))  # type: ignore[arg-type]
    made = await connect(house, shop, channel)
    near = replace(house, http=http, connectors=Connectors(house.db, house.vault, http, reroute))
    caller = Caller(shop.workspace_id, shop.owner_id, "owner", "Ayu")
    checked = await try_access(near, caller, UUID(made))
    assert checked.ok, checked.detail
    async with house.db.unit(shop.workspace_id) as work:
        told = (await connections.read_row(work, UUID(made)))["settings"]["templates"]
    found = {one.name: one for one in approved_texts(told)}
    assert found
    assert all("{{1}}" in one.text or "{{" not in one.text for one in found.values())
    assert not any("receipt" in name for name in found), "one that needs a file cannot be filled there"


async def test_an_unknown_connection_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/connections/{new_id()}/templates")
    assert answer.status_code == 404
