"""A message whose sender is not proven is shown and counts for nothing until a person lets it count."""

from __future__ import annotations

import pytest

from app.domain.customers.service import list_customers
from app.domain.inbox.errors import ReplyBlocked
from app.domain.inbox.schemas import MessageRead
from app.domain.inbox.service import releasing
from tests.domain.inbox.desk import Desk, at, buyer, message

WHY = "The sender's domain does not vouch for it."


async def release(desk: Desk, one: MessageRead) -> MessageRead:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return await releasing.release_message(work, one.id, desk.sending_of)


async def customers(desk: Desk) -> list[tuple[str, list[str]]]:
    async with desk.db.unit(desk.workspace) as work:
        page = await list_customers(work, q="", cursor=None, limit=50)
    return sorted((one.name, [handle.kind for handle in one.handles]) for one in page.items)


async def test_it_joins_nobody_and_opens_nothing(desk: Desk) -> None:
    await desk.hear(message("real", -50, thread="t0"))
    await desk.hear(message("pay here", -10, thread="t1", held=WHY, order_ids=("o1",)))
    (forged,) = [one for one in await desk.conversations() if one.preview == "pay here"]
    (real,) = [one for one in await desk.conversations() if one.preview == "real"]
    assert forged.customer.id != real.customer.id
    assert (forged.awaiting_since, forged.market_due_at, forged.last_in_at, forged.in_count) == (None, None, None, 1)
    (shown,) = await desk.messages(forged.id)
    assert (shown.held, shown.text, shown.customer_name) == (WHY, "pay here", "Rina")
    with pytest.raises(ReplyBlocked) as refused:
        await desk.write(forged.id, "hello")
    assert refused.value.code == "unproven"
    async with desk.db.unit(desk.workspace) as work:
        assert await work.value("select count(*) from conversation_order where workspace_id = $1", work.workspace_id) == 0


async def test_released_it_counts_as_what_it_claims(desk: Desk) -> None:
    await desk.hear(message("real", -50, thread="t0"))
    await desk.hear(message("where is it", -10, thread="t1", held=WHY, order_ids=("o1",)))
    (before,) = [one for one in await desk.conversations() if one.preview == "where is it"]
    (shown,) = await desk.messages(before.id)
    assert (await release(desk, shown)).held == ""
    again = await release(desk, shown)
    after, real = await desk.conversations()
    assert (after.id, after.customer.id) == (before.id, real.customer.id)
    assert (after.awaiting_since, after.last_in_at, after.market_due_at) == (at(-10), at(-10), at(-10 + 1440))
    assert (again.held, again.customer_name) == ("", "Rina")
    assert await customers(desk) == [("Rina", ["test_user"])]
    await desk.write(after.id, "on its way")
    async with desk.db.unit(desk.workspace) as work:
        linked = await work.fetch("select order_ref, source from conversation_order where workspace_id = $1", work.workspace_id)
        acts = await work.fetch("select act from audit where workspace_id = $1 and act like 'message.%'", work.workspace_id)
    assert [tuple(row) for row in linked] == [("o1", "channel")]
    assert [row["act"] for row in acts] == ["message.release"]


async def test_in_a_known_thread_it_starts_no_clock_and_moves_nobody(desk: Desk) -> None:
    await desk.hear(message("hello", -60), message("answered", -50, direction="out"))
    before = await desk.only()
    await desk.hear(message("send money", -10, customer=buyer("thief"), held=WHY))
    after = await desk.only()
    assert (after.customer.id, after.awaiting_since, after.last_in_at) == (before.customer.id, None, at(-60))
    assert await customers(desk) == [("Rina", ["test_user"])]
    await desk.write(after.id, "still talking to Rina")


@pytest.mark.parametrize("together", [True, False])
async def test_a_proven_word_takes_the_thread_over(desk: Desk, together: bool) -> None:
    doubtful, sure = message("who am I", -20, held=WHY), message("me", -10)
    if together:
        await desk.hear(doubtful, sure)
    else:
        await desk.hear(doubtful)
        await desk.hear(sure)
    only = await desk.only()
    assert (only.customer.name, only.awaiting_since) == ("Rina", at(-10))
    assert await customers(desk) == [("Rina", ["test_user"])]
    assert [one.held for one in await desk.messages(only.id)] == [WHY, ""]


async def test_a_later_doubt_in_the_thread_of_a_released_one_joins_nobody_by_itself(desk: Desk) -> None:
    await desk.hear(message("first", -30, held=WHY))
    (first,) = await desk.messages((await desk.only()).id)
    await release(desk, first)
    await desk.hear(message("second", -5, thread="t9", held=WHY))
    assert len({one.customer.id for one in await desk.conversations()}) == 2
