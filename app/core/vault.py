"""Secrets at rest: AES-256-GCM. The associated data is workspace|connection|field, so a row moved elsewhere does not open."""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

NONCE_BYTES = 12


class Sealed(Struct, frozen=True):
    key_id: str
    sealed: bytes


class VaultLocked(Exception):
    """The key is unknown, or the bytes are not what was sealed here."""


class Vault:
    def __init__(self, keys: tuple[tuple[str, bytes], ...]) -> None:
        self._keys = {key_id: AESGCM(key) for key_id, key in keys}
        self._current = keys[0][0]

    @property
    def current(self) -> str:
        return self._current

    def seal(self, value: str, *, workspace: UUID, connection: UUID, field: str) -> Sealed:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._keys[self._current].encrypt(nonce, value.encode(), _place(workspace, connection, field))
        return Sealed(self._current, nonce + sealed)

    def unseal(self, sealed: Sealed, *, workspace: UUID, connection: UUID, field: str) -> str:
        key = self._keys.get(sealed.key_id)
        if key is None:
            raise VaultLocked(f"secret key {sealed.key_id} is not among ONECOUNTER_SECRET_KEY")
        try:
            opened = key.decrypt(sealed.sealed[:NONCE_BYTES], sealed.sealed[NONCE_BYTES:], _place(workspace, connection, field))
        except InvalidTag as error:
            raise VaultLocked(f"secret {field} does not open with key {sealed.key_id}") from error
        return opened.decode()


def _place(workspace: UUID, connection: UUID, field: str) -> bytes:
    return f"{workspace}|{connection}|{field}".encode()
