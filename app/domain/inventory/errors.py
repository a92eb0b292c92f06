"""Refusals of this room."""

from __future__ import annotations

from app.core.errors import Conflict, NotFound, Unacceptable


class OutOfStock(Conflict):
    code = "out_of_stock"


class BelowZero(Unacceptable):
    code = "below_zero"


class KeyReused(Unacceptable):
    code = "key_reused"


class UnknownSku(NotFound):
    code = "unknown_sku"


class UnknownLocation(NotFound):
    code = "unknown_location"


class UnknownListing(NotFound):
    code = "unknown_listing"
