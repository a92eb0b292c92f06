"""Which variant a listing is, and how sure we are. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from msgspec import Struct


class Candidate(Struct, frozen=True, kw_only=True):
    id: UUID
    sku: str
    title: str
    barcode: str


class Match(Struct, frozen=True, kw_only=True):
    """`confirmed` needs the same SKU to the letter but case; everything else is a suggestion for a person."""

    variant_id: UUID | None = None
    mapping: str = "none"
    confidence: float | None = None
    evidence: str = ""


NOBODY = Match()


class Index(Struct, frozen=True, kw_only=True):
    """Variants by what they can be found by; a word that several share finds nobody."""

    skus: Mapping[str, Candidate]
    barcodes: Mapping[str, Candidate]
    titles: Mapping[str, Candidate]


def index_of(candidates: Sequence[Candidate]) -> Index:
    return Index(
        skus=_unique(candidates, lambda one: one.sku.strip().lower()),
        barcodes=_unique(candidates, lambda one: one.barcode.lstrip("0")),
        titles=_unique(candidates, lambda one: words(one.title)),
    )


def _unique(candidates: Sequence[Candidate], key: Callable[[Candidate], str]) -> dict[str, Candidate]:
    found: dict[str, Candidate] = {}
    shared: set[str] = set()
    for one in candidates:
        word = key(one)
        if word and word in found:
            shared.add(word)
        elif word:
            found[word] = one
    return {word: one for word, one in found.items() if word not in shared}


def words(title: str) -> str:
    """A title as it is compared: lower case, its words sorted, nothing else."""
    return " ".join(sorted(re.findall(r"\w+", title.lower())))


def match(sku: str, barcode: str, title: str, index: Index, *, automatic: bool) -> Match:
    by_sku = index.skus.get(sku.strip().lower())
    if by_sku is not None:
        return Match(variant_id=by_sku.id, mapping="confirmed" if automatic else "suggested", confidence=1.0, evidence="sku")
    by_barcode = index.barcodes.get(barcode.lstrip("0")) if barcode else None
    if by_barcode is not None:
        return Match(variant_id=by_barcode.id, mapping="suggested", confidence=0.9, evidence="barcode")
    by_title = index.titles.get(words(title)) if title else None
    if by_title is not None:
        return Match(variant_id=by_title.id, mapping="suggested", confidence=0.6, evidence="title")
    return NOBODY


def keys_of(sku: str, barcode: str, title: str) -> set[str]:
    """Words under which a variant is kept and a listing looks for it. A barcode counts without its leading zeros, because
    one good is written with 12, 13 or 14 digits."""
    return {word for word in (sku.strip(), barcode, barcode.lstrip("0"), title.strip()) if word}
