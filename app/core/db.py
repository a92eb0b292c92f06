"""Pools and the unit of work, which is the only commit. A unit belongs to one workspace and sees nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from app.core.clock import Clock, SystemClock
from app.core.errors import Down
from app.core.outbox import Change, write_changes
from app.core.roles import APP, DUTY

T = TypeVar("T")
in_unit: ContextVar[bool] = ContextVar("in_unit", default=False)
"""True inside a unit of work: the outbound client refuses to open a socket then."""

LIMITS = {
    "statement_timeout": "15000",
    "lock_timeout": "8000",
    "idle_in_transaction_session_timeout": "30000",
    "jit": "off",
    "application_name": "onecounter",
}
GONE = (asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it. `member_id` is None for the channel and for duties."""

    member_id: UUID | None = None
    name: str = ""


@dataclass(slots=True)
class UnitOfWork:
    """One transaction of one workspace. Changed rows are marked with `touch` and told to browsers in the same commit."""

    conn: asyncpg.Connection
    workspace_id: UUID
    now: datetime
    actor: Actor = Actor()
    touched: dict[Change, dict[UUID, None]] = field(default_factory=dict)
    wakes: set[str] = field(default_factory=set)

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self.conn.fetch(sql, *args)
        return rows

    async def row(self, sql: str, *args: Any) -> asyncpg.Record | None:
        return await self.conn.fetchrow(sql, *args)

    async def value(self, sql: str, *args: Any) -> Any:
        return await self.conn.fetchval(sql, *args)

    async def execute(self, sql: str, *args: Any) -> int:
        """Rows touched."""
        status: str = await self.conn.execute(sql, *args)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def shapes(self, kind: type[T], sql: str, *args: Any) -> list[T]:
        """Rows of a select as structs. The select's column names are the field names."""
        found = await self.conn.fetch(f"select row_to_json(x)::text from ({sql}) x", *args)
        return [msgspec.json.decode(record[0], type=kind) for record in found]

    def touch(self, change: Change, ids: Iterable[UUID]) -> None:
        self.touched.setdefault(change, {}).update(dict.fromkeys(ids))

    async def gone(self, change: Change, ids: Iterable[UUID]) -> None:
        """Tells browsers that rows are no more."""
        await self.conn.execute(
            "insert into outbox (workspace_id, kind, room, entity_id, version, payload, created_at) "
            "select $1, $2, $3, id, 2147483647, null, $4 from unnest($5::uuid[]) id",
            self.workspace_id, change.kind, change.room, self.now, list(ids),
        )  # fmt: skip
        self.wakes.add("relay")

    def wake(self, duty: str) -> None:
        """Once committed."""
        self.wakes.add(duty)


class Database:
    """Two pools on one account: the role app for requests and rooms, the role duty for work over workspaces."""

    def __init__(self, app: asyncpg.Pool, duty: asyncpg.Pool, clock: Clock) -> None:
        self.app = app
        self.duty = duty
        self.clock = clock
        self.on_wake: Callable[[str], None] = lambda duty: None
        self._endings: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def unit(self, workspace_id: UUID, actor: Actor = Actor()) -> AsyncIterator[UnitOfWork]:
        """Commits when the block ends, rolls back when it raises. Raises Down when the database cannot be reached."""
        async with _taken(self.app) as conn:
            await conn.execute(f"begin; select set_config('app.workspace', '{UUID(str(workspace_id))}', true)")
            work = UnitOfWork(conn, workspace_id, self.clock.now(), actor)
            async with _transaction(conn):
                yield work
                if work.touched:
                    await write_changes(conn, workspace_id, work.now, work.touched)
                    work.wakes.add("relay")
        for duty in work.wakes:
            self.on_wake(duty)

    @contextlib.asynccontextmanager
    async def look(self, workspace_id: UUID, actor: Actor = Actor()) -> AsyncIterator[UnitOfWork]:
        """A unit that only reads: it ends behind the answer, one round trip earlier. What it wrote would be lost."""
        stack = contextlib.AsyncExitStack()
        conn = await stack.enter_async_context(_taken(self.app))
        try:
            await conn.execute(f"begin read only; select set_config('app.workspace', '{UUID(str(workspace_id))}', true)")
            yield UnitOfWork(conn, workspace_id, self.clock.now(), actor)
        finally:
            ending = asyncio.create_task(_end(conn, stack))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    @contextlib.asynccontextmanager
    async def across(self) -> AsyncIterator[asyncpg.Connection]:
        """A transaction of the role duty, over workspaces: claims, intake, relay."""
        async with _taken(self.duty) as conn:
            await conn.execute("begin")
            async with _transaction(conn):
                yield conn

    @contextlib.asynccontextmanager
    async def single(self) -> AsyncIterator[asyncpg.Connection]:
        """The role duty, where one statement is the whole transaction: a look-up, or an intake that commits with it."""
        async with _taken(self.duty) as conn:
            yield conn

    @contextlib.asynccontextmanager
    async def plain(self) -> AsyncIterator[asyncpg.Connection]:
        """The role app without a workspace: sign-in tables only; each statement commits alone."""
        async with _taken(self.app) as conn:
            yield conn

    async def learn_time(self) -> None:
        if isinstance(self.clock, SystemClock):
            async with self.plain() as conn:
                asked = datetime.now(UTC)
                told = await conn.fetchval("select clock_timestamp()")
                self.clock.learn(told, asked, datetime.now(UTC))

    async def close(self) -> None:
        await asyncio.gather(*self._endings, return_exceptions=True)
        await self.app.close()
        await self.duty.close()


@contextlib.asynccontextmanager
async def _taken(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    try:
        conn = await pool.acquire(timeout=10)
    except GONE as error:
        raise Down(f"the database cannot be reached: {error or type(error).__name__}", code="database_down") from error
    try:
        yield conn
    except asyncpg.PostgresConnectionError as error:
        raise Down(f"the database went away: {error}", code="database_down") from error
    except asyncpg.InterfaceError as error:
        if conn.is_closed():
            raise Down(f"the database went away: {error}", code="database_down") from error
        raise
    finally:
        await pool.release(conn)


@contextlib.asynccontextmanager
async def _transaction(conn: asyncpg.Connection) -> AsyncIterator[None]:
    token = in_unit.set(True)
    try:
        yield
        await conn.execute("commit")
    except BaseException:
        if not conn.is_closed():
            await _roll_back(conn)
        raise
    finally:
        in_unit.reset(token)


async def _end(conn: asyncpg.Connection, stack: contextlib.AsyncExitStack) -> None:
    if not conn.is_closed():
        await _roll_back(conn)
    await stack.aclose()


async def _roll_back(conn: asyncpg.Connection) -> None:
    """A connection that cannot even roll back is thrown away, not given to the next one."""
    try:
        await conn.execute("rollback")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        conn.terminate()


async def open_database(url: str, *, size: int = 12, clock: Clock | None = None, command_timeout: float = 20.0) -> Database:
    """Raises OSError or asyncpg.PostgresError when the server is not there or the account may not take the roles."""
    pools = []
    for role in (APP, DUTY):
        pools.append(
            await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=size,
                timeout=10,
                command_timeout=command_timeout,
                server_settings={**LIMITS, "role": role},
                init=_prepare,
                reset=_reset,
                max_inactive_connection_lifetime=300,
                statement_cache_size=400,
            )
        )
    database = Database(pools[0], pools[1], clock or SystemClock())
    await database.learn_time()
    return database


async def _prepare(conn: asyncpg.Connection) -> None:
    for kind in ("json", "jsonb"):
        await conn.set_type_codec(
            kind, schema="pg_catalog", encoder=lambda value: msgspec.json.encode(value).decode(), decoder=msgspec.json.decode
        )


async def _reset(conn: asyncpg.Connection) -> None:
    """Settings are per transaction, so a returned connection is clean unless one was left open."""
    if conn.is_in_transaction():
        await conn.execute("rollback")


def ids(rows: Collection[asyncpg.Record], column: str = "id") -> list[UUID]:
    return [row[column] for row in rows]
