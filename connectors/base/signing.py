"""Signatures over raw bytes, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable

from connectors.base.errors import BadSignature


def digest(secret: str, body: bytes, algorithm: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), body, algorithm).digest()


def digest_hex(secret: str, body: bytes, algorithm: str = "sha256") -> str:
    return digest(secret, body, algorithm).hex()


def digest_base64(secret: str, body: bytes, algorithm: str = "sha256") -> str:
    return base64.b64encode(digest(secret, body, algorithm)).decode()


def require_match(given: str, expected: Iterable[str]) -> None:
    """`expected` may hold two values while a secret is rotated. Raises BadSignature; an empty expectation never matches."""
    matched = False
    for value in expected:
        matched |= bool(value) and hmac.compare_digest(given.encode(), value.encode())
    if not matched:
        raise BadSignature("the signature does not match", code="bad_signature")


def fingerprint(*parts: str | bytes) -> str:
    """A short stable name of content, for delivery keys where the channel gives none."""
    joined = hashlib.sha256()
    for part in parts:
        joined.update(part if isinstance(part, bytes) else part.encode())
        joined.update(b"\0")
    return joined.hexdigest()[:32]
