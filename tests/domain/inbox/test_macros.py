"""Macros do several things at once: first shown, then done, each conversation wholly or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.core.errors import Unacceptable
from app.domain.inbox.desk_schemas import MacroDone, MacroRead, MacroRun, MacroWrite, SavedReplyWrite, SavedTextWrite
from app.domain.inbox.errors import ConversationNotFound
from app.domain.inbox.handing_schemas import PromiseCreate
from app.domain.inbox.schemas import ConversationRead
from app.domain.inbox.service import macros, promising, saving
from tests.conftest import NOON
from tests.domain.inbox.desk import Desk, buyer, message

WAITING = "select count(*) from message where workspace_id = $1 and direction = 'out' and kind = 'message'"


@pytest.fixture
async def rina(desk: Desk) -> ConversationRead:
    await desk.hear(message("where is it?", -30))
    return await desk.only()


@pytest.fixture
async def budi(desk: Desk, rina: ConversationRead) -> ConversationRead:
    await desk.hear(message("and mine?", -20, thread="t2", customer=buyer("budi")))
    (found,) = [one for one in await desk.conversations() if one.id != rina.id]
    return found


async def make(desk: Desk, text: str = "", **acts: Any) -> MacroRead:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        if text:
            reply = await saving.add_reply(work, SavedReplyWrite(name=f"R {uuid4()}", texts=[SavedTextWrite(text=text)]))
            acts["reply_id"] = reply.id
        return await macros.add_macro(work, MacroWrite(name=f"M {uuid4()}", **acts))


async def run(desk: Desk, macro: MacroRead, *ids: UUID, key: str = "run", dry: bool = False) -> MacroDone:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        data = MacroRun(conversation_ids=list(ids), run_key=key, dry_run=dry)
        return await macros.run_macro(work, macro.id, data, desk.sending_of)


async def told(desk: Desk) -> tuple[int, int]:
    """How many changes were told, how many replies wait."""
    async with desk.db.unit(desk.workspace) as work:
        changes = await work.value("select count(*) from outbox where workspace_id = $1", work.workspace_id)
        return changes, await work.value(WAITING, work.workspace_id)


async def test_a_dry_run_tells_all_of_it_and_does_nothing(desk: Desk, rina: ConversationRead) -> None:
    macro = await make(desk, "Dear {{customer.name}}", tags=["late"], assign="me", status="closed")
    before = await told(desk)
    shown = await run(desk, macro, rina.id, dry=True)
    steps = [("reply", "Dear Rina"), ("tag", "late"), ("assign", "Ayu Lestari"), ("status", "closed")]
    assert [(one.what, one.to) for one in shown.items[0].steps] == steps
    assert (shown.done, shown.items[0].refused) == (False, None)
    assert (await desk.only(), await told(desk)) == (rina, before)
    done = await run(desk, macro, rina.id)
    assert ([(one.what, one.to) for one in done.items[0].steps], done.done) == (steps, True)
    now = await desk.only()
    assert (now.tags, now.assignee_id, now.status) == (["late"], desk.shop.owner_id, "closed")
    assert await desk.texts(rina.id) == ["where is it?", "Dear Rina"]


async def test_the_same_run_twice_sends_once(desk: Desk, rina: ConversationRead) -> None:
    macro = await make(desk, "on its way", tags=["late"])
    await run(desk, macro, rina.id, key="once")
    again = await run(desk, macro, rina.id, key="once")
    assert again.items[0].refused is None
    assert await desk.texts(rina.id) == ["where is it?", "on its way"]
    assert (await desk.only()).tags == ["late"]


async def test_each_conversation_wholly_or_not_at_all(desk: Desk, rina: ConversationRead, budi: ConversationRead) -> None:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        await promising.add_promise(work, rina.id, PromiseCreate(text="Refund"))
    macro = await make(desk, "Dear {{customer.name}}", tags=["late"], status="closed")
    done = await run(desk, macro, rina.id, budi.id)
    refused, went = done.items
    assert (refused.conversation_id, refused.steps) == (rina.id, [])
    assert refused.refused is not None
    assert refused.refused.code == "open_promises"
    assert (went.refused, [one.what for one in went.steps]) == (None, ["reply", "tag", "status"])
    assert await desk.texts(rina.id) == ["where is it?"]
    assert await desk.texts(budi.id) == ["and mine?", "Dear Budi"]
    kept = {one.id: (one.tags, one.status) for one in await desk.conversations()}
    assert kept == {rina.id: ([], "open"), budi.id: (["late"], "closed")}


async def test_an_unfilled_reply_is_refused_and_named(desk: Desk, rina: ConversationRead) -> None:
    macro = await make(desk, "Track {{order.tracking}}", tags=["late"])
    (result,) = (await run(desk, macro, rina.id)).items
    assert result.refused is not None
    assert (result.refused.code, result.refused.detail) == ("unfilled", "Nothing is known here for order.tracking.")
    assert (await desk.only()).tags == []


async def test_a_reply_without_a_text_for_the_channel_is_refused(desk: Desk, rina: ConversationRead) -> None:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        texts = [SavedTextWrite(text="hello", channel="elsewhere")]
        reply = await saving.add_reply(work, SavedReplyWrite(name="Elsewhere", texts=texts))
    (result,) = (await run(desk, await make(desk, reply_id=reply.id), rina.id)).items
    assert result.refused is not None
    assert result.refused.code == "no_text"


async def test_it_snoozes_after_the_reply_that_would_wake_it(desk: Desk, rina: ConversationRead) -> None:
    macro = await make(desk, "in two days", status="snoozed", snooze_s=172_800)
    (result,) = (await run(desk, macro, rina.id)).items
    until = NOON + timedelta(days=2)
    assert [(one.what, one.to) for one in result.steps] == [("reply", "in two days"), ("snooze", until.isoformat())]
    now = await desk.only()
    assert (now.status, now.snoozed_until) == ("snoozed", until)


async def test_what_is_so_already_is_no_step(desk: Desk, rina: ConversationRead) -> None:
    macro = await make(desk, tags=["late"], assign="me", status="open")
    await run(desk, macro, rina.id)
    assert (await run(desk, macro, rina.id, key="second")).items[0].steps == []


async def test_one_unknown_conversation_and_nothing_is_done(desk: Desk, rina: ConversationRead) -> None:
    macro = await make(desk, tags=["late"])
    with pytest.raises(ConversationNotFound):
        await run(desk, macro, rina.id, uuid4())
    assert (await desk.only()).tags == []


@pytest.mark.parametrize(
    ("acts", "field"),
    [
        ({}, "status"),
        ({"status": "snoozed"}, "snooze_s"),
        ({"status": "closed", "snooze_s": 60}, "snooze_s"),
        ({"assign": "me", "assignee_id": uuid4()}, "assignee_id"),
        ({"assignee_id": uuid4()}, "assignee_id"),
        ({"team_id": uuid4()}, "team_id"),
        ({"reply_id": uuid4()}, "reply_id"),
    ],
)
async def test_a_macro_that_makes_no_sense_is_not_kept(desk: Desk, acts: dict[str, Any], field: str) -> None:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        with pytest.raises(Unacceptable) as refused:
            await macros.add_macro(work, MacroWrite(name="Odd", **acts))
        assert list(refused.value.fields) == [field]
        assert (await macros.list_macros(work)).items == []
