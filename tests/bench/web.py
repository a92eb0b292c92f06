"""Over HTTP: a webhook's answer after its durable commit, a list page at 100,000 conversations, a change on 200 sockets."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import msgspec
import websockets

from app.core.ids import new_id
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate
from app.domain.inbox.store.read import CONVERSATION_FOR
from connectors.registry import load_sandbox
from tests.bench.ingest import body, talking_channel
from tests.bench.place import Line, Place, percentile
from tests.waiting import until

CONVERSATIONS = 100_000
SOCKETS = 200
CHANGES = 60
CALLS = 300

EMPTY = """
import sys, uvicorn
from litestar import Litestar, get, post
from msgspec import Struct
class Said(Struct):
    ok: bool
@post("/", status_code=200)
async def take(data: dict[str, str]) -> Said: return Said(True)
@get("/")
async def give() -> Said: return Said(True)
uvicorn.run(Litestar([take, give]), port=int(sys.argv[1]), loop="uvloop", http="httptools", log_level="warning")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(place: Place) -> dict[str, str]:
    settings = place.settings
    keys = ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in settings.secret_keys)
    return {
        **os.environ,
        "ONECOUNTER_DATABASE_URL": settings.database_url,
        "ONECOUNTER_SECRET_KEY": keys,
        "ONECOUNTER_DATA": str(settings.data),
        "ONECOUNTER_REDIS_URL": "",
    }


@asynccontextmanager
async def serving(command: list[str], env: dict[str, str], url: str) -> AsyncIterator[httpx.AsyncClient]:
    process = await asyncio.create_subprocess_exec(*command, env=env)
    never = asyncio.Event()
    try:
        async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client, asyncio.timeout(30):
            while True:
                try:
                    await client.get("/")
                    break
                except httpx.TransportError:
                    try:
                        await asyncio.wait_for(never.wait(), 0.1)
                    except TimeoutError:
                        continue
        async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
            yield client
    finally:
        process.terminate()
        await process.wait()


async def times(act: Any, calls: int = CALLS) -> list[float]:
    """ms of each call, one after the other, after a warm-up."""
    for number in range(20):
        await act(-1 - number)
    found = []
    for number in range(calls):
        began = perf_counter()
        await act(number)
        found.append((perf_counter() - began) * 1000)
    return found


async def seed(place: Place, conn: asyncpg.Connection) -> UUID:
    """Conversations of 500 customers, a third of them open; the open ones belong to members or nobody."""
    now, channel = datetime.now(UTC), talking_channel()
    customers = [new_id() for _ in range(500)]
    await conn.executemany(
        "insert into customer (workspace_id, id, created_at, name) values ($1, $2, $3, $4)",
        [(place.workspace_id, one, now, f"Customer {number}") for number, one in enumerate(customers)],
    )
    await conn.execute(
        "insert into conversation (workspace_id, id, created_at, number, customer_id, channel, channels, subject, preview, status, "
        "assignee_id, last_activity_at, in_count, message_count) "
        "select $1, gen_random_uuid(), $2, n, ($3::uuid[])[1 + n % 500], $4::text, array[$4::text], 'Subject ' || n, repeat('words ', 20), "
        "case when n % 3 = 0 then 'open' else 'closed' end, case when n % 6 = 0 then $5::uuid end, $2::timestamptz - n * interval '37 s', 2, 3 "
        "from generate_series(1000, 1000 + $6::int) n",
        place.workspace_id, now, customers, channel, place.member_id, CONVERSATIONS,
    )  # fmt: skip
    await conn.execute("analyze")
    return customers[0]


async def webhook(place: Place, app: httpx.AsyncClient, empty: httpx.AsyncClient, conn: asyncpg.Connection) -> Line:
    channel = talking_channel()
    _, credentials = load_sandbox(channel)
    async with place.house.db.unit(place.workspace_id) as work:
        made = await connections.create_connection(
            work, place.house.vault, ConnectionCreate(channel=channel, name="Bench hook", secrets=dict(credentials))
        )
        token = await work.value("select hook_token from connection where workspace_id = $1 and id = $2", work.workspace_id, made)
    headers = {"x-telegram-bot-api-secret-token": credentials["webhook_secret"], "content-type": "application/json"}

    async def deliver(number: int) -> None:
        answer = await app.post(f"/hooks/{token}", content=body(5_000_000 + number), headers=headers)
        assert answer.status_code == 200, answer.text

    async def nothing(number: int) -> None:
        await empty.post("/", json={"number": str(number)})

    async def commit(number: int) -> None:
        await conn.execute(
            "insert into delivery (workspace_id, id, created_at, connection_id, channel, kind, key, body, state, received_at) "
            "values ($1, $2, $3, $4, 'raw', 'message', $5, $6, 'ingested', $3)",
            place.workspace_id, new_id(), datetime.now(UTC), made, f"raw-{number}", body(number),
        )  # fmt: skip

    mine, post, raw = [percentile(await times(act), 0.5) for act in (deliver, nothing, commit)]
    ratio = mine / (post + raw)
    return Line("webhook answered after its commit, p50", mine, post + raw, "ms", ratio, "<= 3 x commit + empty POST", ratio <= 3)


async def page(place: Place, app: httpx.AsyncClient, empty: httpx.AsyncClient, conn: asyncpg.Connection) -> Line:
    headers = {"authorization": f"Bearer {place.key}"}

    async def over_http(_: int) -> None:
        answer = await app.get("/api/v1/conversations?queue=mine&limit=50", headers=headers)
        assert len(answer.json()["items"]) == 50

    statement = (
        f"select row_to_json(x)::text from ({CONVERSATION_FOR} and c.assignee_id = $2 and c.status = 'open' "
        "order by c.last_activity_at desc, c.id desc limit 51) x"
    )

    async def raw(_: int) -> None:
        await conn.fetch(statement, place.workspace_id, place.member_id)

    async def nothing(_: int) -> None:
        await empty.get("/")

    mine, get, limit = [percentile(await times(act), 0.5) for act in (over_http, nothing, raw)]
    ratio = mine / (get + limit)
    return Line(
        f"list page at {CONVERSATIONS:,}, p50", mine, get + limit, "ms", ratio, "<= 3 x statement + empty GET", ratio <= 3
    )


async def sockets(place: Place, app: httpx.AsyncClient, url: str) -> Line:
    """From sending a note over HTTP until each of the sockets has it: the commit lies in between."""
    headers = {"authorization": f"Bearer {place.key}"}
    conversation = (await app.get("/api/v1/conversations?limit=1", headers=headers)).json()["items"][0]["id"]
    seen: list[tuple[float, str | bytes]] = []

    async def listen() -> None:
        async with websockets.connect(url.replace("http", "ws") + "/live", additional_headers=headers, max_size=None) as ws:
            hello = msgspec.json.decode(await ws.recv())
            await ws.send(msgspec.json.encode({"type": "resume", "cursor": hello["latest"]}).decode())
            ready.release()
            async for text in ws:
                at = perf_counter()
                if '"kind":"message"' in text:
                    seen.append((at, text))

    ready = asyncio.Semaphore(0)
    listeners = [asyncio.create_task(listen()) for _ in range(SOCKETS)]
    for _ in listeners:
        await ready.acquire()
    lags: list[float] = []
    for number in range(CHANGES):
        key = str(uuid4())
        note = {"client_msg_id": key, "kind": "note", "text": f"Note {number}"}
        answer = await app.post(f"/api/v1/conversations/{conversation}/messages", json=note, headers=headers)
        assert answer.status_code == 201, answer.text
        committed = perf_counter()
        await until(lambda: len(seen) >= SOCKETS)
        assert all(key in str(text) for _, text in seen)
        lags += [max(at - committed, 0.0) * 1000 for at, _ in seen]
        seen.clear()
    for task in listeners:
        task.cancel()
    await asyncio.gather(*listeners, return_exceptions=True)
    p99 = percentile(lags, 0.99)
    return Line(f"answered commit to {SOCKETS} sockets, p99", p99, 60.0, "ms", p99 / 60.0, "<= 60 ms", p99 <= 60)


async def run(place: Place) -> list[Line]:
    conn = await asyncpg.connect(place.admin_url)
    await seed(place, conn)
    mine, bare = free_port(), free_port()
    url = f"http://127.0.0.1:{mine}"
    command = [sys.executable, "-m", "app", "web", "--port", str(mine)]
    try:
        async with (
            serving(command, environment(place), url) as app,
            serving([sys.executable, "-c", EMPTY, str(bare)], dict(os.environ), f"http://127.0.0.1:{bare}") as empty,
        ):
            return [await webhook(place, app, empty, conn), await page(place, app, empty, conn), await sockets(place, app, url)]
    finally:
        await conn.close()
