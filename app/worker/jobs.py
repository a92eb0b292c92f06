"""One-line wrappers over pipeline and rooms."""

from __future__ import annotations

from typing import Any

from app.core.logs import log
from app.domain.inventory.service.auditing import audit_stock
from app.pipeline.relay import forget_old


async def forget_old_changes(ctx: dict[str, Any]) -> None:
    await forget_old(ctx["house"])


async def check_stock(ctx: dict[str, Any]) -> int:
    """Balances against their ledger, every workspace; lies are logged, never mended behind anyone's back."""
    lies = 0
    async with ctx["house"].db.across() as conn:
        workspaces = [row["id"] for row in await conn.fetch("select id from workspace")]
    for workspace_id in workspaces:
        async with ctx["house"].db.unit(workspace_id) as work:
            found = await audit_stock(work)
        if found:
            log.error("stock audit", workspace=workspace_id, count=len(found))
        lies += len(found)
    return lies
