"""Names that a note calls by @. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
AT = re.compile(r"(?<![\w@.])@(?=\w)")
WORD = re.compile(r"[\w-]+")


def mentioned(text: str, people: Sequence[tuple[str, T]]) -> list[T]:
    """Each once, in the order of the text. The longest whole name that stands there, else a first name that only one has.
    An address of mail names nobody."""
    found: dict[int, T] = {}
    for sign in AT.finditer(text):
        rest = text[sign.end() :]
        whole = [at for at, (name, _) in enumerate(people) if name and _begins(rest, name)]
        if whole:
            longest = max(len(people[at][0]) for at in whole)
            chosen = [at for at in whole if len(people[at][0]) == longest]
        else:
            word = WORD.match(rest)
            first = word.group().casefold() if word else ""
            chosen = [at for at, (name, _) in enumerate(people) if name.split(" ")[0].casefold() == first]
            chosen = chosen if len(chosen) == 1 else []
        found |= {at: people[at][1] for at in chosen}
    return list(found.values())


def _begins(text: str, name: str) -> bool:
    after = text[len(name) : len(name) + 1]
    return text[: len(name)].casefold() == name.casefold() and not (after.isalnum() or after == "_")
