"""What agents wait for at 10,000 and at 1,000,000 conversations: list, view change, search, an exact key, opening a thread.

The two shops are built once and kept in .make/scale; `rm -r .make/scale` builds them anew."""

from __future__ import annotations

import asyncio
import math
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx

from app.core.db import Database
from app.core.migrate import migrate, prepare_roles
from app.core.roles import OWNER
from app.domain.workspaces.service import create_api_key, create_workspace
from app.embedded.postgres import Cluster
from app.pipeline.house import open_house
from tests.bench.place import PASSWORD, Line, Place, percentile, settings_of
from tests.bench.scale_shop import BUILT, fill
from tests.bench.web import environment, free_port, serving, times

SMALL, LARGE = 10_000, 1_000_000
CALLS = 120
EMAIL = "ben@bench.example"
KEPT = Path(__file__).parents[2] / ".make" / "scale"
FIGURES = ("list", "deep list", "view change", "search", "exact key", "thread")
CEILING_MS = {"list": 50, "deep list": 50, "view change": 100, "search": 300, "exact key": 50, "thread": 60}
FLAT = ("list", "thread")
EXPONENT = 0.1
"""Of what has been read once: the large shop does not fit into the server's memory, and a page read from disk says nothing of growth."""


async def run(say: Callable[[str], None]) -> list[Line]:
    found: dict[int, dict[str, list[float]]] = {}
    for most in (SMALL, LARGE):
        async with kept_shop(most, say) as place, serving_app(place) as app:
            say(f"{most:,} conversations: measuring")
            app.headers["authorization"] = f"Bearer {place.key}"
            asks = await _asks(place, app)
            found[most] = {name: await times(ask, CALLS) for name, ask in asks.items()}
            found[most] |= {f"{name}, read before": await times(asks[name], CALLS) for name in FLAT}
    return [_ceiling(name, found[LARGE][name]) for name in FIGURES] + [_growth(f"{name}, read before", found) for name in FLAT]


def _ceiling(name: str, took: list[float]) -> Line:
    p95, most = percentile(took, 0.95), CEILING_MS[name]
    return Line(f"{name} at {LARGE:,}, p95", p95, most, "ms", p95 / most, f"<= {most} ms", p95 <= most)


def _growth(name: str, found: dict[int, dict[str, list[float]]]) -> Line:
    small, large = (percentile(found[most][name], 0.5) for most in (SMALL, LARGE))
    exponent = math.log(large / small) / math.log(LARGE / SMALL)
    return Line(
        f"{name}, p50: growth from {SMALL:,}", large, small, "ms", exponent, f"exponent <= {EXPONENT}", exponent <= EXPONENT
    )


@asynccontextmanager
async def kept_shop(most: int, say: Callable[[str], None]) -> AsyncIterator[Place]:
    """Built first when it is not there or was not finished, and brought to the newest schema."""
    cluster = Cluster(KEPT)
    admin = await asyncio.to_thread(cluster.start)
    name = f"scale_{most}"
    settings, url = settings_of(admin, name, KEPT, 8), f"{admin.rpartition('/')[0]}/{name}"
    try:
        await prepare_roles(settings, admin)
        built = await _find(admin, name)
        await asyncio.to_thread(migrate, settings)
        house = await open_house(settings)
        try:
            if not built:
                await _build(house.db, url, most, say)
            workspace_id, member_id = await _owner(url)
            key = await create_api_key(house.db, workspace_id, name=f"bench {secrets.token_hex(4)}", member_id=member_id)
            yield Place(settings, house, url, workspace_id, member_id, key)
        finally:
            await house.close()
    finally:
        await asyncio.to_thread(cluster.stop)


async def _find(admin: str, name: str) -> bool:
    """Whether the database is there, whole. If not, it is now there, empty."""
    conn = await asyncpg.connect(admin)
    try:
        built = await conn.fetchval("select shobj_description(oid, 'pg_database') from pg_database where datname = $1", name)
        if built == BUILT:
            return True
        await conn.execute(f"drop database if exists {name} with (force)")
        await conn.execute(f"create database {name} owner {OWNER}")
        return False
    finally:
        await conn.close()


async def _build(db: Database, url: str, most: int, say: Callable[[str], None]) -> None:
    workspace_id, member_id = await create_workspace(
        db, name="Bench", owner_name="Ben", email=EMAIL, password=PASSWORD, time_zone="UTC"
    )
    conn = await asyncpg.connect(url)
    try:
        await fill(conn, workspace_id, member_id, most, say)
        await conn.execute(f"comment on database scale_{most} is '{BUILT}'")
    finally:
        await conn.close()


async def _owner(url: str) -> tuple[UUID, UUID]:
    conn = await asyncpg.connect(url)
    try:
        row = await conn.fetchrow("select workspace_id, id from member where email = $1", EMAIL)
        return row["workspace_id"], row["id"]
    finally:
        await conn.close()


@asynccontextmanager
async def serving_app(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    port = free_port()
    command = [sys.executable, "-m", "app", "web", "--port", str(port)]
    async with serving(command, environment(place), f"http://127.0.0.1:{port}") as app:
        yield app


async def _asks(place: Place, app: httpx.AsyncClient) -> dict[str, Callable[[int], Awaitable[None]]]:
    """Each number asks something else: queues take turns, and so do common, middling and rare words."""
    conn = await asyncpg.connect(place.admin_url)
    most = int(place.admin_url.rpartition("_")[2])
    team = await conn.fetchval("select team_id from team_member where member_id = $1", place.member_id)
    opened = [row["id"] for row in await conn.fetch("select id from conversation order by number % 9973, number limit 400")]
    await conn.close()
    queues = ["queue=mine", "queue=unassigned", "queue=deadline", "queue=all", f"team_id={team}", "tag=tag5", "status=closed",
              "status=snoozed", "waiting_on=customer", "channel=telegram"]  # fmt: skip
    deep = {queue: await _deep(app, queue) for queue in queues}
    words = ["w3", "w40 w7", "w900", "w2500", "w12000", "w19000 w18000", "w0 w1"]

    async def read(path: str, at_least: int) -> None:
        answer = await app.get(path)
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) >= at_least, path

    async def page(n: int) -> None:
        await read(f"/api/v1/conversations?limit=50&{queues[n % len(queues)]}", 50)

    async def deep_page(n: int) -> None:
        queue = queues[n % len(queues)]
        await read(f"/api/v1/conversations?limit=50&{queue}&cursor={deep[queue]}", 1)

    async def view(n: int) -> None:
        counts, _ = await asyncio.gather(app.get("/api/v1/conversations/counts"), page(n))
        assert counts.status_code == 200

    async def search(n: int) -> None:
        await read(f"/api/v1/conversations?limit=50&q={words[n % len(words)].replace(' ', '%20')}", 0)

    async def key(n: int) -> None:
        wanted = 2 * (1 + (n * 7919) % (most // 2))
        answer = await app.get(f"/api/v1/conversations?limit=50&q=114-{wanted:07}-77")
        assert wanted in {item["number"] for item in answer.json()["items"]}

    async def thread(n: int) -> None:
        one = opened[n % len(opened)]
        await asyncio.gather(
            read(f"/api/v1/conversations/{one}/messages?limit=50", 5), _ok(app, f"/api/v1/conversations/{one}"),
            _ok(app, f"/api/v1/conversations/{one}/context"),
        )  # fmt: skip

    return dict(zip(FIGURES, (page, deep_page, view, search, key, thread), strict=True))


async def _ok(app: httpx.AsyncClient, path: str) -> None:
    assert (await app.get(path)).status_code == 200, path


async def _deep(app: httpx.AsyncClient, queue: str) -> str:
    """The cursor after ten pages."""
    cursor = ""
    for _ in range(10):
        found = (await app.get(f"/api/v1/conversations?limit=50&{queue}{cursor and '&cursor=' + cursor}")).json()
        cursor = found["next_cursor"] or cursor
    return cursor
