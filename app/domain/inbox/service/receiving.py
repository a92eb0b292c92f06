"""Messages that came: known or new customer, open or continued conversation, our own echoes recognised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct, structs, to_builtins

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import folded, lock_objects, next_numbers
from app.domain.customers.service import adopt_handle, handle_key, identify, retire_stand_in, stir
from app.domain.inbox import rules
from app.domain.inbox.service.noting import apply_early, lock_sent
from app.domain.inbox.service.standing import settle_doubts, settle_market_clocks
from app.domain.inbox.service.timing import settle_company_clocks
from app.domain.inbox.store import receive as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE, MESSAGE_CHANGE
from connectors.base.events import Handle, MessageReceived
from connectors.base.manifest import Sending

UNPROVEN = "unproven"
"""Kind of the handle of a stand-in: who a thread of held messages claims to be is nobody's handle yet."""


class Source(Struct, frozen=True, kw_only=True):
    """The connection that heard it."""

    connection_id: UUID
    channel: str
    brand: str
    sending: Sending | None


class Place(Struct, kw_only=True):
    """Where a thread's messages go. `unproven`: nobody has confirmed who speaks there; its customer is a stand-in."""

    thread_id: UUID
    conversation_id: UUID
    customer_id: UUID
    unproven: bool = False


Heard = tuple[MessageReceived, UUID | None]
"""A message and the delivery it came with."""


async def receive_messages(work: UnitOfWork, source: Source, heard: Sequence[Heard]) -> int:
    """How many messages were new. Known ones, in any number and order, change nothing."""
    fresh = await _unknown(work, source, heard)
    if not fresh:
        return 0
    fresh.sort(key=lambda entry: entry[0].sent_at)
    places = await _places(work, source, [message for message, _ in fresh])
    fresh = await _confirm_own(work, source, fresh, places)
    made = await _write(work, source, fresh, places)
    await _thread_news(work, source, fresh, places)
    await settle_market_clocks(work, {places[message.thread].conversation_id for message, _ in fresh})
    await settle_company_clocks(work, {places[message.thread].conversation_id for message, _ in fresh})
    await apply_early(work, source.connection_id, [message.external_id for message, _ in fresh])
    return made


async def _unknown(work: UnitOfWork, source: Source, heard: Sequence[Heard]) -> list[Heard]:
    """One of each outside id, without those we have; holds the threads until the commit."""
    unique = {message.external_id: (message, delivery) for message, delivery in heard}
    await lock_objects(work, {f"thread:{source.connection_id}:{message.thread}" for message, _ in unique.values()})
    rows = await work.fetch(sql.KNOWN, work.workspace_id, source.connection_id, list(unique))
    for row in rows:
        unique.pop(row["external_id"], None)
    return list(unique.values())


async def _places(work: UnitOfWork, source: Source, fresh: Sequence[MessageReceived]) -> dict[str, Place]:
    """The current thread of each outside thread; new ones with a new conversation, linked to the one that was closed
    too long ago to go on."""
    reopen_days: int = await work.value("select reopen_days from workspace where id = $1", work.workspace_id)
    newest = {message.thread: message.sent_at for message in fresh}
    places: dict[str, Place] = {}
    previous: dict[str, UUID] = {}
    retired: list[UUID] = []
    rows = await work.fetch(sql.THREADS, work.workspace_id, source.connection_id, list(newest))
    for row in rows:
        if rules.continues(row["status"], row["closed_at"], newest[row["external_id"]], reopen_days):
            places[row["external_id"]] = Place(
                thread_id=row["id"], conversation_id=row["conversation_id"], customer_id=row["customer_id"],
                unproven=row["handle_kind"] == UNPROVEN,
            )  # fmt: skip
        else:
            previous[row["external_id"]] = row["conversation_id"]
            retired.append(row["id"])
    if retired:
        await work.execute(sql.RETIRE, work.workspace_id, retired)
    await _adopt(work, rows, fresh)
    speakers = await _speakers(work, source, fresh, places)
    opening = {thread: speaker for thread, speaker in speakers.items() if thread not in places}
    places.update(await _open(work, source, opening, previous))
    for thread, (message, customer) in speakers.items():
        if places[thread].unproven and not message.held:
            await hand_to(work, places[thread], message.customer, customer)
    return places


async def _adopt(work: UnitOfWork, rows: Sequence[asyncpg.Record], fresh: Sequence[MessageReceived]) -> None:
    """The first answer in a thread that we began proves the address: it is the customer's whom we wrote to, unless it is known as
    another's."""
    begun = {row["external_id"]: row for row in rows if row["begun_at"] is not None and row["last_in_at"] is None}
    for message in fresh:
        row = begun.get(message.thread)
        if row is None or message.held or message.direction != "in":
            continue
        if handle_key(message.customer) == (row["handle_kind"], row["handle_value"]):
            await adopt_handle(work, row["customer_id"], message.customer)


async def _speakers(
    work: UnitOfWork, source: Source, fresh: Sequence[MessageReceived], places: Mapping[str, Place]
) -> dict[str, tuple[MessageReceived, UUID]]:
    """By thread the message that says whose it is, and its customer. A held message says nothing: where nothing else does, a
    stand-in is made that shares no handle with anybody."""
    proven = [message for message in fresh if not message.held]
    known = await identify(work, [(message.customer, message.more_handles, message.language) for message in proven])
    speakers: dict[str, tuple[MessageReceived, UUID]] = {}
    for message, customer in zip(proven, known, strict=True):
        speakers.setdefault(message.thread, (message, customer))
    alone = {one.thread: one for one in reversed(fresh) if one.thread not in speakers and one.thread not in places}
    masked = [structs.replace(one, customer=stand_in(source.connection_id, one)) for one in alone.values()]
    found = await identify(work, [(one.customer, (), "") for one in masked])
    return speakers | {one.thread: (one, customer) for one, customer in zip(masked, found, strict=True)}


def stand_in(connection_id: UUID, message: MessageReceived) -> Handle:
    claimed = message.customer.name or message.customer.label or message.customer.value
    return Handle(kind=UNPROVEN, value=f"{connection_id}:{message.thread}", label=claimed, name=claimed, strength="guessed")


async def hand_to(work: UnitOfWork, place: Place, handle: Handle, customer_id: UUID) -> None:
    """The thread of a stand-in turns out to be this customer's: the conversation moves to them."""
    await retire_stand_in(work, place.customer_id, customer_id)
    await work.execute(
        sql.HAND_OVER, work.workspace_id, place.thread_id, place.conversation_id, place.customer_id, customer_id, handle.kind,
        handle.value, handle.label or handle.name or handle.value,
    )  # fmt: skip
    work.touch(CONVERSATION_CHANGE, [place.conversation_id])
    place.customer_id, place.unproven = customer_id, False


async def _open(
    work: UnitOfWork, source: Source, opening: dict[str, tuple[MessageReceived, UUID]], previous: dict[str, UUID]
) -> dict[str, Place]:
    if not opening:
        return {}
    number = await next_numbers(work, "conversation", len(opening))
    made = {
        thread: Place(
            thread_id=new_id(), conversation_id=new_id(), customer_id=customer, unproven=message.customer.kind == UNPROVEN
        )
        for thread, (message, customer) in opening.items()
    }
    first = [message for message, _ in opening.values()]
    subjects = [message.subject or rules.plain(message.text)[:80] for message in first]
    spots = list(made.values())
    await work.execute(
        sql.NEW_CONVERSATIONS, work.workspace_id, work.now, source.connection_id, source.channel, source.brand,
        [spot.conversation_id for spot in spots], list(range(number, number + len(spots))), [spot.customer_id for spot in spots],
        subjects, [message.sent_at for message in first], [message.language for message in first],
        [previous.get(thread) for thread in opening],
    )  # fmt: skip
    await work.execute(
        sql.NEW_THREADS, work.workspace_id, work.now, source.connection_id, source.channel,
        [spot.thread_id for spot in spots], [spot.conversation_id for spot in spots], list(opening),
        [spot.customer_id for spot in spots], [message.customer.kind for message in first],
        [message.customer.value for message in first],
        [message.customer.label or message.customer.name or message.customer.value for message in first], subjects,
    )  # fmt: skip
    return made


async def _confirm_own(work: UnitOfWork, source: Source, fresh: list[Heard], places: dict[str, Place]) -> list[Heard]:
    """Our own sends come back as messages: the one under way or in doubt is settled by its echo, never doubled."""
    own = [message for message, _ in fresh if message.direction == "out"]
    if not own:
        return fresh
    await lock_sent(work, source.connection_id, [message.external_id for message in own])
    rows = await work.fetch(
        sql.CONFIRM, work.workspace_id,
        [places[message.thread].thread_id for message in own], [message.external_id for message in own],
        [message.echo_of for message in own], [rules.plain(message.text) for message in own], [message.sent_at for message in own],
    )  # fmt: skip
    work.touch(MESSAGE_CHANGE, [row["id"] for row in rows])
    await settle_doubts(work, {row["conversation_id"] for row in rows})
    await settle_market_clocks(work, {row["conversation_id"] for row in rows})
    confirmed = {row["external_id"] for row in rows}
    await apply_early(work, source.connection_id, list(confirmed))
    return [entry for entry in fresh if entry[0].external_id not in confirmed]


async def _write(work: UnitOfWork, source: Source, fresh: list[Heard], places: dict[str, Place]) -> int:
    if not fresh:
        return 0
    ids = [new_id() for _ in fresh]
    sending = source.sending
    settings = await work.row("select reply_target_s, reopen_days from workspace where id = $1", work.workspace_id)
    assert settings is not None
    spots = [places[message.thread] for message, _ in fresh]
    touched = await work.fetch(
        sql.MESSAGES, work.workspace_id, work.now, source.connection_id, ids,
        [spot.conversation_id for spot in spots], [spot.thread_id for spot in spots],
        [message.direction for message, _ in fresh], [message.text for message, _ in fresh],
        [message.html for message, _ in fresh], [message.external_id for message, _ in fresh],
        [message.sent_at for message, _ in fresh],
        [
            spot.customer_id if message.direction == "in" and not message.held else None
            for spot, (message, _) in zip(spots, fresh, strict=True)
        ],
        [message.automated for message, _ in fresh], [delivery for _, delivery in fresh],
        [rules.preview(message.text, len(message.media)) for message, _ in fresh],
        float(settings["reply_target_s"]),
        rules.longest_window(sending), work.now - timedelta(days=settings["reopen_days"]),
        [message.kind == "comment" for message, _ in fresh], [message.reply_to for message, _ in fresh],
        [message.held[:300] for message, _ in fresh], [_claims(message) for message, _ in fresh],
    )  # fmt: skip
    made = {row["id"] for row in await work.fetch(sql.MADE, work.workspace_id, ids)}
    work.touch(CONVERSATION_CHANGE, [row["id"] for row in touched])
    work.touch(MESSAGE_CHANGE, made)
    written = [(message, row_id, spot) for (message, _), row_id, spot in zip(fresh, ids, spots, strict=True) if row_id in made]
    await _attach(work, source, written)
    await link_orders(work, [entry for entry in written if not entry[0].held])
    return len(made)


def _claims(message: MessageReceived) -> dict[str, Any]:
    """What a held message would mean were it proven; a release reads it."""
    if not message.held:
        return {}
    said = {name: getattr(message, name) for name in ("customer", "more_handles", "order_ids", "language", "reply_window_from")}
    return {"claimed": to_builtins(said)}


Written = tuple[MessageReceived, UUID, Place]


async def _attach(work: UnitOfWork, source: Source, written: Sequence[Written]) -> None:
    rows = [
        (new_id(), row_id, media.name, media.media_type, min(max(media.size, 0), 2**31 - 1), media.ref)
        for message, row_id, _ in written
        for media in message.media
    ]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        await work.execute(sql.ATTACHMENTS, work.workspace_id, work.now, source.connection_id, *columns)
        work.wake("media")


async def link_orders(work: UnitOfWork, written: Sequence[Written]) -> None:
    """What the channel says it is about, and numbers in the text that are orders of ours: whoever names another's order may be
    that one."""
    links = {(spot.conversation_id, order): "channel" for message, _, spot in written for order in message.order_ids}
    words: dict[str, set[UUID]] = {}
    for message, _, spot in written:
        for word in rules.order_words(f"{message.subject} {message.text}"):
            words.setdefault(folded(word), set()).add(spot.conversation_id)
    if words:
        for row in await work.fetch(sql.KNOWN_ORDERS, work.workspace_id, list(words)):
            for conversation in words[row["key"]]:
                links.setdefault((conversation, row["external_id"]), "text")
        naming = {conversation for (conversation, _), source in links.items() if source == "text"}
        await stir(work, {spot.customer_id for _, _, spot in written if spot.conversation_id in naming})
    if links:
        await work.execute(
            sql.LINKS, work.workspace_id, [key[0] for key in links], [key[1] for key in links], list(links.values())
        )


async def _thread_news(work: UnitOfWork, source: Source, fresh: Sequence[Heard], places: dict[str, Place]) -> None:
    news: dict[UUID, tuple[datetime | None, dict[str, str], str]] = {}
    for message, _ in fresh:
        thread = places[message.thread].thread_id
        last_in, refs, subject = news.get(thread, (None, {}, ""))
        if message.direction == "in" and not message.held:
            opened = message.reply_window_from or message.sent_at
            last_in = max(last_in, opened) if last_in else opened
            refs = {**refs, **message.refs}
        news[thread] = (last_in, refs, subject or message.subject)
    if news:
        await work.execute(
            sql.THREAD_NEWS, work.workspace_id, list(news), [entry[0] for entry in news.values()],
            rules.longest_window(source.sending),
            [entry[1] for entry in news.values()], [entry[2] for entry in news.values()],
            float(source.sending.market_clock_s) if source.sending and source.sending.market_clock_s else None,
        )  # fmt: skip


async def forget_customer(work: UnitOfWork, customer_id: UUID) -> None:
    """The words and files of a buyer who must be forgotten; the conversation stays as an empty place."""
    rows = await work.fetch(
        "update message set text = '', html = '', detail = detail - 'claimed', deleted_at = coalesce(deleted_at, $3), "
        "version = version + 1 where workspace_id = $1 and (customer_id = $2 or (held <> '' and conversation_id in ("
        "select id from conversation where workspace_id = $1 and customer_id = $2))) returning id",
        work.workspace_id, customer_id, work.now,
    )  # fmt: skip
    conversations = await work.fetch(
        "update conversation set preview = '', subject = '', version = version + 1 where workspace_id = $1 and customer_id = $2 returning id",
        work.workspace_id, customer_id,
    )  # fmt: skip
    work.touch(MESSAGE_CHANGE, [row["id"] for row in rows])
    work.touch(CONVERSATION_CHANGE, [row["id"] for row in conversations])
