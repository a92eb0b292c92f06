"""A note never leaves: whatever is done with it and around it, on every channel that takes replies."""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
import pytest

from app.core.clock import HeldClock
from app.core.db import Actor
from app.core.errors import AppError
from app.core.ids import new_id
from app.domain.inbox.handing_schemas import HandoffCreate
from app.domain.inbox.schemas import ConversationUpdate, MessageCreate
from app.domain.inbox.service import handing, replying, visiting, working
from app.pipeline.execute import send_round
from connectors.base.commands import SendReply
from connectors.base.errors import Ambiguous, Refused, Unavailable
from connectors.base.manifest import Sending
from connectors.registry import manifests
from tests.pipeline.belt import Belt, told

SECRET = "between-us"
TERMS = {key: one.sending for key, one in manifests().items() if one.sending}
STEPS = 40
SECOND_THREAD = """
insert into thread (workspace_id, id, created_at, conversation_id, connection_id, channel, external_id, customer_id, handle_kind,
  handle_value, begun_at, last_in_at)
select workspace_id, $3, created_at, conversation_id, connection_id, channel, 'begun', customer_id, handle_kind, handle_value, $4,
  last_in_at from thread where workspace_id = $1 and id = $2
"""
LEAVING = "select count(*) from message where workspace_id = $1 and kind = 'note' and (due_at is not null or state <> 'sent')"


@dataclass
class Talk:
    """One conversation with notes in it, and the things anybody may do."""

    belt: Belt
    terms: Sending
    conversation: UUID
    chance: random.Random
    notes: list[UUID] = field(default_factory=list)
    replies: list[UUID] = field(default_factory=list)

    async def write(self, kind: Any, **more: Any) -> UUID:
        text = f"{SECRET} {len(self.notes)}" if kind == "note" else f"hello {len(self.replies)}"
        data = MessageCreate(client_msg_id=str(new_id()), kind=kind, text=text, **more)
        async with self.belt.db.unit(self.belt.workspace, Actor(self.belt.shop.owner_id, "Ayu")) as work:
            return (await replying.write_message(work, self.conversation, data, lambda _: self.terms)).id

    async def note(self) -> None:
        self.notes.append(await self.write("note"))

    async def note_over_a_thread(self) -> None:
        thread = await self.belt.value("select id from thread where workspace_id = $1 limit 1")
        self.notes.append(await self.write("note", thread_id=thread, hold_ms=5000))

    async def reply(self) -> None:
        self.replies.append(await self.write("reply"))

    async def quote_the_note(self) -> None:
        if self.notes:
            await self.write("reply", reply_to_id=self.chance.choice(self.notes))

    async def resolve(self) -> None:
        act = self.chance.choice(sorted(replying.BY_HAND))
        for one in (self.notes + self.replies)[-3:]:
            await self.attempt(lambda work, one=one: replying.resolve(work, one, act))

    async def take_back(self) -> None:
        for one in self.notes[-2:]:
            await self.attempt(lambda work, one=one: replying.take_back(work, one))

    async def hand_over(self) -> None:
        await self.attempt(
            lambda work: handing.offer(work, self.conversation, HandoffCreate(to_team_id=new_id(), note=f"{SECRET} too"))
        )

    async def close(self) -> None:
        change = self.chance.choice((ConversationUpdate(status="open"), ConversationUpdate(status="closed")))
        await self.attempt(lambda work: working.update_conversation(work, self.conversation, change))

    async def fail(self) -> None:
        self.belt.channel.answers = [self.chance.choice((Ambiguous("lost"), Refused("no"), Unavailable("down", after=1.0)))]
        self.belt.channel.found = [None, None, None]

    async def attempt(self, act: Any) -> None:
        async with self.belt.db.unit(self.belt.workspace, Actor(self.belt.shop.owner_id, "Ayu")) as work:
            await act(work)


ACTS = ("note", "note_over_a_thread", "reply", "quote_the_note", "resolve", "take_back", "hand_over", "close", "fail")


async def begin(belt: Belt, terms: Sending, seed: str) -> Talk:
    belt.channel.manifest = msgspec.structs.replace(belt.channel.manifest, sending=terms)
    await belt.deliver(told("where is it?"))
    await belt.ingest()
    conversation = await belt.value("select id from conversation where workspace_id = $1")
    return Talk(belt, terms, conversation, random.Random(seed))


async def send(belt: Belt, clock: HeldClock) -> None:
    belt.channel.found = belt.channel.found or [None, None, None]
    await send_round(belt.house)
    clock.advance(seconds=2)


def asked(belt: Belt) -> str:
    return msgspec.json.encode([*belt.channel.asked, *belt.channel.looked]).decode()


@pytest.mark.parametrize("channel", sorted(TERMS))
async def test_whatever_is_done_no_command_holds_a_note(belt: Belt, clock: HeldClock, channel: str) -> None:
    talk = await begin(belt, TERMS[channel], channel)
    await talk.note()
    await talk.reply()
    for _ in range(STEPS):
        with contextlib.suppress(AppError):
            await getattr(talk, talk.chance.choice(ACTS))()
        await send(belt, clock)
    assert SECRET not in asked(belt)
    assert "hello 0" in asked(belt)
    assert len(talk.notes) > 3
    assert await belt.value(LEAVING) == 0


@pytest.mark.parametrize("channel", sorted(key for key, terms in TERMS.items() if terms.letters))
async def test_the_history_of_a_letter_leaves_notes_out(belt: Belt, clock: HeldClock, channel: str) -> None:
    talk = await begin(belt, TERMS[channel], channel)
    await talk.note()
    first, second = await belt.value("select id from thread where workspace_id = $1"), new_id()
    async with belt.db.unit(belt.workspace) as work:
        await work.execute(SECOND_THREAD, belt.workspace, first, second, work.now)
    await talk.write("reply", thread_id=second)
    await send(belt, clock)
    (letter,) = [one for one in belt.channel.asked if isinstance(one, SendReply)]
    assert "where is it?" in msgspec.json.encode(letter).decode()
    assert SECRET not in asked(belt)


async def test_a_visitor_of_the_page_reads_no_note(belt: Belt, clock: HeldClock) -> None:
    talk = await begin(belt, next(iter(TERMS.values())), "page")
    await talk.note()
    await talk.reply()
    await send(belt, clock)
    thread = await belt.value("select external_id from thread where workspace_id = $1")
    async with belt.db.unit(belt.workspace) as work:
        seen = await visiting.visitor_messages(work, belt.connection, thread, None)
    assert [one.text for one in seen.messages] == ["where is it?", "hello 0"]
