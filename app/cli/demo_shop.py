"""The demo's shop: its people, its goods, its connections to the pretend channels, and a first count once their history is in.

Everything goes the way a real shop's would: the history is pulled from the sandboxes by the running app."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx

from app.core.config import Settings
from app.core.db import Actor, Database, open_database
from app.core.vault import Vault
from app.domain.catalog.schemas import VariantCreate
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate, ConnectionUpdate
from app.domain.inbox.schemas import ConversationUpdate, MessageCreate
from app.domain.inbox.service import reading, replying, working
from app.domain.inbox.service.following import CONNECTION
from app.domain.inventory.service import moving
from app.domain.orders import service as orders
from app.domain.workspaces.service import add_member, add_team, create_api_key, create_workspace
from app.domain.workspaces.sessions import sign_in
from app.embedded.errors import CannotStart
from app.embedded.lifetime import write_private
from connectors.base.goods import GOODS
from connectors.registry import manifests

COMPANY = "Nusa Goods"
OWNER = ("Dewi Anjani", "dewi@nusagoods.example", "admin", "en")
PEOPLE = (
    ("Raka Pratama", "raka@nusagoods.example", "lead", "id"),
    ("Putu Mahendra", "putu@nusagoods.example", "agent", "en"),
    ("Tara Hapsari", "tara@nusagoods.example", "agent", "id"),
    ("Bagus Wirawan", "bagus@nusagoods.example", "stock", "id"),
    ("Sinta Larasati", "sinta@nusagoods.example", "agent", "id"),
)
TEAMS = {"Batik": (0, 2, 3), "Coffee": (1, 5)}
IMPORT_WITHIN_S = 60.0
STOCK_TAKE = "opening stock-take"
NOTES = (
    "Counted two on shelf B4 this morning. One is put aside until Wednesday.",
    "She asked the same on WhatsApp last week. We agreed on a free exchange.",
    "The courier says the driver tries again tomorrow before noon.",
)


@dataclass(frozen=True, slots=True)
class DemoAccess:
    """`enter` is the way in that needs no typing; it is new at every start."""

    email: str
    password: str
    api_key: str
    enter: str = ""


async def prepare_demo(settings: Settings, sandbox_url: str, *, empty: bool) -> DemoAccess:
    """Once per data folder; later starts find the shop as it was left. Raises CannotStart when the import does not end."""
    path = settings.data / "access.json"
    db = await open_database(settings.database_url, size=4)
    try:
        known = await asyncio.to_thread(_read, path)
        if known is not None and await _is_there(db, known):
            return await _with_ticket(db, known)
        workspace_id, owner_id, access = await _found(db)
        if not empty:
            await _furnish(db, settings, sandbox_url, workspace_id, owner_id)
        await asyncio.to_thread(write_private, path, json.dumps(asdict(access)))
        return await _with_ticket(db, access)
    finally:
        await db.close()


def _read(path: Path) -> DemoAccess | None:
    return DemoAccess(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


async def _with_ticket(db: Database, access: DemoAccess) -> DemoAccess:
    token, _ = await sign_in(db, email=access.email, password=access.password)
    return replace(access, enter=f"/api/v1/demo/enter?ticket={token}")


async def _is_there(db: Database, access: DemoAccess) -> bool:
    async with db.plain() as conn:
        return bool(await conn.fetchval("select true from login where email = $1", access.email))


async def _found(db: Database) -> tuple[UUID, UUID, DemoAccess]:
    """Six people, two teams, one key. All sign in with the same word."""
    password = f"counter-{secrets.token_hex(5)}"
    name, email, _, language = OWNER
    workspace_id, owner_id = await create_workspace(
        db, name=COMPANY, owner_name=name, email=email, password=password, time_zone="Asia/Jakarta", currency="USD",
        language=language, settings={"demo": True},
    )  # fmt: skip
    members = [owner_id]
    for name, mail, role, language in PEOPLE:
        members.append(await add_member(db, workspace_id, name=name, email=mail, role=role, password=password, language=language))
    for team, numbers in TEAMS.items():
        await add_team(db, workspace_id, name=team, member_ids=[members[number] for number in numbers])
    key = await create_api_key(db, workspace_id, name="Demo", role="admin", member_id=owner_id)
    return workspace_id, owner_id, DemoAccess(email, password, key)


async def _furnish(db: Database, settings: Settings, sandbox_url: str, workspace_id: UUID, owner_id: UUID) -> None:
    owner = Actor(owner_id, OWNER[0])
    async with db.unit(workspace_id, owner) as work:
        await moving.add_location(work, "Yogyakarta", rank=0)
        await moving.add_location(work, "Jakarta", rank=1)
        for good in GOODS:
            await orders.add_variant(
                work,
                VariantCreate(
                    sku=good["sku"], title=good["title"], option=good["option"], brand=good["brand"], barcode=good["barcode"],
                    picture=good["picture"], price_minor=good["prices"]["USD"], cost_minor=good["prices"]["USD"] * 45 // 100,
                ),
            )  # fmt: skip
    await _connect(db, settings, sandbox_url, workspace_id, owner)
    await _wait_for_history(db, workspace_id)
    await _count(db, workspace_id, owner)
    await _share_out(db, workspace_id, owner)


async def _connect(db: Database, settings: Settings, sandbox_url: str, workspace_id: UUID, owner: Actor) -> None:
    """Live at once: these channels are pretended, and the first count waits until their past is in."""
    async with httpx.AsyncClient(trust_env=False) as client:
        credentials: Mapping[str, dict[str, str]] = (
            (await client.get(f"{sandbox_url}/_world/_credentials")).raise_for_status().json()
        )
    vault = Vault(settings.secret_keys)
    known = manifests()
    made: dict[str, UUID] = {}
    async with db.unit(workspace_id, owner) as work:
        for channel, values in credentials.items():
            fields = {secret.name for secret in known[channel].secrets}
            secrets_given = {name: value for name, value in values.items() if name in fields}
            made[channel] = await connections.create_connection(
                work, vault, ConnectionCreate(channel=channel, name=known[channel].name, secrets=secrets_given, mode="live")
            )
        for chat, letters in _followed(made):
            wanted = ConnectionUpdate(settings={CONNECTION: str(letters)})
            await connections.update_connection(work, vault, chat, wanted)


def _followed(made: Mapping[str, UUID]) -> list[tuple[UUID, UUID]]:
    """Each chat of our own, and the connection whose letters go after who left it."""
    terms = {channel: connections.sending_of(channel) for channel in made}
    letters = next((made[channel] for channel, one in terms.items() if one and one.letters), None)
    return [(made[channel], letters) for channel, one in terms.items() if letters and one and one.proof == "own"]


async def _wait_for_history(db: Database, workspace_id: UUID) -> None:
    deadline = asyncio.get_running_loop().time() + IMPORT_WITHIN_S
    while True:
        async with db.unit(workspace_id) as work:
            waiting = await work.fetch(
                "select c.channel, f.name, f.last_error from feed f join connection c on c.workspace_id = f.workspace_id "
                "and c.id = f.connection_id where f.workspace_id = $1 and f.first_done_at is null", work.workspace_id,
            )  # fmt: skip
        if not waiting:
            return
        if asyncio.get_running_loop().time() > deadline:
            first = waiting[0]
            raise CannotStart(
                f"The pretend {first['channel']} did not give its {first['name']} in time: {first['last_error'] or 'no answer'}. "
                "The logs folder says more; start again, or add --data with an empty folder."
            )
        await asyncio.sleep(0.15)


async def _count(db: Database, workspace_id: UUID, owner: Actor) -> None:
    """The owner's stock-take: what the shelves hold, units of open orders included. Only from now on is anything pushed."""
    async with db.unit(workspace_id, owner) as work:
        places = {
            row["name"]: row["id"]
            for row in await work.fetch("select id, name from location where workspace_id = $1", workspace_id)
        }
        variants = {
            row["sku"]: row["id"] for row in await work.fetch("select id, sku from variant where workspace_id = $1", workspace_id)
        }
        held = {
            (row["variant_id"], row["location_id"]): row["reserved"]
            for row in await work.fetch(
                "select variant_id, location_id, reserved from balance where workspace_id = $1", workspace_id
            )
        }
        counts = []
        for good in GOODS:
            variant, there = variants[good["sku"]], good["opening"] // 4
            for place, units in (("Yogyakarta", good["opening"] - there), ("Jakarta", there)):
                counts.append((variant, places[place], units + held.get((variant, places[place]), 0)))
        await moving.count_stock(work, counts, source_ref="opening", reason=STOCK_TAKE)


async def _share_out(db: Database, workspace_id: UUID, owner: Actor) -> None:
    """What a team does on a morning: some threads taken, some noted, what was answered days ago closed."""
    async with db.unit(workspace_id, owner) as work:
        people = [
            row["id"]
            for row in await work.fetch(
                "select id from member where workspace_id = $1 and role <> 'stock' order by created_at", workspace_id
            )
        ]
        done = await work.fetch(
            "select id from conversation where workspace_id = $1 and status = 'open' and awaiting_since is null and last_activity_at < $2",
            workspace_id, work.now - timedelta(days=2),
        )  # fmt: skip
        for row in done:
            await working.update_conversation(work, row["id"], ConversationUpdate(status="closed"))
    async with db.unit(workspace_id, owner) as work:
        page = await reading.list_conversations(work, reading.Filter(), cursor=None, limit=60)
        for number, conversation in enumerate(page.items):
            if number % 5 != 3:
                assignee = people[0] if number % 3 == 0 else people[number % len(people)]
                await working.update_conversation(work, conversation.id, ConversationUpdate(assignee_id=assignee))
            if number % 20 == 4:
                text = NOTES[number // 20 % len(NOTES)]
                note = MessageCreate(client_msg_id=f"demo-note-{conversation.number}", kind="note", text=text)
                await replying.write_message(work, conversation.id, note, connections.sending_of)
