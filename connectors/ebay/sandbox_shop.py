"""What the pretend eBay's parts share: names and ids, the two listing models, tokens and refusals."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec

from connectors.base.faults import Faults
from connectors.base.sandbox import Answer, Request, answer
from connectors.base.world import Buyer, Good, Listing, Naming, Order, World

CHANNEL = "ebay"
SELLER = "harbour_and_hill"
SELLER_ID = "Qw8hkP5tSx2"
SELLER_EMAIL = "owner@harbourandhill.example"
TOKEN_LIFE = timedelta(seconds=7200)
SCOPE = "https://api.ebay.com/oauth/api_scope"


def item_number(good: Good, position: int) -> str:
    """Variants of one item share a listing."""
    return f"2256{zlib.crc32((good.item or good.sku).encode()) % 10**8:08d}"


def order_number(number: int) -> str:
    return f"{10 + number % 17:02d}-{number:05d}-{(number * 7919 + 10007) % 100000:05d}"


NAMING = Naming(
    currency="USD",
    order_id=order_number,
    thread_id=lambda number, buyer: f"{7_300_000_000 + number}",
    message_id=lambda number: f"{184_000_000_000 + number}",
    listing_id=item_number,
    line_id=lambda number, position: f"1005{number:07d}{position:02d}",
)


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def refusal(status: int, code: int, words: str, *, domain: str = "API_COMMERCE", category: str = "REQUEST") -> Answer:
    entry = {"errorId": code, "domain": domain, "category": category, "message": words, "longMessage": words}
    return answer({"errors": [entry]}, status)


class Shop:
    """`tokens` maps an access token to its kind (user, app) and end."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.tokens: dict[str, tuple[str, datetime]] = {}
        self.minted = 0
        self.lacking: set[str] = set()
        world.open(CHANNEL, NAMING)

    @property
    def shelf_listings(self) -> dict[str, Listing]:
        return self.world.shelf(CHANNEL).listings

    def good(self, sku: str) -> Good:
        return self.world.state.goods[sku]

    def items(self) -> dict[str, list[str]]:
        """SKUs by item id, in the order of the goods."""
        found: dict[str, list[str]] = {}
        for sku, listing in self.shelf_listings.items():
            found.setdefault(listing.id, []).append(sku)
        return found

    def inventory_items(self) -> set[str]:
        """Every other listing was made with the Inventory API."""
        return set(list(self.items())[::2])

    def is_inventory(self, sku: str) -> bool:
        return self.shelf_listings[sku].id in self.inventory_items()

    def inventory_skus(self) -> list[str]:
        kept = self.inventory_items()
        return [sku for sku, listing in self.shelf_listings.items() if listing.id in kept]

    def buyer_of(self, order: Order) -> Buyer:
        return self.world.state.buyers[order.buyer]

    def mint(self, kind: str) -> str:
        self.minted += 1
        token = f"v^1.1#i^1#p^{3 if kind == 'user' else 1}#r^0#f^0#t^H4sI{self.minted:012d}"
        self.tokens[token] = (kind, self.world.now() + TOKEN_LIFE)
        return token

    def token_kind(self, token: str) -> str:
        """ "" for a token that is unknown, over, or struck by the fault that ends all of them."""
        if self.faults.hit("expire_token"):
            self.tokens.clear()
        kind, until = self.tokens.get(token, ("", self.world.now()))
        return kind if until > self.world.now() else ""

    def set_quantity(self, sku: str, quantity: int) -> None:
        if not self.faults.hit("silent_drop", "stock"):
            self.world.set_quantity(CHANNEL, sku, quantity)


Handler = Callable[[Request], Answer | Awaitable[Answer]]


def guarded(
    shop: Shop, handler: Handler, *, scope: str = "", kinds: tuple[str, ...] = ("user",), scheme: str = "Bearer"
) -> Handler:
    """Asks for a token first, under the name the API wants. `scope` is refused while the shop lacks it."""

    def call(request: Request) -> Answer | Awaitable[Answer]:
        given, _, token = request.headers.get("authorization", "").partition(" ")
        if token and given != scheme:
            return refusal(401, 1001, f"Bad scheme: {given}", domain="OAuth")
        kind = shop.token_kind(token)
        if not token:
            return refusal(400, 1002, "Missing access token", domain="OAuth")
        if not kind:
            return refusal(401, 1001, "Invalid access token", domain="OAuth")
        if kind not in kinds or scope in shop.lacking:
            return refusal(403, 1100, "Access denied: Insufficient permissions to fulfill the request.", domain="ACCESS")
        return handler(request)

    return call


def number_param(request: Request, name: str, default: int, largest: int) -> int | None:
    """None when it is no number or out of range."""
    value = request.query.get(name, str(default))
    return int(value) if value.isdigit() and int(value) <= largest else None


def page_url(request: Request, **changes: object) -> str:
    query = {**request.query, **{name: str(value) for name, value in changes.items()}}
    return f"https://api.ebay.com{request.path}?{urlencode(query)}"


def body_of(request: Request) -> dict[str, object]:
    """{} for a body that is no JSON object."""
    try:
        found = request.json()
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}
