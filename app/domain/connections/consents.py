"""Consents on their way: what a seller typed waits sealed until the channel sends their browser back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from app.core.db import UnitOfWork
from app.core.ids import new_id
from app.core.keys import audit
from app.core.security import token_hash
from app.core.vault import Sealed, Vault
from app.domain.connections import rules, service
from app.domain.connections import store as sql
from app.domain.connections.errors import BadSecrets, CannotDoThat, ConnectionNotFound, ConsentGone, NameTaken
from app.domain.connections.schemas import ConnectionCreate, ConnectionUpdate, ConsentRead, ConsentStart
from connectors.base.manifest import Manifest

LASTS = timedelta(minutes=10)
FORGOTTEN_AFTER = timedelta(days=1)
FIELD = "consent"
"""The place in the vault."""


class Kept(Struct, kw_only=True, frozen=True):
    """What is needed again when the browser comes back. `verifier` is the secret half of PKCE."""

    name: str
    given: dict[str, str]
    verifier: str


class Taken(Struct, kw_only=True, frozen=True):
    id: UUID
    channel: str
    connection_id: UUID | None
    kept: Kept


async def judge_start(work: UnitOfWork, vault: Vault, data: ConsentStart) -> tuple[Manifest, dict[str, str]]:
    """The channel, and all it needs to be asked. Raises UnknownChannel, CannotDoThat, BadSecrets naming each field, NameTaken,
    ConnectionNotFound."""
    manifest = service.manifest_of(data.channel)
    if manifest.consent != "oauth":
        raise CannotDoThat(f"{manifest.name} is connected by keys, not by consent", fields={"channel": "works by keys"})
    given = {name: value.strip() for name, value in data.secrets.items() if value.strip()}
    if data.connection_id is not None:
        row = await service.read_row(work, data.connection_id)
        if row["channel"] != data.channel:
            raise ConnectionNotFound("no such connection of this channel")
        given = {**await service.open_secrets(work, vault, data.connection_id), **given}
    elif not data.name.strip():
        raise BadSecrets("the connection needs a name", fields={"name": "is missing"})
    elif await work.value(sql.NAMED, work.workspace_id, data.name.strip()):
        raise NameTaken(f"a connection is called {data.name!r} already", fields={"name": "taken"})
    faults = rules.faults_of_secrets(manifest, given, before_consent=True)
    if faults:
        raise BadSecrets("some fields of the form are not right", fields=faults)
    return manifest, given


async def keep(
    work: UnitOfWork, vault: Vault, data: ConsentStart, *, member_id: UUID, state: str, given: Mapping[str, str], verifier: str
) -> tuple[UUID, datetime]:
    """Its id, and until when the answer is waited for. `state` itself is kept nowhere."""
    consent_id, expires_at = new_id(), work.now + LASTS
    kept = msgspec.json.encode(Kept(name=data.name.strip(), given=dict(given), verifier=verifier)).decode()
    sealed = vault.seal(kept, workspace=work.workspace_id, connection=consent_id, field=FIELD)
    await work.execute(sql.FORGET_CONSENTS, work.workspace_id, work.now - FORGOTTEN_AFTER)
    await work.execute(
        sql.KEEP_CONSENT, work.workspace_id, consent_id, work.now, token_hash(state), member_id, data.channel,
        data.connection_id, sealed.key_id, sealed.sealed, expires_at,
    )  # fmt: skip
    await audit(work, "consent.begin", data.connection_id, {"channel": data.channel})
    return consent_id, expires_at


async def take(work: UnitOfWork, vault: Vault, *, channel: str, state: str, member_id: UUID | None) -> Taken:
    """Once only; from now on the sealed part is gone. Raises ConsentGone."""
    row = await work.row(sql.FIND_CONSENT, work.workspace_id, token_hash(state))
    if row is None or row["channel"] != channel:
        raise ConsentGone("nobody began this here", code="consent_unknown")
    if row["member_id"] != member_id:
        raise ConsentGone("somebody else began this", code="consent_of_other")
    if row["used_at"] is not None:
        raise ConsentGone("this answer was used already", code="consent_used")
    if row["expires_at"] <= work.now:
        raise ConsentGone("this began more than ten minutes ago", code="consent_expired")
    sealed = Sealed(row["key_id"], row["sealed"])
    text = vault.unseal(sealed, workspace=work.workspace_id, connection=row["id"], field=FIELD)
    await work.execute(sql.USE_CONSENT, work.workspace_id, row["id"], work.now)
    return Taken(id=row["id"], channel=channel, connection_id=row["connection_id"], kept=msgspec.json.decode(text, type=Kept))


async def complete(work: UnitOfWork, vault: Vault, taken: Taken, yielded: Mapping[str, str]) -> UUID:
    """The connection made, in shadow, or mended. Raises BadSecrets when the consent did not yield all there must be, NameTaken,
    ConnectionNotFound when it was removed meanwhile."""
    secrets = {**taken.kept.given, **yielded}
    faults = rules.faults_of_secrets(service.manifest_of(taken.channel), secrets)
    if faults:
        raise BadSecrets("the consent did not yield all that is needed", fields=faults)
    connection_id = taken.connection_id
    if connection_id is None:
        made = ConnectionCreate(channel=taken.channel, name=taken.kept.name, secrets=secrets)
        connection_id = await service.create_connection(work, vault, made)
    else:
        await service.update_connection(work, vault, connection_id, ConnectionUpdate(secrets=secrets))
    await work.execute(sql.END_CONSENT, work.workspace_id, taken.id, "connected", connection_id, "", "", "")
    return connection_id


async def note_failed(work: UnitOfWork, consent_id: UUID, *, code: str, detail: str, fix: str) -> None:
    await work.execute(sql.END_CONSENT, work.workspace_id, consent_id, "failed", None, code, detail[:500], fix[:500])


async def note_other_account(work: UnitOfWork, vault: Vault, taken: Taken, connection_id: UUID, was: str, now: str) -> None:
    """The consent was given by another account than before: what the owner allowed was meant for the old one."""
    silent = ConnectionUpdate(sends_replies=False, pushes_stock=False)
    await service.update_connection(work, vault, connection_id, silent)
    detail = f"This is the account {now}; before it was {was}."
    fix = "The connection went back to shadow. Look at what it reads, then allow replies and stock again."
    await work.execute(sql.END_CONSENT, work.workspace_id, taken.id, "connected", connection_id, "other_account", detail, fix)


async def read(work: UnitOfWork, consent_id: UUID, member_id: UUID | None) -> ConsentRead:
    """Raises ConsentGone. Only the member who began it is told."""
    found = await work.shapes(ConsentRead, sql.READ_CONSENT, work.workspace_id, consent_id, member_id)
    if not found:
        raise ConsentGone("nobody began this here")
    return found[0]
