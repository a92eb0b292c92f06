"""The demo's own shop: one believable page that carries the chat and live counts. Only where every channel is pretended."""

from __future__ import annotations

import html
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.core.config import Settings
from app.core.errors import NotFound
from app.pipeline.house import House
from app.web.visiting import open_door

WORDS = {
    "en": {
        "tagline": "Batik from Yogyakarta, coffee from the islands",
        "add": "Add to basket",
        "ask": "Questions? Write to us, bottom right.",
    },
    "id": {
        "tagline": "Batik dari Yogyakarta, kopi dari Nusantara",
        "add": "Masukkan keranjang",
        "ask": "Ada pertanyaan? Tulis di kanan bawah.",
    },
}
SHELF = (
    "select sku, title, option, brand, picture, price_minor from variant where workspace_id = $1 and archived_at is null "
    "order by brand desc, sku limit 24"
)
TINTS = {
    "indigo": "#3b4a8c", "sogan": "#8a5a34", "navy": "#24324f", "clay": "#b0623f", "black": "#26242b", "forest": "#2f5d46",
    "cream": "#d9c7a3", "rose": "#b5566b", "brown": "#4a2c1d",
}  # fmt: skip
SHAPES = {
    "shirt": "M30 22 44 14q6 6 12 0l14 8 12 16-10 7-4-5v46H32V40l-4 5-10-7z",
    "scarf": "M34 14h32v54l-8 18H42l-8-18z",
    "cloth": "M14 34h72v34H14z",
    "coffee": "M32 20h36l6 16v50H26V36z",
}


class NoShop(NotFound):
    code = "no_shop"


@get("/shop/{token:str}", opt={"anyone": True}, include_in_schema=False)
async def show_shop(
    house: NamedDependency[House], settings: NamedDependency[Settings], token: FromPath[str], lang: FromQuery[str] = "en"
) -> Response[str]:
    if not settings.sandbox:
        raise NoShop("there is no shop at this address")
    door = await open_door(house, token)
    language = lang if lang in WORDS else "en"
    async with house.db.unit(door.opened.workspace_id) as work:
        row = await work.row("select name, currency from workspace where id = $1", work.workspace_id)
        goods = await work.fetch(SHELF, work.workspace_id)
    assert row is not None
    words = WORDS[language]
    page = PAGE.format(
        language=language,
        name=html.escape(row["name"]),
        token=html.escape(token, quote=True),
        goods="\n".join(_good(good, row["currency"], words) for good in goods),
        **words,
    )
    return Response(page, media_type="text/html", headers={"cache-control": "no-cache"})


def _good(good: Any, currency: str, words: dict[str, str]) -> str:
    shape, _, tint = (good["picture"] or "coffee:brown").partition(":")
    price = f"{currency} {(good['price_minor'] or 0) / 100:,.2f}"
    return GOOD.format(
        shape=SHAPES.get(shape, SHAPES["cloth"]), tint=TINTS.get(tint, "#6b6f7a"), title=html.escape(good["title"]),
        price=price, sku=html.escape(good["sku"], quote=True), add=words["add"],
    )  # fmt: skip


GOOD = """<li><svg viewBox="0 0 100 100" role="img" aria-label="{title}"><path d="{shape}" fill="{tint}"/></svg>
<h2>{title}</h2><p class="price">{price}</p><p class="count" data-onecounter-sku="{sku}"></p><button type="button">{add}</button></li>"""

PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/widget/shop.css">
<script src="/widget.js" data-token="{token}" data-lang="{language}" async></script></head>
<body><header><a href="?lang={language}">{name}</a><nav aria-label="Language"><a href="?lang=id">ID</a> <a href="?lang=en">EN</a></nav></header>
<main><h1>{tagline}</h1><p>{ask}</p><ul>{goods}</ul></main></body></html>"""

ROUTES = [show_shop]
