"""What a connection can be told to do now. It needs the pipeline, so it stands above the room."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import Struct

from app.core.logs import log
from app.core.vault import VaultLocked
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionUpdate
from app.domain.inventory.schemas import DryRun
from app.domain.inventory.service import rehearsing
from app.domain.workspaces.guards import Caller, require
from app.pipeline.house import House
from app.pipeline.watch import subscribe
from connectors.base.approved import ApprovedText, Approving
from connectors.base.errors import AuthExpired, ChannelError, Refused, Unavailable
from connectors.base.manifest import Manifest, Stocking
from connectors.registry import manifests

CHECK_FAILED = "check_failed"
PATIENCE_S = 20.0
APPROVED = "templates"
"""The setting that the composer reads."""
TRY_LATER = "Try again in a minute; the channel did not answer as it should."
OF_THE_ADDRESS = frozenset({"private_address", "unknown_host", "host_not_allowed", "unreachable"})
"""What is wrong with the address of the seller's own server, where the channel is one."""


class Checked(Struct, kw_only=True):
    """`fix` says what to do when not ok; `missing` lists scopes; `field` is the one of the form that is to blame, where one is."""

    ok: bool
    account: str
    code: str
    detail: str
    fix: str
    missing: list[str]
    field: str


class Started(Struct, kw_only=True):
    feeds: list[str]


class TextRead(Struct, kw_only=True):
    """A text the channel approved. `name`, `language` and, in order, what fills `gaps` make the `template` of a message; `named`: give
    the gaps' names along. `header`: `text`, or the kind of file that goes along. `button_gaps`: whose address has a gap."""

    name: str
    language: str
    title: str
    text: str
    gaps: list[str]
    named: bool
    header: str
    header_text: str
    buttons: list[str]
    button_gaps: list[bool]


class Texts(Struct, kw_only=True):
    """`reason`: why there are none, where the channel says."""

    items: list[TextRead]
    reason: str


class ConnectionActs(Controller):
    path = "/api/v1/connections/{connection_id:uuid}"
    tags = ("connections",)

    @post("/check", guards=[require("connections.write")], status_code=200)
    async def check(
        self, house: NamedDependency[House], caller: NamedDependency[Caller], connection_id: FromPath[UUID]
    ) -> Checked:
        """Tries the credentials at the channel and sets the connection's state by the answer."""
        return await try_access(house, caller, connection_id)

    @get("/dry-run", guards=[require("connections.read")])
    async def dry_run(
        self,
        house: NamedDependency[House],
        caller: NamedDependency[Caller],
        connection_id: FromPath[UUID],
        cursor: FromQuery[str | None] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
    ) -> DryRun:
        """What would be told to the channel if stock were turned on now. Nothing is."""
        async with house.db.unit(caller.workspace_id) as work:
            row = await connections.read_row(work, connection_id)
            known = manifests().get(row["channel"])
            stocking = known.stocking if known and known.stocking else Stocking(batch=1)
            return await rehearsing.dry_run(work, connection_id, stocking, cursor=cursor, limit=limit)

    @get("/templates", guards=[require("inbox.read")])
    async def list_texts(
        self, house: NamedDependency[House], caller: NamedDependency[Caller], connection_id: FromPath[UUID]
    ) -> Texts:
        """Approved texts that may be sent now, as the channel lists them."""
        async with house.db.look(caller.workspace_id, caller.actor) as work:
            await connections.read_row(work, connection_id)
        try:
            return Texts(items=[_text(one) for one in await _approved(house, caller.workspace_id, connection_id)], reason="")
        except VaultLocked as error:
            return Texts(items=[], reason=str(error))
        except ChannelError as error:
            fix = error.fix if isinstance(error, Refused) else ""
            return Texts(items=[], reason=" ".join(filter(None, (error.detail, fix))))

    @post("/pull", guards=[require("connections.write")], status_code=202)
    async def pull(
        self, house: NamedDependency[House], caller: NamedDependency[Caller], connection_id: FromPath[UUID]
    ) -> Started:
        async with house.db.unit(caller.workspace_id) as work:
            await connections.read_row(work, connection_id)
            return Started(feeds=await connections.pull_now(work, connection_id, None))

    @post("/reconcile", guards=[require("connections.write")], status_code=202)
    async def reconcile(
        self, house: NamedDependency[House], caller: NamedDependency[Caller], connection_id: FromPath[UUID]
    ) -> Started:
        """Reads listings and counts afresh from the start and holds them against ours."""
        async with house.db.unit(caller.workspace_id) as work:
            await connections.read_row(work, connection_id)
            return Started(feeds=await connections.pull_afresh(work, connection_id))


async def _approved(house: House, workspace_id: UUID, connection_id: UUID) -> Sequence[ApprovedText]:
    opened = await house.connectors.open(workspace_id, connection_id)
    if not isinstance(opened.connector, Approving):
        return ()
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await opened.connector.approved_texts()
    except TimeoutError as error:
        raise Unavailable("the channel took too long to answer", code="no_answer") from error


def _text(found: ApprovedText) -> TextRead:
    return TextRead(
        name=found.name,
        language=found.language,
        title=found.title or found.name,
        text=found.text,
        gaps=list(found.gaps),
        named=found.named,
        header=found.header,
        header_text=found.header_text,
        buttons=[label for label, _ in found.buttons],
        button_gaps=[has_gap for _, has_gap in found.buttons],
    )


async def try_access(house: House, caller: Caller, connection_id: UUID) -> Checked:
    """Raises ConnectionNotFound."""
    checked = await _tried(house, caller.workspace_id, connection_id)
    async with house.db.unit(caller.workspace_id, caller.actor) as work:
        if checked.ok:
            await connections.mark_ready(work, connection_id, account=checked.account)
        else:
            detail = ". ".join(filter(None, (checked.detail, missing_words(checked.missing))))
            await connections.mark_failure(work, connection_id, code=CHECK_FAILED, detail=detail, broken=True, fix=checked.fix)
    if checked.ok:
        await subscribe(house, caller.workspace_id, connection_id)
        await _copy_approved(house, caller, connection_id)
    return checked


async def _copy_approved(house: House, caller: Caller, connection_id: UUID) -> None:
    """The composer offers what the channel approved. Where the channel cannot say or has none, what the owner wrote stays."""
    try:
        texts = await _approved(house, caller.workspace_id, connection_id)
    except ChannelError as error:
        log.warning("approved texts not read", connection=connection_id, code=error.code, detail=error.detail)
        return
    told = "\n".join(filter(None, map(_line, texts)))
    async with house.db.unit(caller.workspace_id, caller.actor) as work:
        row = await connections.read_row(work, connection_id)
        if told and row["settings"].get(APPROVED) != told:
            kept = ConnectionUpdate(settings={**row["settings"], APPROVED: told})
            await connections.update_connection(work, house.vault, connection_id, kept)


def _line(found: ApprovedText) -> str:
    """`name | language | text` of one whose only gaps are `{{1}}`, `{{2}}` ... in its text; "" for any other."""
    counted = found.gaps == tuple(str(place) for place in range(1, len(found.gaps) + 1))
    plain = not found.named and found.header in ("", "text") and "{{" not in found.header_text
    if not counted or not plain or any(has_gap for _, has_gap in found.buttons):
        return ""
    return " | ".join((found.name, found.language, " ".join(found.text.split())))


def missing_words(missing: Sequence[str]) -> str:
    return f"Missing permissions: {', '.join(missing)}" if missing else ""


async def _tried(house: House, workspace_id: UUID, connection_id: UUID) -> Checked:
    try:
        opened = await house.connectors.open(workspace_id, connection_id)
    except VaultLocked as error:
        return _not_ok("vault_locked", str(error), "Put the old key back into ONECOUNTER_SECRET_KEY, or enter the secrets again.")
    try:
        health = await opened.connector.check()
    except AuthExpired as error:
        return _not_ok(error.code, error.detail, "Enter new credentials for this connection.", missing=error.missing)
    except Refused as error:
        return _not_ok(error.code, error.detail, error.fix or TRY_LATER, field=_to_blame(error, opened.manifest))
    except ChannelError as error:
        return _not_ok(error.code, error.detail, TRY_LATER, field=_to_blame(error, opened.manifest))
    code = "" if health.ok else CHECK_FAILED
    return Checked(
        ok=health.ok, account=health.account, code=code, detail=health.detail, fix=health.fix, missing=list(health.missing),
        field="",
    )  # fmt: skip


def _to_blame(error: ChannelError, manifest: Manifest) -> str:
    return manifest.own_host if error.code in OF_THE_ADDRESS else ""


def _not_ok(code: str, detail: str, fix: str, *, missing: Sequence[str] = (), field: str = "") -> Checked:
    return Checked(ok=False, account="", code=code, detail=detail, fix=fix, missing=list(missing), field=field)


ROUTES = [ConnectionActs]
