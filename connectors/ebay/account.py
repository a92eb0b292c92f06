"""Who the seller is, and whether the credentials are good for everything we do."""

from __future__ import annotations

from connectors.base.client import decode
from connectors.base.contract import Health
from connectors.base.errors import AuthExpired, Refused
from connectors.base.wire import mapping, text
from connectors.ebay.client import Client
from connectors.ebay.errors import SCOPE_MISSING, SCOPES
from connectors.ebay.manifest import IDENTITY_HOST
from connectors.ebay.markup import find_deep

IDENTITY = "/commerce/identity/v1/user/"
PROBES = (
    ("/commerce/message/v1/conversation", {"conversation_type": "FROM_MEMBERS", "limit": "1"}),
    ("/sell/fulfillment/v1/order", {"limit": "1"}),
    ("/sell/inventory/v1/inventory_item", {"limit": "1"}),
)
MESSAGES_SCOPE = SCOPES["/commerce/message/"]


class Seller:
    """The account's own names, read once: its username and its immutable id."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._names: tuple[str, ...] = ()
        self.email = ""

    async def names(self) -> tuple[str, ...]:
        if not self._names:
            self._names = await self._read()
        return self._names

    async def _read(self) -> tuple[str, ...]:
        try:
            response = await self._client.rest("GET", IDENTITY, host=IDENTITY_HOST)
        except AuthExpired as error:
            if error.code != SCOPE_MISSING:
                raise
            return await self._read_old()
        except Refused:
            return await self._read_old()
        user = mapping(decode(response))
        account = mapping(user.get("businessAccount")) or mapping(user.get("individualAccount"))
        self.email = text(account.get("email"))
        return tuple(name for name in (text(user.get("username")), text(user.get("userId"))) if name)

    async def _read_old(self) -> tuple[str, ...]:
        """Without the identity scope the Trading API still tells the name."""
        root = await self._client.trading("GetUser", {})
        return tuple(filter(None, (find_deep(root, "UserID"),)))


async def check(client: Client, seller: Seller) -> Health:
    """Lack of the message scope alone is no fault: questions then come by the Trading API."""
    try:
        names = await seller.names()
    except AuthExpired as error:
        return Health(ok=False, detail=error.detail, fix="Connect the eBay account again.", missing=error.missing)
    missing: list[str] = []
    for path, params in PROBES:
        try:
            await client.rest("GET", path, params=params)
        except AuthExpired as error:
            missing += error.missing
        except Refused as error:
            return Health(ok=False, account=names[0] if names else "", detail=error.detail, fix=error.fix)
    fix = "Ask eBay for these scopes for your application, then let the seller agree again." if missing else ""
    lame = [scope for scope in missing if scope != MESSAGES_SCOPE]
    return Health(ok=not lame, account=names[0] if names else "", fix=fix, missing=tuple(missing))
