"""Passwords and tokens. A token is 256 random bits shown once and kept as its SHA-256."""

from __future__ import annotations

import asyncio
import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=47_104, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
_at_once = asyncio.Semaphore(2)


def new_token(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(_hasher.hash, password)


async def password_matches(password: str, hashed: str | None) -> bool:
    """An unknown person (None) costs the same time as a known one. At most two run at once: each takes 46 MiB."""
    async with _at_once:
        return await asyncio.to_thread(_verify, password, hashed)


def _verify(password: str, hashed: str | None) -> bool:
    try:
        return _hasher.verify(hashed or _NOBODY, password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False
