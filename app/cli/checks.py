"""What `doctor` looks at, one function for each question. A finding says what is true and, when it is not good, what to do."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.core.clock import SystemClock
from app.core.config import Settings
from app.core.db import Database
from app.core.revisions import newest, schema_revision
from app.core.roles import APP, DUTY
from app.core.vault import Sealed, Vault, VaultLocked
from app.embedded.binaries import OLDEST

Level = Literal["ok", "warn", "bad"]
SKEW_S = 5.0
LATE_S = 60.0
SILENT_FEED_S = 900.0
UNKNOWN_S = 900.0
FREE_BYTES = 1024**3
ASK_S = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    name: str
    level: Level
    detail: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    settings: Settings
    db: Database
    conn: asyncpg.Connection
    """Signed in as the account of ONECOUNTER_DATABASE_URL, in no role: for the catalogue only."""
    workspaces: Sequence[UUID]


Check = Callable[[Patient], Awaitable[Finding]]


async def database(patient: Patient) -> Finding:
    number, words = await patient.conn.fetchrow(
        "select current_setting('server_version_num')::int, current_setting('server_version')"
    )
    fits = number // 10_000 >= OLDEST
    return Finding(
        name="database",
        level="ok" if fits else "bad",
        detail=f"PostgreSQL {words}",
        fix="" if fits else f"Update PostgreSQL to {OLDEST} or newer.",
    )


async def account(patient: Patient) -> Finding:
    row = await patient.conn.fetchrow(
        "select rolname, rolsuper or rolbypassrls as above, pg_has_role(oid, $1, 'member') and pg_has_role(oid, $2, 'member') "
        "as takes, exists (select 1 from pg_class where relowner = r.oid and relnamespace = 'public'::regnamespace) as owns "
        "from pg_roles r where rolname = session_user",
        APP,
        DUTY,
    )
    problems = [
        words
        for words, is_so in (
            ("is above row-level security", row["above"]),
            ("owns the tables", row["owns"]),
            (f"may not take the roles {APP} and {DUTY}", not row["takes"]),
        )
        if is_so
    ]
    return Finding(
        name="account",
        level="bad" if problems else "ok",
        detail=f"{row['rolname']} {' and '.join(problems)}" if problems else f"{row['rolname']}, an ordinary account",
        fix="Use the account that `onecounter migrate --admin-url` makes, in ONECOUNTER_DATABASE_URL." if problems else "",
    )


async def tables(patient: Patient) -> Finding:
    async with patient.db.plain() as conn:
        found = await schema_revision(conn)
    current = found == newest()
    return Finding(
        name="tables",
        level="ok" if current else "bad",
        detail=f"at {found or 'nothing'}" + ("" if current else f", the program expects {newest()}"),
        fix="" if current else "Run: onecounter migrate",
    )


async def row_security(patient: Patient) -> Finding:
    open_ones = await patient.conn.fetchval(
        "select string_agg(c.relname::text, ', ' order by c.relname) from pg_class c "
        "join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnum > 0 and a.attnotnull "
        "where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname not in ('session', 'api_key') "
        "and not (c.relrowsecurity and c.relforcerowsecurity and exists (select 1 from pg_policy p where p.polrelid = c.oid))"
    )
    return Finding(
        name="row security",
        level="bad" if open_ones else "ok",
        detail=f"missing on {open_ones}" if open_ones else "on every table of a workspace",
        fix="Run: onecounter migrate. If it stays, restore the policies from migrations/." if open_ones else "",
    )


async def durability(patient: Patient) -> Finding:
    off = [
        name
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if await patient.conn.fetchval("select current_setting($1)", name) == "off"
    ]
    return Finding(
        name="durability",
        level="bad" if off else "ok",
        detail=f"{' and '.join(off)} off: a power cut can lose messages" if off else "a commit is on disk before it is answered",
        fix=f"Set {' and '.join(off)} to on in postgresql.conf." if off else "",
    )


async def indexes(patient: Patient) -> Finding:
    broken = await patient.conn.fetchval("select string_agg(indexrelid::regclass::text, ', ') from pg_index where not indisvalid")
    return Finding(
        name="indexes",
        level="warn" if broken else "ok",
        detail=f"not valid: {broken}" if broken else "all valid",
        fix=f"Run in psql: reindex index concurrently {broken}" if broken else "",
    )


async def long_transactions(patient: Patient) -> Finding:
    oldest = await patient.conn.fetchval(
        "select max(extract(epoch from clock_timestamp() - xact_start))::float8 from pg_stat_activity "
        "where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()"
    )
    is_long = oldest is not None and oldest > 300
    return Finding(
        name="transactions",
        level="warn" if is_long else "ok",
        detail=f"the oldest is open for {oldest:.0f} s" if is_long else "none is open for long",
        fix="Find it in pg_stat_activity and end it: it keeps deleted rows from being cleaned up." if is_long else "",
    )


async def clock(patient: Patient) -> Finding:
    asked = SystemClock().now()
    told: datetime = await patient.conn.fetchval("select clock_timestamp()")
    skew = abs((told - asked).total_seconds())
    is_off = skew > SKEW_S
    return Finding(
        name="clock",
        level="warn" if is_off else "ok",
        detail=f"{skew:.1f} s from the database's",
        fix="Turn on time synchronisation on this machine: channels refuse signatures with a wrong time." if is_off else "",
    )


async def disk(patient: Patient) -> Finding:
    data = patient.settings.data
    room = shutil.disk_usage(data if data.exists() else "/")
    is_short = room.free < FREE_BYTES
    return Finding(
        name="disk",
        level="bad" if is_short else "ok",
        detail=f"{room.free / 1024**3:.1f} GiB free under {data}",
        fix="Free some space: at zero nothing can be stored and webhooks are refused." if is_short else "",
    )


async def secrets(patient: Patient) -> Finding:
    """One secret of each connection is opened."""
    vault, locked, opened = Vault(patient.settings.secret_keys), [], 0
    for workspace in patient.workspaces:
        async with patient.db.unit(workspace) as work:
            rows = await work.fetch(
                "select distinct on (connection_id) connection_id, field, key_id, sealed from connection_secret "
                "where workspace_id = $1 order by connection_id, field",
                workspace,
            )
        for row in rows:
            try:
                vault.unseal(
                    Sealed(row["key_id"], row["sealed"]), workspace=workspace, connection=row["connection_id"], field=row["field"]
                )
                opened += 1
            except VaultLocked as error:
                locked.append(str(error))
    return Finding(
        name="secrets",
        level="bad" if locked else "ok",
        detail=locked[0] if locked else f"{opened} connections open with the key",
        fix="Put the old key back, after the new one: ONECOUNTER_SECRET_KEY=new:...,old:..." if locked else "",
    )


async def redis(patient: Patient) -> Finding:
    if not patient.settings.redis_url:
        return Finding(name="redis", level="ok", detail="not used: one process does all the work")
    client = Redis.from_url(patient.settings.redis_url, socket_timeout=3, socket_connect_timeout=3)
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        return Finding(
            name="redis",
            level="warn",
            detail=f"does not answer ({error}); work goes on, up to 2 s later",
            fix="Start Redis, or correct ONECOUNTER_REDIS_URL.",
        )
    finally:
        await client.aclose()
    return Finding(name="redis", level="ok", detail="answers")


async def public_address(patient: Patient) -> Finding:
    url = patient.settings.public_url
    if not url.startswith("https://"):
        return Finding(
            name="public address",
            level="ok" if patient.settings.sandbox else "warn",
            detail=f"{url} is not public: channels are asked on a timer instead of telling at once",
            fix="" if patient.settings.sandbox else "Put an https proxy in front and set ONECOUNTER_PUBLIC_URL to its address.",
        )
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            status = (await client.get(f"{url}/healthz")).status_code
    except httpx.HTTPError as error:
        status, reason = 0, str(error) or type(error).__name__
    else:
        reason = f"answered {status}"
    return Finding(
        name="public address",
        level="ok" if status == 200 else "bad",
        detail=f"{url} {'answers' if status == 200 else reason}",
        fix="" if status == 200 else "Check the name, its certificate and the proxy's target.",
    )


CHECKS: tuple[Check, ...] = (
    database,
    account,
    tables,
    row_security,
    durability,
    indexes,
    long_transactions,
    clock,
    disk,
    secrets,
    redis,
    public_address,
)


async def examine(patient: Patient, checks: Sequence[Check]) -> list[Finding]:
    """A question that cannot be answered is a finding too."""
    findings = []
    for check in checks:
        try:
            async with asyncio.timeout(ASK_S):
                findings.append(await check(patient))
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            name = check.__name__.replace("_", " ")
            findings.append(Finding(name=name, level="bad", detail=f"could not be found out: {error or 'no answer in time'}"))
    return findings
