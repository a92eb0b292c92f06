"""Whatever the order and number of deliveries, the inbox ends the same; people and threads never mix."""

from __future__ import annotations

import itertools
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.config import Settings
from app.core.db import Database
from app.core.vault import Vault
from app.domain.inbox.schemas import ConversationUpdate
from app.domain.inbox.service import noting, working
from connectors.base.events import MessageChanged, MessageReceived, MessageStatus
from tests.conftest import Shop, open_shop
from tests.domain.inbox.desk import Desk, at, buyer, message, open_desk

SAID = st.lists(
    st.tuples(st.sampled_from(["t1", "t2"]), st.sampled_from(["in", "out", "robot"])), min_size=1, max_size=6
)  # fmt: skip


def talk(said: list[tuple[str, str]]) -> list[MessageReceived]:
    """A minute apart; each thread has its own buyer."""
    return [
        message(
            f"word {number}", number - 60, thread=thread, external_id=f"x{number}", customer=buyer(f"of-{thread}"),
            direction="in" if side == "in" else "out", automated=side == "robot",
        )
        for number, (thread, side) in enumerate(said)
    ]  # fmt: skip


async def canonical(desk: Desk) -> list[tuple[object, ...]]:
    found = []
    for one in await desk.conversations():
        texts = tuple(await desk.texts(one.id))
        found.append(
            (
                one.customer.name, texts, one.preview, one.preview_direction, one.message_count, one.in_count, one.awaiting_since,
                one.market_due_at, one.company_due_at, one.last_in_at, one.last_out_at, one.last_activity_at, one.status,
            )
        )  # fmt: skip
    return sorted(found, key=str)


def expected(messages: list[MessageReceived]) -> list[tuple[object, ...]]:
    """(buyer, texts, unanswered since) worked out from the whole talk at once."""
    found = []
    for _, group in itertools.groupby(sorted(messages, key=lambda one: (one.thread, one.sent_at)), key=lambda one: one.thread):
        told = list(group)
        answered = max((one.sent_at for one in told if one.direction == "out" and not one.automated), default=at(-999))
        waits = min((one.sent_at for one in told if one.direction == "in" and one.sent_at > answered), default=None)
        found.append((told[0].customer.name, tuple(one.text for one in told), waits))
    return sorted(found, key=str)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=SAID, data=st.data())
async def test_any_order_batching_and_repetition_ends_the_same(
    db: Database, settings: Settings, said: list[tuple[str, str]], data: st.DataObject
) -> None:
    messages = talk(said)
    vault = Vault(settings.secret_keys)
    straight = await open_desk(db, vault, await open_shop(db))
    await straight.hear(*messages)
    crooked = await open_desk(db, vault, await open_shop(db))
    told = data.draw(st.permutations(messages + data.draw(st.lists(st.sampled_from(messages), max_size=3))))
    while told:
        size = data.draw(st.integers(1, len(told)))
        await crooked.hear(*told[:size])
        told = told[size:]
    state = await canonical(straight)
    assert await canonical(crooked) == state
    assert [(one[0], one[1], one[6]) for one in state] == expected(messages)


async def test_a_late_answer_in_between_leaves_the_later_question_waiting(desk: Desk) -> None:
    await desk.hear(message("where is it", -50), message("and the colour?", -30))
    await desk.hear(message("on its way", -40, direction="out"))
    assert (await desk.only()).awaiting_since == at(-30)


async def test_customers_never_share_a_conversation(desk: Desk) -> None:
    await desk.hear(
        *(message(f"from {name}", -20 + n, thread=f"of-{name}", customer=buyer(name)) for n, name in enumerate("abc"))
    )
    found = await desk.conversations()
    assert sorted((one.customer.name, one.preview) for one in found) == [("A", "from a"), ("B", "from b"), ("C", "from c")]
    assert len({one.number for one in found}) == 3


async def test_another_workspace_hears_nothing(desk: Desk, db: Database, settings: Settings, shop: Shop) -> None:
    other = await open_desk(db, Vault(settings.secret_keys), await open_shop(db))
    told = message("same id, other shop")
    assert (await desk.hear(told), await other.hear(told)) == (1, 1)
    assert (await desk.only()).id != (await other.only()).id


async def close(desk: Desk, conversation: UUID) -> None:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        await working.update_conversation(work, conversation, ConversationUpdate(status="closed"))


async def test_a_message_soon_after_closing_goes_on_in_the_conversation(desk: Desk) -> None:
    await desk.hear(message("first", -60))
    before = await desk.only()
    await close(desk, before.id)
    assert (await desk.only()).awaiting_since is None
    await desk.hear(message("again", 24 * 60))
    after = await desk.only()
    assert (after.id, after.status, after.awaiting_since) == (before.id, "open", at(24 * 60))


async def test_a_message_long_after_closing_opens_a_linked_conversation_and_retires_the_thread(desk: Desk) -> None:
    await desk.hear(message("first", -60))
    before = await desk.only()
    await close(desk, before.id)
    async with desk.db.unit(desk.workspace) as work:
        days = await work.value("select reopen_days from workspace where id = $1", desk.workspace)
    later = (days * 24 * 60) + 1
    await desk.hear(message("months on", later), message("and more", later + 1))
    new, old = await desk.conversations()
    assert (old.id, old.status, await desk.texts(old.id)) == (before.id, "closed", ["first"])
    assert await desk.texts(new.id) == ["months on", "and more"]
    async with desk.db.unit(desk.workspace) as work:
        rows = await work.fetch(
            "select t.current, c.previous_id from thread t join conversation c on c.workspace_id = t.workspace_id "
            "and c.id = t.conversation_id where t.workspace_id = $1 order by t.id", desk.workspace,
        )  # fmt: skip
    assert [(row["current"], row["previous_id"]) for row in rows] == [(False, None), (True, before.id)]


async def test_an_old_history_stays_closed_page_after_page(desk: Desk) -> None:
    day = -60 * 24
    await desk.hear(message("long ago", 60 * day))
    await desk.hear(message("still long ago", 59 * day))
    found = await desk.only()
    assert (found.status, found.message_count) == ("closed", 2)
    assert await desk.conversations(queue="all") == []


@pytest.mark.parametrize(("by_key", "text"), [(True, "we said   it"), (False, "we said it")])
async def test_an_echo_settles_the_send_under_way_and_makes_no_second_message(desk: Desk, by_key: bool, text: str) -> None:
    await desk.hear(message("hi", -30))
    told = await desk.only()
    sent = await desk.write(told.id, "we  said it", key="echo-key")
    await desk.begin()
    echo = message("reworded" if by_key else text, 0, direction="out", external_id="e1", echo_of="echo-key" if by_key else "")
    assert await desk.hear(echo) == 0
    assert await desk.hear(echo) == 0
    found = await desk.read(sent.id)
    assert (found.state, found.external_id, found.text) == ("sent", "e1", "we  said it")
    assert len(await desk.texts(told.id)) == 2


async def test_the_same_words_from_the_channels_own_app_do_not_settle_a_reply_not_begun(desk: Desk) -> None:
    await desk.hear(message("hi", -30))
    told = await desk.only()
    sent = await desk.write(told.id, "thanks", hold_ms=5000)
    assert await desk.hear(message("thanks", 0, direction="out", external_id="app-1")) == 1
    assert (await desk.read(sent.id)).state == "queued"


async def status(desk: Desk, *told: tuple[str, float], external_id: str = "e1") -> None:
    events = [MessageStatus(external_id=external_id, state=state, at=at(minutes)) for state, minutes in told]  # type: ignore[arg-type]
    async with desk.db.unit(desk.workspace) as work:
        await noting.note_statuses(work, desk.source.connection_id, events)


@pytest.mark.parametrize("order", list(itertools.permutations([("sent", 1.0), ("delivered", 2.0), ("read", 3.0)])))
async def test_statuses_never_move_backwards(desk: Desk, order: tuple[tuple[str, float], ...]) -> None:
    await desk.hear(message("ours", -5, direction="out", external_id="e1"))
    for told in order:
        await status(desk, told)
    (found,) = await desk.messages((await desk.only()).id)
    assert found.state == "read"
    await status(desk, ("failed", 4.0))
    assert (await desk.read(found.id)).state == "read"


async def test_a_send_the_channel_fails_later_lets_the_buyer_wait_again(desk: Desk) -> None:
    await desk.hear(message("hi", -30))
    told = await desk.only()
    await desk.hear(message("ours", -5, direction="out", external_id="e1"))
    assert (await desk.only()).awaiting_since is None
    await status(desk, ("failed", 4.0))
    found = await desk.only()
    assert (found.id, found.awaiting_since, found.market_due_at) == (told.id, at(-30), at(-30) + timedelta(days=1))


async def test_an_edit_and_a_withdrawal_change_the_words_and_the_row(desk: Desk) -> None:
    await desk.hear(message("first", -9), message("call me on 0812", -8, external_id="m-edit"))

    async def change(minutes: float, text: str = "", deleted: bool = False) -> None:
        async with desk.db.unit(desk.workspace) as work:
            event = MessageChanged(thread="t1", external_id="m-edit", changed_at=at(minutes), text=text, deleted=deleted)
            await noting.note_changes(work, desk.source.connection_id, [event])

    await change(-5, "call me")
    await change(-6, "late news of an earlier edit")
    told = await desk.only()
    assert (await desk.texts(told.id), told.preview) == (["first", "call me"], "call me")
    await change(-4, deleted=True)
    await change(-3, "words after the end")
    told = await desk.only()
    assert (await desk.texts(told.id), told.preview) == (["first", ""], "")
    async with desk.db.unit(desk.workspace) as work:
        shown = await work.value(
            "select payload->>'text' from outbox where workspace_id = $1 and kind = 'message' order by id desc limit 1",
            desk.workspace,
        )
    assert shown == ""
