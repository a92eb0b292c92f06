"""Addresses of single files for channels that fetch what we send: signed, for one file, for a few hours."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from app.core.errors import NotFound

# As long as a message may wait in a channel's own queue for the file to be fetched.
LASTS = timedelta(hours=4)
PURPOSE = b"onecounter: a file for a channel"
INSIDE = ("localhost", "local", "internal", "lan", "home", "test", "invalid")
ID_BYTES, TIME_BYTES, SEAL_BYTES = 16, 5, 32
HEAD_BYTES = 2 * ID_BYTES + TIME_BYTES


class NoPass(NotFound):
    """Forged, cut, run out, or of a key that is gone: which of them is not told."""

    code = "no_such_file"


def is_public(url: str) -> bool:
    """Can a stranger's server reach this address: https, and neither this machine nor a private network by its name?"""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or not host:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and host.rpartition(".")[2] not in INSIDE


@dataclass(frozen=True, slots=True)
class FilePasses:
    """`keys`: the first one signs, all open, so that a key can be changed while addresses are out."""

    public_url: str
    keys: Sequence[tuple[str, bytes]]

    def address(self, workspace_id: UUID, attachment_id: UUID, now: datetime) -> str:
        """ "" where nobody outside could reach it."""
        if not is_public(self.public_url):
            return ""
        until = int((now + LASTS).timestamp()).to_bytes(TIME_BYTES)
        head = workspace_id.bytes + attachment_id.bytes + until
        token = base64.urlsafe_b64encode(head + _seal(self.keys[0][1], head)).decode().rstrip("=")
        return f"{self.public_url}/files/{token}"

    def open(self, token: str, now: datetime) -> tuple[UUID, UUID]:
        """Workspace and attachment. Raises NoPass."""
        try:
            whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise NoPass("no such file") from error
        head, seal = whole[:HEAD_BYTES], whole[HEAD_BYTES:]
        fits = [hmac.compare_digest(_seal(key, head), seal) for _, key in self.keys]
        if len(whole) != HEAD_BYTES + SEAL_BYTES or not any(fits):
            raise NoPass("no such file")
        if int.from_bytes(head[2 * ID_BYTES :]) <= now.timestamp():
            raise NoPass("no such file")
        return UUID(bytes=head[:ID_BYTES]), UUID(bytes=head[ID_BYTES : 2 * ID_BYTES])


def _seal(key: bytes, head: bytes) -> bytes:
    return hmac.digest(hmac.digest(key, PURPOSE, "sha256"), head, "sha256")
