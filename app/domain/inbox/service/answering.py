"""An oversell answered: who is asked, what is offered, and what the choice does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.db import UnitOfWork
from app.core.errors import Unacceptable
from app.core.keys import audit
from app.domain.inbox import incident_rules as rules
from app.domain.inbox.handing_schemas import PromiseCreate
from app.domain.inbox.incident_schemas import Alternative, Face, IncidentDetail, IncidentResolve, Suggestion, Why
from app.domain.inbox.schemas import MessageCreate
from app.domain.inbox.service import promising, replying
from app.domain.inbox.service.replying import SendingOf
from app.domain.inbox.store import brief
from app.domain.inbox.store import incident as sql
from app.domain.inventory.floor_schemas import HoldCreate
from app.domain.inventory.schemas import Decision, IncidentRead
from app.domain.inventory.service import holding, incidents
from connectors.base.manifest import Cancelling

CancellingOf = Callable[[str], Cancelling | None]
WINDOW = timedelta(days=7)


async def read_detail(work: UnitOfWork, incident_id: UUID, cancelling_of: CancellingOf) -> IncidentDetail:
    """Raises UnknownIncident."""
    incident = await incidents.read_incident(work, incident_id)
    alternatives = await _alternatives(work, incident)
    zone = ZoneInfo(await work.value(brief.ZONE, work.workspace_id))
    decided = {one.order_id for one in incident.decisions}
    found = []
    for row in await work.fetch(sql.HOLDERS, work.workspace_id, incident.variant_id, work.now - WINDOW):
        language = row["language"] if row["language"] in rules.WORDS else "en"
        found.append(
            Suggestion(
                order_id=row["order_id"], channel=row["channel"], number=row["number"], customer=row["customer"], units=row["units"],
                placed_at=row["placed_at"], currency=row["currency"], total_minor=row["total_minor"], earlier=row["earlier"],
                penalty=rules.penalty(cancelling_of(row["channel"]), sold=row["sold"], cancelled=row["cancelled"]),
                language=language, conversation_id=row["conversation_id"], conversation_number=row["conversation_number"],
                conversation_channel=row["conversation_channel"], decided=row["order_id"] in decided,
                drafts=[
                    rules.draft(one, language=language, customer=row["customer"], title=incident.title or incident.sku,
                                number=row["number"], zone=zone)
                    for one in alternatives
                ],
            )
        )  # fmt: skip
    return IncidentDetail(
        incident=incident, why=await _why(work, incident), suggestions=rules.ranked(found), alternatives=alternatives
    )


async def _alternatives(work: UnitOfWork, incident: IncidentRead) -> list[Alternative]:
    """What costs the buyer nothing first."""
    held = await work.fetch(sql.HELD_BACK, work.workspace_id, incident.variant_id)
    coming = await work.fetch(sql.COMING, work.workspace_id, incident.variant_id)
    alike = await work.fetch(sql.ALIKE, work.workspace_id, incident.variant_id)
    return [
        *(Alternative(offer="held_back", name=row["location"], units=row["units"], ref=row["location_id"], state=row["state"])
          for row in held),
        *(Alternative(offer="incoming", name=row["supplier"] or row["location"], units=row["units"], ref=row["id"],
                      at=row["arrives_at"]) for row in coming),
        *(Alternative(offer="substitute", name=row["title"] or row["sku"], units=row["units"], ref=row["id"]) for row in alike),
        Alternative(offer="cancel", name="", units=incident.units),
    ]  # fmt: skip


async def _why(work: UnitOfWork, incident: IncidentRead) -> Why:
    faces = await work.shapes(Face, sql.FACES, work.workspace_id, incident.variant_id)
    zeros = [one.acked_at for one in faces if one.shows == 0 and one.acked_at is not None]
    return Why(
        cause=incident.cause, listings=len(faces), zeroed=len(zeros), faces=faces,
        zeroed_at=max(zeros) if zeros and len(zeros) == len(faces) else None,
    )  # fmt: skip


async def resolve(
    work: UnitOfWork, incident_id: UUID, data: IncidentResolve, *, sending_of: SendingOf, cancelling_of: CancellingOf
) -> IncidentDetail:
    """Raises Unacceptable for an offer or order that does not stand in the detail now, ReplyBlocked by the channel's rules; then
    nothing is done at all."""
    await incidents.hold_incident(work, incident_id)
    detail = await read_detail(work, incident_id, cancelling_of)
    if any(one.key == data.key for one in detail.incident.decisions):
        return detail
    offer = next((one for one in detail.alternatives if (one.offer, str(one.ref or "")) == (data.offer, data.ref)), None)
    if offer is None:
        raise Unacceptable("this is not offered any more; read the incident again", fields={"offer": "not offered now"})
    order = next((one for one in detail.suggestions if one.order_id == data.order_id), None)
    if order is None and offer.offer != "held_back":
        raise Unacceptable("this order holds none of the units now", fields={"order_id": "holds no units"})
    left = detail.incident.units - sum(one.units for one in detail.incident.decisions)
    units = min(offer.units, max(left, 1)) if order is None else min(order.units, max(left, 1))
    decision = Decision(
        key=data.key, offer=offer.offer, order_id=order.order_id if order else None, units=units, name=offer.name,
        by=work.actor.name, at=work.now, conversation_id=order.conversation_id if order else None,
    )  # fmt: skip
    if order is not None and data.text.strip():
        decision.message_id = await _tell(work, data, order, offer, sending_of)
    await incidents.decide(work, incident_id, decision)
    if offer.offer == "held_back":
        await holding.hold(
            work,
            HoldCreate(
                sku=detail.incident.sku, units=units, taken_from="safety" if offer.state == "safety" else "quality",
                put_to="available", key=f"incident {incident_id} {data.key}", reason="oversell", location=str(offer.ref),
            ),
        )  # fmt: skip
    await audit(work, "incident.decide", incident_id, {"offer": offer.offer, "units": units})
    return await read_detail(work, incident_id, cancelling_of)


async def _tell(work: UnitOfWork, data: IncidentResolve, order: Suggestion, offer: Alternative, sending_of: SendingOf) -> UUID:
    """The reply, and for goods with a date the promise that they go out then."""
    if order.conversation_id is None:
        raise Unacceptable(
            "this buyer has no conversation yet; decide without a message and write to them at the channel",
            code="no_conversation", fields={"text": "nowhere to send it"},
        )  # fmt: skip
    written = await replying.write_message(
        work, order.conversation_id, MessageCreate(client_msg_id=f"incident {data.key}", text=data.text), sending_of
    )
    if offer.offer == "incoming" and offer.at is not None and offer.at > work.now:
        promise = PromiseCreate(text=f"{order.number}: {offer.name}", kind="send", due_at=offer.at, message_id=written.id)
        await promising.add_promise(work, order.conversation_id, promise)
    return written.id
