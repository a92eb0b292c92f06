"""Who is who, pure: people with their handles are grouped into customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from connectors.base.events import Handle

Key = tuple[str, str]
JOINS = frozenset({"email", "phone"})


class Person(Struct, frozen=True, kw_only=True):
    """One appearance: the handle the channel knows them by, and what else it told."""

    primary: Handle
    more: tuple[Handle, ...] = ()
    language: str = ""

    @property
    def key(self) -> Key:
        return key_of(self.primary)


def key_of(handle: Handle) -> Key:
    """Mail addresses and phones are compared without case and spaces; everything else to the letter."""
    if handle.kind in JOINS:
        return handle.kind, "".join(handle.value.lower().split())
    return handle.kind, handle.value


def bridges(person: Person) -> list[Key]:
    """Handles that may lead an unknown primary handle to a customer we know: mail and phone the channel itself vouches for."""
    return [
        key_of(handle) for handle in person.more if handle.kind in JOINS and handle.strength != "guessed" and handle.value.strip()
    ]


def owner_of(person: Person, known: Mapping[Key, UUID], kinds: Mapping[UUID, frozenset[str]]) -> UUID | None:
    """The customer this person is, of those we know. A second handle of the primary's own kind is a strong id that differs:
    then they are never joined by themselves."""
    if person.key in known:
        return known[person.key]
    found = {known[key] for key in bridges(person) if key in known}
    fitting = [one for one in found if person.primary.kind in JOINS or person.primary.kind not in kinds.get(one, frozenset())]
    return fitting[0] if len(found) == 1 and len(fitting) == 1 else None


def handles_of(people: Iterable[Person]) -> dict[Key, Handle]:
    """Each handle once; the primary's own word beats what others say of it."""
    found: dict[Key, Handle] = {}
    for person in people:
        for handle in person.more:
            if handle.value.strip():
                found.setdefault(key_of(handle), handle)
    for person in people:
        found[person.key] = person.primary
    return found


def keys_of(people: Sequence[Person]) -> set[Key]:
    return set(handles_of(people))
