"""Macros: several acts under one name, tried or done on any number of conversations, each wholly or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg
from msgspec import Struct

from app.core.db import UnitOfWork
from app.core.errors import AppError, Unacceptable
from app.core.ids import new_id
from app.core.keys import audit
from app.domain.inbox.desk_schemas import (
    MacroDone,
    MacroPage,
    MacroRead,
    MacroResult,
    MacroRun,
    MacroStep,
    MacroWrite,
    SavedReplyRead,
)
from app.domain.inbox.errors import ConversationNotFound, MacroNotFound, NameTaken, ReplyBlocked
from app.domain.inbox.schemas import ConversationUpdate, MessageCreate, SendError
from app.domain.inbox.service import merging, replying, saving, working
from app.domain.inbox.service.replying import SendingOf
from app.domain.inbox.store import desk as sql
from app.domain.inbox.store.read import AS_OF


async def list_macros(work: UnitOfWork) -> MacroPage:
    items = await work.shapes(MacroRead, f"{sql.MACRO} order by lower(m.name), m.id", work.workspace_id)
    return MacroPage(items=items, next_cursor=None, as_of_seq=await work.value(f"select {AS_OF}", work.workspace_id))


async def read_macro(work: UnitOfWork, macro_id: UUID) -> MacroRead:
    found = await work.shapes(MacroRead, f"{sql.MACRO} and m.id = $2", work.workspace_id, macro_id)
    if not found:
        raise MacroNotFound("no such macro")
    return found[0]


async def add_macro(work: UnitOfWork, data: MacroWrite) -> MacroRead:
    """Raises NameTaken, and Unacceptable for one that does nothing or names what is not there."""
    await _check(work, data)
    made: UUID | None = await work.value(sql.ADD_MACRO, work.workspace_id, new_id(), work.now, *_columns(data))
    if made is None:
        raise _taken(data.name)
    work.touch(sql.MACRO_CHANGE, [made])
    return await read_macro(work, made)


async def write_macro(work: UnitOfWork, macro_id: UUID, data: MacroWrite) -> MacroRead:
    await read_macro(work, macro_id)
    await _check(work, data)
    if await work.value(sql.WRITE_MACRO, work.workspace_id, macro_id, work.now, *_columns(data)) is None:
        raise _taken(data.name)
    work.touch(sql.MACRO_CHANGE, [macro_id])
    return await read_macro(work, macro_id)


async def drop_macro(work: UnitOfWork, macro_id: UUID) -> None:
    if await work.value(sql.DROP_MACRO, work.workspace_id, macro_id) is None:
        raise MacroNotFound("no such macro")
    await work.gone(sql.MACRO_CHANGE, [macro_id])


async def _check(work: UnitOfWork, data: MacroWrite) -> None:
    if not data.name.strip():
        raise Unacceptable("give it a name", fields={"name": "is empty"})
    if not (data.reply_id or data.tags or data.assign or data.assignee_id or data.team_id or data.status):
        raise Unacceptable("it would do nothing", fields={"status": "choose at least one act"})
    if (data.status == "snoozed") != (data.snooze_s is not None):
        raise Unacceptable("snoozing needs a time, and nothing else does", fields={"snooze_s": "goes with the status snoozed"})
    if data.assign and data.assignee_id:
        raise Unacceptable("assign to one or the other", fields={"assignee_id": "goes without assign"})
    unknown = await work.value(sql.UNKNOWN, work.workspace_id, data.reply_id, data.assignee_id, data.team_id)
    if unknown:
        raise Unacceptable("it names what is not there", fields={unknown: "unknown"})


def _columns(data: MacroWrite) -> tuple[object, ...]:
    return (
        data.name.strip(), data.reply_id, list(dict.fromkeys(data.tags)), data.assign, data.assignee_id, data.team_id, data.status,
        data.snooze_s,
    )  # fmt: skip


def _taken(name: str) -> NameTaken:
    return NameTaken(f"{name} exists already; choose another name", fields={"name": "exists already"})


class Running(Struct, frozen=True, kw_only=True):
    """A macro with all that it needs, read once for every conversation."""

    macro: MacroRead
    run: MacroRun
    reply: SavedReplyRead | None
    stock: Mapping[str, str]
    people: Mapping[UUID, str]
    sending_of: SendingOf


async def run_macro(work: UnitOfWork, macro_id: UUID, data: MacroRun, sending_of: SendingOf) -> MacroDone:
    """Raises MacroNotFound and ConversationNotFound; what a rule refuses is told for its conversation, in which nothing is done
    then. A dry run does the same and takes it back."""
    macro = await read_macro(work, macro_id)
    reply = await saving.read_reply(work, macro.reply_id) if macro.reply_id else None
    ids = await merging.places_of(work, data.conversation_ids)
    facts = await saving.facts_of(work, ids)
    if len(facts) < len(ids):
        raise ConversationNotFound("no such conversation", fields={"conversation_ids": "unknown"})
    running = Running(
        macro=macro, run=data, reply=reply, sending_of=sending_of, people=await _people(work),
        stock=await saving.stock_of(work, [reply] if reply else []),
    )  # fmt: skip
    results = {one: await _try(work, running, facts[one]) for one in sorted(ids)}
    if not data.dry_run:
        done = [str(one) for one, result in results.items() if result.refused is None]
        await audit(work, "macro.run", macro_id, {"conversations": done})
    return MacroDone(items=[results[one] for one in ids], done=not data.dry_run)


async def _people(work: UnitOfWork) -> Mapping[UUID, str]:
    """Names of members and teams."""
    statement = "select id, name from member where workspace_id = $1 union all select id, name from team where workspace_id = $1"
    return {row["id"]: row["name"] for row in await work.fetch(statement, work.workspace_id)}


async def _try(work: UnitOfWork, running: Running, facts: asyncpg.Record) -> MacroResult:
    result = MacroResult(conversation_id=facts["id"], number=facts["number"], customer=facts["customer"], steps=[], refused=None)
    try:
        async with _apart(work, keep=not running.run.dry_run):
            result.steps = await _do(work, running, facts)
    except AppError as error:
        result.refused = SendError(code=error.code, detail=error.detail, fix=str(error.extra.get("fix", "")))
    return result


@asynccontextmanager
async def _apart(work: UnitOfWork, *, keep: bool) -> AsyncIterator[None]:
    """What is done inside goes back when it raises or is not to be kept, and nobody is told of it."""
    touched, wakes = {change: dict(ids) for change, ids in work.touched.items()}, set(work.wakes)
    await work.execute("savepoint apart")
    done = False
    try:
        yield
        done = keep
    finally:
        if not done:
            await work.execute("rollback to savepoint apart")
            work.touched, work.wakes = touched, wakes
        await work.execute("release savepoint apart")


async def _do(work: UnitOfWork, running: Running, facts: asyncpg.Record) -> list[MacroStep]:
    steps = []
    if running.reply is not None:
        steps.append(MacroStep(what="reply", to=await _reply(work, running, running.reply, facts)))
    before = await working.update_conversation(work, facts["id"], ConversationUpdate())
    change = _change(work, running.macro, before.tags)
    after = await working.update_conversation(work, facts["id"], change)
    steps += [MacroStep(what="tag", to=tag) for tag in after.tags if tag not in before.tags]
    if after.assignee_id != before.assignee_id:
        steps.append(MacroStep(what="assign", to=_name(running, after.assignee_id)))
    if after.team_id != before.team_id:
        steps.append(MacroStep(what="team", to=_name(running, after.team_id)))
    if after.snoozed_until is not None and after.snoozed_until != before.snoozed_until:
        steps.append(MacroStep(what="snooze", to=after.snoozed_until.isoformat()))
    elif after.status != before.status:
        steps.append(MacroStep(what="status", to=after.status))
    return steps


def _name(running: Running, one: UUID | None) -> str:
    return running.people.get(one, "") if one else ""


async def _reply(work: UnitOfWork, running: Running, reply: SavedReplyRead, facts: asyncpg.Record) -> str:
    channel = await saving.channel_of(work, facts["id"]) or facts["channel"]
    text = saving.fill_reply(work, reply, facts, channel, running.stock)
    if text is None:
        words = f"The reply {reply.name} has no text for this channel."
        raise ReplyBlocked(words, code="no_text", extra={"fix": "Write one for it among the saved replies."})
    key = f"macro:{running.run.run_key}:{facts['id'].hex}"
    data = MessageCreate(client_msg_id=key[:100], text=text, hold_ms=running.run.hold_ms)
    await replying.write_message(work, facts["id"], data, running.sending_of)
    return text


def _change(work: UnitOfWork, macro: MacroRead, tags: Sequence[str]) -> ConversationUpdate:
    """Only what the macro names. `me` stays open for a program that acts for nobody."""
    change = ConversationUpdate()
    added = [tag for tag in macro.tags if tag not in tags]
    if added:
        change.tags = [*tags, *added][:50]
    if macro.assignee_id or macro.assign == "nobody":
        change.assignee_id = macro.assignee_id
    elif macro.assign == "me" and work.actor.member_id:
        change.assignee_id = work.actor.member_id
    if macro.team_id:
        change.team_id = macro.team_id
    if macro.status:
        change.status = macro.status
    if macro.snooze_s:
        change.snoozed_until = work.now + timedelta(seconds=macro.snooze_s)
    return change
