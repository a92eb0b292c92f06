"""Linking accounts: secrets sealed, feeds due at once, nothing sent until the owner says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import audit
from app.core.security import new_token, token_hash
from app.core.vault import Sealed, Vault
from app.domain.connections import rules
from app.domain.connections import store as sql
from app.domain.connections.errors import BadSecrets, ConnectionNotFound, NameTaken, UnknownChannel
from app.domain.connections.schemas import (
    ChannelRead,
    ConnectionCreate,
    ConnectionPage,
    ConnectionRead,
    ConnectionUpdate,
    SecretField,
)
from app.domain.connections.store import CONNECTION_CHANGE
from connectors.base.manifest import Manifest, Sending
from connectors.registry import manifests, readme


def manifest_of(channel: str) -> Manifest:
    found = manifests().get(channel)
    if found is None:
        raise UnknownChannel(f"no channel {channel!r}; there are {', '.join(manifests())}", fields={"channel": "unknown"})
    return found


def sending_of(channel: str) -> Sending | None:
    """What a reply may be on this channel; None where there is none."""
    found = manifests().get(channel)
    return found.sending if found else None


async def create_connection(work: UnitOfWork, vault: Vault, data: ConnectionCreate) -> UUID:
    """Raises UnknownChannel, BadSecrets naming each field, NameTaken."""
    manifest = manifest_of(data.channel)
    faults = rules.faults_of_secrets(manifest, data.secrets)
    if faults:
        raise BadSecrets("some fields of the form are not right", fields=faults)
    live = data.mode == "live"
    connection_id, token = new_id(), new_token()
    made = await work.value(
        sql.INSERT, work.workspace_id, connection_id, work.now, data.channel, data.name.strip(), data.brand,
        live and manifest.sending is not None, live and manifest.stocking is not None, data.settings, token, token_hash(token),
    )  # fmt: skip
    if made is None:
        raise NameTaken(f"a connection is called {data.name!r} already", fields={"name": "taken"})
    await _seal(work, vault, connection_id, data.secrets)
    await work.conn.executemany(
        sql.FEED, [(work.workspace_id, new_id(), work.now, connection_id, feed.name) for feed in manifest.feeds]
    )
    await work.execute(sql.ROUTE, token_hash(token), data.channel, work.workspace_id, connection_id, work.now)
    await audit(work, "connection.create", connection_id, {"channel": data.channel, "mode": data.mode})
    work.touch(CONNECTION_CHANGE, [connection_id])
    for duty in ("pull", "watch"):
        work.wake(duty)
    return connection_id


async def _seal(work: UnitOfWork, vault: Vault, connection_id: UUID, values: Mapping[str, str]) -> None:
    rows = []
    for name, value in values.items():
        sealed = vault.seal(value.strip(), workspace=work.workspace_id, connection=connection_id, field=name)
        rows.append((work.workspace_id, connection_id, name, sealed.key_id, sealed.sealed))
    await work.conn.executemany(sql.SECRET, rows)


async def open_secrets(work: UnitOfWork, vault: Vault, connection_id: UUID) -> dict[str, str]:
    """Raises VaultLocked when a key is missing or a row was moved here from elsewhere."""
    rows = await work.fetch(
        "select field, key_id, sealed from connection_secret where workspace_id = $1 and connection_id = $2",
        work.workspace_id, connection_id,
    )  # fmt: skip
    return {
        row["field"]: vault.unseal(
            Sealed(row["key_id"], row["sealed"]), workspace=work.workspace_id, connection=connection_id, field=row["field"]
        )
        for row in rows
    }


async def save_secrets(work: UnitOfWork, vault: Vault, connection_id: UUID, values: Mapping[str, str]) -> None:
    """New values of some fields; every process builds its connector afresh."""
    await _seal(work, vault, connection_id, values)
    await work.execute(
        "update connection set secrets_version = secrets_version + 1 where workspace_id = $1 and id = $2",
        work.workspace_id, connection_id,
    )  # fmt: skip


async def read_row(work: UnitOfWork, connection_id: UUID) -> asyncpg.Record:
    """What the pipeline needs of a connection."""
    row = await work.row(
        "select channel, brand, state, sends_replies, pushes_stock, settings, secrets_version, hook_token from connection "
        "where workspace_id = $1 and id = $2", work.workspace_id, connection_id,
    )  # fmt: skip
    if row is None:
        raise ConnectionNotFound("no such connection")
    return row


async def find_route(conn: asyncpg.Connection, hashed: bytes) -> asyncpg.Record | None:
    """Where a hook address leads: channel, workspace_id, connection_id."""
    return await conn.fetchrow(sql.FIND_ROUTE, hashed)


async def find_accounts(conn: asyncpg.Connection, channel: str, accounts: Collection[str]) -> dict[str, tuple[UUID, UUID]]:
    """(workspace, connection) of each outside account known."""
    rows = await conn.fetch(sql.ACCOUNTS, channel, list(accounts))
    return {row["account"]: (row["workspace_id"], row["id"]) for row in rows}


async def ready_ones(conn: asyncpg.Connection) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await conn.fetch(sql.READY)
    return rows


async def mark_success(work: UnitOfWork, connection_id: UUID, *, news: bool) -> None:
    """The channel answered as it should. Writes at most once in 15 s unless there is news or trouble ends."""
    if await work.execute(sql.SUCCESS, work.workspace_id, connection_id, work.now, news):
        work.touch(CONNECTION_CHANGE, [connection_id])


async def mark_ready(work: UnitOfWork, connection_id: UUID, *, account: str) -> None:
    await mark_success(work, connection_id, news=True)
    await work.execute(
        "update connection set account = coalesce(nullif($3, ''), account) where workspace_id = $1 and id = $2",
        work.workspace_id, connection_id, account,
    )  # fmt: skip


async def mark_failure(work: UnitOfWork, connection_id: UUID, *, code: str, detail: str, broken: bool) -> None:
    """`broken`: only its owner can mend it. Five failures in a row rest the connection for a while."""
    await work.execute(sql.FAILURE, work.workspace_id, connection_id, code, detail[:500], work.now, broken)
    work.touch(CONNECTION_CHANGE, [connection_id])


async def pull_now(work: UnitOfWork, connection_id: UUID, feed: str | None) -> list[str]:
    """Makes one feed, or all, due now; their names."""
    rows = await work.fetch(
        "update feed set due_at = $3, lease_until = null where workspace_id = $1 and connection_id = $2 "
        "and ($4::text is null or name = $4) returning name", work.workspace_id, connection_id, work.now, feed,
    )  # fmt: skip
    work.wake("pull")
    return [row["name"] for row in rows]


async def pull_afresh(work: UnitOfWork, connection_id: UUID) -> list[str]:
    """Listings and counts from the start, as the channel has them now."""
    rows = await work.fetch(
        "update feed set due_at = $3, cursor = '', lease_until = null where workspace_id = $1 and connection_id = $2 "
        "and name in ('listings', 'stock') returning name", work.workspace_id, connection_id, work.now,
    )  # fmt: skip
    work.wake("pull")
    return [row["name"] for row in rows]


async def update_connection(work: UnitOfWork, vault: Vault, connection_id: UUID, data: ConnectionUpdate) -> None:
    row = await read_row(work, connection_id)
    manifest = manifest_of(row["channel"])
    changes: dict[str, Any] = {}
    if data.mode is not UNSET:
        live = data.mode == "live"
        changes.update(sends_replies=live and manifest.sending is not None, pushes_stock=live and manifest.stocking is not None)
    for name in ("sends_replies", "pushes_stock", "name", "brand", "settings"):
        value = getattr(data, name)
        if value is not UNSET:
            changes[name] = value
    if data.secrets is not UNSET:
        faults = rules.faults_of_secrets(manifest, data.secrets, partial=True)
        if faults:
            raise BadSecrets("some fields of the form are not right", fields=faults)
        await save_secrets(work, vault, connection_id, data.secrets)
        changes.update(state="ready", error_code="", error_detail="", failures=0, open_until=None)
    if "settings" in changes:
        await work.execute(
            "update connection set secrets_version = secrets_version + 1 where workspace_id = $1 and id = $2",
            work.workspace_id, connection_id,
        )  # fmt: skip
    await _set(work, connection_id, changes)
    if changes.get("pushes_stock"):
        await work.execute(
            "update listing_state set dirty_at = $3, wanted_version = wanted_version + 1 where workspace_id = $1 and connection_id = $2 "
            "and variant_id is not null and state <> 'read_only'", work.workspace_id, connection_id, work.now,
        )  # fmt: skip
        work.wake("push")
    await audit(work, "connection.update", connection_id, {"fields": sorted(changes)})


async def set_state(work: UnitOfWork, connection_id: UUID, state: str) -> None:
    """`paused` by a person, or `ready` again."""
    await read_row(work, connection_id)
    await _set(work, connection_id, {"state": state})
    await audit(work, f"connection.{state}", connection_id)
    for duty in ("pull", "push", "send"):
        work.wake(duty)


async def _set(work: UnitOfWork, connection_id: UUID, changes: Mapping[str, Any]) -> None:
    if not changes:
        return
    sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(changes, start=4))
    try:
        await work.execute(
            f"update connection set {sets}, version = version + 1, updated_at = $3 where workspace_id = $1 and id = $2",
            work.workspace_id, connection_id, work.now, *changes.values(),
        )  # fmt: skip
    except asyncpg.UniqueViolationError as error:
        raise NameTaken("another connection has this name", fields={"name": "taken"}) from error
    work.touch(CONNECTION_CHANGE, [connection_id])


async def list_connections(work: UnitOfWork, public_url: str, connection_id: UUID | None = None) -> ConnectionPage:
    rows = await work.fetch(
        f"select row_to_json(x)::text as row from ({sql.CONNECTION} and ($2::uuid is null or c.id = $2) order by c.created_at, c.id) x",
        work.workspace_id, connection_id,
    )  # fmt: skip
    as_of = await work.value("select coalesce((select seq from outbox_head where workspace_id = $1), 0)", work.workspace_id)
    items = [_shown(msgspec.json.decode(row["row"]), public_url) for row in rows]
    return ConnectionPage(items=items, next_cursor=None, as_of_seq=as_of)


async def read_connection(work: UnitOfWork, public_url: str, connection_id: UUID) -> ConnectionRead:
    page = await list_connections(work, public_url, connection_id)
    if not page.items:
        raise ConnectionNotFound("no such connection")
    return page.items[0]


def _shown(row: dict[str, Any], public_url: str) -> ConnectionRead:
    manifest = manifests().get(row["channel"])
    every = {feed.name: feed.every_s for feed in manifest.feeds} if manifest else {}
    bursts = {bucket.operation: bucket for bucket in manifest.buckets} if manifest else {}
    sending = manifest.sending if manifest else None
    code = row.pop("error_code")
    detail = row.pop("error_detail")
    token = row.pop("hook_token")
    row["feeds"] = [{**feed, "every_s": every.get(feed["name"], 0.0)} for feed in row["feeds"]]
    row["budgets"] = [
        {**one, "burst": bursts[one["operation"]].burst, "per_day": bursts[one["operation"]].per_day}
        for one in row["budgets"]
        if one["operation"] in bursts
    ]
    return msgspec.convert(
        {
            **row,
            "settings": {str(name): str(value) for name, value in row["settings"].items()},
            "label": manifest.name if manifest else row["channel"],
            "glyph": manifest.glyph if manifest else "bag",
            "hue": manifest.hue if manifest else 0,
            "hook_url": f"{public_url}/hooks/{token}",
            "error": {"code": code, "detail": detail, "fix": rules.fix_of(code)} if code else None,
            "text_limit": sending.text_limit if sending else None,
            "text_unit": sending.unit if sending else None,
        },
        ConnectionRead,
        strict=False,
    )


def list_channels() -> list[ChannelRead]:
    """For the connect page: those that need only a key first."""
    found = [
        ChannelRead(
            key=one.key,
            name=one.name,
            names=one.names,
            glyph=one.glyph,
            hue=one.hue,
            needs=one.needs,
            consent=one.consent,
            hook=one.hook,
            sentence=one.sentence,
            guide={language: readme(one.key, language) for language in ("en", "id")},
            secrets=[
                SecretField(
                    name=secret.name, label=secret.label, help=secret.help, group=secret.group, hidden=secret.hidden,
                    optional=secret.optional, pattern=secret.pattern,
                )
                for secret in one.secrets
            ],
            feeds=[feed.name for feed in one.feeds],
            sends=one.sending is not None,
            stocks=one.stocking is not None,
            text_limit=one.sending.text_limit if one.sending else None,
            slowest_s=max((feed.every_s for feed in one.feeds if feed.name in ("messages", "orders")), default=0.0),
        )
        for one in manifests().values()
    ]  # fmt: skip
    return sorted(found, key=lambda channel: (channel.needs != "key", channel.name))


async def remove_connection(work: UnitOfWork, connection_id: UUID) -> None:
    """Ends the access for good: secrets and hook address are deleted, the row stays paused so that history keeps its name."""
    await read_row(work, connection_id)
    for table in ("connection_secret", "feed"):
        await work.execute(
            f"delete from {table} where workspace_id = $1 and connection_id = $2", work.workspace_id, connection_id
        )
    await work.execute("delete from hook_route where workspace_id = $1 and connection_id = $2", work.workspace_id, connection_id)
    await _set(
        work, connection_id,
        {"state": "paused", "sends_replies": False, "pushes_stock": False, "error_code": "removed", "error_detail": "Removed by its owner."},
    )  # fmt: skip
    await audit(work, "connection.remove", connection_id)
