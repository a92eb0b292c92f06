"""`stock audit` and `stock rebuild`: balances held against the ledger, which is the truth."""

from __future__ import annotations

import asyncio
from uuid import UUID

import typer

from app.cli.place import DEFAULT_DATA, DataOption, each_workspace, reached, settings_of
from app.cli.terminal import note, table
from app.core.db import Database
from app.domain.inventory.service.reading import Lie, audit_stock, rebuild_stock

HEADS = ("SKU", "Location", "On hand", "Ledger", "Reserved", "Ledger", "Open", "Unavailable", "Ledger")


def add_to(root: typer.Typer) -> None:
    group = typer.Typer(help="Hold the balances against the ledger.", no_args_is_help=True)
    group.command(epilog="Example: onecounter stock audit")(audit)
    group.command(epilog="Example: onecounter stock rebuild")(rebuild)
    root.add_typer(group, name="stock")


def audit(data: DataOption = DEFAULT_DATA) -> None:
    """List balances that are not the sum of their movements and open reservations. Exit code 1 when there is one."""
    with settings_of(data) as settings, reached():
        lies = [lie for found in asyncio.run(each_workspace(settings, _audit)) for lie in found]
    if not lies:
        note("Every balance equals the sum of its movements and open reservations.")
        return
    table(HEADS, [_cells(lie) for lie in lies])
    note(f"{len(lies)} balances differ. Run: onecounter stock rebuild")
    raise typer.Exit(1)


def rebuild(data: DataOption = DEFAULT_DATA) -> None:
    """Set balances that differ to what the ledger says. The ledger itself is never changed."""
    with settings_of(data) as settings, reached():
        count = sum(asyncio.run(each_workspace(settings, _rebuild)))
    note(f"{count} balances were set to what the ledger says." if count else "No balance differed; nothing was changed.")


async def _audit(db: Database, workspace: UUID) -> list[Lie]:
    async with db.unit(workspace) as work:
        return await audit_stock(work)


async def _rebuild(db: Database, workspace: UUID) -> int:
    async with db.unit(workspace) as work:
        return await rebuild_stock(work)


def _cells(lie: Lie) -> tuple[object, ...]:
    return (
        lie.sku,
        lie.location,
        lie.on_hand,
        lie.ledger_on_hand,
        lie.reserved,
        lie.ledger_reserved,
        lie.open_reserved,
        lie.unavailable,
        lie.ledger_unavailable,
    )
