"""How many a shop's page may promise."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from app.core.db import UnitOfWork
from app.domain.inventory.store import show as sql


class Availability(Struct, kw_only=True):
    sku: str
    available: int


async def show_available(work: UnitOfWork, skus: Iterable[str]) -> list[Availability]:
    """Unknown SKUs are left out. Never below nothing."""
    return await work.shapes(Availability, sql.AVAILABLE, work.workspace_id, sorted({sku.lower() for sku in skus}))
