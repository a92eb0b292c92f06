"""Recognising buyers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import add_keys, lock_objects
from app.core.paging import read_cursor, write_cursor
from app.domain.customers import rules
from app.domain.customers import store as sql
from app.domain.customers.errors import CustomerNotFound
from app.domain.customers.rules import Key, Person
from app.domain.customers.schemas import CustomerPage, CustomerRead, Stop, Timeline
from app.domain.customers.store import CUSTOMER_CHANGE
from connectors.base.events import Handle

AS_OF = "coalesce((select seq from outbox_head where workspace_id = $1), 0)"


async def identify(work: UnitOfWork, seen: Sequence[tuple[Handle, tuple[Handle, ...], str]]) -> list[UUID]:
    """The customer of each (primary handle, more handles, language), in order; new ones are made. Two transactions that meet
    one new person at once end with one customer: the handles are locked until the commit."""
    people = [Person(primary=primary, more=more, language=language) for primary, more, language in seen]
    if not people:
        return []
    handles = rules.handles_of(people)
    await lock_objects(work, {f"handle:{kind}:{value}" for kind, value in handles})
    known = await _known(work, list(handles))
    kinds = await _kinds(work, set(known.values()))
    fresh: dict[UUID, Person] = {}
    owners: list[UUID] = []
    for person in people:
        owner = rules.owner_of(person, known, kinds)
        if owner is None:
            owner = new_id()
            fresh[owner] = person
        owners.append(owner)
        _learn(person, owner, known, kinds)
    await _write(work, people, owners, fresh, handles, known)
    return owners


def _learn(person: Person, owner: UUID, known: dict[Key, UUID], kinds: dict[UUID, frozenset[str]]) -> None:
    known.setdefault(person.key, owner)
    for handle in person.more:
        if handle.value.strip() and handle.strength != "guessed":
            known.setdefault(rules.key_of(handle), owner)
    kinds[owner] = kinds.get(owner, frozenset()) | {person.primary.kind}


async def _known(work: UnitOfWork, keys: Sequence[Key]) -> dict[Key, UUID]:
    rows = await work.fetch(sql.KNOWN, work.workspace_id, [key[0] for key in keys], [key[1] for key in keys])
    return {(row["kind"], row["value"]): row["owner"] for row in rows}


async def _kinds(work: UnitOfWork, owners: set[UUID]) -> dict[UUID, frozenset[str]]:
    if not owners:
        return {}
    rows = await work.fetch(sql.KINDS, work.workspace_id, list(owners))
    return {row["customer_id"]: frozenset(row["kinds"]) for row in rows}


async def _write(
    work: UnitOfWork,
    people: Sequence[Person],
    owners: Sequence[UUID],
    fresh: dict[UUID, Person],
    handles: dict[Key, Handle],
    known: dict[Key, UUID],
) -> None:
    if fresh:
        await work.execute(
            sql.NEW, work.workspace_id, work.now, list(fresh), [_name(person) for person in fresh.values()],
            [person.language for person in fresh.values()],
        )  # fmt: skip
        work.touch(CUSTOMER_CHANGE, fresh)
    rows = [(key, handle) for key, handle in handles.items() if key in known]
    await work.execute(
        sql.HANDLES, work.workspace_id, work.now, [new_id() for _ in rows], [known[key] for key, _ in rows],
        [key[0] for key, _ in rows], [key[1] for key, _ in rows], [handle.label for _, handle in rows],
        ["" for _ in rows], [handle.strength for _, handle in rows],
    )  # fmt: skip
    named = {owner: _name(person) for person, owner in zip(people, owners, strict=True) if owner not in fresh and _name(person)}
    if named:
        changed = await work.fetch(sql.NAMES, work.workspace_id, work.now, list(named), list(named.values()))
        work.touch(CUSTOMER_CHANGE, [row["id"] for row in changed])
    words = [(word, "customer", known[key]) for key, handle in rows for word in {handle.value, handle.label, handle.name} if word]
    await add_keys(work, words)


def _name(person: Person) -> str:
    return (person.primary.name or next((one.name for one in person.more if one.name), "") or person.primary.label)[:200]


async def find_by_handle(work: UnitOfWork, handle: Handle) -> list[UUID]:
    return sorted(set((await _known(work, [rules.key_of(handle)])).values()))


async def erase_customer(work: UnitOfWork, customer_id: UUID) -> None:
    """Names and addresses go; a hash of each handle stays, so that nothing brings the person back unseen."""
    rows = await work.fetch(
        "select id, kind, value from handle where workspace_id = $1 and customer_id = $2", work.workspace_id, customer_id
    )
    await work.conn.executemany(
        "update handle set value = $3, label = '', strength = 'guessed' where workspace_id = $1 and id = $2",
        [
            (work.workspace_id, row["id"], "erased:" + hashlib.sha256(f"{row['kind']}|{row['value']}".encode()).hexdigest())
            for row in rows
        ],
    )
    await work.execute("delete from exact_key where workspace_id = $1 and subject_id = $2", work.workspace_id, customer_id)
    await work.execute(
        "update customer set name = '', note = '', erased_at = $3, version = version + 1 where workspace_id = $1 and id = $2",
        work.workspace_id, customer_id, work.now,
    )  # fmt: skip
    await work.execute(
        "update sales_order set ship_to = '{}', note = '', version = version + 1 where workspace_id = $1 and customer_id = $2",
        work.workspace_id, customer_id,
    )  # fmt: skip
    work.touch(CUSTOMER_CHANGE, [customer_id])


async def list_customers(work: UnitOfWork, *, q: str, cursor: str | None, limit: int) -> CustomerPage:
    """Newest first. `q` is the start of a name, or exactly a handle."""
    before = read_cursor(cursor, tuple[UUID])[0] if cursor else None
    rows = await work.fetch(
        f"select row_to_json(x)::text as row, {AS_OF} as as_of from ({sql.CUSTOMER} and c.merged_into is null "
        "and ($2 = '' or c.name ilike $2 || '%' or c.id in (select k.subject_id from find_keys(lower($2), 200) k where k.kind = 'customer')) "
        "and ($3::uuid is null or c.id < $3) order by c.id desc limit $4) x",
        work.workspace_id, q, before, limit + 1,
    )  # fmt: skip
    items = [msgspec.json.decode(row["row"], type=CustomerRead) for row in rows]
    kept = items[:limit]
    return CustomerPage(
        items=kept,
        next_cursor=write_cursor(kept[-1].id) if len(items) > limit else None,
        as_of_seq=rows[0]["as_of"] if rows else await work.value(f"select {AS_OF}", work.workspace_id),
    )


async def read_customer(work: UnitOfWork, customer_id: UUID) -> CustomerRead:
    found = await work.shapes(CustomerRead, f"{sql.CUSTOMER} and c.id = $2", work.workspace_id, customer_id)
    if not found:
        raise CustomerNotFound("no such customer")
    return found[0]


async def read_timeline(work: UnitOfWork, customer_id: UUID, *, cursor: str | None, limit: int) -> Timeline:
    """Orders and conversations of every channel by time, newest first."""
    await read_customer(work, customer_id)
    before = read_cursor(cursor, tuple[datetime, UUID]) if cursor else (None, None)
    rows = await work.shapes(Stop, sql.TIMELINE, work.workspace_id, customer_id, before[0], before[1], limit + 1)
    kept = rows[:limit]
    return Timeline(
        items=kept,
        next_cursor=write_cursor(kept[-1].at, kept[-1].id) if len(rows) > limit else None,
        as_of_seq=await work.value(f"select {AS_OF}", work.workspace_id),
    )
