"""Every operation, as every role: done exactly when the table of permissions says so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from app.core.ids import new_id
from app.domain.workspaces.guards import EVERYONE, PERMISSIONS
from app.pipeline.house import House
from tests.web.operations import OPEN, Operation, operations
from tests.web.twins import Twin, open_twin
from tests.whole import BASE

BY_TAG = {
    "sign-in": ("workspace.read", "workspace.read"),
    "people": ("members.read", "members.write"),
    "workspace": ("workspace.read", "workspace.write"),
    "connections": ("connections.read", "connections.write"),
    "customers": ("customers.read", "customers.write"),
    "catalog": ("catalog.read", "catalog.write"),
    "stock": ("stock.read", "stock.write"),
    "orders": ("orders.read", "orders.write"),
    "inbox": ("inbox.read", "inbox.write"),
    "deliveries": ("deliveries.read", "deliveries.write"),
    "demo": ("workspace.read", "workspace.read"),
}
"""What reading and what writing asks for."""
OTHERWISE = {
    "post /api/v1/teams": "teams.write",
    "patch /api/v1/teams/{team_id}": "teams.write",
    "get /api/v1/api-keys": "keys.write",
    "post /api/v1/api-keys": "keys.write",
    "delete /api/v1/api-keys/{key_id}": "keys.write",
    "post /api/v1/conversations/{conversation_id}/read": "inbox.read",
    "post /api/v1/demo/reset": "workspace.write",
    "get /api/v1/connections/{connection_id}/templates": "inbox.read",
    "get /api/v1/demo/keys/{channel}": "connections.write",
    "post /api/v1/customers/{customer_id}/merge": "customers.write",
}
WORD = "rahasia"
GUARDED = [one for one in operations() if str(one) not in OPEN]


def permission_of(one: Operation) -> str:
    reads, writes = BY_TAG[one.tag]
    return OTHERWISE.get(str(one)) or (reads if one.verb == "get" else writes)


@pytest.fixture(scope="module")
async def twin(house: House) -> Twin:
    return await open_twin(house, WORD)


@pytest.fixture
async def program(whole: httpx.ASGITransport) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=whole, base_url=BASE) as program:
        yield program


@pytest.mark.parametrize("one", GUARDED, ids=str)
@pytest.mark.parametrize("role", sorted(EVERYONE))
async def test_a_role_does_what_its_permissions_say(program: httpx.AsyncClient, twin: Twin, one: Operation, role: str) -> None:
    """With ids of nothing, so that what is allowed changes nothing."""
    ids = dict.fromkeys(twin.ids, new_id())
    permission = permission_of(one)
    answer = await program.request(
        one.verb, one.address(ids), json=[] if one.shape else None, headers={"authorization": f"Bearer {twin.keys[role]}"}
    )
    assert answer.status_code < 500, answer.text
    if role in PERMISSIONS[permission]:
        assert answer.status_code not in (401, 403), answer.text
    else:
        told = answer.json()
        assert (answer.status_code, told["code"], told["permission"]) == (403, "forbidden", permission)


@pytest.mark.parametrize("one", GUARDED, ids=str)
async def test_nobody_does_anything_without_a_sign_in(program: httpx.AsyncClient, twin: Twin, one: Operation) -> None:
    answer = await program.request(one.verb, one.address(twin.ids), json=one.body(twin.ids))
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


async def test_whoever_keeps_stock_reads_no_letters(program: httpx.AsyncClient, twin: Twin) -> None:
    letters = (f"where is my {WORD} order", f"call about {WORD}", f"on its way {WORD}")
    read = []
    for one in (one for one in GUARDED if one.verb == "get"):
        for role in ("stock", "agent"):
            answer = await program.get(one.address(twin.ids), headers={"authorization": f"Bearer {twin.keys[role]}"})
            if any(letter in answer.text for letter in letters):
                read.append((role, one.path))
    assert {role for role, _ in read} == {"agent"}


async def test_news_of_letters_are_told_in_the_inbox_only(house: House, twin: Twin) -> None:
    async with house.db.unit(twin.workspace_id) as work:
        rows = await work.fetch(
            "select distinct room, kind from outbox where workspace_id = $1 and payload::text ~ $2",
            twin.workspace_id, f"where is my {WORD} order|call about {WORD}|on its way {WORD}",
        )  # fmt: skip
    assert {row["kind"] for row in rows} >= {"message", "conversation"}
    assert {row["room"] for row in rows} == {"inbox"}
