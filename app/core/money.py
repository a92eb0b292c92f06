"""An amount is minor units plus currency; nothing here converts between currencies."""

from __future__ import annotations

from msgspec import Struct


class Money(Struct, frozen=True):
    """`minor` counts the currency's smallest unit: cents, or whole rupiah."""

    minor: int
    currency: str
