"""eBay's notifications pointed at our hook: alert address, destination, one subscription per topic. Safe to repeat.

https://developer.ebay.com/api-docs/commerce/notification/overview.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from connectors.base.client import decode
from connectors.base.errors import AuthExpired, Refused
from connectors.base.wire import items, mapping, text
from connectors.ebay.account import Seller
from connectors.ebay.client import Client
from connectors.ebay.errors import SCOPE_MISSING

ROOT = "/commerce/notification/v1"
TOPICS = (
    "NEW_MESSAGE",
    "BUYER_QUESTION",
    "ORDER_CONFIRMATION",
    "ORDER_CANCELLATION_ACTIVITY",
    "ORDER_RETURN_ACTIVITY",
    "MARKETPLACE_ACCOUNT_DELETION",
    "AUTHORIZATION_REVOCATION",
)
NAME = "Onecounter"
PAGE = "100"
EXISTS = ("195012", "195021")
NOT_FOR_US = ("195002", "195008", "195011", "195014", "195027")


def is_reachable(hook_url: str) -> bool:
    """eBay posts to https only; a sandbox also reaches this machine."""
    parts = urlsplit(hook_url)
    if parts.scheme == "https":
        return True
    try:
        return parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


async def subscribe(client: Client, seller: Seller, hook_url: str) -> None:
    """Does nothing for an address eBay cannot reach: polling goes on."""
    if not is_reachable(hook_url):
        return
    await _ensure_config(client, seller)
    destination = await _ensure_destination(client, hook_url)
    known = {app: await _subscriptions(client, app) for app in (False, True)}
    for topic in await _topics(client):
        is_app = text(topic.get("scope")) == "APPLICATION"
        try:
            await _ensure_subscription(client, topic, destination, known[is_app], is_app)
        except Refused as error:
            if error.code not in (*NOT_FOR_US, *EXISTS):
                raise
        except AuthExpired as error:
            if error.code != SCOPE_MISSING:
                raise


async def unsubscribe(client: Client, hook_url: str) -> None:
    destination = await _find_destination(client, hook_url)
    if destination is None:
        return
    for app in (False, True):
        for known in await _subscriptions(client, app):
            if text(known.get("destinationId")) == text(destination.get("destinationId")):
                path = f"{ROOT}/subscription/{text(known.get('subscriptionId'))}"
                await client.rest("DELETE", path, write=True, app=app, accept=(404,))
    path = f"{ROOT}/destination/{text(destination.get('destinationId'))}"
    await client.rest("DELETE", path, write=True, app=True, accept=(404, 409))


async def _ensure_config(client: Client, seller: Seller) -> None:
    """Without an alert address every subscription is refused (195003)."""
    response = await client.rest("GET", f"{ROOT}/config", app=True, accept=(404,))
    if response.status_code == 200 and text(mapping(decode(response)).get("alertEmail")):
        return
    await seller.names()
    email = client.context.settings.get("alert_email", "") or seller.email
    if not email:
        raise Refused(
            "eBay wants an address for alerts about notifications", code="195003", fix="Set an alert e-mail for this connection."
        )
    await client.rest("PUT", f"{ROOT}/config", write=True, app=True, json={"alertEmail": email})


async def _pages(client: Client, path: str, name: str, *, app: bool) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = []
    params = {"limit": PAGE}
    while True:
        answer = mapping(decode(await client.rest("GET", f"{ROOT}/{path}", app=app, params=params)))
        found += [mapping(entry) for entry in items(answer.get(name))]
        token = _token_of(text(answer.get("next")))
        if not token or token == params.get("continuation_token"):
            return found
        params = {"limit": PAGE, "continuation_token": token}


def _token_of(url: str) -> str:
    pairs = (pair.partition("=") for pair in urlsplit(url).query.split("&"))
    return next((value for name, _, value in pairs if name == "continuation_token"), "")


async def _find_destination(client: Client, hook_url: str) -> Mapping[str, object] | None:
    for destination in await _pages(client, "destination", "destinations", app=True):
        if text(mapping(destination.get("deliveryConfig")).get("endpoint")) == hook_url:
            return destination
    return None


async def _ensure_destination(client: Client, hook_url: str) -> str:
    token = client.tokens.secret("verification_token")
    wanted = {"name": NAME, "status": "ENABLED", "deliveryConfig": {"endpoint": hook_url, "verificationToken": token}}
    found = await _find_destination(client, hook_url)
    if found is None:
        response = await client.rest("POST", f"{ROOT}/destination", write=True, app=True, json=wanted)
        made = response.headers.get("location", "").rstrip("/").rpartition("/")[2]
        again = {} if made else mapping(await _find_destination(client, hook_url))
        return made or text(again.get("destinationId"))
    destination = text(found.get("destinationId"))
    if text(found.get("status")) != "ENABLED" or text(mapping(found.get("deliveryConfig")).get("verificationToken")) != token:
        await client.rest("PUT", f"{ROOT}/destination/{destination}", write=True, app=True, json=wanted)
    return destination


async def _topics(client: Client) -> list[Mapping[str, object]]:
    listed = await _pages(client, "topic", "topics", app=True)
    return [topic for topic in listed if text(topic.get("topicId")) in TOPICS and text(topic.get("status")) != "DISABLED"]


async def _subscriptions(client: Client, app: bool) -> list[Mapping[str, object]]:
    """Of the seller or of the application. Without the scope a seller has none."""
    try:
        return await _pages(client, "subscription", "subscriptions", app=app)
    except AuthExpired as error:
        if error.code != SCOPE_MISSING:
            raise
        return []


async def _ensure_subscription(
    client: Client, topic: Mapping[str, object], destination: str, known: list[Mapping[str, object]], is_app: bool
) -> None:
    topic_id = text(topic.get("topicId"))
    wanted = {"status": "ENABLED", "destinationId": destination, "payload": _payload(topic)}
    mine = next((one for one in known if text(one.get("topicId")) == topic_id), None)
    if mine is None:
        body = {"topicId": topic_id, **wanted}
        await client.rest("POST", f"{ROOT}/subscription", write=True, app=is_app, json=body)
        return
    path = f"{ROOT}/subscription/{text(mine.get('subscriptionId'))}"
    if text(mine.get("destinationId")) != destination:
        await client.rest("PUT", path, write=True, app=is_app, json=wanted)
    elif text(mine.get("status")) != "ENABLED":
        await client.rest("POST", f"{path}/enable", write=True, app=is_app)


def _payload(topic: Mapping[str, object]) -> dict[str, str]:
    """The newest schema that is not on its way out."""
    offered = [mapping(entry) for entry in items(topic.get("supportedPayloads"))]
    kept = [entry for entry in offered if entry.get("deprecated") is not True] or offered
    versions = sorted(
        (text(entry.get("schemaVersion")) for entry in kept),
        key=lambda version: [int(n) for n in version.split(".") if n.isdigit()],
    )
    return {"format": "JSON", "deliveryProtocol": "HTTPS", "schemaVersion": versions[-1] if versions else "1.0"}
