"""Proof of the sender over the raw bytes: Notification API (ECDSA), its challenge, and Platform Notifications (SOAP).

https://developer.ebay.com/api-docs/commerce/notification/overview.html
https://developer.ebay.com/DevZone/guides/features-guide/default.html#development/PlatformNotifications.html
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from connectors.base.client import decode
from connectors.base.contract import Delivery, RawRequest, Received
from connectors.base.errors import BadSignature, Malformed, Refused, Unavailable
from connectors.base.signing import fingerprint, require_match
from connectors.base.wire import mapping, text, when
from connectors.ebay.client import Client
from connectors.ebay.markup import find_deep, parse

KEY_PATH = "/commerce/notification/v1/public_key/"
KEY_LIFE = timedelta(hours=1)
UNKNOWN_LIFE = timedelta(minutes=10)
KEY_ID = re.compile(r"[A-Za-z0-9._-]{8,80}")
KEYS_MAX = 64
FETCHES_PER_MINUTE = 10
SOAP_WINDOW = timedelta(minutes=10)
DIGESTS: Mapping[str, type[HashAlgorithm]] = {"SHA1": SHA1, "SHA256": SHA256, "SHA384": SHA384, "SHA512": SHA512}


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """`key` is None when eBay said that there is no such key."""

    key: EllipticCurvePublicKey | None
    until: datetime


class KeyRing:
    """eBay's public keys by id, fetched when first named. The id comes from the sender, so unknown ones are remembered too and
    fetches are few: a flood of invented ids may not use up the day's calls."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._entries: dict[str, KeyEntry] = {}
        self._fetches: list[datetime] = []

    async def key(self, key_id: str) -> EllipticCurvePublicKey:
        now = self._client.context.now()
        entry = self._entries.get(key_id)
        if entry is None or entry.until <= now:
            self._fetches = [at for at in self._fetches if at > now - timedelta(minutes=1)]
            if len(self._fetches) >= FETCHES_PER_MINUTE:
                raise Unavailable("too many unknown keys", code="key_fetches")
            self._fetches.append(now)
            entry = await self._fetch(key_id, now)
            if len(self._entries) >= KEYS_MAX:
                del self._entries[next(iter(self._entries))]
            self._entries[key_id] = entry
        if entry.key is None:
            raise BadSignature("eBay has no such key", code="unknown_key")
        return entry.key

    async def _fetch(self, key_id: str, now: datetime) -> KeyEntry:
        try:
            response = await self._client.rest("GET", KEY_PATH + key_id, app=True, accept=(404,))
        except Refused:
            return KeyEntry(None, now + UNKNOWN_LIFE)
        if response.status_code != 200:
            return KeyEntry(None, now + UNKNOWN_LIFE)
        return KeyEntry(read_key(text(mapping(decode(response)).get("key"))), now + KEY_LIFE)


def read_key(pem: str) -> EllipticCurvePublicKey | None:
    """eBay writes the PEM in one line."""
    inner = re.sub(r"-----[A-Z ]+-----|\s", "", pem)
    lines = "\n".join(inner[start : start + 64] for start in range(0, len(inner), 64))
    try:
        key = load_pem_public_key(f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n".encode())
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, EllipticCurvePublicKey) else None


@dataclass(frozen=True, slots=True)
class Signature:
    key_id: str
    signature: bytes
    digest: HashAlgorithm


def read_signature(header: str) -> Signature:
    """The header is base64 of `{alg, kid, signature, digest}`."""
    try:
        fields = mapping(msgspec.json.decode(base64.b64decode(header, validate=True)))
        signature = base64.b64decode(text(fields.get("signature")), validate=True)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise BadSignature("the signature header cannot be read", code="bad_signature") from error
    key_id = text(fields.get("kid"))
    digest = DIGESTS.get(text(fields.get("digest")).upper().replace("-", ""))
    if text(fields.get("alg")).lower() != "ecdsa" or digest is None or not KEY_ID.fullmatch(key_id) or not signature:
        raise BadSignature("the signature header names no usable key or method", code="bad_signature")
    return Signature(key_id, signature, digest())


async def receive(client: Client, keys: KeyRing, request: RawRequest) -> Received:
    if request.method == "GET":
        return answer_challenge(request, client.tokens.secret("verification_token"))
    if request.header("x-ebay-signature"):
        return await _receive_notification(keys, request)
    if b"NotificationSignature" in request.body:
        return _receive_platform(client, request)
    raise BadSignature("the notification is not signed", code="no_signature")


def answer_challenge(request: RawRequest, verification_token: str) -> Received:
    """Over challenge, token and the endpoint exactly as registered, in this order."""
    challenge = request.param("challenge_code")
    if not challenge or not verification_token:
        raise BadSignature("there is no challenge", code="no_challenge")
    endpoint = request.url.partition("?")[0]
    answer = hashlib.sha256(f"{challenge}{verification_token}{endpoint}".encode()).hexdigest()
    return Received(status=200, body=msgspec.json.encode({"challengeResponse": answer}), media_type="application/json")


async def _receive_notification(keys: KeyRing, request: RawRequest) -> Received:
    """A repeat (publishAttemptCount) carries the same notificationId, so the key is that and its topic."""
    found = read_signature(request.header("x-ebay-signature"))
    key = await keys.key(found.key_id)
    try:
        key.verify(found.signature, request.body, ECDSA(found.digest))
    except InvalidSignature as error:
        raise BadSignature("the signature does not match", code="bad_signature") from error
    try:
        whole = mapping(msgspec.json.decode(request.body))
    except msgspec.DecodeError:
        whole = {}
    topic = text(mapping(whole.get("metadata")).get("topic")) or "unknown"
    key_of = text(mapping(whole.get("notification")).get("notificationId")) or fingerprint(request.body)
    return Received(deliveries=(Delivery(kind=f"topic.{topic}", key=key_of, body=request.body),), status=204)


def _receive_platform(client: Client, request: RawRequest) -> Received:
    """The signature is base64(MD5(Timestamp + DevId + AppId + CertId)): it proves who knew the keys at that time, not the
    content, so the content is never taken as a fact."""
    try:
        root = parse(request.body)
    except Malformed as error:
        raise BadSignature("the notification cannot be read", code="bad_signature") from error
    stamp = find_deep(root, "Timestamp")
    secrets = [client.tokens.secret(name) for name in ("dev_id", "client_id", "client_secret")]
    if not all(secrets):
        raise BadSignature("there are no keys to check with", code="no_keys")
    expected = base64.b64encode(hashlib.md5("".join((stamp, *secrets)).encode(), usedforsecurity=False).digest()).decode()
    require_match(find_deep(root, "NotificationSignature"), (expected,))
    at = when(stamp)
    if at is None or abs(client.context.now() - at) > SOAP_WINDOW:
        raise BadSignature("the notification is too old or from the future", code="stale")
    event = find_deep(root, "NotificationEventName") or "unknown"
    return Received(
        deliveries=(Delivery(kind=f"platform.{event}", key=fingerprint(request.body), body=request.body),), status=200
    )
