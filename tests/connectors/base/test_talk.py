"""What is said in the pretend shop fits its goods and leaves no slot open."""

from __future__ import annotations

import random

import pytest

from connectors.base.talk import TALKS, answer_words, choose_talk, fill, kind_of, nudge_words, read_script, spoken
from tests.connectors.base.shop import open_shop

WORLD = open_shop()
GOODS = WORLD.state.goods
ENGLISH, INDONESIAN = WORLD.state.buyers["b001"], WORLD.state.buyers["b100"]


def test_every_talk_takes_turns_and_ends_with_the_shop() -> None:
    for talk in (*TALKS["en"], *TALKS["id"]):
        sides = [turn.side for turn in talk.turns]
        assert sides == ["buyer", "seller"] * (len(sides) // 2), talk.topic
        assert len(sides) >= 4, talk.topic


def test_every_way_to_say_it_can_be_filled_in_both_languages() -> None:
    order = WORLD.place_order("market", ENGLISH.key, [("SB-PRG-IND-M", 1)])
    for language, buyer in (("en", ENGLISH), ("id", INDONESIAN)):
        assert buyer.language == language
        assert len({talk.topic for talk in TALKS[language]}) >= 20
        for talk in TALKS[language]:
            for text in (talk.subject, *(way for turn in talk.turns for way in turn.ways)):
                said = fill(text, buyer, good=GOODS["SB-PRG-IND-M"], order=order)
                assert "{" not in said
                assert "  " not in said


@pytest.mark.parametrize(
    ("sku", "english", "indonesian"),
    [
        ("SB-PRG-IND-M", "Parang shirt in indigo", "kemeja Parang indigo"),
        ("SB-MEG-NVY-L", "Mega Mendung shirt in navy", "kemeja Mega Mendung biru tua"),
        ("KT-GAY-250", "Gayo washed", "Gayo washed"),
        ("KT-FLT-40", "paper filters", "filter kertas"),
    ],
)
def test_goods_are_named_as_people_say_them(sku: str, english: str, indonesian: str) -> None:
    assert (spoken(GOODS[sku], "en"), spoken(GOODS[sku], "id")) == (english, indonesian)


def test_the_thing_has_its_size_and_the_item_has_none() -> None:
    good = GOODS["SB-PRG-IND-M"]
    assert fill("{thing}; {item}; {title}", ENGLISH, good=good) == (
        "Parang shirt in indigo (M); Parang shirt in indigo; Parang shirt, indigo, M"
    )
    assert fill("{thing}", INDONESIAN, good=good) == "kemeja Parang indigo M"


def test_nobody_asks_a_mug_for_its_roast_date() -> None:
    rng, mug = random.Random(1), GOODS["KT-MUG-01"]
    assert kind_of(mug) == "ware"
    assert {choose_talk(rng, "en", "good", mug).goods for _ in range(80)} == {"any"}
    assert {choose_talk(rng, "en", "good", GOODS["KT-GAY-250"]).goods for _ in range(80)} == {"any", "coffee"}


def test_a_question_is_answered_and_a_statement_thanked() -> None:
    rng = random.Random(1)
    asked = {answer_words(rng, ENGLISH, "New one or refund?") for _ in range(60)}
    told = {answer_words(rng, ENGLISH, "It leaves today.") for _ in range(60)}
    assert asked & told == set()
    assert "Yes please, that would be great." in asked


def test_a_nudge_is_in_the_language_of_the_buyer() -> None:
    assert nudge_words(random.Random(1), ENGLISH) != nudge_words(random.Random(1), INDONESIAN)


def test_a_line_that_is_no_turn_is_refused() -> None:
    with pytest.raises(ValueError, match="no turn of a talk"):
        read_script("# size | good | any | Size\nHello")
