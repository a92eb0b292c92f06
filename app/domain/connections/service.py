"""Linking accounts: secrets sealed, feeds due at once, nothing sent until the owner says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
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
from app.domain.connections.errors import BadSecrets, CannotDoThat, ConnectionNotFound, NameTaken, UnknownChannel
from app.domain.connections.schemas import (
    ChannelRead,
    ConnectionCreate,
    ConnectionPage,
    ConnectionRead,
    ConnectionUpdate,
    SecretField,
)
from app.domain.connections.store import CONNECTION_CHANGE
from connectors.base.manifest import Cancelling, Manifest, Sending
from connectors.registry import manifests, readme

REMOVED = "removed"
WATCH_EVERY = timedelta(minutes=5)
NO_TROUBLE: Mapping[str, Any] = {
    "error_code": "",
    "error_detail": "",
    "error_fix": "",
    "error_at": None,
    "failures": 0,
    "open_until": None,
}


def manifest_of(channel: str) -> Manifest:
    found = manifests().get(channel)
    if found is None:
        raise UnknownChannel(f"no channel {channel!r}; there are {', '.join(manifests())}", fields={"channel": "unknown"})
    return found


def cancelling_of(channel: str) -> Cancelling | None:
    return getattr(manifests().get(channel), "cancelling", None)


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
        if not value.strip():
            continue
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
    """New values of some fields."""
    await _seal(work, vault, connection_id, values)
    await _renew(work, connection_id)


async def _renew(work: UnitOfWork, connection_id: UUID) -> None:
    """Every process builds its connector afresh."""
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


async def account_of(work: UnitOfWork, connection_id: UUID) -> str:
    """The channel's name for the account; empty before it was ever told."""
    found = await work.value(
        "select account from connection where workspace_id = $1 and id = $2", work.workspace_id, connection_id
    )
    return str(found or "")


async def find_route(conn: asyncpg.Connection, hashed: bytes) -> asyncpg.Record | None:
    """Where a hook address leads: channel, workspace_id, connection_id, and the connection's own row beside it."""
    return await conn.fetchrow(sql.FIND_ROUTE, hashed)


async def find_accounts(
    conn: asyncpg.Connection, workspace_id: UUID, channel: str, accounts: Collection[str]
) -> dict[str, tuple[UUID, UUID]]:
    """(workspace, connection) of each outside account known in this workspace: the proof of the sender was its own secret."""
    rows = await conn.fetch(sql.ACCOUNTS, channel, list(accounts), workspace_id)
    return {row["account"]: (row["workspace_id"], row["id"]) for row in rows}


async def claim_unwatched(conn: asyncpg.Connection, now: datetime, *, most: int) -> list[asyncpg.Record]:
    """Connections whose webhooks nobody looked after for a while, new ones first; now they are ours for as long again."""
    rows: list[asyncpg.Record] = await conn.fetch(sql.UNWATCHED, now, now - WATCH_EVERY, most)
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


async def mark_failure(work: UnitOfWork, connection_id: UUID, *, code: str, detail: str, broken: bool, fix: str = "") -> None:
    """`broken`: only its owner can mend it; `fix` is the connector's own word on how. Five failures in a row rest the
    connection for a while."""
    await work.execute(sql.FAILURE, work.workspace_id, connection_id, code, detail[:500], work.now, broken, fix[:500])
    work.touch(CONNECTION_CHANGE, [connection_id])


async def note_hook(work: UnitOfWork, connection_id: UUID, state: str, detail: str = "") -> None:
    """Whether the channel's webhooks point here; written only when that changed."""
    if await work.execute(sql.HOOK, work.workspace_id, connection_id, state, detail[:500]):
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
    """Raises BadSecrets naming each field, CannotDoThat, NameTaken. A secret left blank stays as it is."""
    row = await _standing(work, connection_id)
    changes = _asked(manifest_of(row["channel"]), data)
    secrets = {} if data.secrets is UNSET else {name: value for name, value in data.secrets.items() if value.strip()}
    if secrets:
        await save_secrets(work, vault, connection_id, secrets)
        changes.update(state="paused" if row["state"] == "paused" else "ready", **NO_TROUBLE)
        await _hurry(work, connection_id)
    elif "settings" in changes:
        await _renew(work, connection_id)
    await _set(work, connection_id, changes)
    if changes.get("pushes_stock"):
        await work.execute(sql.ALL_DIRTY, work.workspace_id, connection_id, work.now)
        work.wake("push")
    if changes.get("sends_replies"):
        work.wake("send")
    await audit(work, "connection.update", connection_id, {"fields": sorted(changes), "secrets": sorted(secrets)})


def _asked(manifest: Manifest, data: ConnectionUpdate) -> dict[str, Any]:
    """The columns to change."""
    if data.secrets is not UNSET:
        faults = rules.faults_of_secrets(manifest, data.secrets, partial=True)
        if faults:
            raise BadSecrets("some fields of the form are not right", fields=faults)
    changes: dict[str, Any] = {}
    if data.mode is not UNSET:
        live = data.mode == "live"
        changes.update(sends_replies=live and manifest.sending is not None, pushes_stock=live and manifest.stocking is not None)
    for name in ("sends_replies", "pushes_stock", "name", "brand", "settings"):
        value = getattr(data, name)
        if value is not UNSET:
            changes[name] = value.strip() if isinstance(value, str) else value
    faults = rules.faults_of_grants(
        manifest, sends_replies=changes.get("sends_replies", False), pushes_stock=changes.get("pushes_stock", False)
    )
    if faults:
        raise CannotDoThat("the channel cannot do that", fields=faults)
    return changes


async def _standing(work: UnitOfWork, connection_id: UUID) -> asyncpg.Record:
    """A connection that was not removed."""
    row = await work.row(sql.STANDING, work.workspace_id, connection_id)
    if row is None:
        raise ConnectionNotFound("no such connection")
    return row


async def _hurry(work: UnitOfWork, connection_id: UUID) -> None:
    await work.execute(sql.FEEDS_DUE, work.workspace_id, connection_id, work.now)
    for duty in ("pull", "push", "send", "watch"):
        work.wake(duty)


async def set_state(work: UnitOfWork, connection_id: UUID, state: str) -> None:
    """`paused` by a person, or `ready` again: then everything that waited goes on at once."""
    await _standing(work, connection_id)
    await _set(work, connection_id, {"state": state} if state == "paused" else {"state": state, **NO_TROUBLE})
    if state == "ready":
        await _hurry(work, connection_id)
    await audit(work, f"connection.{state}", connection_id)


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
    rows = await work.fetch(sql.PAGE, work.workspace_id, connection_id)
    items = [_shown(msgspec.json.decode(row["row"]), public_url, work.now) for row in rows if row["row"]]
    return ConnectionPage(items=items, next_cursor=None, as_of_seq=rows[0]["as_of"])


async def read_connection(work: UnitOfWork, public_url: str, connection_id: UUID) -> ConnectionRead:
    page = await list_connections(work, public_url, connection_id)
    if not page.items:
        raise ConnectionNotFound("no such connection")
    return page.items[0]


def _shown(row: dict[str, Any], public_url: str, now: datetime) -> ConnectionRead:
    """A channel whose folder is no more still shows its connection."""
    manifest = manifests().get(row["channel"])
    sending = manifest.sending if manifest else None
    code, token = row.pop("error_code"), row.pop("hook_token")
    detail, fix = row.pop("error_detail"), row.pop("error_fix") or rules.fix_of(code, broken=row["state"] == "broken")
    shown = {
        **row,
        "feeds": [_feed(one, manifest, now) for one in row["feeds"]],
        "budgets": [found for one in row["budgets"] if (found := _budget(one, manifest))],
        "settings": {str(name): str(value) for name, value in row["settings"].items()},
        "label": manifest.name if manifest else row["channel"],
        "glyph": manifest.glyph if manifest else "bag",
        "hue": manifest.hue if manifest else 0,
        "hook_url": f"{public_url}/hooks/{token}",
        "shop_path": f"/shop/{token}" if sending and sending.proof == "own" else "",
        "lateness_s": rules.lateness_s(manifest, public_url) if manifest else 0.0,
        "error": {"code": code, "detail": detail, "fix": fix} if code else None,
        "text_limit": sending.text_limit if sending else None,
        "text_unit": sending.unit if sending else None,
    }
    return msgspec.convert(shown, ConnectionRead, strict=False)


def _feed(told: dict[str, Any], manifest: Manifest | None, now: datetime) -> dict[str, Any]:
    feed = manifest.feed(told["name"]) if manifest else None
    every_s = feed.every_s if feed else 0.0
    last = msgspec.convert(told["last_success_at"], datetime | None, strict=False)
    return {**told, "every_s": every_s, "lag_s": rules.lag_s(now, last, every_s)}


def _budget(told: dict[str, Any], manifest: Manifest | None) -> dict[str, Any] | None:
    bucket = manifest.bucket(told["operation"]) if manifest else None
    return {**told, "burst": bucket.burst, "per_day": bucket.per_day} if bucket else None


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
                    optional=secret.optional, pattern=secret.pattern, by_consent=secret.by_consent,
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
    """Ends the access for good: secrets, feeds and hook address are deleted and the name is free again. The row stays, silent,
    because conversations and orders point at it. Its channel may have kept one webhook for all of an account, so the others there are
    looked after at once."""
    row = await _standing(work, connection_id)
    for table in ("connection_secret", "feed"):
        await work.execute(
            f"delete from {table} where workspace_id = $1 and connection_id = $2", work.workspace_id, connection_id
        )
    await work.execute(sql.DROP_ROUTE, work.workspace_id, connection_id)
    await _renew(work, connection_id)
    await _set(
        work,
        connection_id,
        {
            "state": "paused",
            "sends_replies": False,
            "pushes_stock": False,
            "account": "",
            "name": f"{row['name']} (removed {connection_id.hex[-6:]})",
            **NO_TROUBLE,
            "error_code": REMOVED,
            "error_detail": "Removed by its owner.",
        },
    )
    await work.execute(sql.LOOK_AGAIN, work.workspace_id, connection_id)
    work.wake("watch")
    await audit(work, "connection.remove", connection_id)
