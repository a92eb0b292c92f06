"""Channels whose talk happens at our own door: visitors of a shop's page write to us and read from us, nobody stands between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

from msgspec import Struct

from connectors.base.contract import Delivery


class Visitor(Struct, frozen=True, kw_only=True):
    """Who a pass was made for. `verified`: the shop itself vouches for them. `thread` is their one conversation."""

    thread: str
    until: datetime
    verified: bool = False
    name: str = ""
    email: str = ""


class Remark(Struct, frozen=True, kw_only=True):
    """One thing said on the page. `ours`: the house answered by itself, no person wrote it."""

    id: str
    text: str
    ours: bool = False
    email: str = ""
    language: str = ""


class Keepsake(Struct, frozen=True, kw_only=True):
    """A file a visitor gave, already in our store. `ref` is what a message names it by."""

    ref: str
    name: str
    media_type: str
    size: int


@runtime_checkable
class Welcoming(Protocol):
    """A connector whose messages are read at our door. Every method is pure; a pass that does not hold raises BadSignature."""

    settings: Mapping[str, str]

    def welcome(self) -> str:
        """A pass for somebody nobody knows."""
        ...

    def visitor(self, given: str) -> Visitor:
        """Who shows this pass: one of ours, or an identity the shop signed."""
        ...

    def speaker(self, delivery: Delivery) -> str:
        """Whose remark it is: their thread."""
        ...

    def remark(self, visitor: Visitor, said: Remark) -> Delivery: ...

    def keepsake(self, visitor: Visitor, sha256: str, *, name: str, media_type: str, size: int) -> Keepsake: ...

    def kept(self, ref: str) -> str:
        """The SHA-256 under which the file of a `Keepsake` is stored."""
        ...
