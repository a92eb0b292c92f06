"""`users add` and `users reset-password`: people, from the machine itself."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated
from uuid import UUID

import typer

from app.cli.place import DEFAULT_DATA, DataOption, reached, settings_of
from app.cli.terminal import note
from app.core.config import Settings
from app.core.db import Database, open_database
from app.domain.workspaces.models import ROLES
from app.domain.workspaces.service import add_member, create_workspace, reset_password
from app.embedded.errors import CannotStart

EmailArgument = Annotated[str, typer.Argument(help="E-mail address; people sign in with it.")]


def add_to(root: typer.Typer) -> None:
    group = typer.Typer(help="Add people, or give one a new password.", no_args_is_help=True)
    group.command(epilog="Example: onecounter users add ayu@shop.example --name Ayu --role agent")(add)
    group.command("reset-password", epilog="Example: onecounter users reset-password ayu@shop.example")(reset)
    root.add_typer(group, name="users")


def add(
    email: EmailArgument,
    name: Annotated[str, typer.Option(help="As colleagues see it.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")] = "agent",
    workspace: Annotated[str, typer.Option(help="Name of the workspace; needed when there are several or none yet.")] = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Add a member who can sign in. In an empty shop the first one founds the workspace and is its admin."""
    if role not in ROLES:
        raise CannotStart(f"There is no role {role!r}. Roles: {', '.join(ROLES)}.")
    password = _ask_password()
    with settings_of(data) as settings, reached():
        place = asyncio.run(_add(settings, email=email, name=name, role=role, workspace=workspace, password=password))
    note(f"{name} can sign in to {place} as {email}.")


def reset(email: EmailArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Set a new password. Opens a locked account and signs that person out everywhere."""
    password = _ask_password()
    with settings_of(data) as settings, reached():
        asyncio.run(_reset(settings, email=email, password=password))
    note(f"{email} has a new password and is signed out everywhere.")


def _ask_password() -> str:
    """Typed twice at a terminal, else the first line of the input: never on the command line, which others can read."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


async def _add(settings: Settings, *, email: str, name: str, role: str, workspace: str, password: str) -> str:
    db = await open_database(settings.database_url, size=2)
    try:
        found = await _workspaces(db)
        if not found:
            if not workspace:
                raise CannotStart("There is no workspace yet. Name the first one with --workspace.")
            await create_workspace(db, name=workspace, owner_name=name, email=email, password=password)
            return workspace
        place, workspace_id = _choose(found, workspace)
        await add_member(db, workspace_id, name=name, email=email, role=role, password=password)
        return place
    finally:
        await db.close()


def _choose(found: dict[str, UUID], wanted: str) -> tuple[str, UUID]:
    if not wanted and len(found) == 1:
        return next(iter(found.items()))
    if wanted not in found:
        raise CannotStart(f"Say which workspace, with --workspace: {', '.join(sorted(found))}.")
    return wanted, found[wanted]


async def _workspaces(db: Database) -> dict[str, UUID]:
    """By name. Each is asked for its own, because nobody sees two at once."""
    async with db.across() as conn:
        ids = [row["id"] for row in await conn.fetch("select id from workspace order by id")]
    names = {}
    for workspace_id in ids:
        async with db.unit(workspace_id) as work:
            names[str(await work.value("select name from workspace where id = $1", workspace_id))] = workspace_id
    return names


async def _reset(settings: Settings, *, email: str, password: str) -> None:
    db = await open_database(settings.database_url, size=2)
    try:
        await reset_password(db, email=email, password=password)
    finally:
        await db.close()
