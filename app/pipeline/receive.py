"""A webhook: found by its token, proved by its connector, kept, answered. Nothing else happens in the request."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.core.allowances import spend
from app.core.errors import NotFound
from app.core.logs import log
from app.core.security import token_hash
from app.domain.connections import service as connections
from app.pipeline.house import House
from app.pipeline.intake import Arrived
from connectors.base.contract import Delivery, RawRequest, Received
from connectors.base.visitors import Welcoming

SAY_BURST, SAY_PER_MINUTE = 30, 30.0
"""How often one visitor of a page of ours may speak."""


class UnknownHook(NotFound):
    code = "unknown_hook"


async def receive_hook(house: House, token: str, request: RawRequest) -> Received:
    """The answer for the channel, once its deliveries are durable. Raises BadSignature, UnknownHook, TooMany,
    Down."""
    async with house.db.single() as conn:
        route = await connections.find_route(conn, token_hash(token))
    if route is None or route["workspace_id"] is None or route["connection_id"] is None:
        raise UnknownHook("no such address")
    opened = await house.connectors.open_row(route, route["workspace_id"], route["connection_id"])
    received = await opened.connector.receive(request)
    if received.deliveries:
        if isinstance(opened.connector, Welcoming):
            async with house.db.unit(opened.workspace_id) as work:
                speaker = opened.connector.speaker(received.deliveries[0])
                await spend(work, opened.connection_id, "say", speaker, burst=SAY_BURST, per_minute=SAY_PER_MINUTE)
        await house.intake.keep(
            await _addressed(house, route["workspace_id"], route["connection_id"], opened.channel, received.deliveries)
        )
    return received


async def _addressed(
    house: House, workspace_id: UUID, connection_id: UUID, channel: str, deliveries: Sequence[Delivery]
) -> list[Arrived]:
    """Where one address serves many shops a delivery names its account; an unknown account stays with the address's own
    connection, where it can be seen and replayed."""
    named = {delivery.account for delivery in deliveries if delivery.account}
    owners: dict[str, tuple[UUID, UUID]] = {}
    if named:
        async with house.db.across() as conn:
            owners = await connections.find_accounts(conn, workspace_id, channel, named)
        for account in named - owners.keys():
            log.warning("delivery of an unknown account", channel=channel, connection=connection_id, code=account)
    return [
        Arrived(
            workspace_id=owners.get(delivery.account, (workspace_id, connection_id))[0],
            connection_id=owners.get(delivery.account, (workspace_id, connection_id))[1],
            channel=channel,
            delivery=delivery,
        )
        for delivery in deliveries
    ]
