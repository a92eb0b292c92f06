"""Recognising buyers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import add_keys, folded, lock_objects
from app.core.paging import page, read_cursor
from app.domain.customers import rules
from app.domain.customers import store as sql
from app.domain.customers.errors import CustomerNotFound
from app.domain.customers.rules import Key, Person
from app.domain.customers.schemas import CustomerPage, CustomerRead, Stop, Timeline
from app.domain.customers.store import CUSTOMER_CHANGE
from connectors.base.events import ConsentChanged, Handle

Seen = Sequence[tuple[Handle, tuple[Handle, ...], str]]
"""Primary handle, more handles, language."""


class Known(Struct, frozen=True):
    customer_id: UUID
    handle_id: UUID


async def identify(work: UnitOfWork, seen: Seen) -> list[UUID]:
    """The customer of each, in order."""
    return [one.customer_id for one in await recognise(work, seen)]


async def recognise(work: UnitOfWork, seen: Seen) -> list[Known]:
    """The customer and the primary handle of each, in order; new ones are made. Two transactions that meet one new person at once
    end with one customer: the handles are locked until the commit."""
    told = [Person(primary=primary, more=more, language=language) for primary, more, language in seen]
    people = rules.gather(told)
    if not people:
        return []
    handles = rules.handles_of(people)
    await lock_objects(work, {f"handle:{kind}:{value}" for kind, value in handles})
    known, erased, ids = await _known(work, people, handles)
    kinds = await _kinds(work, set(known.values()))
    owners: dict[Key, UUID] = {}
    fresh: dict[UUID, Person] = {}
    for person in people:
        owner = erased.get(person.key) or rules.owner_of(person, known, kinds)
        if owner is None:
            owner = new_id()
            fresh[owner] = person
        owners[person.key] = owner
        if person.key not in erased:
            _learn(person, owner, known, kinds)
    await _write(work, people, owners, fresh)
    ids |= await _add_handles(work, fresh, handles, known, ids)
    await learn_traits(
        work,
        [(owners[person.key], *trait) for person in people if person.key not in erased for trait in rules.traits_of(person)],
    )
    return [Known(owners[one.key], ids[one.key]) for one in told]


def _learn(person: Person, owner: UUID, known: dict[Key, UUID], kinds: dict[UUID, frozenset[str]]) -> None:
    keys = [person.key, *(rules.key_of(handle) for handle in person.more if handle.strength != "guessed")]
    for key in keys:
        known.setdefault(key, owner)
    kinds[owner] = kinds.get(owner, frozenset()) | {key[0] for key in keys if known[key] == owner}


async def _known(
    work: UnitOfWork, people: Sequence[Person], keys: Iterable[Key]
) -> tuple[dict[Key, UUID], dict[Key, UUID], dict[Key, UUID]]:
    """Owners of handles, and the erased customers whose primary handle speaks again: nothing is written of these any more. Last the
    ids of the handles."""
    graves = {rules.tombstone(person.key): person.key for person in people}
    wanted = [*keys, *graves]
    rows = await work.fetch(sql.KNOWN, work.workspace_id, [key[0] for key in wanted], [key[1] for key in wanted])
    found = {(row["kind"], row["value"]): row["owner"] for row in rows}
    known = {key: owner for key, owner in found.items() if key not in graves}
    erased = {graves[key]: owner for key, owner in found.items() if key in graves and graves[key] not in known}
    return known, erased, {graves.get(key := (row["kind"], row["value"]), key): row["id"] for row in rows}


async def _kinds(work: UnitOfWork, owners: set[UUID]) -> dict[UUID, frozenset[str]]:
    if not owners:
        return {}
    rows = await work.fetch(sql.KINDS, work.workspace_id, list(owners))
    return {row["owner"]: frozenset(row["kinds"]) for row in rows}


async def _write(work: UnitOfWork, people: Sequence[Person], owners: Mapping[Key, UUID], fresh: Mapping[UUID, Person]) -> None:
    """New customers, and names for those that had none or only a number or @name."""
    if fresh:
        await work.execute(
            sql.NEW, work.workspace_id, work.now, list(fresh), [person.name for person in fresh.values()],
            [person.language for person in fresh.values()],
        )  # fmt: skip
        work.touch(CUSTOMER_CHANGE, fresh)
    named = {owners[person.key]: person for person in people if person.name and owners[person.key] not in fresh}
    if named:
        changed = await work.fetch(
            sql.NAMES, work.workspace_id, work.now, list(named), [person.name for person in named.values()],
            [bool(person.called) for person in named.values()],
        )  # fmt: skip
        work.touch(CUSTOMER_CHANGE, [row["id"] for row in changed])


async def _add_handles(
    work: UnitOfWork,
    fresh: Mapping[UUID, Person],
    handles: Mapping[Key, Handle],
    known: Mapping[Key, UUID],
    ids: Mapping[Key, UUID],
) -> dict[Key, UUID]:
    rows = [(key, handle) for key, handle in handles.items() if key in known]
    made = {key: ids.get(key) or new_id() for key, _ in rows}
    changed = await work.fetch(
        sql.HANDLES, work.workspace_id, work.now, list(made.values()), [known[key] for key, _ in rows],
        [key[0] for key, _ in rows], [key[1] for key, _ in rows], [handle.label for _, handle in rows],
        ["" for _ in rows], [handle.strength for _, handle in rows],
    )  # fmt: skip
    grown = {row["customer_id"] for row in changed} - set(fresh)
    if grown:
        await work.execute(sql.GROWN, work.workspace_id, work.now, list(grown))
        work.touch(CUSTOMER_CHANGE, grown)
    await add_keys(
        work,
        [
            (word, "customer", known[key])
            for key, handle in rows
            for word in {key[1], handle.label, handle.label.lstrip("@"), handle.name}
            if word
        ],
    )
    return made


async def learn_traits(work: UnitOfWork, seen: Iterable[tuple[UUID, str, str]]) -> None:
    """(customer, kind, value). Where another customer has the same, both are told anew: a screen may offer to merge them."""
    traits = sorted(set(seen))
    if traits:
        columns = [list(column) for column in zip(*traits, strict=True)]
        await stir(work, [row["id"] for row in await work.fetch(sql.TRAITS, work.workspace_id, *columns)])


async def stir(work: UnitOfWork, customers: Collection[UUID]) -> None:
    """Something about these customers is new that their rows do not hold."""
    if customers:
        told = await work.fetch(sql.STIRRED, work.workspace_id, work.now, list(customers))
        work.touch(CUSTOMER_CHANGE, [row["id"] for row in told])


handle_key = rules.key_of


async def adopt_handle(work: UnitOfWork, customer_id: UUID, handle: Handle) -> None:
    """This customer answers under the handle. One that is somebody's already stays theirs."""
    key = rules.key_of(handle)
    await lock_objects(work, [f"handle:{key[0]}:{key[1]}"])
    if not await work.fetch(sql.KNOWN, work.workspace_id, [key[0]], [key[1]]):
        await _add_handles(work, {}, {key: handle}, {key: customer_id}, {})


async def find_by_handle(work: UnitOfWork, handle: Handle) -> list[UUID]:
    rows = await work.fetch(sql.KNOWN, work.workspace_id, *([part] for part in rules.key_of(handle)))
    return sorted({row["owner"] for row in rows})


async def retire_stand_in(work: UnitOfWork, customer_id: UUID, survivor_id: UUID) -> None:
    """A customer that only stood for somebody not yet proven is merged into who it really is."""
    await work.execute(sql.RETIRE, work.workspace_id, customer_id, survivor_id)
    work.touch(CUSTOMER_CHANGE, [customer_id])


async def note_consents(work: UnitOfWork, told: Sequence[ConsentChanged]) -> list[UUID]:
    """What buyers said about being written to; the newest word for each handle stands. Gives the customers it concerns."""
    words = [(rules.hash_of(rules.key_of(one.handle)), scope, one) for one in told for scope in rules.scopes_of(one)]
    newest = {(hashed, scope): one for hashed, scope, one in sorted(words, key=lambda word: word[2].at)}
    await work.execute(
        sql.REFUSALS, work.workspace_id, [key[0] for key in newest], [key[1] for key in newest],
        [not one.allowed for one in newest.values()], [one.at for one in newest.values()],
    )  # fmt: skip
    keys = {rules.key_of(one.handle) for one in told}
    rows = await work.fetch(sql.KNOWN, work.workspace_id, [key[0] for key in keys], [key[1] for key in keys])
    owners = sorted({row["owner"] for row in rows})
    await work.execute(sql.GROWN, work.workspace_id, work.now, owners)
    work.touch(CUSTOMER_CHANGE, owners)
    return owners


async def refusals_of(work: UnitOfWork, handles: Iterable[Handle]) -> dict[Key, frozenset[str]]:
    """The scopes each handle refuses: "all", "unasked", or nothing."""
    hashes = {rules.hash_of(rules.key_of(one)): (one.kind, one.value) for one in handles}
    found: dict[Key, frozenset[str]] = {}
    for row in await work.fetch(sql.REFUSED, work.workspace_id, list(hashes)):
        found[hashes[row["handle_hash"]]] = frozenset(row["scopes"])
    return found


async def erase_customer(work: UnitOfWork, customer_id: UUID) -> None:
    """Names and addresses go; a hash of each handle stays, so that nothing brings the person back unseen."""
    rows = await work.fetch(sql.HANDLES_OF, work.workspace_id, customer_id)
    graves = [rules.tombstone((row["kind"], row["value"]))[1] for row in rows]
    await work.execute(sql.BURY, work.workspace_id, [row["id"] for row in rows], graves)
    await work.execute(sql.FORGET_KEYS, work.workspace_id, customer_id)
    await work.execute(sql.ERASE, work.workspace_id, customer_id, work.now)
    await work.execute(sql.FORGET_ADDRESSES, work.workspace_id, customer_id)
    await work.execute(sql.FORGET_MATTERS, work.workspace_id, customer_id)
    await work.execute(sql.FORGET_TRAITS, work.workspace_id, customer_id)
    work.touch(CUSTOMER_CHANGE, [customer_id])


async def list_customers(work: UnitOfWork, *, q: str, cursor: str | None, limit: int) -> CustomerPage:
    """Newest first. `q` is how one of the words of a name begins, or exactly a handle."""
    before = read_cursor(cursor, tuple[UUID])[0] if cursor else None
    rows = await work.fetch(sql.PAGE, work.workspace_id, q, before, limit + 1, folded(q))
    items = [msgspec.json.decode(row["row"], type=CustomerRead) for row in rows if row["row"]]
    kept, cursor_after = page(items, limit, "id")
    return CustomerPage(items=kept, next_cursor=cursor_after, as_of_seq=rows[0]["as_of"])


async def read_customer(work: UnitOfWork, customer_id: UUID) -> CustomerRead:
    """One who was merged into another answers as that one."""
    found = await work.shapes(CustomerRead, f"{sql.CUSTOMER} and c.id = {sql.WHOLE}", work.workspace_id, customer_id)
    if not found:
        raise CustomerNotFound("no such customer")
    return found[0]


async def read_timeline(work: UnitOfWork, customer_id: UUID, *, cursor: str | None, limit: int) -> Timeline:
    """Orders and conversations of every channel by time, newest first."""
    customer_id = (await read_customer(work, customer_id)).id
    before = read_cursor(cursor, tuple[datetime, UUID]) if cursor else (None, None)
    rows = await work.fetch(sql.TIMELINE, work.workspace_id, customer_id, *before, limit + 1)
    stops = [msgspec.json.decode(row["row"], type=Stop) for row in rows if row["row"]]
    kept, cursor_after = page(stops, limit, "at", "id")
    return Timeline(items=kept, next_cursor=cursor_after, as_of_seq=rows[0]["as_of"])
