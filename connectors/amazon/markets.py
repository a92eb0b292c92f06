"""Marketplaces by id: region and domain. https://developer-docs.amazon.com/sp-api/docs/marketplace-ids"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

US = "ATVPDKIKX0DER"


class Market(Struct, frozen=True):
    region: str
    domain: str


MARKETS: Mapping[str, Market] = {
    US: Market("na", "amazon.com"),
    "A2EUQ1WTGCTBG2": Market("na", "amazon.ca"),
    "A1AM78C64UM0Y8": Market("na", "amazon.com.mx"),
    "A2Q3Y263D00KWC": Market("na", "amazon.com.br"),
    "A1F83G8C2ARO7P": Market("eu", "amazon.co.uk"),
    "A1PA6795UKMFR9": Market("eu", "amazon.de"),
    "A13V1IB3VIYZZH": Market("eu", "amazon.fr"),
    "APJ6JRA9NG5V4": Market("eu", "amazon.it"),
    "A1RKKUPIHCS9HS": Market("eu", "amazon.es"),
    "A1805IZSGTT6HS": Market("eu", "amazon.nl"),
    "A2NODRKZP88ZB9": Market("eu", "amazon.se"),
    "A1C3SOZRARQ6R3": Market("eu", "amazon.pl"),
    "A1VC38T7YXB528": Market("fe", "amazon.co.jp"),
    "A39IBJ37TRP1C6": Market("fe", "amazon.com.au"),
}


def region_of(secrets: Mapping[str, str]) -> str:
    """As typed, else the marketplace's own, else North America."""
    market = MARKETS.get(secrets.get("marketplace_id") or US)
    return secrets.get("region") or (market.region if market else "na")


def page_of(marketplace_id: str, asin: str) -> str:
    """The product's page; "" where the marketplace is not known."""
    market = MARKETS.get(marketplace_id)
    return f"https://www.{market.domain}/dp/{asin}" if market and asin else ""
