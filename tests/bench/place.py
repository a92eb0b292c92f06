"""Where a benchmark runs: a PostgreSQL of its own with a migrated database, a house on it, a shop in it."""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from app.core.config import Settings
from app.core.migrate import migrate, prepare_roles
from app.core.roles import LOGIN, OWNER
from app.domain.workspaces.service import create_api_key, create_workspace
from app.embedded.postgres import Cluster
from app.pipeline.house import House, open_house

PASSWORD = "only-for-benches-51c2"


@dataclass(frozen=True, slots=True)
class Place:
    settings: Settings
    house: House
    admin_url: str
    workspace_id: UUID
    member_id: UUID
    key: str


@asynccontextmanager
async def open_place(pool_size: int = 16) -> AsyncIterator[Place]:
    """ONECOUNTER_TEST_DATABASE_ADMIN names a server to use instead of an own one."""
    with tempfile.TemporaryDirectory(prefix="onecounter-bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        given = os.environ.get("ONECOUNTER_TEST_DATABASE_ADMIN", "")
        cluster = None if given else Cluster(Path(folder))
        admin = given or await asyncio.to_thread(cluster.start)  # type: ignore[union-attr]
        name = f"bench_{secrets.token_hex(4)}"
        settings = settings_of(admin, name, Path(folder), pool_size)
        await prepare_roles(settings, admin)
        conn = await asyncpg.connect(admin)
        await conn.execute(f"create database {name} owner {OWNER}")
        await conn.close()
        await asyncio.to_thread(migrate, settings)
        house = await open_house(settings)
        workspace_id, member_id = await create_workspace(
            house.db, name="Bench", owner_name="Ben", email="ben@bench.example", password="", time_zone="UTC"
        )
        key = await create_api_key(house.db, workspace_id, name="bench", member_id=member_id)
        try:
            yield Place(settings, house, f"{admin.rpartition('/')[0]}/{name}", workspace_id, member_id, key)
        finally:
            await house.close()
            conn = await asyncpg.connect(admin)
            await conn.execute(f"drop database if exists {name} with (force)")
            await conn.close()
            if cluster is not None:
                with suppress(OSError):
                    await asyncio.to_thread(cluster.remove)


def settings_of(admin: str, name: str, data: Path, pool_size: int) -> Settings:
    parts = urlsplit(admin)
    place = parts.netloc.rpartition("@")[2]

    def account(role: str) -> str:
        return urlunsplit(parts._replace(netloc=f"{role}:{PASSWORD}@{place}", path=f"/{name}"))

    return Settings(
        database_url=account(LOGIN),
        migration_url=account(OWNER),
        secret_keys=(("k1", bytes(range(32))),),
        data=data,
        pool_size=pool_size,
    )


@dataclass(slots=True)
class Line:
    """One benchmark: ours, the raw limit of the same run, the ratio and the floor or ceiling it is held to."""

    name: str
    ours: float
    raw: float
    unit: str
    ratio: float
    goal: str
    holds: bool


async def per_second(act: Callable[[int], Awaitable[object]], *, total: int, callers: int) -> tuple[float, list[float]]:
    """Acts a second and the single times in ms, with `callers` at once."""
    times: list[float] = []
    numbers = iter(range(total))

    async def call() -> None:
        for number in numbers:
            began = perf_counter()
            await act(number)
            times.append((perf_counter() - began) * 1000)

    began = perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return total / (perf_counter() - began), times


def percentile(times: list[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
