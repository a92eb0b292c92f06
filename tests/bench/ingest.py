"""Bulk ingest: pages of a feed through normalising, storing and every room, against bare unnest statements that write the same rows."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import UUID

import asyncpg
import msgspec

from app.core.ids import new_id
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate
from app.pipeline.handlers import handle
from app.pipeline.ingest import Read, read_all, source_of, store
from app.pipeline.opening import Open
from connectors.base.contract import Delivery
from connectors.base.errors import ChannelError
from connectors.base.events import MessageReceived
from connectors.registry import load_sandbox, manifests
from tests.bench.place import Line, Place
from tests.connectors.rig import connector_alone

THREADS = 200
PAGE = 500
PAGES = 12
SENTENCE = "where is my parcel it should have come on monday and i leave for bali on friday can you still change the address"
WORDS = SENTENCE.split()
START = datetime(2026, 10, 1, tzinfo=UTC)


def talking_channel() -> str:
    """The channel whose chat updates `body` writes: the one that reads a message in them."""
    return next(key for key in manifests() if any(isinstance(fact, MessageReceived) for fact in _read(key)))


def _read(key: str) -> list[object]:
    with suppress(ChannelError):
        return list(connector_alone(key).normalise(Delivery(kind="message", key="0", body=body(0))))
    return []


def body(number: int) -> bytes:
    """A chat update as the channel's own page describes it; about 200 bytes of text."""
    chat = 700_000 + number % THREADS
    text = " ".join(WORDS[(number * 7 + k * (1 + number % 5)) % len(WORDS)] for k in range(36))
    person = {"id": chat, "is_bot": False, "first_name": f"Buyer {chat}", "username": f"buyer_{chat}", "language_code": "en"}
    at = int((START + timedelta(seconds=number)).timestamp())
    message = {"message_id": number + 1, "date": at, "chat": {"id": chat, "type": "private"}, "from": person, "text": text}
    return msgspec.json.encode({"update_id": 10_000_000 + number, "message": message})


async def open_connection(place: Place) -> Open:
    channel = talking_channel()
    _, credentials = load_sandbox(channel)
    async with place.house.db.unit(place.workspace_id) as work:
        made = await connections.create_connection(
            work, place.house.vault, ConnectionCreate(channel=channel, name="Bench feed", secrets=dict(credentials))
        )
    return await place.house.connectors.open(place.workspace_id, made)


async def take_page(place: Place, opened: Open, first: int) -> None:
    """One page as the pull duty takes it, after the channel answered."""
    deliveries = [Delivery(kind="message", key=str(10_000_000 + n), body=body(n)) for n in range(first, first + PAGE)]
    reads = await read_all(opened, [Read(delivery=delivery) for delivery in deliveries])
    async with place.house.db.unit(place.workspace_id) as work:
        kept = await store(work, opened, reads)
        await handle(work, source_of(opened), [(event, one.row) for one in kept for event in one.events])
        assert len(kept) == PAGE


RAW = (
    "insert into delivery (workspace_id, id, created_at, connection_id, channel, kind, key, body, state, received_at, ingested_at) "
    "select $1, k.id, $2, $3, 'raw', 'message', k.key, k.body, 'ingested', $2, $2 from unnest($4::uuid[], $5::text[], $6::bytea[]) "
    "as k(id, key, body) on conflict do nothing",
    "insert into message (workspace_id, id, created_at, conversation_id, thread_id, connection_id, direction, text, state, external_id, sent_at) "
    "select $1, k.id, $2, k.c, k.t, $3, 'in', k.text, 'received', k.key, k.at "
    "from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::timestamptz[]) as k(id, c, t, text, key, at) "
    "on conflict do nothing",
    "update conversation c set message_count = message_count + k.n, in_count = in_count + k.n, last_activity_at = k.at, last_in_at = k.at, "
    "preview = k.text, version = version + 1 from unnest($2::uuid[], $3::int[], $4::timestamptz[], $5::text[]) as k(id, n, at, text) "
    "where c.workspace_id = $1 and c.id = k.id",
    "insert into outbox (workspace_id, kind, room, entity_id, version, payload, created_at) "
    "select $1, 'raw', 'inbox', k.id, 1, k.payload::json, $2 from unnest($3::uuid[], $4::text[]) as k(id, payload)",
)


async def raw_page(conn: asyncpg.Connection, place: Place, connection: UUID, places: list[tuple[UUID, UUID]], first: int) -> None:
    bodies = [body(n) for n in range(first, first + PAGE)]
    texts = [msgspec.json.decode(one)["message"]["text"] for one in bodies]
    now, ids = datetime.now(UTC), [new_id() for _ in bodies]
    spots = [places[n % len(places)] for n in range(first, first + PAGE)]
    times = [START + timedelta(seconds=n) for n in range(first, first + PAGE)]
    keys = [f"r{n}" for n in range(first, first + PAGE)]
    payload = msgspec.json.encode({"id": str(ids[0]), "text": texts[0], "padding": "x" * 480}).decode()
    async with conn.transaction():
        await conn.execute(
            RAW[0],
            place.workspace_id,
            now,
            connection,
            [new_id() for _ in ids],
            [f"r{n}" for n in range(first, first + PAGE)],
            bodies,
        )
        await conn.execute(
            RAW[1], place.workspace_id, now, connection, ids, [spot[0] for spot in spots], [spot[1] for spot in spots], texts,
            keys, times,
        )  # fmt: skip
        some = list(dict.fromkeys(spot[0] for spot in spots))
        await conn.execute(
            RAW[2],
            place.workspace_id,
            some,
            [PAGE // len(some)] * len(some),
            [times[-1]] * len(some),
            [texts[0][:160]] * len(some),
        )
        told = ids + some
        await conn.execute(RAW[3], place.workspace_id, now, told, [payload] * len(told))


async def run(place: Place) -> list[Line]:
    opened = await open_connection(place)
    await take_page(place, opened, 0)
    await take_page(place, opened, PAGE)
    conn = await asyncpg.connect(place.admin_url)
    await conn.execute("analyze")
    rows = await conn.fetch("select conversation_id, id from thread where workspace_id = $1", place.workspace_id)
    places = [(row["conversation_id"], row["id"]) for row in rows]
    mine = raw = 0.0
    for number in range(PAGES):
        began = perf_counter()
        await take_page(place, opened, (number + 2) * PAGE)
        mine += perf_counter() - began
        began = perf_counter()
        await raw_page(conn, place, opened.connection_id, places, 1_000_000 + number * PAGE)
        raw += perf_counter() - began
    began = perf_counter()
    deliveries = [Read(delivery=Delivery(kind="message", key=str(n), body=body(n))) for n in range(20_000)]
    await read_all(opened, deliveries)
    reading = 20_000 / (perf_counter() - began)
    await conn.close()
    ours, limit = PAGES * PAGE / mine, PAGES * PAGE / raw
    return [
        Line(
            "bulk ingest, pages of 500", ours, limit, "messages/s", ours / limit, ">= 0.4 of bare statements", ours / limit >= 0.4
        ),
        Line(
            "normalising alone, one core", reading, 5000.0, "payloads/s", reading / 5000.0, ">= 5,000 a second", reading >= 5000
        ),
    ]
