"""`dead-letters list` and `dead-letters replay`: deliveries that could not be read or applied, kept whole until a person decides."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated
from uuid import UUID

import msgspec
import typer

from app.cli.place import DEFAULT_DATA, DataOption, each_workspace, reached, settings_of
from app.cli.terminal import note, table
from app.core.db import Actor, Database
from app.core.keys import audit
from app.embedded.errors import CannotStart

SHOWN = 200
PARKED = (
    "select d.id, d.channel, c.name as connection, d.kind, d.received_at, d.error from delivery d join connection c "
    "on c.workspace_id = d.workspace_id and c.id = d.connection_id where d.workspace_id = $1 and d.state = 'parked' "
    f"order by d.id limit {SHOWN}"
)
AGAIN = (
    "update delivery set state = 'received', error = '', attempts = 0, due_at = $3, lease_until = null, lease_token = null "
    "where workspace_id = $1 and state = 'parked' and ($2::uuid[] is null or id = any($2)) returning id"
)

JsonOption = Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")]


def add_to(root: typer.Typer) -> None:
    group = typer.Typer(help="What gave up, and a second chance for it.", no_args_is_help=True)
    group.command("list", epilog="Example: onecounter dead-letters list")(show)
    group.command(epilog="Example: onecounter dead-letters replay --all")(replay)
    root.add_typer(group, name="dead-letters")


def show(as_json: JsonOption = False, data: DataOption = DEFAULT_DATA) -> None:
    """List parked deliveries with the reason each gave up, oldest first."""
    with settings_of(data) as settings, reached():
        found = [row for rows in asyncio.run(each_workspace(settings, _parked)) for row in rows]
    if as_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    elif found:
        heads = ("Id", "Channel", "Connection", "Kind", "Received", "Why")
        names = ("id", "channel", "connection", "kind", "received", "error")
        rows = ({**row, "received": f"{row['received_at']:%Y-%m-%d %H:%M}"} for row in found)
        table(heads, [[row[name] for name in names] for row in rows])
        note("Once the cause is mended: onecounter dead-letters replay --all")
    else:
        note("Nothing gave up: every delivery was read and applied.")


def replay(
    ids: Annotated[list[UUID] | None, typer.Argument(help="Ids from the list.", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every parked delivery.")] = False,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Read the kept bytes once more. What was applied before is not applied again."""
    if bool(ids) == everything:
        raise CannotStart("Name the ids to replay, or say --all.")
    wanted = None if everything else list(ids or ())

    async def again(db: Database, workspace: UUID) -> int:
        async with db.unit(workspace, Actor(name="command line")) as work:
            rows = await work.fetch(AGAIN, workspace, wanted, work.now)
            for row in rows:
                await audit(work, "delivery.replay", row["id"])
        return len(rows)

    with settings_of(data) as settings, reached():
        count = sum(asyncio.run(each_workspace(settings, again)))
    if wanted is not None and count < len(wanted):
        raise CannotStart(f"{len(wanted) - count} of the {len(wanted)} are not parked (any more); {count} are read again.")
    note(f"{count} deliveries are read again within seconds.")


async def _parked(db: Database, workspace: UUID) -> list[dict[str, object]]:
    async with db.unit(workspace) as work:
        return [dict(row) for row in await work.fetch(PARKED, workspace)]
