"""Slow rounds: webhooks still point at us, old changes are forgotten, the clock still agrees with the database."""

from __future__ import annotations

from uuid import UUID

from app.core.logs import log
from app.domain.connections import service as connections
from app.pipeline.house import House
from app.pipeline.pull import note_failure
from app.pipeline.relay import forget_old
from connectors.base.errors import ChannelError, NotSupported


def hook_url(public_url: str, token: str) -> str:
    return f"{public_url}/hooks/{token}"


async def watch_round(house: House) -> int:
    await house.db.learn_time()
    await forget_old(house)
    async with house.db.across() as conn:
        rows = await connections.ready_ones(conn)
    for row in rows:
        await subscribe(house, row["workspace_id"], row["id"])
    return 0


async def subscribe(house: House, workspace_id: UUID, connection_id: UUID) -> None:
    """Channels drop subscriptions by themselves; asking again is harmless. An address without https may have been passed over
    in silence."""
    opened = await house.connectors.open(workspace_id, connection_id)
    try:
        await opened.connector.subscribe(hook_url(house.settings.public_url, opened.hook_token))
        state, detail = ("set" if house.settings.secure else "unknown"), ""
    except NotSupported as error:
        state, detail = "by_hand", error.detail
    except ChannelError as error:
        log.warning("webhooks not set", channel=opened.channel, code=error.code, detail=error.detail)
        state, detail = "failed", error.detail
        async with house.db.unit(opened.workspace_id) as work:
            await note_failure(work, opened.connection_id, error)
    async with house.db.unit(opened.workspace_id) as work:
        await connections.note_hook(work, opened.connection_id, state, detail)
