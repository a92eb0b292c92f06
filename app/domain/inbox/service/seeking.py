"""One box for everything: an order's number, a parcel, a SKU, an address, a phone, or words somebody wrote."""

from __future__ import annotations

import re

from app.core.db import UnitOfWork
from app.core.keys import folded
from app.domain.inbox.seeking_schemas import Finding, Findings
from app.domain.inbox.store.seek import SEEK

NUMBER = re.compile(r"#?(\d{1,9})")


async def seek(work: UnitOfWork, typed: str) -> Findings:
    """Exact keys before words: the order first, then conversations about it, its customer, its variant."""
    if not typed.strip():
        return Findings(items=[])
    number = NUMBER.fullmatch(typed.strip())
    items = await work.shapes(Finding, SEEK, work.workspace_id, folded(typed), typed, int(number[1]) if number else None)
    return Findings(items=items)
