"""Hot reads keep their index under row-level security. Scans are counted where they happen, inside the finder functions too."""

from __future__ import annotations

import asyncpg
import pytest

from app.core.db import Actor, Database, UnitOfWork
from app.core.ids import new_id
from app.domain.inbox.service import reading, seeking
from app.domain.inbox.service.reading import Filter
from tests.conftest import Shop, open_shop

CONVERSATIONS = 1500
QUERIES = {"a word": "zirkon", "an order": "TK-77-0042", "an address": "buyer42@example.test"}

SEED = (
    "insert into customer (workspace_id, id, created_at, name) values ($1, $2, $3, 'Sari')",
    """
    insert into conversation (workspace_id, id, created_at, number, customer_id, channel, last_activity_at, assignee_id, market_due_at)
    select $1, gen_random_uuid(), $3, n, $2, 'somewhere', $3::timestamptz - n * interval '1 minute',
      case when n % 3 = 0 then $4::uuid end, case when n % 4 = 0 then $3::timestamptz + n * interval '1 minute' end
    from generate_series(1, $5) n
    """,
    """
    insert into message (workspace_id, id, created_at, conversation_id, direction, text, state, sent_at)
    select $1, gen_random_uuid(), $2, c.id, 'in', 'is number ' || c.number || ' of batch ' || k ||
      case when c.number = 42 then ' the zirkon ring' else ' still there' end, 'received', $2::timestamptz - k * interval '1 second'
    from conversation c, generate_series(1, 8) k where c.workspace_id = $1
    """,
    """
    insert into exact_key (workspace_id, key, kind, subject_id)
    select $1, k, 'customer', $2 from generate_series(1, $3) n,
      unnest(array['buyer' || n || '@example.test', 'tk-77-' || lpad(n::text, 4, '0')]) k
    """,
)


@pytest.fixture(scope="module")
async def seeded(db: Database) -> Shop:
    return await open_shop(db, name="Toko Besar")


@pytest.fixture(scope="module")
async def filled(db: Database, seeded: Shop) -> Shop:
    """Two shops of the same size, so that a workspace is half of each table."""
    for shop in (seeded, await open_shop(db, name="Toko Sebelah")):
        async with db.unit(shop.workspace_id) as work:
            customer = new_id()
            await work.execute(SEED[0], work.workspace_id, customer, work.now)
            await work.execute(SEED[1], work.workspace_id, customer, work.now, shop.owner_id, CONVERSATIONS)
            await work.execute(SEED[2], work.workspace_id, work.now)
            await work.execute(SEED[3], work.workspace_id, customer, CONVERSATIONS)
    return seeded


async def settle(catalogue: asyncpg.Connection) -> None:
    """As autovacuum leaves the tables: known sizes, no pending list in front of the search index."""
    for table in ("conversation", "message", "exact_key"):
        await catalogue.execute(f"vacuum (analyze) {table}")


async def scans(work: UnitOfWork, name: str) -> int:
    """Of this transaction: sequential ones of a table, all of an index."""
    return int(await work.value("select pg_stat_get_xact_numscans($1::regclass)", name))


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
async def test_search_finds_by_index(filled: Shop, catalogue: asyncpg.Connection, db: Database, query: str) -> None:
    await settle(catalogue)
    async with db.unit(filled.workspace_id, Actor(filled.owner_id)) as work:
        before = {name: await scans(work, name) for name in ("message", "exact_key")}
        page = await reading.list_conversations(work, Filter(q=query), cursor=None, limit=50)
        assert {name: await scans(work, name) for name in ("message", "exact_key")} == before
        assert await scans(work, "ix_message_search") > 0
        assert await scans(work, "pk_exact_key") > 0
    if query == "zirkon":
        assert [item.number for item in page.items] == [42]
    else:
        assert len(page.items) == 50


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
async def test_the_one_box_finds_by_index(filled: Shop, catalogue: asyncpg.Connection, db: Database, query: str) -> None:
    tables = ("message", "exact_key", "sales_order", "variant")
    await settle(catalogue)
    async with db.unit(filled.workspace_id, Actor(filled.owner_id)) as work:
        before = {name: await scans(work, name) for name in tables}
        found = await seeking.seek(work, query)
        assert {name: await scans(work, name) for name in tables} == before
    assert {one.kind for one in found.items} == ({"conversation"} if query == "zirkon" else {"conversation", "customer"})
    assert len(found.items) == (1 if query == "zirkon" else 11)


@pytest.mark.parametrize("queue", ["all", "mine", "unassigned", "deadline"])
async def test_a_list_page_reads_its_index(filled: Shop, catalogue: asyncpg.Connection, db: Database, queue: str) -> None:
    await settle(catalogue)
    async with db.unit(filled.workspace_id, Actor(filled.owner_id)) as work:
        before = await scans(work, "conversation")
        first = await reading.list_conversations(work, Filter(queue=queue), cursor=None, limit=50)
        second = await reading.list_conversations(work, Filter(queue=queue), cursor=first.next_cursor, limit=50)
        assert await scans(work, "conversation") == before
    shown = [item.number for item in (*first.items, *second.items)]
    every = {"all": 1, "mine": 3, "unassigned": 1, "deadline": 4}[queue]
    left = [n for n in range(every, CONVERSATIONS + 1, every) if queue != "unassigned" or n % 3]
    assert shown == left[:100]


async def test_a_conversation_is_read_by_index(filled: Shop, catalogue: asyncpg.Connection, db: Database) -> None:
    await settle(catalogue)
    async with db.unit(filled.workspace_id, Actor(filled.owner_id)) as work:
        conversation_id = await work.value(
            "select id from conversation where workspace_id = $1 and number = 7", work.workspace_id
        )
        before = await scans(work, "message")
        page = await reading.list_messages(work, conversation_id, cursor=None, limit=50)
        assert await scans(work, "message") == before
    assert len(page.items) == 8
