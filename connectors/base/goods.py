"""What the pretend shop sells: two brands, thirty variants, with prices in cents and whole rupiah."""

from __future__ import annotations

from typing import Any

SHIRTS = (
    # design, colour, sizes with opening counts, price in cents
    ("Parang", "PRG", "indigo", "IND", {"S": 9, "M": 12, "L": 11}, 4800),
    ("Parang", "PRG", "sogan", "SOG", {"M": 6, "L": 8}, 4800),
    ("Kawung", "KWG", "sogan", "SOG", {"M": 7, "L": 4}, 4600),
    ("Kawung", "KWG", "indigo", "IND", {"L": 5}, 4600),
    ("Mega Mendung", "MEG", "navy", "NVY", {"M": 24, "L": 14}, 5200),
    ("Mega Mendung", "MEG", "clay", "CLY", {"S": 9, "M": 13}, 5200),
    ("Truntum", "TRT", "black", "BLK", {"XL": 14}, 5400),
    ("Lurik", "LRK", "forest", "FOR", {"M": 7, "L": 9}, 3900),
    ("Lurik", "LRK", "cream", "CRM", {"L": 6}, 3900),
)
SCARVES = (
    ("SB-TRS-RSE", "Truntum scarf, rose", "scarf:rose", 38, 2400),
    ("SB-TRS-IND", "Truntum scarf, indigo", "scarf:indigo", 22, 2400),
    ("SB-TAB-IND", "Batik table runner, indigo", "cloth:indigo", 12, 3200),
)
COFFEE = (
    ("KT-GAY-250", "Gayo washed, 250 g", "KT-GAY", "250 g", 68, 1600),
    ("KT-GAY-1000", "Gayo washed, 1 kg", "KT-GAY", "1 kg", 19, 5400),
    ("KT-TOR-250", "Toraja Sapan, 250 g", "KT-TOR", "250 g", 27, 1750),
    ("KT-KIN-250", "Kintamani natural, 250 g", "KT-KIN", "250 g", 12, 1700),
    ("KT-BAJ-250", "Flores Bajawa, 250 g", "KT-BAJ", "250 g", 31, 1650),
    ("KT-IJN-250", "Java Ijen peaberry, 250 g", "KT-IJN", "250 g", 16, 1900),
    ("KT-DRP-10", "Drip bags, box of 10", "KT-DRP", "10", 120, 1250),
    ("KT-SET-4", "Tasting set, 4 × 50 g", "KT-SET", "4 × 50 g", 15, 2100),
    ("KT-MUG-01", "Enamel mug, Kopi Tepi", "KT-MUG", "", 44, 1100),
    ("KT-FLT-40", "Paper filters, 40", "KT-FLT", "40", 90, 450),
    ("KT-V60-02", "Ceramic dripper, size 2", "KT-V60", "", 8, 2300),
)
RUPIAH_PER_CENT = 155


def _barcode(number: int) -> str:
    """GTIN-13 in the Indonesian prefix 899, with its check digit."""
    body = f"8991234{number:05d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def _good(
    number: int, sku: str, title: str, brand: str, item: str, option: str, picture: str, opening: int, cents: int
) -> dict[str, Any]:
    rupiah = round(cents * RUPIAH_PER_CENT / 1000) * 1000
    return {
        "sku": sku,
        "title": title,
        "brand": brand,
        "item": item,
        "option": option,
        "barcode": _barcode(number),
        "prices": {"USD": cents, "IDR": rupiah, "GBP": round(cents * 0.79), "EUR": round(cents * 0.92)},
        "opening": opening,
        "picture": picture,
    }


def _all() -> list[dict[str, Any]]:
    rows: list[tuple[str, str, str, str, str, str, int, int]] = []
    for design, code, colour, tint, sizes, cents in SHIRTS:
        for size, opening in sizes.items():
            title = f"{design} shirt, {colour}, {size}"
            rows.append(
                (f"SB-{code}-{tint}-{size}", title, "Sekar Batik", f"SB-{code}-{tint}", size, f"shirt:{colour}", opening, cents)
            )
    rows += [(sku, title, "Sekar Batik", sku, "", picture, opening, cents) for sku, title, picture, opening, cents in SCARVES]
    rows += [
        (sku, title, "Kopi Tepi", item, option, "coffee:brown", opening, cents)
        for sku, title, item, option, opening, cents in COFFEE
    ]
    return [_good(number, *row) for number, row in enumerate(rows, start=1)]


GOODS = _all()
