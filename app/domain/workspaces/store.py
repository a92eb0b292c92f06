"""All SQL of this room. Logins, sessions and keys belong to no workspace, so a bare connection reads them too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.outbox import Change
from app.domain.workspaces import rules

WORKSPACE = (
    "select w.id, w.name, w.time_zone, w.currency, w.language, w.reopen_days, w.reply_target_s, w.pushing_stopped, "
    "w.created_at, w.version from workspace w where w.id = $1"
)
MEMBER = (
    "select m.id, m.name, m.email, m.role, m.language, m.login_id is not null as can_sign_in, m.disabled_at, m.created_at, "
    "m.version from member m where m.workspace_id = $1"
)
TEAM = (
    "select t.id, t.name, array(select tm.member_id from team_member tm where tm.workspace_id = t.workspace_id "
    "and tm.team_id = t.id order by tm.member_id) as member_ids, t.created_at, t.version from team t where t.workspace_id = $1"
)
API_KEY = (
    "select k.id, k.name, k.prefix, k.role, k.member_id, k.created_at, k.seen_at, k.expires_at from api_key k "
    "where k.workspace_id = $1 and k.revoked_at is null"
)
WORKSPACE_CHANGE = Change("workspace", "workspace", WORKSPACE, "w.id")
MEMBER_CHANGE = Change("member", "workspace", MEMBER, "m.id")
TEAM_CHANGE = Change("team", "workspace", TEAM, "t.id")

_FIRST_RUN_LOCK = 7_226_354


async def as_of_seq(work: UnitOfWork) -> int:
    return int(await work.value("select seq from outbox_head where workspace_id = $1", work.workspace_id) or 0)


async def lock_first_run(work: UnitOfWork) -> None:
    await work.execute("select pg_advisory_xact_lock($1)", _FIRST_RUN_LOCK)


async def has_login(conn: asyncpg.Connection) -> bool:
    return bool(await conn.fetchval("select exists (select 1 from login)"))


async def add_workspace(
    work: UnitOfWork, *, name: str, time_zone: str, currency: str, language: str, settings: dict[str, Any]
) -> None:
    await work.execute(
        "insert into workspace (id, name, time_zone, currency, language, settings, created_at) "
        "values ($1, $2, $3, $4, $5, $6, $7)",
        work.workspace_id,
        name,
        time_zone,
        currency,
        language,
        settings,
        work.now,
    )


async def lock_workspace(work: UnitOfWork) -> None:
    """Changes of who is admin take turns."""
    await work.execute("select 1 from workspace where id = $1 for update", work.workspace_id)


async def workspace_settings(work: UnitOfWork) -> dict[str, Any]:
    found: dict[str, Any] = await work.value("select settings from workspace where id = $1", work.workspace_id)
    return found


async def change_workspace(work: UnitOfWork, values: dict[str, Any]) -> None:
    await _change(work, "workspace", "id = $1", values, work.workspace_id)


async def add_login(work: UnitOfWork, *, email: str, password_hash: str) -> tuple[UUID, bool]:
    """The login of this address and whether it is new; one that was there keeps its password."""
    made = await work.value(
        "insert into login (id, email, password_hash, created_at) values ($1, $2, $3, $4) "
        "on conflict (email) do nothing returning id",
        new_id(),
        email,
        password_hash,
        work.now,
    )
    if made is not None:
        return made, True
    known: UUID = await work.value("select id from login where email = $1", email)
    return known, False


async def set_password(conn: asyncpg.Connection, login_id: UUID, password_hash: str) -> None:
    await conn.execute(
        "update login set password_hash = $2, failures = 0, locked_until = null where id = $1", login_id, password_hash
    )


async def login_id_of(conn: asyncpg.Connection, email: str) -> UUID | None:
    found: UUID | None = await conn.fetchval("select id from login where email = $1", email)
    return found


async def count_attempt(conn: asyncpg.Connection, email: str, now: datetime) -> asyncpg.Record | None:
    """Counts the attempt before the password is looked at, so parallel guesses cannot outrun the count. None for an unknown
    address and for a locked account."""
    return await conn.fetchrow(
        "update login set "
        "failures = case when locked_until is null then failures + 1 else 1 end, "
        "locked_until = case when locked_until is null and failures + 1 >= $3 then $2 + $4::interval end "
        "where email = $1 and (locked_until is null or locked_until <= $2) returning id, password_hash",
        email,
        now,
        rules.FAILURES_ALLOWED,
        rules.LOCKED_FOR,
    )


async def forgive(conn: asyncpg.Connection, login_id: UUID) -> None:
    await conn.execute("update login set failures = 0, locked_until = null where id = $1", login_id)


async def workspaces_used(conn: asyncpg.Connection, login_id: UUID) -> list[UUID]:
    """Where this login was signed in, newest first."""
    rows = await conn.fetch(
        "select workspace_id from session where login_id = $1 group by workspace_id order by max(seen_at) desc", login_id
    )
    return [row["workspace_id"] for row in rows]


async def every_workspace(duty: asyncpg.Connection) -> list[UUID]:
    return [row["id"] for row in await duty.fetch("select id from workspace order by id")]


async def member_of_login(work: UnitOfWork, login_id: UUID) -> asyncpg.Record | None:
    return await work.row(
        "select id, name, role from member where workspace_id = $1 and login_id = $2 and disabled_at is null",
        work.workspace_id,
        login_id,
    )


async def add_session(
    conn: asyncpg.Connection, *, token_hash: bytes, login_id: UUID, workspace_id: UUID, member_id: UUID, now: datetime
) -> None:
    """Dead sessions of the same login go at the same time."""
    await conn.execute("delete from session where login_id = $1 and expires_at <= $2", login_id, now)
    await conn.execute(
        "insert into session (token_hash, login_id, workspace_id, member_id, created_at, seen_at, expires_at) "
        "values ($1, $2, $3, $4, $5, $5, $6)",
        token_hash,
        login_id,
        workspace_id,
        member_id,
        now,
        now + rules.LONGEST,
    )


async def session(conn: asyncpg.Connection, token_hash: bytes) -> asyncpg.Record | None:
    return await conn.fetchrow(
        "select login_id, workspace_id, member_id, seen_at, expires_at from session where token_hash = $1", token_hash
    )


async def see_session(conn: asyncpg.Connection, token_hash: bytes, now: datetime) -> None:
    await conn.execute("update session set seen_at = greatest(seen_at, $2) where token_hash = $1", token_hash, now)


async def move_session(conn: asyncpg.Connection, token_hash: bytes, member_id: UUID) -> None:
    await conn.execute("update session set member_id = $2 where token_hash = $1", token_hash, member_id)


async def end_session(conn: asyncpg.Connection, token_hash: bytes) -> None:
    await conn.execute("delete from session where token_hash = $1", token_hash)


async def end_other_sessions(conn: asyncpg.Connection, login_id: UUID, *, but: bytes) -> None:
    await conn.execute("delete from session where login_id = $1 and token_hash <> $2", login_id, but)


async def live_sessions(work: UnitOfWork, token_hashes: Sequence[bytes]) -> list[asyncpg.Record]:
    return await work.fetch(
        "select s.token_hash, s.seen_at, s.expires_at, m.id as member_id, m.role from session s "
        "join member m on m.workspace_id = $1 and m.id = s.member_id and m.disabled_at is null "
        "where s.token_hash = any($2) and s.workspace_id = $1",
        work.workspace_id,
        list(token_hashes),
    )


async def live_keys(work: UnitOfWork, key_hashes: Sequence[bytes]) -> list[asyncpg.Record]:
    return await work.fetch(
        "select key_hash, role, member_id from api_key where key_hash = any($2) and workspace_id = $1 and revoked_at is null "
        "and (expires_at is null or expires_at > $3)",
        work.workspace_id,
        list(key_hashes),
        work.now,
    )


async def add_member(
    work: UnitOfWork, *, member_id: UUID, name: str, email: str, role: str, language: str, login_id: UUID | None
) -> bool:
    """False when the address is taken in this workspace."""
    made = await work.execute(
        "insert into member (workspace_id, id, login_id, name, email, role, language, created_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (workspace_id, email) do nothing",
        work.workspace_id,
        member_id,
        login_id,
        name,
        email,
        role,
        language,
        work.now,
    )
    return made == 1


async def member(work: UnitOfWork, member_id: UUID) -> asyncpg.Record | None:
    return await work.row(
        "select id, login_id, name, email, role, language, disabled_at from member where workspace_id = $1 and id = $2",
        work.workspace_id,
        member_id,
    )


async def other_admins(work: UnitOfWork, member_id: UUID) -> int:
    return int(
        await work.value(
            "select count(*) from member where workspace_id = $1 and id <> $2 and role = 'admin' and disabled_at is null",
            work.workspace_id,
            member_id,
        )
    )


async def change_member(work: UnitOfWork, member_id: UUID, values: dict[str, Any]) -> None:
    await _change(work, "member", "workspace_id = $1 and id = $2", values, work.workspace_id, member_id)


async def shut_out(work: UnitOfWork, member_id: UUID) -> None:
    """Ends every session and key of a member."""
    await work.execute("delete from session where workspace_id = $1 and member_id = $2", work.workspace_id, member_id)
    await work.execute(
        "update api_key set revoked_at = $3 where workspace_id = $1 and member_id = $2 and revoked_at is null",
        work.workspace_id,
        member_id,
        work.now,
    )


async def known_members(work: UnitOfWork, member_ids: Iterable[UUID]) -> set[UUID]:
    rows = await work.fetch("select id from member where workspace_id = $1 and id = any($2)", work.workspace_id, list(member_ids))
    return {row["id"] for row in rows}


async def add_team(work: UnitOfWork, team_id: UUID, name: str) -> bool:
    """False when the name is taken."""
    made = await work.execute(
        "insert into team (workspace_id, id, name, created_at) values ($1, $2, $3, $4) "
        "on conflict (workspace_id, name) do nothing",
        work.workspace_id,
        team_id,
        name,
        work.now,
    )
    return made == 1


async def team_exists(work: UnitOfWork, team_id: UUID) -> bool:
    return bool(await work.value("select 1 from team where workspace_id = $1 and id = $2 for update", work.workspace_id, team_id))


async def team_name_taken(work: UnitOfWork, team_id: UUID, name: str) -> bool:
    return bool(
        await work.value(
            "select 1 from team where workspace_id = $1 and id <> $2 and name = $3", work.workspace_id, team_id, name
        )
    )


async def change_team(work: UnitOfWork, team_id: UUID, values: dict[str, Any]) -> None:
    await _change(work, "team", "workspace_id = $1 and id = $2", values, work.workspace_id, team_id)


async def set_team_members(work: UnitOfWork, team_id: UUID, member_ids: Iterable[UUID]) -> None:
    await work.execute("delete from team_member where workspace_id = $1 and team_id = $2", work.workspace_id, team_id)
    await work.execute(
        "insert into team_member (workspace_id, team_id, member_id) select $1, $2, unnest($3::uuid[])",
        work.workspace_id,
        team_id,
        list(dict.fromkeys(member_ids)),
    )


async def add_api_key(
    work: UnitOfWork,
    *,
    key_id: UUID,
    key_hash: bytes,
    prefix: str,
    name: str,
    role: str,
    member_id: UUID | None,
    expires_at: datetime | None,
) -> None:
    await work.execute(
        "insert into api_key (key_hash, id, workspace_id, member_id, name, prefix, role, created_at, expires_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        key_hash,
        key_id,
        work.workspace_id,
        member_id,
        name,
        prefix,
        role,
        work.now,
        expires_at,
    )


async def api_key(conn: asyncpg.Connection, key_hash: bytes) -> asyncpg.Record | None:
    return await conn.fetchrow(
        "select id, workspace_id, member_id, name, role, seen_at, expires_at from api_key "
        "where key_hash = $1 and revoked_at is null",
        key_hash,
    )


async def see_api_key(conn: asyncpg.Connection, key_hash: bytes, now: datetime) -> None:
    await conn.execute("update api_key set seen_at = $2 where key_hash = $1", key_hash, now)


async def revoke_api_key(work: UnitOfWork, key_id: UUID) -> bool:
    revoked = await work.execute(
        "update api_key set revoked_at = $3 where workspace_id = $1 and id = $2 and revoked_at is null",
        work.workspace_id,
        key_id,
        work.now,
    )
    return revoked == 1


SET_TEAM_HOURS = """
update team t set hours = k.hours, version = t.version + 1
from (select x.id, coalesce(g.hours, '{}'::jsonb) as hours from team x
  left join unnest($2::uuid[], $3::jsonb[]) as g(id, hours) on g.id = x.id where x.workspace_id = $1) k
where t.workspace_id = $1 and t.id = k.id and t.hours <> k.hours
"""


async def set_team_hours(work: UnitOfWork, hours: dict[UUID, Any]) -> None:
    """Teams that are not named keep the workspace's hours."""
    await work.execute(SET_TEAM_HOURS, work.workspace_id, list(hours), list(hours.values()))


async def known_teams(work: UnitOfWork, team_ids: Sequence[UUID]) -> set[UUID]:
    rows = await work.fetch("select id from team where workspace_id = $1 and id = any($2)", work.workspace_id, list(team_ids))
    return {row["id"] for row in rows}


async def _change(work: UnitOfWork, table: str, where: str, values: dict[str, Any], *keys: UUID) -> None:
    """Column names come from our own structs, never from a request."""
    places = [f"{column} = ${number}" for number, column in enumerate(values, start=len(keys) + 1)]
    if table != "workspace":
        places.append(f"updated_at = ${len(keys) + len(values) + 1}")
        values = {**values, "updated_at": work.now}
    await work.execute(
        f"update {table} set {', '.join([*places, 'version = version + 1'])} where {where}", *keys, *values.values()
    )
