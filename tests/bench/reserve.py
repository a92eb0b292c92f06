"""Reserving through the public service call against pgbench writing the same rows with one statement."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from uuid import UUID

import asyncpg

from app.core.ids import new_id
from app.domain.inventory.schemas import Demand
from app.domain.inventory.service import moving
from app.embedded.binaries import find_binaries
from tests.bench.place import Line, Place, per_second

SKUS = 1000
LISTINGS = 3

RAW = """
\\set n random(1, {skus})
with v as (select variant_id, location_id from bench_sku where n = :n),
u as (update balance b set reserved = reserved + 1, version = version + 1 from v where b.workspace_id = '{workspace}'
  and b.variant_id = v.variant_id and b.location_id = v.location_id and b.on_hand - b.reserved - b.unavailable >= 1
  returning b.id, b.variant_id, b.location_id, b.version),
r as (insert into reservation (workspace_id, id, created_at, variant_id, quantity, state, source, source_ref)
  select '{workspace}', gen_random_uuid(), now(), variant_id, 1, 'held', 'raw', gen_random_uuid()::text from u returning id),
a as (insert into allocation (workspace_id, reservation_id, location_id, quantity) select '{workspace}', r.id, u.location_id, 1 from r, u),
m as (insert into movement (workspace_id, created_at, variant_id, location_id, kind, reserved, source, source_ref)
  select '{workspace}', now(), variant_id, location_id, 'reserve', 1, 'raw', gen_random_uuid()::text from u),
l as (update listing_state s set wanted_version = wanted_version + 1, dirty_at = coalesce(dirty_at, now()) from u
  where s.workspace_id = '{workspace}' and s.variant_id = u.variant_id)
insert into outbox (workspace_id, kind, room, entity_id, version, payload, created_at)
select '{workspace}', 'stock', 'stock', u.id, u.version, (select row_to_json(x) from (select b.*, s.sku, s.title, p.name
  from balance b join variant s on s.workspace_id = b.workspace_id and s.id = b.variant_id
  join location p on p.workspace_id = b.workspace_id and p.id = b.location_id
  where b.workspace_id = '{workspace}' and b.id = u.id) x), now() from u;
"""


async def prepare(place: Place, skus: int = SKUS) -> list[UUID]:
    """Variants with ample stock, three listings each on a connection that pushes nothing."""
    db, variants = place.house.db, [new_id() for _ in range(skus)]
    async with db.unit(place.workspace_id) as work:
        location = await moving.find_location(work, None)
        await work.execute(
            "insert into variant (workspace_id, id, created_at, sku, title) select $1, v, $2, 'SKU-' || n, 'Thing ' || n "
            "from unnest($3::uuid[]) with ordinality as k(v, n)", place.workspace_id, work.now, variants,
        )  # fmt: skip
        await moving.count_stock(work, [(variant, location, 1_000_000) for variant in variants], source_ref="bench", reason="")
        connection = new_id()
        await work.execute(
            "insert into connection (workspace_id, id, created_at, channel, name, hook_token_hash) values ($1, $2, $3, 'bench', 'Bench', '')",
            place.workspace_id, connection, work.now,
        )  # fmt: skip
        for face in range(LISTINGS):
            await work.execute(
                "with made as (insert into listing (workspace_id, id, created_at, connection_id, channel, external_id, external_sku, "
                "variant_id, mapping) select $1, k.id, $2, $3, 'bench', 'L' || $6::text || '-' || k.n, 'SKU-' || k.n, k.v, 'confirmed' "
                "from unnest($4::uuid[], $5::uuid[]) with ordinality as k(id, v, n) returning id, variant_id) "
                "insert into listing_state (workspace_id, listing_id, connection_id, variant_id) select $1, id, $3, variant_id from made",
                place.workspace_id, work.now, connection, [new_id() for _ in variants], variants, str(face),
            )  # fmt: skip
    await analyze(place)
    return variants


async def analyze(place: Place) -> None:
    """What autovacuum does by itself within a minute of real life."""
    conn = await asyncpg.connect(place.admin_url)
    await conn.execute("analyze")
    await conn.close()


async def pgbench(place: Place, variants: list[UUID], *, skus: int, clients: int, seconds: int = 5) -> float:
    """Transactions a second of the raw statement, run by PostgreSQL's own tool as a superuser (no row-level security)."""
    async with place.house.db.unit(place.workspace_id) as work:
        location = await moving.find_location(work, None)
    conn = await asyncpg.connect(place.admin_url)
    await conn.execute("create table if not exists bench_sku (n int primary key, variant_id uuid, location_id uuid)")
    await conn.execute("truncate bench_sku")
    await conn.executemany(
        "insert into bench_sku values ($1, $2, $3)", [(n, v, location) for n, v in enumerate(variants, start=1)]
    )
    await conn.execute("analyze bench_sku, balance, listing_state")
    await conn.close()
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(RAW.format(skus=skus, workspace=place.workspace_id))
        script.flush()
        os.chmod(script.name, 0o644)
        process = await asyncio.create_subprocess_exec(
            find_binaries().tool("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds),
            "-f", script.name, place.admin_url,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await process.communicate()
    found = re.search(r"tps = ([\d.]+)", out.decode())
    if found is None:
        raise RuntimeError(out.decode())
    return float(found.group(1))


async def ours(place: Place, variants: list[UUID], *, skus: int, callers: int, total: int) -> float:
    reserver = place.house.reserver

    async def reserve(number: int) -> None:
        await reserver.reserve(
            place.workspace_id,
            Demand(variant_id=variants[(number * 7919) % skus], quantity=1, source="bench", source_ref=str(new_id())),
        )

    rate, _ = await per_second(reserve, total=total, callers=callers)
    return rate


async def run(place: Place) -> list[Line]:
    variants = await prepare(place)
    lines = []
    for name, skus, callers, floor in (
        ("reserve, 1,000 SKUs, 16 callers", SKUS, 16, 0.5),
        ("reserve, 1,000 SKUs, 64 callers", SKUS, 64, 1.0),
        ("reserve, one hot SKU, 64 callers", 1, 64, 3.0),
    ):
        await ours(place, variants, skus=skus, callers=callers, total=1500)
        await analyze(place)
        mine = await ours(place, variants, skus=skus, callers=callers, total=12_000)
        raw = await pgbench(place, variants, skus=skus, clients=callers)
        lines.append(Line(name, mine, raw, "reservations/s", mine / raw, f">= {floor} of pgbench", mine / raw >= floor))
    return lines
