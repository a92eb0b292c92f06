"""Refusals of this room."""

from __future__ import annotations

from app.core.errors import NotFound, Unacceptable


class OrderNotFound(NotFound):
    code = "order_not_found"


class UnknownSku(Unacceptable):
    code = "unknown_sku"


class UnknownCustomer(Unacceptable):
    code = "unknown_customer"


class KeyReused(Unacceptable):
    code = "key_reused"
