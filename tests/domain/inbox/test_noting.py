"""News of messages: in any order, before or after the message itself, they end the same."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from app.domain.inbox.service import noting, sending
from connectors.base.events import MessageChanged, MessageStatus, Reacted
from tests.domain.inbox.desk import Desk, at, buyer, message


async def tell(desk: Desk, *told: MessageChanged | MessageStatus | Reacted) -> None:
    here = desk.source.connection_id
    async with desk.db.unit(desk.workspace) as work:
        for one in told:
            if isinstance(one, MessageChanged):
                await noting.note_changes(work, here, [one])
            elif isinstance(one, MessageStatus):
                await noting.note_statuses(work, here, [one])
            else:
                await noting.note_reactions(work, here, [one])


EDIT = MessageChanged(thread="t1", external_id="x1", changed_at=at(-8), text="second thought")
LATER = MessageChanged(thread="t1", external_id="x1", changed_at=at(-7), text="third thought")
GONE = MessageChanged(thread="t1", external_id="x1", changed_at=at(-6), deleted=True)


@pytest.mark.parametrize("order", list(itertools.permutations(["message", "edit", "later"])))
async def test_an_edit_may_come_before_its_message(desk: Desk, order: tuple[str, ...]) -> None:
    for one in order:
        if one == "message":
            await desk.hear(message("first thought", -10, external_id="x1"))
        else:
            await tell(desk, EDIT if one == "edit" else LATER)
    only = await desk.only()
    (shown,) = await desk.messages(only.id)
    assert (shown.text, shown.edited_at, only.preview) == ("third thought", at(-7), "third thought")


@pytest.mark.parametrize("early", [True, False])
async def test_a_withdrawal_may_come_before_its_message(desk: Desk, early: bool) -> None:
    if early:
        await tell(desk, GONE, EDIT)
    await desk.hear(message("first thought", -10, external_id="x1"))
    if not early:
        await tell(desk, GONE, EDIT)
    only = await desk.only()
    (shown,) = await desk.messages(only.id)
    assert (shown.text, shown.deleted_at, only.preview) == ("", at(-6), "")


async def test_early_news_are_used_up(desk: Desk) -> None:
    await tell(desk, EDIT)
    await desk.hear(message("first thought", -10, external_id="x1"))
    async with desk.db.unit(desk.workspace) as work:
        assert await work.value("select count(*) from early_news where workspace_id = $1", work.workspace_id) == 0


async def test_a_state_heard_before_the_channels_answer_came_is_kept(desk: Desk) -> None:
    await desk.hear(message("hello", -30))
    await desk.write((await desk.only()).id, "on its way")
    token, out = await desk.begin()
    await tell(desk, MessageStatus(external_id="m-77", state="read", at=at(0)))
    async with desk.db.unit(desk.workspace) as work:
        assert await sending.mark_sent(work, out, token, desk.terms, external_id="m-77", at=at(0))
    assert (await desk.read(out.message_id)).state == "read"


@pytest.mark.parametrize("order", [*itertools.permutations(["sent", "delivered", "read"]), ("read", "failed", "sent", "sent")])
async def test_states_in_any_order_end_at_the_furthest(desk: Desk, order: tuple[Any, ...]) -> None:
    """A late refusal does not unread what was read."""
    await desk.hear(message("from the phone", -10, direction="out", external_id="o1"))
    for place, state in enumerate(order):
        await tell(desk, MessageStatus(external_id="o1", state=state, at=at(-9 + place)))
    (shown,) = await desk.messages((await desk.only()).id)
    assert shown.state == "read"


async def test_a_watermark_means_all_of_ours_up_to_then(desk: Desk) -> None:
    await desk.hear(
        message("one", -30, direction="out", external_id="o1"), message("two", -20, direction="out", external_id="o2"),
        message("theirs", -15), message("three", -5, direction="out", external_id="o3"),
        message("elsewhere", -30, thread="t2", direction="out", external_id="o4", customer=buyer("budi")),
    )  # fmt: skip
    mark = MessageStatus(external_id="", thread="t1", state="read", at=at(-10))
    await tell(desk, mark, MessageStatus(external_id="", thread="t1", state="delivered", at=at(-1)), mark)
    states = {one.text: one.state for talk in await desk.conversations() for one in await desk.messages(talk.id)}
    assert states == {"one": "read", "two": "read", "theirs": "received", "three": "delivered", "elsewhere": "sent"}


@pytest.mark.parametrize("early", [True, False])
async def test_the_newest_reaction_of_each_person_stands(desk: Desk, early: bool) -> None:
    told = [
        Reacted(thread="t1", external_id="x1", by=buyer(), emoji="👍", at=at(-9)),
        Reacted(thread="t1", external_id="x1", by=buyer("budi"), emoji="🎉", at=at(-8)),
        Reacted(thread="t1", external_id="x1", by=buyer(), emoji="❤️", at=at(-7)),
        Reacted(thread="t1", external_id="x1", by=buyer("budi"), emoji="", at=at(-6)),
    ]
    if early:
        await tell(desk, *reversed(told))
    await desk.hear(message("hello", -10, external_id="x1"))
    if not early:
        await tell(desk, *told)
    (shown,) = await desk.messages((await desk.only()).id)
    assert [(one.emoji, one.name, one.direction) for one in shown.reactions] == [("❤️", "Rina", "in")]
    if not early:
        assert shown.version > 1


async def test_a_quote_shows_what_it_answers_once_that_is_here(desk: Desk) -> None:
    await desk.hear(message("yes, that one", -5, reply_to="x1", kind="comment"))
    (only,) = await desk.conversations()
    (shown,) = await desk.messages(only.id)
    assert (shown.quoted, shown.public) == (None, True)
    await desk.hear(message("the blue one?", -10, external_id="x1"))
    asked, shown = await desk.messages(only.id)
    assert shown.quoted is not None
    assert (shown.quoted.id, shown.quoted.text, shown.quoted.direction) == (asked.id, "the blue one?", "in")
