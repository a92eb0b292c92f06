"""Who is who, pure: people with their handles are grouped into customers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from connectors.base.events import ConsentChanged, Handle

Key = tuple[str, str]
JOINS = frozenset({"email", "phone"})
SURENESS = {"verified": 2, "provided": 1, "guessed": 0}
ERASED = "erased:"


class Person(Struct, frozen=True, kw_only=True):
    """One buyer as a batch shows them: the handle the channel knows them by, and what else it told."""

    primary: Handle
    more: tuple[Handle, ...] = ()
    language: str = ""

    @property
    def key(self) -> Key:
        return key_of(self.primary)

    @property
    def called(self) -> str:
        """What people call them; empty when nobody told."""
        return next((one for one in (self.primary.name, *(one.name for one in self.more)) if one), "")[:200]

    @property
    def name(self) -> str:
        """What people call them, else what the channel shows of them, such as a number or @name, until a name is told."""
        return self.called or self.primary.label[:200]


def key_of(handle: Handle) -> Key:
    """Mail addresses and phones are compared without case and spaces; everything else to the letter."""
    if handle.kind in JOINS:
        return handle.kind, "".join(handle.value.lower().split())
    return handle.kind, handle.value


def hash_of(key: Key) -> str:
    """Enough to know a handle again, nothing to read."""
    return hashlib.sha256(f"{key[0]}|{key[1]}".encode()).hexdigest()


def tombstone(key: Key) -> Key:
    """What stays of the handle of an erased customer."""
    return key[0], ERASED + hash_of(key)


def scopes_of(change: ConsentChanged) -> tuple[str, ...]:
    """Whoever allows everything again also allows what was not asked for; any other word is about its own scope."""
    return ("all", "unasked") if change.allowed and change.scope == "all" else (change.scope,)


def gather(seen: Iterable[Person]) -> list[Person]:
    """Each person once, with all that was told of them, in an order that depends on nothing but who they are: the owners of
    mail addresses and phones first, so that others find them."""
    by_key: dict[Key, list[Person]] = {}
    for one in seen:
        by_key.setdefault(one.key, []).append(one)
    ordered = sorted(by_key, key=lambda key: (key[0] not in JOINS, key))
    return [_joined(by_key[key]) for key in ordered]


def _joined(same: Sequence[Person]) -> Person:
    more: dict[Key, Handle] = {}
    for handle in (handle for one in same for handle in one.more if handle.value.strip()):
        key = key_of(handle)
        more[key] = _fuller(more[key], handle) if key in more else handle
    primary = same[0].primary
    for one in same[1:]:
        primary = _fuller(primary, one.primary)
    language = max((one.language for one in same), default="")
    return Person(primary=primary, more=tuple(more[key] for key in sorted(more)), language=language)


def _fuller(one: Handle, other: Handle) -> Handle:
    """The same handle told twice: the surer word, then the longer."""
    return max(one, other, key=lambda told: (SURENESS[told.strength], bool(told.name), bool(told.label), told.name, told.label))


def bridges(person: Person) -> list[Key]:
    """Handles that may lead an unknown primary handle to a customer we know: mail and phone the channel itself vouches for."""
    return [key_of(handle) for handle in person.more if handle.kind in JOINS and handle.strength != "guessed"]


def owner_of(person: Person, known: Mapping[Key, UUID], kinds: Mapping[UUID, frozenset[str]]) -> UUID | None:
    """The customer this person is, of those we know. A second handle of the primary's own kind is a strong id that differs:
    then they are never joined by themselves."""
    if person.key in known:
        return known[person.key]
    found = {known[key] for key in bridges(person) if key in known}
    fitting = [one for one in found if person.primary.kind not in kinds.get(one, frozenset())]
    return fitting[0] if len(found) == 1 and len(fitting) == 1 else None


def handles_of(people: Iterable[Person]) -> dict[Key, Handle]:
    """Each handle worth keeping once; the primary's own word beats what others say of it."""
    found: dict[Key, Handle] = {}
    for person in people:
        for handle in person.more:
            if handle.strength != "guessed":
                found.setdefault(key_of(handle), handle)
    for person in people:
        found[person.key] = person.primary
    return found
