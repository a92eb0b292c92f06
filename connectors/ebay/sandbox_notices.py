"""Pretend Notification API: configuration, destinations with their challenge, subscriptions, and signed deliveries.

https://developer.ebay.com/api-docs/commerce/notification/resources/methods
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.base.reach import trusted
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.world import Happening, Message, Thread
from connectors.ebay.sandbox_messages import Messages
from connectors.ebay.sandbox_shop import CHANNEL, SELLER, Shop, body_of, guarded, page_url, refusal, stamp

ROOT = "/commerce/notification/v1"
DOMAIN = "API_NOTIFICATION"
SCOPE = "commerce.notification.subscription"
BOTH = ("user", "app")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TOPICS = {
    "NEW_MESSAGE": "USER",
    "BUYER_QUESTION": "USER",
    "ORDER_CONFIRMATION": "USER",
    "ORDER_CANCELLATION_ACTIVITY": "USER",
    "ORDER_RETURN_ACTIVITY": "USER",
    "ITEM_MARKED_SHIPPED": "USER",
    "FEEDBACK_RECEIVED": "USER",
    "MARKETPLACE_ACCOUNT_DELETION": "APPLICATION",
    "AUTHORIZATION_REVOCATION": "APPLICATION",
}


def fail(status: int, code: int, words: str) -> Answer:
    return refusal(status, code, words, domain=DOMAIN)


class Notices:
    def __init__(self, shop: Shop, messages: Messages, box: Sandbox) -> None:
        self.shop, self.messages, self.box = shop, messages, box
        self.alert_email = ""
        self.destinations: dict[str, dict[str, Any]] = {}
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.key_id = str(uuid.uuid4())
        shop.world.watch(CHANNEL, self.tell)

    def routes(self, box: Sandbox) -> None:
        def add(method: str, path: str, handler: Any) -> None:
            box.route(method, ROOT + path)(guarded(self.shop, handler, kinds=BOTH))

        add("GET", "/config", self.get_config)
        add("PUT", "/config", self.put_config)
        add("GET", "/destination", self.list_destinations)
        add("POST", "/destination", self.add_destination)
        add("PUT", "/destination/{id}", self.change_destination)
        add("DELETE", "/destination/{id}", self.remove_destination)
        add("GET", "/public_key/{id}", self.public_key)
        add("GET", "/topic", self.list_topics)
        add("GET", "/subscription", self.list_subscriptions)
        add("POST", "/subscription", self.add_subscription)
        add("PUT", "/subscription/{id}", self.change_subscription)
        add("DELETE", "/subscription/{id}", self.remove_subscription)
        add("POST", "/subscription/{id}/enable", self.enable_subscription)
        add("POST", "/subscription/{id}/test", self.test_subscription)

    def get_config(self, _request: Request) -> Answer:
        if not self.alert_email:
            return Answer(status=404)
        return answer({"alertEmail": self.alert_email})

    def put_config(self, request: Request) -> Answer:
        email = str(body_of(request).get("alertEmail") or "")
        if "@" not in email:
            return fail(400, 195025, "Invalid or missing email.")
        self.alert_email = email
        return Answer(status=204)

    def list_destinations(self, request: Request) -> Answer:
        return self.listed(request, "destinations", list(self.destinations.values()))

    def listed(self, request: Request, name: str, found: list[dict[str, Any]]) -> Answer:
        limit, token = request.query.get("limit", "20"), request.query.get("continuation_token", "0")
        if not limit.isdigit() or not 10 <= int(limit) <= 100:
            return fail(400, 195004, "Invalid limit. Supported ranges 10 - 100.")
        if not token.isdigit():
            return fail(400, 195005, "Invalid continuation token.")
        start, end = int(token), int(token) + int(limit)
        shown: dict[str, Any] = {"total": len(found), "href": page_url(request), "limit": int(limit), name: found[start:end]}
        if end < len(found):
            shown["next"] = page_url(request, continuation_token=end)
        return answer(shown)

    def checked(self, body: dict[str, Any]) -> Answer | None:
        delivery = body.get("deliveryConfig") or {}
        endpoint, token = str(delivery.get("endpoint") or ""), str(delivery.get("verificationToken") or "")
        parts = urlsplit(endpoint)
        if not self.alert_email:
            return fail(409, 195003, "Please provide configurations required for notifications. Refer to /config")
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            return fail(400, 195017, "Invalid or missing endpoint.")
        if body.get("status") not in ("ENABLED", "DISABLED"):
            return fail(400, 195018, "Invalid or missing destination status. Supported values:[ENABLED,DISABLED]")
        if not re.fullmatch(r"[A-Za-z0-9_-]{32,80}", token):
            return fail(400, 195019, "Invalid or missing verification token for this endpoint.")
        return None

    async def add_destination(self, request: Request) -> Answer:
        body: dict[str, Any] = body_of(request)
        refused = self.checked(body)
        if refused is not None:
            return refused
        endpoint = body["deliveryConfig"]["endpoint"]
        if any(known["deliveryConfig"]["endpoint"] == endpoint for known in self.destinations.values()):
            return fail(409, 195021, "Destination exists for this endpoint")
        if not await self.is_proved(endpoint, body["deliveryConfig"]["verificationToken"]):
            return fail(409, 195020, "Challenge verification failed for requested endpoint")
        made = {"destinationId": str(uuid.uuid4()), **body}
        self.destinations[made["destinationId"]] = made
        location = f"https://api.ebay.com{ROOT}/destination/{made['destinationId']}"
        return Answer(status=201, headers=(("location", location),))

    async def is_proved(self, endpoint: str, token: str) -> bool:
        """The endpoint answers our challenge. One that cannot be reached from here is taken on trust."""
        challenge = uuid.uuid4().hex
        expected = hashlib.sha256((challenge + token + endpoint).encode()).hexdigest()
        try:
            async with httpx.AsyncClient(timeout=5.0, trust_env=False, verify=trusted()) as client:
                response = await client.get(endpoint, params={"challenge_code": challenge})
        except httpx.TransportError:
            return True
        try:
            found = msgspec.json.decode(response.content)
        except msgspec.DecodeError:
            return False
        return response.status_code == 200 and isinstance(found, dict) and found.get("challengeResponse") == expected

    async def change_destination(self, request: Request) -> Answer:
        body: dict[str, Any] = body_of(request)
        known = self.destinations.get(request.parts["id"])
        if known is None:
            return fail(404, 195022, "Invalid or missing destination id.")
        refused = self.checked(body)
        if refused is not None:
            return refused
        if not await self.is_proved(body["deliveryConfig"]["endpoint"], body["deliveryConfig"]["verificationToken"]):
            return fail(409, 195020, "Challenge verification failed for requested endpoint")
        known.update(body)
        return Answer(status=204)

    def remove_destination(self, request: Request) -> Answer:
        if self.destinations.pop(request.parts["id"], None) is None:
            return fail(404, 195022, "Invalid or missing destination id.")
        return Answer(status=204)

    def public_key(self, request: Request) -> Answer:
        """The PEM is written without line breaks."""
        if request.parts["id"] != self.key_id:
            return fail(404, 195001, "The specified key id is invalid.")
        pem = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        return answer({"key": pem.replace("\n", ""), "algorithm": "ECDSA", "digest": "SHA256"})

    def list_topics(self, request: Request) -> Answer:
        payload = {"format": ["JSON"], "schemaVersion": "1.0", "deliveryProtocol": "HTTPS", "deprecated": False}
        found = [
            {
                "topicId": name,
                "description": name.replace("_", " ").capitalize(),
                "authorizationScopes": ["https://api.ebay.com/oauth/api_scope"],
                "status": "ENABLED",
                "context": "COMMERCE",
                "scope": scope,
                "supportedPayloads": [payload],
                "filterable": False,
            }
            for name, scope in TOPICS.items()
        ]
        return self.listed(request, "topics", found)

    def owner(self, request: Request) -> str:
        """A seller and an application see their own subscriptions only."""
        kind = self.shop.token_kind(request.headers["authorization"].removeprefix("Bearer "))
        return "USER" if kind == "user" else "APPLICATION"

    def list_subscriptions(self, request: Request) -> Answer:
        mine = [known for known in self.subscriptions.values() if TOPICS[known["topicId"]] == self.owner(request)]
        return self.listed(request, "subscriptions", mine)

    def add_subscription(self, request: Request) -> Answer:
        body: dict[str, Any] = body_of(request)
        topic = str(body.get("topicId"))
        if topic not in TOPICS:
            return fail(400, 195027, "Invalid or missing topic id.")
        if TOPICS[topic] != self.owner(request):
            return fail(403, 195011, "Not authorized for this topic.")
        refused = self.checked_subscription(body)
        if refused is not None:
            return refused
        if any(known["topicId"] == topic for known in self.subscriptions.values()):
            return fail(409, 195012, "Subscription already exists")
        made = {"subscriptionId": str(uuid.uuid4()), "creationDate": stamp(self.shop.world.now()), **body}
        self.subscriptions[made["subscriptionId"]] = made
        location = f"https://api.ebay.com{ROOT}/subscription/{made['subscriptionId']}"
        return Answer(status=201, headers=(("location", location),))

    def checked_subscription(self, body: dict[str, Any]) -> Answer | None:
        payload = body.get("payload") or {}
        if body.get("status") not in ("ENABLED", "DISABLED"):
            return fail(400, 195006, "Invalid or missing subscription status.")
        if body.get("destinationId") not in self.destinations:
            return fail(400, 195007, "Invalid or missing destination id.")
        if payload.get("schemaVersion") != "1.0":
            return fail(400, 195008, "Invalid or missing schema version.")
        if payload.get("deliveryProtocol") != "HTTPS":
            return fail(400, 195010, "Invalid or missing protocol")
        return None

    def change_subscription(self, request: Request) -> Answer:
        known, body = self.subscriptions.get(request.parts["id"]), body_of(request)
        if known is None:
            return fail(404, 195013, "The subscription id does not exist.")
        refused = self.checked_subscription(body)
        if refused is None:
            known.update(body)
        return refused or Answer(status=204)

    def remove_subscription(self, request: Request) -> Answer:
        if self.subscriptions.pop(request.parts["id"], None) is None:
            return fail(404, 195013, "The subscription id does not exist.")
        return Answer(status=204)

    def enable_subscription(self, request: Request) -> Answer:
        known = self.subscriptions.get(request.parts["id"])
        if known is None:
            return fail(404, 195013, "The subscription id does not exist.")
        known["status"] = "ENABLED"
        return Answer(status=204)

    def test_subscription(self, request: Request) -> Answer:
        known = self.subscriptions.get(request.parts["id"])
        if known is None:
            return fail(404, 195013, "The subscription id does not exist.")
        self.post(known["topicId"], {"username": "test_user", "userId": "test_id", "eiasToken": "test"})
        return Answer(status=202)

    def tell(self, happening: Happening) -> None:
        shelf = self.shop.world.shelf(CHANNEL)
        if happening.kind == "message":
            thread = shelf.threads[happening.thread]
            said = next(message for message in thread.messages if message.id == happening.id)
            self.post("NEW_MESSAGE", self.message_data(thread, said))
        elif happening.kind == "order" and shelf.orders[happening.id].status != "pending":
            order = shelf.orders[happening.id]
            for line in order.lines:
                self.post("ORDER_CONFIRMATION", {"orderId": order.id, "lineItemId": line.id, "sellerUserName": SELLER})
        elif happening.kind == "order_changed" and shelf.orders[happening.id].status == "cancelled":
            self.post("ORDER_CANCELLATION_ACTIVITY", {"orderId": happening.id, "cancelState": "CANCELED"})

    def message_data(self, thread: Thread, said: Message) -> dict[str, Any]:
        shown = self.messages.detail(thread, said)
        shown["senderUserName"], shown["recipientUserName"] = shown.pop("senderUsername"), shown.pop("recipientUsername")
        return {"conversationId": thread.id, "conversationType": "FROM_MEMBERS", **shown}

    def post(self, topic: str, data: dict[str, Any]) -> None:
        """Signed over the very bytes that go out."""
        now = stamp(self.shop.world.now())
        notice = {
            "metadata": {"topic": topic, "schemaVersion": "1.0", "deprecated": False},
            "notification": {
                "notificationId": f"{uuid.uuid4()}_{uuid.uuid4()}",
                "eventDate": now,
                "publishDate": now,
                "publishAttemptCount": 1,
                "data": data,
            },
        }
        body = msgspec.json.encode(notice)
        for known in self.subscriptions.values():
            destination = self.destinations.get(known["destinationId"])
            if known["topicId"] != topic or known["status"] != "ENABLED" or destination is None:
                continue
            headers = {"content-type": "application/json", "x-ebay-signature": self.sign(body)}
            self.box.poster.post(destination["deliveryConfig"]["endpoint"], headers, body)

    def sign(self, body: bytes) -> str:
        signature = base64.b64encode(self.key.sign(body, ec.ECDSA(SHA256()))).decode()
        header = {"alg": "ecdsa", "kid": self.key_id, "signature": signature, "digest": "SHA256"}
        return base64.b64encode(msgspec.json.encode(header)).decode()
