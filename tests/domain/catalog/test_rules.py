"""Which variant a listing is: the same SKU is certain, everything else is for a person to say."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalog.rules import NOBODY, Candidate, Match, index_of, keys_of, match

TEE, MUG, CAP = (UUID(int=n) for n in (1, 2, 3))
GOODS = [
    Candidate(id=TEE, sku="TEE-M", title="Batik Tee, Medium", barcode="0012345678905"),
    Candidate(id=MUG, sku="MUG", title="Clay mug", barcode=""),
    Candidate(id=CAP, sku="CAP", title="Clay mug", barcode="99"),
]


@pytest.mark.parametrize(
    ("sku", "barcode", "title", "wanted"),
    [
        ("TEE-M", "", "", Match(variant_id=TEE, mapping="confirmed", confidence=1.0, evidence="sku")),
        (" tee-m ", "", "", Match(variant_id=TEE, mapping="confirmed", confidence=1.0, evidence="sku")),
        ("TEE-L", "12345678905", "", Match(variant_id=TEE, mapping="suggested", confidence=0.9, evidence="barcode")),
        ("x", "", "medium batik tee", Match(variant_id=TEE, mapping="suggested", confidence=0.6, evidence="title")),
        ("MUG", "99", "", Match(variant_id=MUG, mapping="confirmed", confidence=1.0, evidence="sku")),
        ("x", "", "Clay mug", NOBODY),
        ("", "", "", NOBODY),
        ("TEE", "000", "tee", NOBODY),
    ],
)
def test_the_surest_word_decides(sku: str, barcode: str, title: str, wanted: Match) -> None:
    assert match(sku, barcode, title, index_of(GOODS), automatic=True) == wanted


def test_a_careful_owner_confirms_even_the_same_sku() -> None:
    assert match("MUG", "", "", index_of(GOODS), automatic=False).mapping == "suggested"


TEXT = st.text(alphabet="aA0- ", max_size=5)


@given(TEXT, TEXT, TEXT, st.permutations(GOODS))
def test_only_the_same_sku_is_ever_confirmed(sku: str, barcode: str, title: str, goods: list[Candidate]) -> None:
    found = match(sku, barcode, title, index_of(goods), automatic=True)
    assert found == match(sku, barcode, title, index_of(GOODS), automatic=True)
    if found.mapping == "confirmed":
        assert {one.id: one.sku.lower() for one in goods}[found.variant_id or TEE] == sku.strip().lower()


@given(st.sampled_from(GOODS), st.integers(0, 3))
def test_whoever_matches_is_found_by_a_key(good: Candidate, zeros: int) -> None:
    asked = keys_of(good.sku, "0" * zeros + good.barcode if good.barcode else "", good.title)
    kept = keys_of(good.sku, good.barcode, good.title)
    assert {good.sku, good.title} <= asked & kept
    assert not good.barcode or good.barcode.lstrip("0") in asked & kept
