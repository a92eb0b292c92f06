"""`stock audit` and `stock rebuild`: balances held against the ledger, which is the truth."""

from __future__ import annotations

import asyncio
from uuid import UUID

import typer

from app.cli.place import DEFAULT_DATA, DataOption, each_workspace, reached, settings_of
from app.cli.terminal import note, table
from app.core.db import Database
from app.domain.inventory.service.auditing import Lie, audit_stock, rebuild_stock

HEADS = ("SKU", "Location", "What", "Says", "Should be")


def add_to(root: typer.Typer) -> None:
    group = typer.Typer(help="Hold the balances against the ledger.", no_args_is_help=True)
    group.command(epilog="Example: onecounter stock audit")(audit)
    group.command(epilog="Example: onecounter stock rebuild")(rebuild)
    root.add_typer(group, name="stock")


def audit(data: DataOption = DEFAULT_DATA) -> None:
    """List numbers that do not follow from the ledger, the open reservations and the open goods. Exit code 1 when there is one."""
    with settings_of(data) as settings, reached():
        lies = [lie for found in asyncio.run(each_workspace(settings, _audit)) for lie in found]
    if not lies:
        note("Every balance equals the sum of its movements, open reservations and goods on their way.")
        return
    table(HEADS, [_cells(lie) for lie in lies])
    note(f"{len(lies)} numbers lie. Run: onecounter stock rebuild")
    raise typer.Exit(1)


def rebuild(data: DataOption = DEFAULT_DATA) -> None:
    """Set balances that differ to what the ledger says. The ledger itself is never changed. Exit code 1 when something still lies."""
    with settings_of(data) as settings, reached():
        done = asyncio.run(each_workspace(settings, _rebuild))
    count = sum(changed for changed, _ in done)
    note(f"{count} balances were set to what the ledger says." if count else "No balance differed; nothing was changed.")
    left = [lie for _, lies in done for lie in lies]
    if left:
        table(HEADS, [_cells(lie) for lie in left])
        note(f"{len(left)} numbers still lie: the ledger and the reservations or goods tell two stories. Count these places.")
        raise typer.Exit(1)


async def _audit(db: Database, workspace: UUID) -> list[Lie]:
    async with db.unit(workspace) as work:
        return await audit_stock(work)


async def _rebuild(db: Database, workspace: UUID) -> tuple[int, list[Lie]]:
    async with db.unit(workspace) as work:
        return await rebuild_stock(work), await audit_stock(work)


def _cells(lie: Lie) -> tuple[object, ...]:
    return lie.sku, lie.location or "", lie.what.replace("_", " "), lie.says, lie.truth
