"""Small shared statements: numbers people see, exact search keys, advisory locks, the audit trail."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from uuid import UUID

from app.core.db import UnitOfWork
from app.core.ids import new_id


async def next_numbers(work: UnitOfWork, name: str, count: int) -> int:
    """The first of `count` consecutive numbers."""
    last: int = await work.value(
        "insert into counter (workspace_id, name, value) values ($1, $2, $3) "
        "on conflict (workspace_id, name) do update set value = counter.value + $3 returning value",
        work.workspace_id,
        name,
        count,
    )
    return last - count + 1


def folded(key: str) -> str:
    """As exact keys are kept: lower case, no spaces."""
    return "".join(key.lower().split())[:200]


async def add_keys(work: UnitOfWork, keys: Iterable[tuple[str, str, UUID]]) -> None:
    """(key, kind, subject); known ones stay."""
    unique = {(folded(key), kind, subject) for key, kind, subject in keys if key.strip()}
    if unique:
        words, kinds, subjects = zip(*unique, strict=True)
        await work.execute(
            "insert into exact_key (workspace_id, key, kind, subject_id) "
            "select $1, * from unnest($2::text[], $3::text[], $4::uuid[]) on conflict do nothing",
            work.workspace_id,
            words,
            kinds,
            subjects,
        )


async def lock_objects(work: UnitOfWork, names: Iterable[str]) -> None:
    """Waits until no other transaction holds any of these outside objects. Taken in one order, so never a deadlock."""
    numbers = sorted(
        {
            int.from_bytes(hashlib.blake2b(f"{work.workspace_id}|{name}".encode(), digest_size=8).digest(), signed=True)
            for name in names
        }
    )
    if numbers:
        await work.execute("select pg_advisory_xact_lock(n) from unnest($1::bigint[]) n", numbers)


async def audit(work: UnitOfWork, act: str, subject_id: UUID | None, detail: Mapping[str, object] | None = None) -> None:
    await work.execute(
        "insert into audit (workspace_id, id, created_at, actor_id, act, subject_id, detail) values ($1, $2, $3, $4, $5, $6, $7)",
        work.workspace_id,
        new_id(),
        work.now,
        work.actor.member_id,
        act,
        subject_id,
        dict(detail or {}),
    )
