"""What buyers write and what the pretend shop answered, by language and topic.

A script's talk starts with `# topic | about | goods | subject`; then `>` the buyer, `<` the shop, `|` another way to say
the same turn. `about`: `good`, `order` (it arrived, or should have), `new_order` (not sent yet), `shop`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, cast

from connectors.base import talk_en, talk_id
from connectors.base.world import Buyer, Good, Order

About = Literal["good", "order", "new_order", "shop"]
Side = Literal["buyer", "seller"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a talk, said in any of these ways."""

    side: Side
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """`goods`: which it makes sense for (`shirt`, `coffee`, `any`)."""

    topic: str
    about: About
    goods: str
    subject: str
    turns: tuple[Turn, ...]

    def suits(self, good: Good | None) -> bool:
        return self.goods == "any" or (good is not None and kind_of(good) == self.goods)


def kind_of(good: Good) -> str:
    return good.picture.partition(":")[0]


def read_script(script: str) -> tuple[Talk, ...]:
    """Raises ValueError on a line that is no part of a talk."""
    talks: list[Talk] = []
    for block in script.strip().split("\n\n"):
        head, *lines = block.splitlines()
        topic, about, goods, subject = (part.strip() for part in head.removeprefix("#").split("|", 3))
        turns: list[tuple[Side, list[str]]] = []
        for line in lines:
            mark, _, text = line.partition(" ")
            if mark in "><":
                turns.append(("buyer" if mark == ">" else "seller", [text]))
            elif mark == "|" and turns:
                turns[-1][1].append(text)
            else:
                raise ValueError(f"no turn of a talk: {line!r}")
        said = tuple(Turn(side, tuple(ways)) for side, ways in turns)
        talks.append(Talk(topic, cast(About, about), goods, subject, said))
    return tuple(talks)


TALKS = {"en": read_script(talk_en.SCRIPT), "id": read_script(talk_id.SCRIPT)}
NEXT_WORDS = {"en": talk_en.NEXT_WORDS.strip().splitlines(), "id": talk_id.NEXT_WORDS.strip().splitlines()}
YES_WORDS = {"en": talk_en.YES_WORDS.strip().splitlines(), "id": talk_id.YES_WORDS.strip().splitlines()}
NUDGE_WORDS = {"en": talk_en.NUDGE_WORDS.strip().splitlines(), "id": talk_id.NUDGE_WORDS.strip().splitlines()}


def choose_talk(rng: random.Random, language: str, about: About, good: Good | None = None) -> Talk:
    return rng.choice([talk for talk in TALKS[language] if talk.about == about and talk.suits(good)])


def fill(text: str, buyer: Buyer, *, good: Good | None = None, order: Order | None = None) -> str:
    """`item` is the good without its size: "Parang shirt, indigo"."""
    title = good.title if good else ""
    item = title.removesuffix(f", {good.option}") if good and good.option else title
    return text.format(
        title=title,
        item=item,
        sku=good.sku if good else "",
        order=order.id if order else "",
        name=buyer.name,
        first=buyer.name.split(" ")[0],
        city=buyer.city,
        email=buyer.email,
        street=buyer.street,
    )


def nudge_words(rng: random.Random, buyer: Buyer) -> str:
    """What a buyer writes who was not answered."""
    return fill(rng.choice(NUDGE_WORDS[buyer.language]), buyer)


def answer_words(rng: random.Random, buyer: Buyer, reply: str) -> str:
    """What a buyer says to a reply of ours: they take an offer when it asks something, else thank or ask on."""
    words = YES_WORDS if "?" in reply else NEXT_WORDS
    return fill(rng.choice(words[buyer.language]), buyer)
