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

# Goods of the coffee brand that are no coffee.
WARE = ("KT-MUG", "KT-FLT", "KT-V60")
# Titles that begin with a name keep their capital when spoken.
NAMES = ("Parang", "Kawung", "Mega", "Truntum", "Lurik", "Gayo", "Toraja", "Kintamani", "Flores", "Java")
# How Indonesian buyers call what the English titles name.
INDONESIAN = (
    ("Mega Mendung shirt", "kemeja Mega Mendung"),
    ("Truntum scarf", "syal Truntum"),
    ("Batik table runner", "taplak batik"),
    ("Drip bags", "drip bag"),
    ("Tasting set", "paket cicip"),
    ("Enamel mug", "mug enamel"),
    ("Paper filters", "filter kertas"),
    ("Ceramic dripper", "dripper keramik"),
)
COLOURS = {"navy": "biru tua", "clay": "terakota", "black": "hitam", "forest": "hijau", "cream": "krem", "rose": "merah muda"}
SIZED = {"en": " ({})", "id": " {}"}

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
    """What one may ask about it: nobody wants to know when a mug was roasted."""
    return "ware" if good.item in WARE else good.picture.partition(":")[0]


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


def spoken(good: Good, language: str) -> str:
    """A title as people say it, without size or weight: "Parang shirt in indigo", "kemeja Parang indigo"."""
    thing, *rest = good.title.split(", ")
    colour = rest[0] if rest and good.brand == "Sekar Batik" else ""
    if language == "id":
        for english, indonesian in INDONESIAN:
            thing = thing.replace(english, indonesian)
        if thing.endswith(" shirt"):
            thing = f"kemeja {thing.removesuffix(' shirt')}"
        return f"{thing} {COLOURS.get(colour, colour)}".rstrip()
    if not thing.startswith(NAMES):
        thing = thing[0].lower() + thing[1:]
    return f"{thing} in {colour}" if colour else thing


def fill(text: str, buyer: Buyer, *, good: Good | None = None, order: Order | None = None) -> str:
    """`title` is what the shop calls the good, `thing` what people say, `item` the same without the size."""
    said = spoken(good, buyer.language) if good else ""
    size = good.option if good and kind_of(good) == "shirt" else ""
    return text.format(
        title=good.title if good else "",
        thing=said + (SIZED[buyer.language].format(size) if size else ""),
        item=said,
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
