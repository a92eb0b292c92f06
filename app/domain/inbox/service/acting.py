"""Acts on an order at its channel: a message of its own kind, sent, doubted and settled as replies are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import Struct

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import lock_objects, next_numbers
from app.domain.customers.service import identify
from app.domain.inbox import rules
from app.domain.inbox.errors import ActNotOffered, KeyReused, ReplyBlocked
from app.domain.inbox.schemas import ActCreate, MessageRead
from app.domain.inbox.service.replying import link_files, read_message, take_files
from app.domain.inbox.store import case as cases
from app.domain.inbox.store import send as sql
from app.domain.inbox.store.read import CONVERSATION_CHANGE, MESSAGE_CHANGE
from app.domain.orders.errors import OrderNotFound
from connectors.base.contract import Offer
from connectors.base.events import Handle

ACT = "act"


class Subject(Struct, kw_only=True):
    """An order to act on. `refs` are those of its open cases. `connection_id` is None for an order taken by hand."""

    id: UUID
    external_id: str
    connection_id: UUID | None
    channel: str
    customer_id: UUID | None
    speaks: bool
    state: str | None
    refs: dict[str, str]


async def subject_of(work: UnitOfWork, order_id: UUID) -> Subject:
    row = await work.row(sql.ORDER, work.workspace_id, order_id)
    if row is None:
        raise OrderNotFound("no such order")
    return Subject(**dict(row))


async def find_act(work: UnitOfWork, subject: Subject, data: ActCreate) -> MessageRead | None:
    """The one made with this key before. Raises KeyReused when the key stands for something else."""
    known = await work.row(sql.EXISTING, work.workspace_id, data.client_key)
    if known is None:
        return None
    if known["body_hash"] != _hash(subject, data):
        raise KeyReused("this client_key stands for something else; make a new one", fields={"client_key": "already used"})
    return await read_message(work, known["id"])


async def write_act(work: UnitOfWork, order_id: UUID, data: ActCreate, offer: Offer) -> MessageRead:
    """Queues it in the order's conversation. Raises ActNotOffered, ReplyBlocked with the reason in words."""
    await lock_objects(work, [f"send:{data.client_key}", f"act:{order_id}:{data.name}"])
    subject = await subject_of(work, order_id)
    known = await find_act(work, subject, data)
    if known is not None:
        return known
    await _refuse(work, subject, data, offer)
    conversation = await _conversation_of(work, subject)
    message_id = new_id()
    detail: dict[str, Any] = {"act": offer.name, "label": dict(offer.label), "order": subject.external_id, "refs": subject.refs}
    await work.execute(
        sql.INSERT, work.workspace_id, message_id, work.now, conversation, None, subject.connection_id, ACT, data.text, "queued",
        data.client_key, _hash(subject, data), work.actor.member_id, work.now, detail, "",
    )  # fmt: skip
    await link_files(work, data.attachment_ids, message_id)
    await work.execute(
        "update conversation set message_count = message_count + 1, last_activity_at = $3, version = version + 1, updated_at = $3 "
        "where workspace_id = $1 and id = $2",
        work.workspace_id, conversation, work.now,
    )  # fmt: skip
    work.touch(MESSAGE_CHANGE, [message_id])
    work.touch(CONVERSATION_CHANGE, [conversation])
    work.wake("send")
    return await read_message(work, message_id)


async def _refuse(work: UnitOfWork, subject: Subject, data: ActCreate, offer: Offer) -> None:
    if not subject.speaks:
        raise _blocked("shadow", "This connection only reads so far.", "Let it send replies on the connections page.")
    if subject.state == "paused":
        raise _blocked("paused", "This connection is paused.", "Resume it on the connections page.")
    if len(data.text) > offer.text_limit:
        words = f"{len(data.text) - offer.text_limit} characters over the {offer.text_limit} this takes."
        raise _blocked("too_long", words if offer.text_limit else "This takes no text.", "Shorten it.", field="text")
    files = await take_files(work, data.attachment_ids)
    if len(files) > offer.files_max:
        raise _blocked("too_many_files", f"This takes {offer.files_max} files.", "Remove some.", field="attachment_ids")
    if offer.once and await work.value(sql.DONE_ONCE, work.workspace_id, subject.connection_id, offer.name, subject.external_id):
        raise ActNotOffered("this can be done once for an order, and it was", extra={"fix": "Look at what became of it."})


def _blocked(code: str, reason: str, fix: str, *, field: str = "name") -> ReplyBlocked:
    return ReplyBlocked(reason, code=code, fields={field: reason}, extra={"fix": fix})


def _hash(subject: Subject, data: ActCreate) -> bytes:
    return rules.body_hash(ACT, data.text, tuple(str(one) for one in data.attachment_ids), data.name, str(subject.id))


async def _conversation_of(work: UnitOfWork, subject: Subject) -> UUID:
    """The newest about this order on its connection, else a new one with the order's customer."""
    found: UUID | None = await work.value(sql.ABOUT_ORDER, work.workspace_id, subject.external_id, subject.connection_id)
    if found is not None:
        return found
    place, number = new_id(), await next_numbers(work, "conversation", 1)
    await work.execute(
        cases.OPEN, work.workspace_id, place, work.now, number, await _customer_of(work, subject), subject.connection_id,
        subject.channel, "", subject.external_id,
    )  # fmt: skip
    await work.execute(cases.ABOUT, work.workspace_id, place, subject.external_id)
    return place


async def _customer_of(work: UnitOfWork, subject: Subject) -> UUID:
    """Some channels never say who bought; the order's number stands for them."""
    if subject.customer_id is not None:
        return subject.customer_id
    value = f"{subject.connection_id}:{subject.external_id}"
    handle = Handle(kind=f"{subject.channel}_order", value=value, label=subject.external_id, strength="guessed")
    (customer,) = await identify(work, [(handle, (), "")])
    return customer
