"""Deliveries become events become rows, a batch of one connection in one unit of work."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from app.core import metrics
from app.core.claims import Queue, backoff, claim
from app.core.db import UnitOfWork
from app.core.errors import Down
from app.core.ids import new_id
from app.core.logs import log
from app.domain.inbox.service.receiving import Source
from app.pipeline.handlers import handle
from app.pipeline.house import House
from app.pipeline.opening import Open
from connectors.base.contract import Delivery
from connectors.base.errors import ChannelError, Malformed, NotSupported
from connectors.base.events import Pointer, Unsupported

QUEUE = Queue(
    table="delivery",
    ready="t.state = 'received' and t.due_at <= $now",
    returning="t.workspace_id, t.connection_id, t.id, t.kind, t.key, t.body, t.headers, t.attempts, t.due_at",
)
BATCH = 200
TRIES = 5


class Read(Struct, kw_only=True):
    """A delivery after its connector read it. `row` is None until it is stored."""

    delivery: Delivery
    row: UUID | None = None
    attempts: int = 1
    events: list[Any] = []
    state: str = "ingested"
    error: str = ""


async def ingest_round(house: House) -> int:
    """Claims what is due and takes it in; how many deliveries that were."""
    async with house.db.across() as conn:
        token, rows = await claim(conn, QUEUE, now=house.db.clock.now(), limit=BATCH)
    ordered = sorted(rows, key=lambda row: (row["workspace_id"], row["connection_id"]))
    for (workspace_id, connection_id), group in itertools.groupby(
        ordered, key=lambda row: (row["workspace_id"], row["connection_id"])
    ):
        deliveries = [
            Read(
                row=row["id"], attempts=row["attempts"],
                delivery=Delivery(kind=row["kind"], key=row["key"], body=row["body"], headers=tuple(row["headers"].items())),
            )
            for row in group
        ]  # fmt: skip
        await _take_group(house, workspace_id, connection_id, deliveries, token)
    return len(rows)


async def _take_group(house: House, workspace_id: UUID, connection_id: UUID, reads: list[Read], token: UUID) -> None:
    """What one delivery points at, or says, must not hold up the others: a group that fails is taken singly."""
    try:
        opened = await house.connectors.open(workspace_id, connection_id)
    except Down:
        raise
    except Exception as error:
        await _put_off(house, workspace_id, reads, token, error)
        return
    try:
        ready = await read_all(opened, reads)
        await _apply(house, opened, ready, token)
    except Down:
        raise
    except Exception as error:
        if len(reads) == 1:
            await _put_off(house, workspace_id, reads, token, error)
            return
        for one in reads:
            one.events, one.state, one.error = [], "ingested", ""
            await _take_group(house, workspace_id, connection_id, [one], token)


async def read_all(opened: Open, reads: Iterable[Read]) -> list[Read]:
    """Normalises each; what only points at a thing is fetched now and added as a delivery of its own."""
    found: list[Read] = []
    for one in reads:
        pointers = read_one(opened, one)
        found.append(one)
        for pointer in pointers:
            fetched = await opened.connector.fetch(pointer)
            if fetched is not None:
                more = Read(delivery=fetched)
                if read_one(opened, more):
                    more.state, more.error = "parked", "a fetched thing pointed on"
                found.append(more)
    return found


def read_one(opened: Open, one: Read) -> list[Pointer]:
    """Fills in the events; never raises. Gives the pointers still to be followed."""
    try:
        outcomes = opened.connector.normalise(one.delivery)
    except NotSupported as error:
        one.state, one.error = "unsupported", error.detail
        return []
    except Malformed as error:
        one.state, one.error = "parked", error.detail
        metrics.parked.labels(opened.channel).inc()
        return []
    except Exception as error:
        one.state, one.error = "parked", f"{type(error).__name__}: {error}"
        metrics.parked.labels(opened.channel).inc()
        log.error("normaliser raised", channel=opened.channel, kind=one.delivery.kind, error=one.error)
        return []
    pointers = [outcome for outcome in outcomes if isinstance(outcome, Pointer)]
    ignored = [outcome for outcome in outcomes if isinstance(outcome, Unsupported)]
    one.events = [outcome for outcome in outcomes if not isinstance(outcome, Pointer | Unsupported)]
    if ignored and not one.events and not pointers:
        one.state, one.error = "unsupported", f"{ignored[0].kind}: {ignored[0].reason}"
    return pointers


STORE = """
insert into delivery (workspace_id, id, created_at, connection_id, channel, kind, key, body, headers, state, error, received_at,
  ingested_at)
select $1, k.id, $2, $3, $4, k.kind, k.key, k.body, k.headers, k.state, k.error, $2, $2
from unnest($5::uuid[], $6::text[], $7::text[], $8::bytea[], $9::jsonb[], $10::text[], $11::text[])
  as k(id, kind, key, body, headers, state, error)
order by k.key
on conflict (workspace_id, connection_id, key) do nothing returning id
"""

DONE = """
update delivery d set state = k.state, error = k.error, ingested_at = $2, lease_until = null, lease_token = null, due_at = null
from unnest($3::uuid[], $4::text[], $5::text[]) as k(id, state, error)
where d.workspace_id = $1 and d.id = k.id and d.lease_token = $6 and d.state = 'received' returning d.id
"""

AGAIN = """
update delivery d set state = k.state, error = k.error, due_at = k.due_at, lease_until = null, lease_token = null
from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) as k(id, state, error, due_at)
where d.workspace_id = $1 and d.id = k.id and d.lease_token = $6
"""

KNOWN = "select key from delivery where workspace_id = $1 and connection_id = $2 and key = any($3)"


def source_of(opened: Open) -> Source:
    return Source(connection_id=opened.connection_id, channel=opened.channel, brand=opened.brand, sending=opened.manifest.sending)


async def _apply(house: House, opened: Open, reads: Sequence[Read], token: UUID) -> None:
    async with house.db.unit(opened.workspace_id) as work:
        claimed = [one for one in reads if one.row is not None]
        done = await work.fetch(
            DONE, work.workspace_id, work.now, [one.row for one in claimed], [one.state for one in claimed],
            [one.error[:1000] for one in claimed], token,
        )  # fmt: skip
        mine = {row["id"] for row in done}
        kept = [one for one in claimed if one.row in mine]
        kept += await store(work, opened, [one for one in reads if one.row is None])
        await handle(work, source_of(opened), [(event, one.row) for one in kept for event in one.events])


async def store(work: UnitOfWork, opened: Open, reads: Sequence[Read]) -> list[Read]:
    """Keeps pulled deliveries together with what they say; gives those that were new."""
    if not reads:
        return []
    for one in reads:
        one.row = new_id()
    made = await work.fetch(
        STORE, work.workspace_id, work.now, opened.connection_id, opened.channel, [one.row for one in reads],
        [one.delivery.kind for one in reads], [one.delivery.key for one in reads], [one.delivery.body for one in reads],
        [dict(one.delivery.headers) for one in reads], [one.state for one in reads], [one.error[:1000] for one in reads],
    )  # fmt: skip
    new = {row["id"] for row in made}
    return [one for one in reads if one.row in new]


async def unknown_of(work: UnitOfWork, opened: Open, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Of a page pulled again, only what we do not have yet."""
    keys = [delivery.key for delivery in deliveries]
    known = {row["key"] for row in await work.fetch(KNOWN, work.workspace_id, opened.connection_id, keys)}
    return [delivery for delivery in deliveries if delivery.key not in known]


async def _put_off(house: House, workspace_id: UUID, reads: Sequence[Read], token: UUID, error: Exception) -> None:
    """Later, at most TRIES times; then parked whole, to be replayed by a person."""
    words = error.detail if isinstance(error, ChannelError) else f"{type(error).__name__}: {error}"
    log.warning("delivery put off", workspace=workspace_id, error=words, count=len(reads))
    now = house.db.clock.now()
    states: list[str] = []
    times: list[datetime | None] = []
    for one in reads:
        give_up = one.attempts >= TRIES
        states.append("parked" if give_up else "received")
        times.append(None if give_up else now + backoff(one.attempts, base=1.0, cap=300.0))
    async with house.db.across() as conn:
        await conn.execute(AGAIN, workspace_id, [one.row for one in reads], states, [words[:1000]] * len(reads), times, token)
