"""What each listing looked like when it was last delivered, kept small in the feed's cursor.

Amazon gives a count no version. A key is made of the look and of how often it changed, so that a count which returns to an old
value is news, and an unchanged one is not.
"""

from __future__ import annotations

import base64
import binascii
import zlib

import msgspec

from connectors.base.signing import fingerprint


class Looks:
    def __init__(self, packed: str) -> None:
        try:
            plain = zlib.decompress(base64.b85decode(packed)) if packed else b"{}"
            self._seen = msgspec.json.decode(plain, type=dict[str, tuple[str, int]])
        except (ValueError, zlib.error, binascii.Error, msgspec.MsgspecError):
            self._seen = {}

    def key(self, sku: str, body: bytes) -> str:
        look, (before, turn) = fingerprint(body)[:10], self._seen.get(fingerprint(sku)[:12], ("", 0))
        turn += look != before
        self._seen[fingerprint(sku)[:12]] = (look, turn)
        return f"{sku}:{turn}:{look}"

    def packed(self) -> str:
        return base64.b85encode(zlib.compress(msgspec.json.encode(self._seen))).decode()
