"""Who is who, pure: people with their handles are grouped into customers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal
from uuid import UUID

from msgspec import Struct

from connectors.base.events import ConsentChanged, Handle

Key = tuple[str, str]
JOINS = frozenset({"email", "phone"})
SURENESS = {"verified": 2, "provided": 1, "guessed": 0}
ERASED = "erased:"
TAIL = 9
"""Digits of a phone that stay the same with and without the country's code."""
Trait = tuple[str, str]
WEIGHT = {"email": 3, "order": 3, "phone": 2, "address": 2, "name": 1}


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


def traits_of(person: Person) -> set[Trait]:
    """What others may share. A guessed handle counts too: it proves nothing, and nothing is joined by it."""
    told = (person.primary, *person.more)
    found = {trait_of(handle.kind, handle.value) for handle in told if handle.kind in JOINS}
    return {trait for trait in found if trait}


def trait_of(kind: str, value: str) -> Trait | None:
    """A phone counts by its last digits; too few, or one digit over and over, tell nobody from another."""
    if kind != "phone":
        plain = "".join(value.lower().split())
        return (kind, plain) if plain else None
    digits = "".join(one for one in value if one.isascii() and one.isdigit())
    return ("phone", digits[-TAIL:]) if len(digits) >= TAIL - 1 and len(set(digits[-TAIL:])) > 1 else None


def traits_of_address(ship_to: Mapping[str, str]) -> set[Trait]:
    """A name at a postcode, and the phone on the parcel."""
    name, postcode = _letters(ship_to.get("name", "")), _letters(ship_to.get("postcode", ""))
    found = {("address", f"{name}|{postcode}")} if name and postcode else set()
    phone = trait_of("phone", ship_to.get("phone", ""))
    return found | ({phone} if phone else set())


def _letters(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def same_name(one: str, other: str) -> bool:
    """Whatever the order of its words; a single word is no full name."""
    words, others = sorted(one.casefold().split()), sorted(other.casefold().split())
    return len(words) > 1 and words == others


def strength_of(kinds: Iterable[str]) -> Literal["strong", "likely"]:
    """`strong` when two things speak for it, or one that few people share."""
    return "strong" if sum(WEIGHT[kind] for kind in set(kinds)) >= 3 else "likely"


class Strong(Struct, frozen=True):
    """An id that a provider gave and never changes, and the connections it was met on."""

    kind: str
    value: str
    connections: frozenset[UUID] = frozenset()


def clashes(one: Iterable[Strong], other: Iterable[Strong]) -> list[tuple[Strong, Strong]]:
    """Pairs of ids of one kind that differ though one connection gave both. Where a side was never met on a connection, the same
    one is assumed. Mail addresses and phones are no ids."""
    mine, theirs = (sorted(side, key=lambda id: (id.kind, id.value)) for side in (one, other))
    return [
        (a, b)
        for a in mine
        for b in theirs
        if a.kind == b.kind and a.kind not in JOINS and a.value != b.value
        and (not a.connections or not b.connections or a.connections & b.connections)
    ]  # fmt: skip
