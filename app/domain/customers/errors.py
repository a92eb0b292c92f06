"""Refusals of this room."""

from __future__ import annotations

from app.core.errors import NotFound


class CustomerNotFound(NotFound):
    code = "customer_not_found"
