"""What the pretend Amazon's parts share: names and ids, tokens, refusals, and the goods that stand in its own warehouse."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import msgspec

from connectors.base.faults import Faults
from connectors.base.sandbox import Answer, Request, answer
from connectors.base.world import Buyer, Good, Naming, World

CHANNEL = "amazon"
SELLER = "A3HRBRHLL7GOGM"
MARKET = "ATVPDKIKX0DER"
STORE = "Harbour & Hill"
TOKEN_LIFE = timedelta(seconds=3600)
WAREHOUSE = "AMAZON_NA"
# Sold by Amazon from its own warehouse: (SKU, title, count, price in cents).
WAREHOUSED = (
    ("SB-TRS-IND-FBA", "Truntum scarf, indigo (Prime)", 31, 2650),
    ("KT-DRP-10-FBA", "Drip bags, box of 10 (Prime)", 84, 1490),
)


def asin_of(sku: str) -> str:
    """Ten letters and digits, as the catalogue gives them."""
    digits, number = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", zlib.crc32(sku.encode())
    found = ""
    for _ in range(7):
        number, rest = divmod(number, len(digits))
        found += digits[rest]
    return f"B0C{found}"


def order_number(number: int) -> str:
    return f"{111 + number % 3}-{4_000_000 + number:07d}-{(number * 7919 + 1_000_003) % 10_000_000:07d}"


def relay_of(buyer: Buyer) -> str:
    """One alias for each buyer of this seller."""
    return f"{zlib.crc32(buyer.key.encode()):08x}{zlib.crc32(buyer.user.encode()):08x}@marketplace.amazon.com"


def _listing_id(good: Good, position: int) -> str:
    return asin_of(good.sku)


NAMING = Naming(
    currency="USD",
    order_id=order_number,
    thread_id=lambda number, buyer: f"{relay_of(buyer)}:{number}",
    message_id=lambda number: f"0100018f{number:08x}-7c2d4e@email.amazonses.com",
    listing_id=_listing_id,
    line_id=lambda number, position: f"{50_000_000_000_000 + number * 10 + position}",
)


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def refusal(status: int, code: str, words: str) -> Answer:
    return answer({"errors": [{"code": code, "message": words, "details": ""}]}, status, x_amzn_RequestId="5f1e6b1c-0c9e-4d8e")


def failed(status: int, words: str) -> Answer:
    code = {404: "NotFound", 429: "QuotaExceeded", 503: "ServiceUnavailable"}.get(status, "InternalFailure")
    given = refusal(status, code, "You exceeded your quota for the requested resource." if status == 429 else words)
    return Answer(
        given.body, status, headers=(*given.headers, ("x-amzn-ratelimit-limit", "0.0056")) if status == 429 else given.headers
    )


class Shop:
    """Tokens end by themselves, or all at once by the fault `expire_token`. `lacking` are path beginnings without a role."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.tokens: dict[str, datetime] = {}
        self.minted = 0
        self.own_tokens: set[str] = set()
        self.lacking: set[str] = set()
        world.open(CHANNEL, NAMING)

    def mint(self, *, own: bool = False) -> str:
        """`own`: the application's, without a seller's grant."""
        self.minted += 1
        token = f"{'Atc' if own else 'Atza'}|IwEBI{self.minted:012d}"
        if own:
            self.own_tokens.add(token)
        self.tokens[token] = self.world.now() + TOKEN_LIFE
        return token

    def knows(self, token: str) -> bool:
        if self.faults.hit("expire_token"):
            self.tokens.clear()
        return self.tokens.get(token, self.world.now()) > self.world.now()

    def set_quantity(self, sku: str, quantity: int) -> None:
        if not self.faults.hit("silent_drop", "stock"):
            self.world.set_quantity(CHANNEL, sku, quantity)


Handler = Callable[[Request], Answer | Awaitable[Answer]]


def guarded(shop: Shop, handler: Handler, *, own: bool = False) -> Handler:
    """Asks for an access token first: a seller's, or the application's own."""

    def call(request: Request) -> Answer | Awaitable[Answer]:
        token = request.headers.get("x-amz-access-token", "")
        if not token:
            return refusal(403, "MissingAuthenticationToken", "Access to requested resource is denied.")
        if not shop.knows(token):
            return refusal(403, "Unauthorized", "The access token you provided has expired.")
        if own != (token in shop.own_tokens) or any(request.path.startswith(part) for part in shop.lacking):
            return refusal(403, "Unauthorized", "Access to requested resource is denied.")
        return handler(request)

    return call


def body_of(request: Request) -> dict[str, object]:
    """{} for a body that is no JSON object."""
    try:
        found = request.json()
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def moment_of(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return None
