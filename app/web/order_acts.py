"""What a channel lets us do on an order. It asks the channel, so it stands above the room."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.errors import Down
from app.domain.inbox.errors import ActNotOffered
from app.domain.inbox.schemas import ActCreate, MessageRead
from app.domain.inbox.service import acting
from app.domain.inbox.service.acting import Subject
from app.domain.orders.schemas import OfferRead, Offers
from app.domain.workspaces.guards import Caller, require
from app.pipeline.house import House
from connectors.base.contract import Offer, Offering
from connectors.base.errors import ChannelError, Unavailable

PATIENCE_S = 20.0


class OrderActs(Controller):
    path = "/api/v1/orders/{order_id:uuid}"
    tags = ("inbox",)

    @get("/offers", guards=[require("inbox.read")])
    async def list_offers(
        self, house: NamedDependency[House], caller: NamedDependency[Caller], order_id: FromPath[UUID]
    ) -> Offers:
        """What its channel lets us do on this order now."""
        async with house.db.look(caller.workspace_id, caller.actor) as work:
            subject = await acting.subject_of(work, order_id)
        try:
            offers = await offers_of(house, caller.workspace_id, subject)
        except ChannelError as error:
            return Offers(items=[], reason=error.detail)
        return Offers(items=[_shown(offer) for offer in offers], reason="")

    @post("/acts", guards=[require("inbox.write")])
    async def act(
        self,
        house: NamedDependency[House],
        caller: NamedDependency[Caller],
        order_id: FromPath[UUID],
        data: JSONBody[ActCreate],
    ) -> MessageRead:
        """Queued, sent and settled as a reply is; the answer is its line in the order's conversation."""
        async with house.db.unit(caller.workspace_id, caller.actor) as work:
            subject = await acting.subject_of(work, order_id)
            known = await acting.find_act(work, subject, data)
        if known is not None:
            return known
        try:
            offers = await offers_of(house, caller.workspace_id, subject)
        except ChannelError as error:
            raise Down(f"the channel does not say now what it allows: {error.detail}", code=error.code) from error
        offer = next((one for one in offers if one.name == data.name), None)
        if offer is None:
            raise ActNotOffered("the channel does not offer this on the order now", fields={"name": "not offered"})
        async with house.db.unit(caller.workspace_id, caller.actor) as work:
            return await acting.write_act(work, order_id, data, offer)


async def offers_of(house: House, workspace_id: UUID, subject: Subject) -> Sequence[Offer]:
    """Raises ChannelError. None for an order taken by hand, or where the connection is not at work."""
    if subject.connection_id is None or subject.state != "ready":
        return ()
    opened = await house.connectors.open(workspace_id, subject.connection_id)
    if not isinstance(opened.connector, Offering):
        return ()
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await opened.connector.offers(subject.external_id, subject.refs)
    except TimeoutError as error:
        raise Unavailable("the channel took too long to answer", code="no_answer") from error


def _shown(offer: Offer) -> OfferRead:
    return OfferRead(
        name=offer.name, label=dict(offer.label), help=dict(offer.help), text_limit=offer.text_limit, files_max=offer.files_max,
        once=offer.once,
    )  # fmt: skip


ROUTES = [OrderActs]
