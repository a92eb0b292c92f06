"""An address of a file opens that file, for a while, and nothing else."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.file_passes import LASTS, FilePasses, NoPass, is_public
from app.core.ids import new_id
from tests.conftest import NOON

OLD, NEW = ("old", secrets.token_bytes(32)), ("new", secrets.token_bytes(32))
PASSES = FilePasses("https://shop.example", [OLD])
SHOP, FILE = new_id(), new_id()
TOKEN = PASSES.address(SHOP, FILE, NOON).removeprefix("https://shop.example/files/")


def test_an_address_opens_its_file_until_its_time_is_over() -> None:
    assert PASSES.open(TOKEN, NOON + LASTS - timedelta(seconds=1)) == (SHOP, FILE)
    with pytest.raises(NoPass):
        PASSES.open(TOKEN, NOON + LASTS)


@given(place=st.integers(0, len(TOKEN) - 1), letter=st.sampled_from("AZaz09-_=. \n"))
def test_no_changed_letter_opens_anything(place: int, letter: str) -> None:
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if changed == TOKEN:
        return
    with pytest.raises(NoPass):
        PASSES.open(changed, NOON)


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN[:-4], TOKEN + "AAAA", TOKEN[4:], "ä" * 92])
def test_no_other_length_opens_anything(token: str) -> None:
    with pytest.raises(NoPass):
        PASSES.open(token, NOON)


def test_a_key_may_be_changed_while_addresses_are_out() -> None:
    both = FilePasses("https://shop.example", [NEW, OLD])
    assert both.open(TOKEN, NOON) == (SHOP, FILE)
    fresh = both.address(SHOP, FILE, NOON).rpartition("/")[2]
    assert both.open(fresh, NOON) == (SHOP, FILE)
    for passes, token in ((PASSES, fresh), (FilePasses("https://shop.example", [NEW]), TOKEN)):
        with pytest.raises(NoPass):
            passes.open(token, NOON)


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://shop.example", True),
        ("https://shop.example:8443", True),
        ("https://93.184.215.14", True),
        ("http://shop.example", False),
        ("https://localhost", False),
        ("https://127.0.0.1:8000", False),
        ("https://10.0.0.7", False),
        ("https://192.168.1.4", False),
        ("https://[::1]", False),
        ("https://counter", False),
        ("https://counter.local", False),
        ("https://counter.internal.", False),
    ],
)
def test_only_what_strangers_reach_is_given_out(url: str, public: bool) -> None:
    assert is_public(url) is public
    assert bool(FilePasses(url, [OLD]).address(SHOP, FILE, NOON)) is public
