"""Who this account is, and whether it may do what the channel needs. https://developer-docs.amazon.com/sp-api/docs/sellers-api"""

from __future__ import annotations

from connectors.amazon.client import Client
from connectors.amazon.errors import ROLE_MISSING
from connectors.amazon.mailroom import Mailroom
from connectors.base.client import decode
from connectors.base.contract import Health
from connectors.base.errors import AuthExpired, Refused
from connectors.base.wire import items, mapping, text

PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"


async def check(client: Client, mailroom: Mailroom) -> Health:
    """The account first, then the mailbox."""
    health = await _account(client)
    if not health.ok:
        return health
    try:
        await mailroom.greet()
    except (AuthExpired, Refused) as error:
        fix = "Look at the servers, user and password of the mailbox; some providers want a password made for apps."
        return Health(ok=False, account=health.account, detail=f"Mailbox: {error.detail}", fix=fix)
    return health


async def _account(client: Client) -> Health:
    try:
        response = await client.call("GET", PARTICIPATIONS)
    except AuthExpired as error:
        if error.code != ROLE_MISSING:
            fix = "Authorise the application again in Seller Central and type the new refresh token."
            return Health(ok=False, detail=error.detail, fix=fix)
        return Health(
            ok=False, detail=error.detail, missing=error.missing, fix="Add the role to the application, then authorise it again."
        )
    found = [mapping(one) for one in items(mapping(decode(response)).get("payload"))]
    mine = next((one for one in found if text(mapping(one.get("marketplace")).get("id")) == client.marketplace), None)
    if mine is None:
        names = ", ".join(text(mapping(one.get("marketplace")).get("id")) for one in found)
        return Health(
            ok=False,
            detail=f"This account does not sell in {client.marketplace}.",
            fix=f"Type one of its marketplaces: {names}." if names else "Look in Seller Central where this account sells.",
        )
    market, standing = mapping(mine.get("marketplace")), mapping(mine.get("participation"))
    account = text(mine.get("storeName")) or client.seller
    if standing.get("hasSuspendedListings") is True:
        return Health(ok=True, account=account, detail=f"{text(market.get('name'))}: listings are suspended there.")
    return Health(ok=True, account=account, detail=text(market.get("name")))
