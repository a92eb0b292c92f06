"""Words that stand for facts in a saved reply, `{{order.tracking}}`, and which of its texts fits. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

VARIABLE = re.compile(r"\{\{\s*((?:customer|order|agent)\.\w+|stock\.[^{}]*[^{}\s])\s*\}\}")
NAMES = frozenset({"customer.name", "order.number", "order.tracking", "order.status", "agent.name"})
STOCK = "stock."


class SavedText(Struct, frozen=True, kw_only=True):
    """An empty channel or language stands for every."""

    text: str
    channel: str = ""
    language: str = ""


def names_in(text: str) -> list[str]:
    """Each variable once, in the order of the text. What stands for nothing blocks a send, so these are the unresolved ones of
    a text about to leave."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def unknown_names(text: str) -> list[str]:
    """Variables that no conversation could ever fill."""
    return [name for name in names_in(text) if name not in NAMES and not name.startswith(STOCK)]


def skus_in(texts: Iterable[str]) -> list[str]:
    names = (name for text in texts for name in names_in(text))
    return list(dict.fromkeys(name.removeprefix(STOCK) for name in names if name.startswith(STOCK)))


def fill(text: str, facts: Mapping[str, str]) -> str:
    """A variable without a value stays as it is written, for whoever looks and for the rule that blocks it."""
    return VARIABLE.sub(lambda found: facts.get(found.group(1)) or found.group(0), text)


def best_text(texts: Sequence[SavedText], channel: str, language: str) -> SavedText | None:
    """Of those for this channel, the one in the customer's language, else the one for every language, else the first; between
    two of them the one written for this very channel."""
    wanted = language.lower().split("-")[0].split("_")[0]

    def rank(one: SavedText) -> tuple[int, int]:
        return (2 if one.language and one.language == wanted else 0 if one.language else 1), int(one.channel != "")

    fitting = [one for one in texts if one.channel in ("", channel)]
    return max(fitting, key=rank, default=None)
