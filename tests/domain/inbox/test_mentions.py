"""A note that names somebody stands in their queue at once, and in nobody else's."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import Actor
from app.domain.inbox.names import mentioned
from app.domain.inbox.schemas import ConversationRead, ConversationUpdate, Counts
from app.domain.inbox.service import reading, working
from app.domain.inbox.service.reading import Filter
from tests.domain.inbox.desk import Desk, message
from tests.domain.inbox.hands import Hands, open_hands

PEOPLE = [("Sari Dewi", "sari"), ("Sari", "team"), ("Tom Hardy", "tom"), ("Tom Waits", "waits"), ("Ayu Lestari", "ayu")]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ayu look", ["ayu"]),
        ("@ayu lestari, and @Tom Waits.", ["ayu", "waits"]),
        ("@Sari Dewi and @Sari", ["sari", "team"]),
        ("@Tom who", []),
        ("@Ayumi", []),
        ("@Sari Dewinta", ["team"]),
        ("mail ayu@Ayu.example or @@Ayu", []),
        ("(@Ayu) @Ayu", ["ayu"]),
        ("@ Ayu", []),
    ],
)
def test_names_in_a_note(text: str, named: list[str]) -> None:
    assert mentioned(text, PEOPLE) == named


@given(before=st.text(alphabet="ab \n(", max_size=8), after=st.sampled_from(["", " ", ",", ".", "!", "\n"]))
def test_a_whole_name_is_found_wherever_a_word_may_begin(before: str, after: str) -> None:
    free = not before or before[-1] in " \n("
    assert mentioned(f"{before}@Tom Hardy{after}", PEOPLE) == (["tom"] if free else [])


@pytest.fixture
async def hands(desk: Desk) -> Hands:
    return await open_hands(desk)


@pytest.fixture
async def told(desk: Desk) -> ConversationRead:
    await desk.hear(message("where is it?", -30))
    return await desk.only()


async def queue_of(desk: Desk, member: UUID) -> tuple[list[UUID], int]:
    async with desk.db.unit(desk.workspace, Actor(member, "somebody")) as work:
        page = await reading.list_conversations(work, Filter(queue="mentions", status="open"), cursor=None, limit=10)
        counts: Counts = await reading.count_queues(work)
    return [one.id for one in page.items], counts.mentions


async def names_of(desk: Desk, *members: UUID) -> list[str]:
    async with desk.db.unit(desk.workspace) as work:
        rows = await work.fetch(
            "select id, name from member where workspace_id = $1 and id = any($2)", work.workspace_id, list(members)
        )
    known = {row["id"]: row["name"] for row in rows}
    return [known[one] for one in members]


async def test_whoever_is_named_has_it_in_their_queue_until_it_is_closed(
    desk: Desk, hands: Hands, told: ConversationRead
) -> None:
    tom, ayu = await names_of(desk, hands.tom, hands.ayu)
    note = await desk.write(told.id, f"@{tom} look at this, says @{ayu}", kind="note")
    assert note.mentions == [hands.tom]
    assert await queue_of(desk, hands.tom) == ([told.id], 1)
    assert await queue_of(desk, hands.sari) == ([], 0)
    assert await queue_of(desk, hands.ayu) == ([], 0)
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        await working.update_conversation(work, told.id, ConversationUpdate(status="closed"))
    assert await queue_of(desk, hands.tom) == ([], 0)


async def test_a_team_names_all_of_it(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    async with desk.db.unit(desk.workspace) as work:
        team = await work.value("select name from team where workspace_id = $1 and id = $2", work.workspace_id, hands.team)
    note = await desk.write(told.id, f"who of @{team} knows?", kind="note")
    assert note.mentions == sorted([hands.tom, hands.sari])


async def test_a_reply_names_nobody(desk: Desk, hands: Hands, told: ConversationRead) -> None:
    (tom,) = await names_of(desk, hands.tom)
    assert (await desk.write(told.id, f"@{tom} will call you")).mentions == []
    assert await queue_of(desk, hands.tom) == ([], 0)
