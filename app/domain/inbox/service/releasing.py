"""A held message is looked at by a person and counts from then on as what it claims to be."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import convert

from app.core.db import UnitOfWork
from app.core.keys import audit, lock_objects
from app.domain.customers.service import identify
from app.domain.inbox import rules
from app.domain.inbox.schemas import MessageRead
from app.domain.inbox.service.receiving import UNPROVEN, Place, hand_to
from app.domain.inbox.service.replying import SendingOf, read_message
from app.domain.inbox.service.standing import await_again
from app.domain.inbox.store import release as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE, MESSAGE_CHANGE
from connectors.base.events import Handle


async def release_message(work: UnitOfWork, message_id: UUID, sending_of: SendingOf) -> MessageRead:
    """Joins the customer it names, opens the reply window and starts the clocks. One that is not held stays as it is."""
    thread = await work.row(sql.THREAD_OF, work.workspace_id, message_id)
    if thread is not None:
        await lock_objects(work, [f"thread:{thread['connection_id']}:{thread['external_id']}"])
    row = await work.row(sql.HELD, work.workspace_id, message_id)
    if row is None:
        return await read_message(work, message_id)
    claimed: dict[str, Any] = row["detail"]["claimed"]
    place = Place(
        thread_id=row["thread_id"], conversation_id=row["conversation_id"], customer_id=row["customer_id"],
        unproven=row["handle_kind"] == UNPROVEN,
    )  # fmt: skip
    if place.unproven:
        handle = convert(claimed["customer"], Handle)
        more = convert(claimed["more_handles"], tuple[Handle, ...])
        (customer,) = await identify(work, [(handle, more, claimed["language"])])
        await hand_to(work, place, handle, customer)
    sending = sending_of(row["channel"])
    window = rules.longest_window(sending)
    opened = claimed["reply_window_from"] or row["sent_at"].isoformat()
    await work.execute(sql.RELEASE, work.workspace_id, message_id, place.customer_id)
    await work.execute(sql.OPEN_WINDOW, work.workspace_id, place.thread_id, place.conversation_id, opened, window, row["sent_at"])
    await work.execute(sql.ABOUT, work.workspace_id, place.conversation_id, claimed["order_ids"])
    await await_again(work, place.conversation_id)
    await audit(work, "message.release", message_id)
    work.touch(MESSAGE_CHANGE, [message_id])
    work.touch(CONVERSATION_CHANGE, [place.conversation_id])
    return await read_message(work, message_id)
