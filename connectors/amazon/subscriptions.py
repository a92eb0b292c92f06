"""What Amazon tells the seller's queue: one destination, and a subscription for each kind of notice. Made here and watched.

https://developer-docs.amazon.com/sp-api/docs/notifications-api-v1-use-case-guide
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.amazon.client import Client, piece
from connectors.base.client import decode
from connectors.base.errors import ChannelError, Refused
from connectors.base.wire import items, mapping, text

ROOT = "/notifications/v1"
VERSION = "1.0"
NAME = "Onecounter"
_ORDERS = {"eventFilter": {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["OrderStatusChange", "BuyerRequestedChange"]}}
KINDS: Mapping[str, Mapping[str, Any]] = {
    "ORDER_CHANGE": {"processingDirective": _ORDERS},
    "LISTINGS_ITEM_MFN_QUANTITY_CHANGE": {},
    "FBA_INVENTORY_AVAILABILITY_CHANGES": {},
}


def arn_of(url: str) -> str:
    """`https://sqs.us-east-1.amazonaws.com/444455556666/name` as AWS names it elsewhere."""
    parts = urlsplit(url)
    host, path = (parts.hostname or "").split("."), parts.path.strip("/").split("/")
    if len(host) < 3 or len(path) != 2:
        raise Refused(f"{url!r} is no address of a queue", code="bad_queue", fix="Copy the queue's URL from the AWS console.")
    return f"arn:aws:sqs:{host[1]}:{path[0]}:{path[1]}"


async def ensure(client: Client, url: str) -> None:
    """Safe to repeat. A kind that fails (a role is missing) does not keep the others from being asked for."""
    destination = await _destination(client, arn_of(url))
    failure: ChannelError | None = None
    for kind, more in KINDS.items():
        try:
            await _ensure_one(client, kind, {"payloadVersion": VERSION, "destinationId": destination, **more})
        except ChannelError as error:
            failure = failure or error
    if failure is not None:
        raise failure


async def remove(client: Client, url: str) -> None:
    """Only what leads to this queue."""
    destination = await _find(client, arn_of(url))
    for kind in KINDS if destination else ():
        standing = await _standing(client, kind)
        if text(standing.get("destinationId")) == destination:
            await _drop(client, kind, standing)


async def _ensure_one(client: Client, kind: str, wanted: Mapping[str, Any]) -> None:
    """An application has one subscription of a kind; one that leads to an older queue is replaced."""
    standing = await _standing(client, kind)
    if text(standing.get("destinationId")) == wanted["destinationId"]:
        return
    if standing:
        await _drop(client, kind, standing)
    await client.call("POST", f"{ROOT}/subscriptions/{kind}", operation="notices", json=wanted)


async def _standing(client: Client, kind: str) -> Mapping[str, Any]:
    params = {"payloadVersion": VERSION}
    response = await client.call("GET", f"{ROOT}/subscriptions/{kind}", operation="notices", params=params, accept=(404,))
    return mapping(mapping(decode(response)).get("payload")) if response.status_code == 200 else {}


async def _drop(client: Client, kind: str, standing: Mapping[str, Any]) -> None:
    path = f"{ROOT}/subscriptions/{kind}/{piece(text(standing.get('subscriptionId')))}"
    await client.call("DELETE", path, operation="notices", accept=(404,), as_application=True)


async def _find(client: Client, arn: str) -> str:
    response = await client.call("GET", f"{ROOT}/destinations", operation="notices", as_application=True)
    found = [mapping(one) for one in items(mapping(decode(response)).get("payload"))]
    mine = next((one for one in found if text(mapping(mapping(one.get("resource")).get("sqs")).get("arn")) == arn), {})
    return text(mine.get("destinationId"))


async def _destination(client: Client, arn: str) -> str:
    standing = await _find(client, arn)
    if standing:
        return standing
    asked = {"name": NAME, "resourceSpecification": {"sqs": {"arn": arn}}}
    response = await client.call("POST", f"{ROOT}/destinations", operation="notices", json=asked, as_application=True)
    return text(mapping(mapping(decode(response)).get("payload")).get("destinationId"))
