"""Where a command works: the database the environment names, else the embedded shop of a data folder."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import msgspec
import typer

from app.core.config import Settings
from app.core.db import Database, open_database
from app.core.revisions import newest, schema_revision
from app.core.roles import LOGIN, OWNER, account_name, ensure_roles
from app.embedded.errors import CannotStart, explain
from app.embedded.lifetime import write_private
from app.embedded.postgres import Cluster

T = TypeVar("T")
DATABASES = {"shop": "onecounter", "demo": "onecounter_demo"}
"""One cluster holds both, so a demo never stands in a real shop's way."""
DEFAULT_DATA = Path("~/.onecounter")

DataOption = Annotated[
    Path,
    typer.Option(
        "--data", envvar="ONECOUNTER_DATA", help="Folder of the database, keys and logs.", show_default=str(DEFAULT_DATA)
    ),
]


def whole(data: Path) -> Path:
    return data.expanduser().absolute()


def form_of(data: Path) -> str:
    """`shop` or `demo`: what was started last in this folder is what other commands work on."""
    path = data / "form"
    return path.read_text(encoding="ascii").strip() if path.exists() else "shop"


def _account_url(admin_url: str, *, role: str, database: str) -> str:
    """The same server, our database, another account. Its password follows from the cluster's own."""
    parts = urlsplit(admin_url)
    password = hmac.new((parts.password or "").encode(), role.encode(), hashlib.sha256).hexdigest()
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{parts.hostname}:{parts.port}", path=f"/{database}"))


def embedded_environment(data: Path, admin_url: str, *, form: str, env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The caller's environment with the embedded shop's own values."""
    database = DATABASES[form]
    own = {
        "ONECOUNTER_DATABASE_URL": _account_url(admin_url, role=LOGIN, database=database),
        "ONECOUNTER_MIGRATION_URL": _account_url(admin_url, role=OWNER, database=database),
        "ONECOUNTER_REDIS_URL": "",
        "ONECOUNTER_SECRET_KEY": secret_key(data),
        "ONECOUNTER_DATA": str(data),
    }
    return {**env, **own}


def secret_key(data: Path) -> str:
    """Made on the first start. Whoever loses it has to enter every channel's secrets again."""
    path, half = data / "secret.key", data / "secret.key.part"
    try:
        if not path.exists():
            write_private(half, f"k{secrets.token_hex(4)}:{b64encode(secrets.token_bytes(32)).decode()}")
            with suppress(FileExistsError):
                os.link(half, path)
            half.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise explain(error, path) from error


async def prepare_database(settings: Settings, admin_url: str) -> bool:
    """Accounts, roles and the database; true when its tables are not the newest."""
    wanted = urlsplit(settings.migration_url)
    name, owner = account_name(wanted.path.lstrip("/")), account_name(wanted.username)
    conn = await asyncpg.connect(admin_url, timeout=10)
    try:
        for statement in ensure_roles(settings.database_url, settings.migration_url):
            await conn.execute(statement)
        if not await conn.fetchval("select 1 from pg_database where datname = $1", name):
            await conn.execute(f"create database {name} owner {owner}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise CannotStart(f"The account of the admin URL may not make roles and databases: {error}.") from error
    finally:
        await conn.close()
    return await revision_of(settings) != newest()


async def revision_of(settings: Settings) -> str:
    conn = await asyncpg.connect(settings.migration_url, timeout=10)
    try:
        return await schema_revision(conn)
    finally:
        await conn.close()


@contextmanager
def embedded_cluster(data: Path, *, may_make: bool = False) -> Iterator[Cluster]:
    """Runs inside; one that ran before goes on running."""
    if not may_make and not (data / "postgres.key").exists():
        raise CannotStart(f"There is no shop in {data} yet. Run `onecounter up` first, or set ONECOUNTER_DATABASE_URL.")
    cluster = Cluster(data)
    cluster.start()
    try:
        yield cluster
    finally:
        if not cluster.was_adopted:
            cluster.stop()


@contextmanager
def settings_of(data: Path) -> Iterator[Settings]:
    """For commands that need the shop but not its web process."""
    if os.environ.get("ONECOUNTER_DATABASE_URL"):
        yield Settings.from_env()
        return
    data = whole(data)
    with embedded_cluster(data) as cluster:
        form = form_of(data)
        yield Settings.from_env(embedded_environment(data, cluster.url, form=form, env={**os.environ, **_as_running(data, form)}))


def _as_running(data: Path, form: str) -> dict[str, str]:
    """What the running supervisor told its app, so that commands see the same shop."""
    path = data / "running.json"
    told = {"ONECOUNTER_SANDBOX": "1"} if form == "demo" else {}
    if path.exists() and "ONECOUNTER_PUBLIC_URL" not in os.environ:
        told["ONECOUNTER_PUBLIC_URL"] = str(msgspec.json.decode(path.read_bytes())["url"])
    return told


async def each_workspace(settings: Settings, act: Callable[[Database, UUID], Awaitable[T]]) -> list[T]:
    """What `act` says of each workspace in turn."""
    db = await open_database(settings.database_url, size=2)
    try:
        async with db.across() as conn:
            found = [row["id"] for row in await conn.fetch("select id from workspace order by id")]
        return [await act(db, workspace) for workspace in found]
    finally:
        await db.close()


@contextmanager
def reached() -> Iterator[None]:
    """Turns a database that cannot be used into one clear line."""
    try:
        yield
    except (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError) as error:
        raise CannotStart(f"The database of ONECOUNTER_DATABASE_URL cannot be reached: {error or 'no answer'}.") from error
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
        raise CannotStart(f"The database of ONECOUNTER_DATABASE_URL refused us: {error}.") from error
    except (asyncpg.UndefinedTableError, asyncpg.UndefinedObjectError) as error:
        raise CannotStart(f"The database is not prepared ({error}). Run `onecounter migrate`.") from error
