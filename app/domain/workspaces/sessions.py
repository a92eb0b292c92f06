"""Signing in and out, and who a cookie or key belongs to. Nothing secret is kept: a token's SHA-256 finds its row."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from app.core import metrics
from app.core.db import Database
from app.core.security import hash_password, new_token, password_matches, token_hash
from app.domain.workspaces import rules, store
from app.domain.workspaces.errors import BadPassword, UnknownMember, WrongCredentials
from app.domain.workspaces.guards import Caller

REMEMBERED_FOR = timedelta(seconds=2.5)
"""How long a disabled member or revoked key may still be answered by this process."""
REMEMBERED_MOST = 5000


class Callers:
    """Resolves cookies and keys, remembering the answers for a moment. One per process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: OrderedDict[bytes, tuple[datetime, Caller]] = OrderedDict()

    async def resolve(self, *, cookie: str | None = None, bearer: str | None = None) -> Caller | None:
        """A bearer key wins over a cookie. None for anything that does not let anybody in."""
        token = bearer or cookie
        if not token or len(token) > 200:
            return None
        hashed = token_hash(token)
        now = self._db.clock.now()
        known = self._known.get(hashed)
        if known and now - known[0] < REMEMBERED_FOR and known[1].is_key == (bearer is not None):
            return known[1]
        self._known.pop(hashed, None)
        caller = await (_caller_of_key(self._db, hashed) if bearer else _caller_of_session(self._db, hashed))
        if caller is not None:
            self._known[hashed] = (now, caller)
            if len(self._known) > REMEMBERED_MOST:
                self._known.popitem(last=False)
        return caller

    def forget(self, hashed: bytes | None) -> None:
        if hashed is not None:
            self._known.pop(hashed, None)


async def sign_in(db: Database, *, email: str, password: str, workspace_id: UUID | None = None) -> tuple[str, Caller]:
    """The cookie's token and who it lets in. Raises WrongCredentials, after the same work, whatever was wrong."""
    async with db.plain() as conn:
        login = await store.count_attempt(conn, rules.fold_email(email), db.clock.now())
    if not await password_matches(password, login["password_hash"] if login else None) or login is None:
        metrics.sign_in_failures.labels("password").inc()
        raise _refused()
    async with db.plain() as conn:
        await store.forgive(conn, login["id"])
    found = await _seat_of(db, login["id"], workspace_id)
    if found is None:
        metrics.sign_in_failures.labels("no_workspace").inc()
        raise _refused()
    return await _open_session(db, login["id"], workspace_id=found[0], member=found[1])


def _refused() -> WrongCredentials:
    minutes = int(rules.LOCKED_FOR.total_seconds() // 60)
    return WrongCredentials(
        f"e-mail or password is wrong; after {rules.FAILURES_ALLOWED} wrong tries an account is closed for {minutes} minutes"
    )


async def sign_out(db: Database, caller: Caller) -> None:
    """A key stays as it is: it is revoked, not signed out."""
    if caller.token_hash is not None and not caller.is_key:
        async with db.plain() as conn:
            await store.end_session(conn, caller.token_hash)


async def change_password(db: Database, caller: Caller, *, current: str, new: str) -> None:
    """Ends the person's other sessions. Raises WrongCredentials, BadPassword."""
    if caller.is_key or caller.token_hash is None:
        raise BadPassword("a key has no password")
    async with db.unit(caller.workspace_id) as work:
        member = await store.member(work, caller.member_id) if caller.member_id else None
    if member is None or member["login_id"] is None:
        raise BadPassword("this member does not sign in with a password")
    async with db.plain() as conn:
        login = await store.count_attempt(conn, member["email"], db.clock.now())
    if not await password_matches(current, login["password_hash"] if login else None) or login is None:
        raise WrongCredentials("the current password is wrong", fields={"current": "is wrong"})
    problem = rules.password_problem(new, email=member["email"])
    if problem:
        raise BadPassword(f"the new password {problem}", fields={"new": problem})
    hashed = await hash_password(new)
    async with db.plain() as conn:
        await store.set_password(conn, login["id"], hashed)
        await store.end_other_sessions(conn, login["id"], but=caller.token_hash)


async def become(db: Database, caller: Caller, member_id: UUID) -> Caller:
    """This browser goes on as another member of the same workspace: the demo's persona switch. Who may do so is decided by
    the route that offers it."""
    if caller.token_hash is None or caller.is_key:
        raise UnknownMember("only a browser's sign-in can change its member")
    async with db.unit(caller.workspace_id) as work:
        member = await store.member(work, member_id)
        if member is None or member["disabled_at"] is not None:
            raise UnknownMember("there is no such member")
        await store.move_session(work.conn, caller.token_hash, member_id)
    return Caller(caller.workspace_id, member_id, member["role"], member["name"], caller.token_hash)


async def still_welcome(db: Database, workspace_id: UUID, callers: Iterable[Caller]) -> set[bytes]:
    """Token hashes of those whose sign-in still holds with the same member and role; one look for all of a workspace."""
    known = {caller.token_hash: caller for caller in callers if caller.token_hash is not None}
    sessions = [hashed for hashed, caller in known.items() if not caller.is_key]
    keys = [hashed for hashed, caller in known.items() if caller.is_key]
    welcome = set()
    async with db.unit(workspace_id) as work:
        for row in await store.live_sessions(work, sessions) if sessions else ():
            caller = known[row["token_hash"]]
            if (row["member_id"], row["role"]) == (caller.member_id, caller.role) and _lives(row, work.now):
                welcome.add(row["token_hash"])
        for row in await store.live_keys(work, keys) if keys else ():
            if row["role"] == known[row["key_hash"]].role:
                welcome.add(row["key_hash"])
    return welcome


async def _seat_of(db: Database, login_id: UUID, workspace_id: UUID | None) -> tuple[UUID, asyncpg.Record] | None:
    """The workspace this person works in: the wanted one, else the last used, else any."""
    async with db.plain() as conn:
        used = await store.workspaces_used(conn, login_id)
    for candidate in [workspace_id] if workspace_id else used:
        if member := await _member_in(db, candidate, login_id):
            return candidate, member
    if workspace_id:
        return None
    async with db.across() as duty:
        others = [found for found in await store.every_workspace(duty) if found not in used]
    for candidate in others:
        if member := await _member_in(db, candidate, login_id):
            return candidate, member
    return None


async def _member_in(db: Database, workspace_id: UUID, login_id: UUID) -> asyncpg.Record | None:
    async with db.unit(workspace_id) as work:
        return await store.member_of_login(work, login_id)


async def _open_session(db: Database, login_id: UUID, *, workspace_id: UUID, member: asyncpg.Record) -> tuple[str, Caller]:
    token = new_token()
    hashed = token_hash(token)
    async with db.plain() as conn:
        await store.add_session(
            conn,
            token_hash=hashed,
            login_id=login_id,
            workspace_id=workspace_id,
            member_id=member["id"],
            now=db.clock.now(),
        )
    return token, Caller(workspace_id, member["id"], member["role"], member["name"], hashed)


async def _caller_of_session(db: Database, hashed: bytes) -> Caller | None:
    now = db.clock.now()
    async with db.plain() as conn:
        found = await store.session(conn, hashed)
        if found is None or not _lives(found, now):
            return None
        if now - found["seen_at"] >= rules.SEEN_EVERY:
            await store.see_session(conn, hashed, now)
    async with db.unit(found["workspace_id"]) as work:
        member = await store.member(work, found["member_id"])
    if member is None or member["disabled_at"] is not None:
        return None
    return Caller(found["workspace_id"], member["id"], member["role"], member["name"], hashed)


async def _caller_of_key(db: Database, hashed: bytes) -> Caller | None:
    now = db.clock.now()
    async with db.plain() as conn:
        found = await store.api_key(conn, hashed)
        if found is None or (found["expires_at"] is not None and found["expires_at"] <= now):
            return None
        if found["seen_at"] is None or now - found["seen_at"] >= rules.SEEN_EVERY:
            await store.see_api_key(conn, hashed, now)
    return Caller(found["workspace_id"], found["member_id"], found["role"], found["name"], hashed, is_key=True)


def _lives(row: asyncpg.Record, now: datetime) -> bool:
    return rules.is_alive(seen_at=row["seen_at"], expires_at=row["expires_at"], now=now)
