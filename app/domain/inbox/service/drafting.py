"""What a member has written and not sent. Kept by the server, so it survives a reload and travels with a hand-off."""

from __future__ import annotations

from uuid import UUID

from app.core.db import UnitOfWork, ids
from app.core.errors import Unacceptable
from app.domain.inbox.errors import AttachmentNotFound, ConversationNotFound
from app.domain.inbox.handing_schemas import DraftRead, DraftWrite
from app.domain.inbox.store import promise as sql
from app.domain.inbox.store.handing import HANDOFF_CHANGE

LOOSE = "select count(*)::int from attachment where workspace_id = $1 and id = any($2) and message_id is null"
THREAD = "select true from thread where workspace_id = $1 and conversation_id = $2 and id = $3"


async def read_draft(work: UnitOfWork, conversation_id: UUID) -> DraftRead:
    """An empty one when nothing was written."""
    await _there(work, conversation_id)
    found = await work.shapes(DraftRead, sql.DRAFT, work.workspace_id, conversation_id, _writer(work))
    return found[0] if found else DraftRead(
        text="", kind="reply", thread_id=None, attachment_ids=[], attachments=[], written_by=None, updated_at=None
    )  # fmt: skip


async def save_draft(work: UnitOfWork, conversation_id: UUID, data: DraftWrite) -> DraftRead:
    await _there(work, conversation_id)
    member_id = _writer(work)
    chosen = sorted(set(data.attachment_ids))
    if chosen and await work.value(LOOSE, work.workspace_id, chosen) != len(chosen):
        raise AttachmentNotFound("an attachment is unknown or already sent", fields={"attachment_ids": "unknown"})
    if data.thread_id and not await work.value(THREAD, work.workspace_id, conversation_id, data.thread_id):
        raise Unacceptable("this conversation has no such thread", fields={"thread_id": "unknown"})
    await work.execute(
        sql.SAVE, work.workspace_id, conversation_id, member_id, data.text, data.kind, data.thread_id, chosen, work.now
    )
    await _travel(work, conversation_id, member_id)
    return await read_draft(work, conversation_id)


async def drop_draft(work: UnitOfWork, conversation_id: UUID) -> None:
    await _there(work, conversation_id)
    member_id = _writer(work)
    await work.execute(sql.DROP, work.workspace_id, conversation_id, member_id)
    await _travel(work, conversation_id, member_id)


async def pass_draft(work: UnitOfWork, conversation_id: UUID, giver: UUID | None, taker: UUID) -> None:
    """The giver's words become the taker's, unless the taker has begun words of their own."""
    if giver is not None and giver != taker:
        await work.execute(sql.PASS_ON, work.workspace_id, conversation_id, giver, taker, work.now)


async def _travel(work: UnitOfWork, conversation_id: UUID, member_id: UUID) -> None:
    """What the giver still types goes along with an open offer."""
    offered = await work.fetch(sql.TRAVELS, work.workspace_id, conversation_id, member_id)
    if offered:
        work.touch(HANDOFF_CHANGE, ids(offered))


def _writer(work: UnitOfWork) -> UUID:
    if work.actor.member_id is None:
        raise Unacceptable("a draft belongs to a member; this key acts for nobody", code="no_member")
    return work.actor.member_id


async def _there(work: UnitOfWork, conversation_id: UUID) -> None:
    if not await work.value(sql.THERE, work.workspace_id, conversation_id):
        raise ConversationNotFound("no such conversation")
