"""What a channel says of messages that were already sent: their state, an edit, a withdrawal, a reaction.

News of a message that is not here yet is kept and applied when it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from app.core.db import UnitOfWork
from app.core.keys import lock_objects
from app.domain.inbox import rules
from app.domain.inbox.service.standing import await_again, settle_doubts
from app.domain.inbox.store import note as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE, MESSAGE_CHANGE
from connectors.base.events import MessageChanged, MessageStatus, Reacted

EARLY_KEPT = timedelta(days=30)
WATERMARKS = ("sent", "delivered", "read")


async def note_statuses(work: UnitOfWork, connection_id: UUID, told: Sequence[MessageStatus]) -> None:
    """What became of ours, as the channel reports it; never backwards."""
    named = [status for status in told if status.external_id or status.echo_of]
    await _raise_watermarks(work, connection_id, [status for status in told if not (status.external_id or status.echo_of)])
    await lock_sent(work, connection_id, [status.external_id for status in named])
    unknown = await _set_states(work, connection_id, named)
    await _keep(
        work, connection_id, "status",
        {status.external_id: (status.at, status) for status in sorted(unknown, key=lambda one: one.at) if status.external_id},
    )  # fmt: skip


async def lock_sent(work: UnitOfWork, connection_id: UUID, external_ids: Iterable[str]) -> None:
    """Whoever learns a message's outside id and whoever hears its state take turns, so that neither misses the other."""
    await lock_objects(work, {f"sent:{connection_id}:{one}" for one in external_ids if one})


async def _set_states(work: UnitOfWork, connection_id: UUID, told: Sequence[MessageStatus]) -> list[MessageStatus]:
    """Gives those whose message is not known."""
    rows = await work.fetch(
        sql.OURS, work.workspace_id, connection_id, [status.external_id for status in told if status.external_id],
        [status.echo_of for status in told if status.echo_of],
    )  # fmt: skip
    found = {key: row for row in rows for key in (row["external_id"], row["client_msg_id"]) if key}
    best: dict[UUID, MessageStatus] = {}
    unknown = []
    for status in sorted(told, key=lambda one: one.at):
        row = found.get(status.external_id) or found.get(status.echo_of)
        if row is None:
            unknown.append(status)
            continue
        current = best[row["id"]].state if row["id"] in best else row["state"]
        if rules.moves_on(current, status.state):
            best[row["id"]] = status
    if best:
        changed = await work.fetch(
            sql.STATUSES, work.workspace_id, connection_id, list(best), [status.state for status in best.values()],
            [status.detail[:500] for status in best.values()], [status.external_id for status in best.values()],
        )  # fmt: skip
        work.touch(MESSAGE_CHANGE, [row["id"] for row in changed])
        for conversation in {row["conversation_id"] for row in changed if row["state"] == "failed"}:
            await await_again(work, conversation)
        await settle_doubts(work, {row["conversation_id"] for row in changed})
    return unknown


async def _raise_watermarks(work: UnitOfWork, connection_id: UUID, told: Sequence[MessageStatus]) -> None:
    """All of ours in a thread up to a time were delivered, or read."""
    for state in WATERMARKS:
        highest: dict[str, MessageStatus] = {}
        for status in sorted((one for one in told if one.state == state), key=lambda one: one.at):
            highest[status.thread] = status
        if highest:
            lower = [name for name in WATERMARKS if rules.STATE_RANK[name] < rules.STATE_RANK[state]]
            rows = await work.fetch(
                sql.WATERMARK, work.workspace_id, connection_id, list(highest), [one.at for one in highest.values()], state, lower
            )
            work.touch(MESSAGE_CHANGE, [row["id"] for row in rows])


async def note_changes(work: UnitOfWork, connection_id: UUID, told: Sequence[MessageChanged]) -> None:
    """The sender edited or withdrew; the newest word stands, and a withdrawal for good."""
    await lock_objects(work, {f"thread:{connection_id}:{change.thread}" for change in told})
    newest: dict[str, MessageChanged] = {}
    for change in sorted(told, key=lambda one: one.changed_at):
        if change.external_id not in newest or not newest[change.external_id].deleted:
            newest[change.external_id] = change
    await _change(work, connection_id, newest)
    known = {row["external_id"] for row in await work.fetch(sql.KNOWN, work.workspace_id, connection_id, list(newest))}
    await _keep(
        work, connection_id, "change", {key: (one.changed_at, one) for key, one in newest.items() if key not in known}
    )  # fmt: skip


async def _change(work: UnitOfWork, connection_id: UUID, newest: dict[str, MessageChanged]) -> None:
    changed = await work.fetch(
        sql.EDITED, work.workspace_id, connection_id, list(newest), [change.text for change in newest.values()],
        [change.deleted for change in newest.values()], [change.changed_at for change in newest.values()],
    )  # fmt: skip
    work.touch(MESSAGE_CHANGE, [row["id"] for row in changed])
    if changed:
        shown = await work.fetch(
            sql.PREVIEWED, work.workspace_id, [row["conversation_id"] for row in changed], [row["id"] for row in changed],
            [rules.preview(row["text"], row["files"]) for row in changed],
        )  # fmt: skip
        work.touch(CONVERSATION_CHANGE, [row["id"] for row in shown])


async def note_reactions(work: UnitOfWork, connection_id: UUID, told: Sequence[Reacted]) -> None:
    """One reaction for each person and message; the newest stands, whether the message is here yet or not."""
    newest: dict[tuple[str, str, str], Reacted] = {}
    for one in sorted(told, key=lambda one: one.at):
        newest[one.external_id, one.by.kind, one.by.value] = one
    rows = [
        (key[0], key[1], key[2], one.by.name or one.by.label, one.direction, one.emoji[:60], one.at)
        for key, one in newest.items()
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    changed = await work.fetch(sql.REACTIONS, work.workspace_id, connection_id, *columns)
    known = await work.fetch(sql.GROWN, work.workspace_id, connection_id, [row["external_id"] for row in changed])
    work.touch(MESSAGE_CHANGE, [row["id"] for row in known])


async def _keep(
    work: UnitOfWork, connection_id: UUID, kind: str, news: dict[str, tuple[object, MessageChanged | MessageStatus]]
) -> None:
    if news:
        await work.execute(sql.FORGET_EARLY, work.workspace_id, work.now - EARLY_KEPT)
        await work.execute(
            sql.KEEP_EARLY, work.workspace_id, connection_id, kind, work.now, list(news), [at for at, _ in news.values()],
            [msgspec.to_builtins(one) for _, one in news.values()],
        )  # fmt: skip


async def apply_early(work: UnitOfWork, connection_id: UUID, external_ids: Sequence[str]) -> None:
    """The messages with these outside ids have come: what was said of them before holds now."""
    rows = await work.fetch(sql.TAKE_EARLY, work.workspace_id, connection_id, list(external_ids))
    changes = [msgspec.convert(row["detail"], MessageChanged) for row in rows if row["kind"] == "change"]
    statuses = [msgspec.convert(row["detail"], MessageStatus) for row in rows if row["kind"] == "status"]
    if changes:
        await _change(work, connection_id, {change.external_id: change for change in changes})
    if statuses:
        await _set_states(work, connection_id, statuses)
