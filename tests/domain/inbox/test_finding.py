"""Operators of the search box, read and applied; what is none of them is looked for as it stands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.inbox.finding import OPERATOR, Search, read_search
from app.domain.inbox.schemas import ConversationUpdate
from app.domain.inbox.service import working
from app.domain.workspaces import service as workspaces
from app.domain.workspaces.schemas import TeamCreate
from tests.domain.inbox.desk import CHANNEL, Desk, at, buyer, message


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("gayo beans", Search(text="gayo beans")),
        ("gayo channel:EBAY beans", Search(text="gayo beans", channel="ebay")),
        ('tag:"late parcel" is:open', Search(tag="late parcel", state="open")),
        ("from:rina@mail.example", Search(sender="rina@mail.example")),
        ("assignee:me assignee:Tom", Search(assignee="Tom")),
        ("priority:URGENT language:ID team:Batik x", Search(text="x", priority="urgent", language="id", team="Batik")),
        ("priority:soon", Search(text="priority:soon")),
        ("before:2026-11-01", Search(before=datetime(2026, 11, 1, tzinfo=UTC))),
        ("after:2026-11-01", Search(after=datetime(2026, 11, 2, tzinfo=UTC))),
        ("before:soon", Search(text="before:soon")),
        ("before:2026-02-30 is:purple x", Search(text="before:2026-02-30 is:purple x")),
        ("order:17 27-10012-55", Search(text="order:17 27-10012-55")),
        ("this:is:open", Search(text="this:is:open")),
        ("tag:", Search(text="tag:")),
        ("", Search()),
    ],
)
def test_what_is_typed(typed: str, read: Search) -> None:
    assert read_search(typed) == read


@given(typed=st.text(alphabet='ab :"isopentg', max_size=40))
def test_no_word_is_lost_but_those_an_operator_took(typed: str) -> None:
    rest = read_search(typed)
    if not OPERATOR.search(typed):
        assert rest == Search(text=" ".join(typed.split()))
    assert set(rest.text.split()) <= set(typed.split())


async def found(desk: Desk, q: str, **more: Any) -> list[str]:
    return [one.subject for one in await desk.conversations(q=q, **more)]


async def test_operators_narrow_what_words_find(desk: Desk) -> None:
    for name, minutes in (("rina", -30), ("budi", -20), ("siti", -60 * 24 * 3)):
        await desk.hear(message("where is my parcel", minutes, thread=name, customer=buyer(name), subject=name))
    ids = {one.subject: one.id for one in await desk.conversations()}
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        mine = ConversationUpdate(tags=["late parcel"], assignee_id=desk.shop.owner_id)
        await working.update_conversation(work, ids["rina"], mine)
        await working.update_conversation(work, ids["siti"], ConversationUpdate(status="closed"))
    assert await found(desk, "parcel") == ["budi", "rina", "siti"]
    assert await found(desk, 'parcel tag:"late parcel"') == ["rina"]
    assert await found(desk, "assignee:me") == await found(desk, "assignee:ayu") == ["rina"]
    assert await found(desk, "assignee:nobody") == await found(desk, "is:unassigned") == ["budi", "siti"]
    assert await found(desk, "is:closed") == ["siti"]
    assert await found(desk, f"channel:{CHANNEL} is:open") == ["budi", "rina"]
    assert await found(desk, "channel:nowhere") == []
    assert await found(desk, "from:budi") == ["budi"]
    assert await found(desk, f"before:{at(-60 * 24):%Y-%m-%d}") == ["siti"]
    assert await found(desk, f"after:{at(-60 * 24 * 2):%Y-%m-%d} parcel") == ["budi", "rina"]
    assert await found(desk, "is:closed parcel", status="open") == []
    assert await found(desk, "nothing is:open") == []


async def test_team_priority_and_language_narrow(desk: Desk) -> None:
    for name in ("rina", "budi"):
        await desk.hear(message("where is my parcel", thread=name, customer=buyer(name), subject=name))
    ids = {one.subject: one.id for one in await desk.conversations()}
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        team = await workspaces.create_team(work, TeamCreate(name="Batik"))
        await working.update_conversation(work, ids["rina"], ConversationUpdate(team_id=team.id, priority="urgent"))
        await work.execute(
            "update conversation set language = 'id-ID' where workspace_id = $1 and id = $2", work.workspace_id, ids["budi"]
        )
    assert await found(desk, "team:batik") == ["rina"]
    assert await found(desk, "parcel priority:urgent") == ["rina"]
    assert await found(desk, "priority:normal") == ["budi"]
    assert await found(desk, "language:id") == ["budi"]
    assert await found(desk, "team:batik language:id") == []
    assert await found(desk, "team:nobody") == []
