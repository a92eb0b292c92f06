"""Each thread has its channel's clock, the conversation the company's; the earliest is shown."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.clock import HeldClock
from app.core.vault import Vault
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate
from app.domain.customers.errors import CannotMerge, MergedSince
from app.domain.inbox.schemas import ConversationUpdate
from app.domain.inbox.service import joining, merging, working
from app.domain.inbox.service.receiving import Source
from connectors.base.manifest import Sending
from connectors.registry import load_sandbox, manifests
from tests.conftest import NOON, SECRET_KEYS, open_shop
from tests.domain.inbox.desk import CHANNEL, Desk, at, message, open_desk

DAY = timedelta(days=1)
CLOCKS = {"a": 86_400.0, "b": 43_200.0, "c": None}
"""Three channels: a day for an answer, half a day, no rule."""


async def three(desk: Desk) -> dict[str, Desk]:
    """The same shop on three connections, each with its own rule."""
    secrets = {secret.name for secret in manifests()[CHANNEL].secrets}
    given_ = {name: value for name, value in load_sandbox(CHANNEL)[1].items() if name in secrets}
    found = {}
    for name, clock in CLOCKS.items():
        data = ConnectionCreate(channel=CHANNEL, name=name, secrets=given_, mode="live")
        async with desk.db.unit(desk.workspace) as work:
            connection = await connections.create_connection(work, Vault(SECRET_KEYS), data)
        terms = Sending(text_limit=1000, proof="readable", absent_after_s=300.0, market_clock_s=clock)
        found[name] = replace(desk, source=Source(connection_id=connection, channel=CHANNEL, brand="", sending=terms))
    return found


async def threads(desk: Desk) -> dict[str, tuple[UUID, UUID, datetime | None]]:
    """By outside name: thread, conversation, and its clock."""
    async with desk.db.unit(desk.workspace) as work:
        rows = await work.fetch(
            "select external_id, id, conversation_id, market_due_at from thread where workspace_id = $1", work.workspace_id
        )
    return {row["external_id"]: (row["id"], row["conversation_id"], row["market_due_at"]) for row in rows}


async def shown(desk: Desk, conversation: UUID) -> datetime | None:
    async with desk.db.unit(desk.workspace) as work:
        found: datetime | None = await work.value(
            "select market_due_at from conversation where workspace_id = $1 and id = $2", work.workspace_id, conversation
        )
        return found


async def together(desk: Desk, first: str, second: str) -> UUID:
    known = await threads(desk)
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return await merging.merge_conversations(work, known[first][1], [known[second][1]])


async def test_a_word_on_one_channel_leaves_the_clock_of_the_other(desk: Desk, clock: HeldClock) -> None:
    on = await three(desk)
    await on["a"].hear(message("where is it?", -60, thread="a"))
    await on["c"].hear(message("hello?", -30, thread="c"))
    await together(desk, "a", "c")
    known = await threads(desk)
    conversation = known["a"][1]
    assert (known["a"][2], known["c"][2], await shown(desk, conversation)) == (at(-60) + DAY, None, at(-60) + DAY)
    await on["c"].hear(message("are you there?", -20, thread="c"))
    await desk.write(conversation, "here I am", thread_id=known["c"][0])
    assert ((await threads(desk))["a"][2], await shown(desk, conversation)) == (at(-60) + DAY, at(-60) + DAY)
    await desk.write(conversation, "on its way", thread_id=known["a"][0])
    assert ((await threads(desk))["a"][2], await shown(desk, conversation)) == (None, None)
    clock.at = at(10)
    await on["c"].hear(message("thanks", 10, thread="c"))
    assert await shown(desk, conversation) is None


async def test_the_earliest_of_two_clocks_is_shown_and_the_later_follows(desk: Desk) -> None:
    on = await three(desk)
    await on["a"].hear(message("a", -60, thread="a"))
    await on["b"].hear(message("b", -30, thread="b"))
    await together(desk, "a", "b")
    known = await threads(desk)
    assert await shown(desk, known["a"][1]) == at(-30 + 720)
    await desk.write(known["a"][1], "to b", thread_id=known["b"][0])
    assert await shown(desk, known["a"][1]) == at(-60) + DAY


async def test_neither_a_robot_nor_a_rest_of_ours_stops_the_channel(desk: Desk) -> None:
    await desk.hear(message("where is it?", -60), message("We are closed.", -59, direction="out", automated=True))
    one = await desk.only()
    for change in (
        ConversationUpdate(status="snoozed", snoozed_until=at(60)),
        ConversationUpdate(assignee_id=desk.shop.owner_id),
    ):
        async with desk.db.unit(desk.workspace, desk.actor) as work:
            await working.update_conversation(work, one.id, change)
        assert (await desk.only()).market_due_at == at(-60) + DAY


async def test_closed_over_words_stay_answered_when_the_next_one_comes(desk: Desk, clock: HeldClock) -> None:
    await desk.hear(message("thanks", -60))
    one = await desk.only()
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        await working.update_conversation(work, one.id, ConversationUpdate(status="closed"))
    assert ((await desk.only()).market_due_at, (await threads(desk))["t1"][2]) == (None, None)
    clock.at = at(30)
    await desk.hear(message("one more thing", 20))
    found = await desk.only()
    assert (found.status, found.awaiting_since, found.market_due_at) == ("open", at(20), at(20) + DAY)


@dataclass
class Talk:
    """What was said in a thread: when, whose, whether a person's."""

    said: list[tuple[datetime, str, bool]] = field(default_factory=list)

    def due(self, clock: float | None) -> datetime | None:
        ours = max((when for when, way, person in self.said if way == "out" and person), default=None)
        waits = [when for when, way, person in self.said if way == "in" and person and (ours is None or when > ours)]
        return min(waits) + timedelta(seconds=clock) if waits and clock else None


async def rearrange(desk: Desk, act: str, here: tuple[UUID, UUID, datetime | None], other: UUID, merges: list[UUID]) -> None:
    thread, conversation, _ = here
    try:
        async with desk.db.unit(desk.workspace, desk.actor) as work:
            if act == "merge":
                merges.append(await merging.merge_conversations(work, conversation, [other]))
            elif act == "split":
                merges.append(await merging.split_thread(work, conversation, thread))
            elif act == "snooze":
                until = desk.db.clock.now() + timedelta(hours=10)
                await working.update_conversation(work, conversation, ConversationUpdate(status="snoozed", snoozed_until=until))
            elif merges:
                await joining.undo(work, merges[-1])
                merges.pop()
    except (CannotMerge, MergedSince):
        return


_shops = itertools.count(1)
ACTS = st.tuples(
    st.sampled_from(["hear", "late", "robot", "reply", "merge", "undo", "split", "snooze"]), *[st.sampled_from("abc")] * 2
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=4, max_size=14))
async def test_a_clock_is_a_fold_over_the_messages_of_its_thread(
    desk: Desk, clock: HeldClock, acts: list[tuple[str, str, str]]
) -> None:
    clock.at = NOON
    own = await open_desk(desk.db, Vault(SECRET_KEYS), await open_shop(desk.db, email=f"clocks-{next(_shops)}@example.com"))
    on = await three(own)
    talks = {name: Talk() for name in CLOCKS}
    minute, merges = 0, list[UUID]()
    for name in CLOCKS:
        await on[name].hear(message(name, -60, thread=name))
        talks[name].said.append((at(-60), "in", True))
    merges.append(await together(own, "a", "b"))
    for act, here, there in acts:
        minute += 5
        clock.at = at(minute)
        known = await threads(own)
        thread, conversation, _ = known[here]
        if act in ("hear", "late", "robot"):
            when = at(minute - 12 if act == "late" else minute)
            way, person = ("out", False) if act == "robot" else ("in", True)
            await on[here].hear(message(act, 0, thread=here, sent_at=when, direction=way, automated=not person))
            talks[here].said.append((when, way, person))
        elif act == "reply":
            await own.write(conversation, f"answer {minute}", thread_id=thread)
            talks[here].said.append((at(minute), "out", True))
        else:
            await rearrange(own, act, known[here], known[there][1], merges)
        known = await threads(own)
        wanted = {name: talk.due(CLOCKS[name]) for name, talk in talks.items()}
        assert {name: row[2] for name, row in known.items()} == wanted
        for _, conversation, _ in known.values():
            dues = [due for name, due in wanted.items() if due and known[name][1] == conversation]
            assert await shown(own, conversation) == min(dues, default=None)
