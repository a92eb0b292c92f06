"""Whatever three people do with a conversation in whatever order: one offer at a time, a refusal changes nothing, no draft is lost."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.clock import HeldClock
from app.core.errors import AppError
from tests.domain.inbox.desk import Desk, buyer, message
from tests.domain.inbox.hands import Hands, open_hands

PEOPLE = ("ayu", "tom", "sari")
STEPS = st.one_of(
    st.tuples(st.just("offer"), st.sampled_from(PEOPLE), st.sampled_from((*PEOPLE, "team"))),
    st.tuples(st.sampled_from(("accept", "decline", "give_back", "withdraw")), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.just("assign"), st.sampled_from(PEOPLE), st.sampled_from((*PEOPLE, "nobody"))),
    st.tuples(st.sampled_from(("close", "reopen")), st.sampled_from(PEOPLE), st.just("")),
)
MOVES_IT = ("accept", "give_back", "assign")
_threads = itertools.count(1)


@pytest.fixture
async def hands(desk: Desk) -> Hands:
    return await open_hands(desk)


async def picture(hands: Hands, conversation: UUID) -> dict[str, Any]:
    """All that a step may change."""
    async with hands.desk.db.unit(hands.desk.workspace) as work:
        row = await work.row(
            "select assignee_id, status, version from conversation where workspace_id = $1 and id = $2",
            work.workspace_id,
            conversation,
        )
        handoffs = await work.fetch(
            "select id, state, taken_by, from_member_id, answered_at, ended_at, version from handoff "
            "where workspace_id = $1 and conversation_id = $2 order by id", work.workspace_id, conversation,
        )  # fmt: skip
        drafts = await work.fetch(
            "select member_id, text from draft where workspace_id = $1 and conversation_id = $2 order by member_id",
            work.workspace_id, conversation,
        )  # fmt: skip
        lines = await work.value(
            "select count(*) from message where workspace_id = $1 and conversation_id = $2 and kind = 'event'",
            work.workspace_id, conversation,
        )  # fmt: skip
    assert row is not None
    return {
        **dict(row), "handoffs": [dict(one) for one in handoffs], "drafts": [tuple(one) for one in drafts], "lines": lines,
    }  # fmt: skip


async def do(hands: Hands, conversation: UUID, last: UUID | None, step: tuple[str, str, str]) -> None:
    verb, name, to = step
    by: UUID = getattr(hands, name)
    if verb == "offer":
        receiver = {"to_team_id": hands.team} if to == "team" else {"to_member_id": getattr(hands, to)}
        await hands.offer(conversation, by=by, **receiver)
    elif verb == "assign":
        await hands.update(conversation, by=by, assignee_id=None if to == "nobody" else getattr(hands, to))
    elif verb in ("close", "reopen"):
        await hands.update(conversation, by=by, status="closed" if verb == "close" else "open")
    elif last is not None:
        await getattr(hands, verb)(last, by)


def hold(before: dict[str, Any], after: dict[str, Any], step: tuple[str, str, str], hands: Hands) -> None:
    offered = [one for one in after["handoffs"] if one["state"] == "offered"]
    assert len(offered) <= 1
    assert not (offered and after["status"] == "closed")
    assert [text for _, text in after["drafts"] if text] == ["half a reply"]
    for one in after["handoffs"]:
        assert (one["answered_at"] is None) == (one["state"] == "offered")
        assert (one["ended_at"] is None) == (one["state"] in ("offered", "accepted"))
        assert (one["taken_by"] is None) == (one["state"] in ("offered", "declined", "withdrawn"))
    if after["assignee_id"] != before["assignee_id"]:
        assert step[0] in MOVES_IT
    if step[0] == "accept" and after != before:
        assert after["assignee_id"] == getattr(hands, step[1]) == after["handoffs"][-1]["taken_by"]
    if step[0] == "give_back" and after != before:
        assert after["assignee_id"] == after["handoffs"][-1]["from_member_id"]


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(steps=st.lists(STEPS, min_size=1, max_size=14))
async def test_any_order_of_steps_holds(desk: Desk, hands: Hands, clock: HeldClock, steps: list[tuple[str, str, str]]) -> None:
    name = f"any{next(_threads)}"
    await desk.hear(message("where is it?", thread=name, customer=buyer(name)))
    conversation = (await desk.conversations())[0].id
    await hands.update(conversation, assignee_id=hands.ayu)
    await hands.save(conversation, hands.ayu, "half a reply")
    before = await picture(hands, conversation)
    for step in steps:
        clock.advance(seconds=1)
        last = before["handoffs"][-1]["id"] if before["handoffs"] else None
        try:
            await do(hands, conversation, last, step)
        except AppError:
            assert await picture(hands, conversation) == before
            continue
        after = await picture(hands, conversation)
        hold(before, after, step, hands)
        assert (after == before) or after["lines"] > before["lines"]
        before = after
