"""The wire of the one search box."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from msgspec import Struct


class Finding(Struct, kw_only=True):
    """`exact`: what was typed is its very number, address or SKU. `conversation_id` is where a customer was last spoken with, and
    the conversation itself."""

    kind: Literal["order", "conversation", "customer", "variant"]
    id: UUID
    title: str
    detail: str
    channel: str
    exact: bool
    conversation_id: UUID | None


class Findings(Struct, kw_only=True):
    """Best first; never more than a person looks through."""

    items: list[Finding]
