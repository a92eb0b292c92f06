"""`backup` and `restore`: the shop in one file, and back. After a restore nothing is sent until a person says so."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
import msgspec
import typer

from app.cli.place import (
    DEFAULT_DATA,
    DataOption,
    embedded_cluster,
    embedded_environment,
    form_of,
    prepare_database,
    reached,
    whole,
)
from app.cli.terminal import facts, note, step
from app.core.clock import SystemClock
from app.core.config import Settings
from app.core.migrate import migrate
from app.core.revisions import newest, schema_revision
from app.embedded.binaries import find_binaries
from app.embedded.errors import CannotStart, explain
from app.embedded.supervisor import take_lock

FORMAT = 1
QUIET = (
    "update connection set sends_replies = false, pushes_stock = false, version = version + 1",
    "update message set state = 'unknown', due_at = null, lease_until = null, lease_token = null "
    "where direction = 'out' and state in ('queued', 'attempting')",
    "update conversation c set has_unknown = true where exists (select 1 from message m where m.workspace_id = c.workspace_id "
    "and m.conversation_id = c.id and m.state = 'unknown')",
    "delete from session",
)
"""The world is ahead of a restored shop: what was about to be sent may have been. A person looks before anything goes out."""

AdminOption = Annotated[
    str,
    typer.Option(help="Account that sees every row; not needed for an embedded shop.", envvar="PGADMIN_URL", show_default=False),
]


class Content(msgspec.Struct, kw_only=True):
    """What stands first in the file, as about.json."""

    format: int = FORMAT
    made_at: datetime
    revision: str
    form: str
    has_key: bool


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter backup /mnt/backup/shop-monday.tar")(backup)
    root.command(epilog="Example: onecounter restore /mnt/backup/shop-monday.tar --replace")(restore)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; must not exist.")],
    with_key: Annotated[bool, typer.Option("--with-key", help="Put the key of the channels' secrets in too.")] = False,
    admin_url: AdminOption = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Write the whole shop to one file while it goes on working: database and received files."""
    data = whole(data)
    if file.exists():
        raise CannotStart(f"{file} exists already. Choose another name: a backup never overwrites one.")
    with _administered(data, admin_url) as (settings, url), reached(), step("Reading the database"):
        _write_backup(file, settings=settings, url=url, data=data, with_key=with_key)
    (data / "last_backup").touch()
    facts([("Written", str(file)), ("Size", f"{file.stat().st_size / 1024**2:.1f} MiB")])
    if not with_key:
        note(f"The key of the channels' secrets is not in it. Keep a copy of {data / 'secret.key'} elsewhere.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.", exists=True, dir_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Drop what is there now.")] = False,
    admin_url: AdminOption = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Bring a shop back from its file. Connections come back in shadow; replies on their way come back as unknown."""
    data = whole(data)
    lock = take_lock(data)
    try:
        with tarfile.open(file) as tar, tempfile.TemporaryDirectory(prefix="onecounter-") as folder:
            content = _content(tar, file)
            with _administered(data, admin_url, new_form=content.form) as (settings, url), reached():
                asyncio.run(_make_room(settings, url, replace=replace))
                tar.extractall(folder, filter="data")
                with step("Writing the database"):
                    _run_tool("pg_restore", url, "--exit-on-error", "--single-transaction", str(Path(folder) / "database.dump"))
                migrate(settings)
                asyncio.run(_quieten(url))
            _bring_files(Path(folder), data, has_key=content.has_key)
    except tarfile.TarError as error:
        raise CannotStart(f"{file} is not a backup of ours: {error}.") from error
    finally:
        os.close(lock)
    note(f"The shop of {content.made_at:%Y-%m-%d %H:%M} UTC is back. Every connection is in shadow: check it, then let it speak.")


@contextmanager
def _administered(data: Path, admin_url: str, *, new_form: str = "") -> Iterator[tuple[Settings, str]]:
    """The settings, and the URL of our database for an account above row-level security."""
    if os.environ.get("ONECOUNTER_DATABASE_URL"):
        settings = Settings.from_env()
        if not admin_url:
            raise CannotStart("Name an account that sees every row, with --admin-url or PGADMIN_URL.")
        yield settings, _in_database(admin_url, settings)
        return
    with embedded_cluster(data, may_make=bool(new_form)) as cluster:
        if new_form:
            (data / "form").write_text(new_form + "\n", encoding="ascii")
        settings = Settings.from_env(embedded_environment(data, cluster.url, form=form_of(data)))
        yield settings, _in_database(cluster.url, settings)


def _in_database(admin_url: str, settings: Settings) -> str:
    return urlunsplit(urlsplit(admin_url)._replace(path=urlsplit(settings.database_url).path))


def _write_backup(file: Path, *, settings: Settings, url: str, data: Path, with_key: bool) -> None:
    half = file.with_name(file.name + ".part")
    try:
        with tempfile.TemporaryDirectory(prefix="onecounter-", dir=file.absolute().parent) as folder:
            dump = Path(folder) / "database.dump"
            _run_tool("pg_dump", url, "--format=custom", f"--file={dump}")
            content = Content(
                made_at=SystemClock().now(), revision=asyncio.run(_revision(url)), form=form_of(data), has_key=with_key
            )
            with (
                os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out,
                tarfile.open(fileobj=out, mode="w") as tar,
            ):
                _add_bytes(tar, "about.json", msgspec.json.encode(content))
                tar.add(dump, "database.dump")
                if (settings.data / "files").exists():
                    tar.add(settings.data / "files", "files")
                if with_key:
                    tar.add(data / "secret.key", "secret.key")
        half.replace(file)
    except OSError as error:
        raise explain(error, file.absolute().parent) from error
    finally:
        half.unlink(missing_ok=True)


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _content(tar: tarfile.TarFile, file: Path) -> Content:
    try:
        about = tar.extractfile("about.json")
        content = msgspec.json.decode(about.read() if about else b"", type=Content)
    except (KeyError, msgspec.DecodeError) as error:
        raise CannotStart(f"{file} is not a backup of ours.") from error
    if content.format != FORMAT:
        raise CannotStart(f"{file} has format {content.format}; this program reads format {FORMAT}. Update Onecounter.")
    if content.revision > newest():
        raise CannotStart(f"{file} was written by a newer Onecounter (tables {content.revision}). Update this one first.")
    return content


def _run_tool(name: str, url: str, *words: str) -> None:
    """The password goes by the environment: a command line is readable by everybody on the machine."""
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port or 5432}"))
    done = subprocess.run(
        [find_binaries().tool(name), f"--dbname={bare}", *words],
        env={**os.environ, "PGPASSWORD": unquote(parts.password or ""), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise CannotStart(f"{name} failed: {said[0].removeprefix(f'{name}: ')}")


async def _revision(url: str) -> str:
    conn = await asyncpg.connect(url, timeout=10)
    try:
        return await schema_revision(conn)
    finally:
        await conn.close()


async def _make_room(settings: Settings, url: str, *, replace: bool) -> None:
    """An empty database. What is there goes only when that was asked for."""
    admin = urlunsplit(urlsplit(url)._replace(path="/postgres"))
    name = urlsplit(url).path.lstrip("/")
    await prepare_database(settings, admin)
    conn = await asyncpg.connect(url, timeout=10)
    try:
        has_shop = await conn.fetchval("select to_regclass('workspace') is not null") and await conn.fetchval(
            "select 1 from workspace limit 1"
        )
    finally:
        await conn.close()
    if has_shop and not replace:
        raise CannotStart("There is a shop already. Back it up, then restore with --replace.")
    conn = await asyncpg.connect(admin, timeout=10)
    try:
        await conn.execute(f'drop database "{name}" with (force)')
    finally:
        await conn.close()
    await prepare_database(settings, admin)


async def _quieten(url: str) -> None:
    conn = await asyncpg.connect(url, timeout=10)
    try:
        async with conn.transaction():
            for statement in QUIET:
                await conn.execute(statement)
    finally:
        await conn.close()


def _bring_files(folder: Path, data: Path, *, has_key: bool) -> None:
    """Received files lie under their hash, so one that is there already is the same. The old key joins the present one."""
    for source in (path for path in (folder / "files").rglob("*") if path.is_file()):
        target = data / "files" / source.relative_to(folder / "files")
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.write_bytes(source.read_bytes())
    if has_key:
        path = data / "secret.key"
        keys = [path.read_text(encoding="ascii").strip(), (folder / "secret.key").read_text(encoding="ascii").strip()]
        merged = list(dict.fromkeys(",".join(keys).split(",")))
        path.write_text(",".join(merged) + "\n", encoding="ascii")
