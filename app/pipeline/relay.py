"""Gives committed changes their place: the only writer of `seq`. Runs wherever it is woken; a lock lets one at a time."""

from __future__ import annotations

import itertools
from datetime import timedelta

import msgspec

from app.core import metrics
from app.live.protocol import StampedChange, changes_topic, write_batch
from app.pipeline.house import House

LOCK = 7_226_352
BATCH = 500
KEPT_DAYS = 7

STAMP = """
with picked as (
  select workspace_id, id, row_number() over (partition by workspace_id order by id) as nth
  from (select workspace_id, id from outbox where seq is null order by id limit $2) o
), heads as (
  insert into outbox_head (workspace_id, seq) select workspace_id, count(*) from picked group by workspace_id
  on conflict (workspace_id) do update set seq = outbox_head.seq + excluded.seq
  returning workspace_id, seq
), bases as (
  select h.workspace_id, h.seq - (select count(*) from picked p where p.workspace_id = h.workspace_id) as base from heads h
)
update outbox o set seq = b.base + p.nth, stamped_at = $1 from picked p join bases b on b.workspace_id = p.workspace_id
where o.workspace_id = p.workspace_id and o.id = p.id
returning o.workspace_id, o.seq, o.kind, o.room, o.entity_id, o.version, o.payload::text as payload
"""

FORGET = """
with old as (
  delete from outbox where stamped_at < $1 returning workspace_id, seq
)
insert into outbox_head (workspace_id, oldest) select workspace_id, max(seq) from old group by workspace_id
on conflict (workspace_id) do update set oldest = greatest(outbox_head.oldest, excluded.oldest)
"""


async def relay_round(house: House) -> int:
    """Stamps what is committed and tells the hub; how many changes that were."""
    async with house.db.across() as conn:
        if not await conn.fetchval("select pg_try_advisory_xact_lock($1)", LOCK):
            return 0
        rows = await conn.fetch(STAMP, house.db.clock.now(), BATCH)
    rows.sort(key=lambda row: (row["workspace_id"], row["seq"]))
    for workspace_id, group in itertools.groupby(rows, key=lambda row: row["workspace_id"]):
        changes = [
            StampedChange(
                seq=row["seq"], kind=row["kind"], room=row["room"], id=row["entity_id"], version=row["version"],
                payload=msgspec.Raw((row["payload"] or "null").encode()),
            )
            for row in group
        ]  # fmt: skip
        house.hub.publish(changes_topic(workspace_id), write_batch(changes))
    metrics.stamped.inc(len(rows))
    return len(rows)


async def forget_old(house: House) -> None:
    """Stamped changes are kept a week; a browser that slept longer loads afresh."""
    async with house.db.across() as conn:
        await conn.execute(FORGET, house.db.clock.now() - timedelta(days=KEPT_DAYS))
