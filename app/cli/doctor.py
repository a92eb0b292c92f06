"""`doctor`: is everything as it should be, and if not, what to do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import asyncpg
import msgspec
import typer

from app.cli.checks import CHECKS, Finding, Patient, examine
from app.cli.health import HEALTH
from app.cli.place import DEFAULT_DATA, DataOption, reached, settings_of
from app.cli.terminal import paper
from app.core.config import Settings
from app.core.db import open_database

MARKS = {"ok": "[green]ok  [/green]", "warn": "[yellow]look[/yellow]", "bad": "[red]bad [/red]"}


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter doctor --json | jq .findings")(doctor)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Check database, keys, connections and waiting work. Exit code 1 when something is bad; each finding says what to do."""
    with settings_of(data) as settings, reached():
        findings = asyncio.run(_examine(settings))
    if as_json:
        sys.stdout.write(
            msgspec.json.encode({"ok": not _is_bad(findings), "findings": [asdict(f) for f in findings]}).decode() + "\n"
        )
    else:
        _show(findings)
    if _is_bad(findings):
        raise typer.Exit(1)


async def _examine(settings: Settings) -> list[Finding]:
    conn = await asyncpg.connect(settings.database_url, timeout=8, command_timeout=8)
    db = await open_database(settings.database_url, size=2)
    try:
        async with db.across() as across:
            workspaces = [row["id"] for row in await across.fetch("select id from workspace")]
        return await examine(Patient(settings, db, conn, workspaces), (*CHECKS, *HEALTH))
    finally:
        await conn.close()
        await db.close()


def _is_bad(findings: Sequence[Finding]) -> bool:
    return any(finding.level == "bad" for finding in findings)


def _show(findings: Sequence[Finding]) -> None:
    for finding in findings:
        paper.print(f"{MARKS[finding.level]}  {finding.name:<16}", end="")
        paper.print(finding.detail, markup=False)
        if finding.fix:
            paper.print(f"{'':<22}{finding.fix}", markup=False, style="bold")
    bad, look = (sum(finding.level == level for finding in findings) for level in ("bad", "warn"))
    paper.print("\nAll good." if not bad + look else f"\n{bad} bad, {look} to look at.")
