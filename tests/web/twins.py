"""Two shops that look alike. Every text of one of them carries its word, so that a word in the wrong place shows."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from app.core.allowances import spend
from app.core.db import Actor, UnitOfWork
from app.core.ids import new_id
from app.domain.catalog.schemas import VariantCreate
from app.domain.connections import consents
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate, ConsentStart
from app.domain.customers import suggesting
from app.domain.customers.schemas import CustomerMerge
from app.domain.inbox.desk_schemas import MacroWrite, SavedReplyWrite, SavedTextWrite
from app.domain.inbox.handing_schemas import DraftWrite, HandoffCreate, PromiseCreate
from app.domain.inbox.schemas import ConversationUpdate, MessageCreate, ReadUpTo
from app.domain.inbox.service import drafting, filing, handing, joining, macros, promising, replying, saving, working
from app.domain.inbox.service.receiving import Source
from app.domain.inventory.floor_schemas import (
    ComponentsWrite,
    ComponentWrite,
    CountCreate,
    CountLinesWrite,
    CountLineWrite,
    IncomingCreate,
    LineWrite,
    LocationCreate,
    SellsFrom,
)
from app.domain.inventory.schemas import MovementCreate
from app.domain.inventory.service import arriving, counting, importing, moving, placing
from app.domain.inventory.sheets import read_sheet
from app.domain.orders.service import add_variant
from app.domain.workspaces import service as workspaces
from app.domain.workspaces.guards import EVERYONE
from app.pipeline.handlers import handle
from app.pipeline.house import House
from app.pipeline.intake import Arrived
from app.pipeline.relay import relay_round
from connectors.base.contract import Delivery
from connectors.base.events import (
    CaseSeen,
    CheckoutSeen,
    ConsentChanged,
    Handle,
    ListingSeen,
    Media,
    MessageChanged,
    MessageReceived,
    OrderLine,
    OrderSeen,
    Reacted,
)
from connectors.registry import manifests
from tests.conftest import NOON, Shop, open_shop

CHANNEL = "telegram"
PASSWORD = "two-of-a-kind-4711"
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Twin:
    """`ids` by the name of the parameter or body field that takes such an id. `keys` act as a member of each role."""

    shop: Shop
    word: str
    email: str
    ids: dict[str, UUID]
    keys: dict[str, str]
    hook: str
    hook_secret: str

    @property
    def workspace_id(self) -> UUID:
        return self.shop.workspace_id


async def open_twin(house: House, word: str) -> Twin:
    """Same names, numbers, SKUs and outside ids as every other twin; the word and what hangs on it differ."""
    email = f"{word}-{secrets.token_hex(4)}@shop.test"
    shop = await open_shop(house.db, name=f"Toko {word}")
    ids = {"workspace_id": shop.workspace_id}
    ids["member_id"] = await workspaces.add_member(
        house.db, shop.workspace_id, name=f"Sari {word}", email=email, password=PASSWORD, role="agent"
    )
    ids["team_id"] = await workspaces.add_team(house.db, shop.workspace_id, name=f"Desk {word}", member_ids=[ids["member_id"]])
    keys = {"admin": shop.key} | {role: await _key_of(house, shop, role, word) for role in sorted(EVERYONE - {"admin"})}
    secret = f"hook-secret-{word}"
    async with house.db.unit(shop.workspace_id, Actor(shop.owner_id, "Ayu Lestari")) as work:
        await _connect(work, house, ids, word, secret)
        await _ask_consent(work, house, ids, word, shop.owner_id)
        await _stock(work, ids, word)
        await _keep_stock(work, ids, word)
        await _hear(work, ids, word)
        await _write(work, ids, word)
        await _hand(work, ids, word, shop.owner_id)
        await _join(work, ids, word)
    await _deliver(house, ids, word)
    await relay_round(house)
    file = await house.files.keep(word.encode())
    async with house.db.unit(shop.workspace_id) as work:
        ids |= await _found(work, ids)
        ids["attachment_id"] = (
            await filing.add_file(work, name=f"{word}.txt", media_type="text/plain", size=len(word), sha256=file)
        ).id
        hook = await work.value("select hook_token from connection where workspace_id = $1", work.workspace_id)
    ids["follow"] = ids["unfollow"] = ids["member_id"]
    ids["assignee_id"], ids["member_ids"], ids["attachment_ids"] = ids["member_id"], ids["member_id"], ids["attachment_id"]
    ids["reply_to_id"] = ids["heard_id"]
    return Twin(shop, word, email, ids, keys, hook, secret)


async def _key_of(house: House, shop: Shop, role: str, word: str) -> str:
    member = await workspaces.add_member(
        house.db, shop.workspace_id, name=f"{role} {word}", email=f"{role}-{secrets.token_hex(4)}@shop.test", role=role
    )
    return await workspaces.create_api_key(house.db, shop.workspace_id, name=f"{role} {word}", role=role, member_id=member)


async def _connect(work: UnitOfWork, house: House, ids: dict[str, UUID], word: str, secret: str) -> None:
    given = {"bot_token": f"100200:{word}{'x' * 30}", "webhook_secret": secret}
    data = ConnectionCreate(channel=CHANNEL, name=f"Main {word}", secrets=given, mode="live", brand=word)
    ids["connection_id"] = await connections.create_connection(work, house.vault, data)


async def _ask_consent(work: UnitOfWork, house: House, ids: dict[str, UUID], word: str, member_id: UUID) -> None:
    asked = ConsentStart(channel=CHANNEL, name=f"Second {word}", connection_id=ids["connection_id"])
    ids["consent_id"], _ = await consents.keep(
        work, house.vault, asked, member_id=member_id, state=f"state-{word}-{new_id()}", given={"bot_token": word}, verifier=word
    )


async def _stock(work: UnitOfWork, ids: dict[str, UUID], word: str) -> None:
    ids["variant_id"] = (await add_variant(work, VariantCreate(sku="MUG", title=f"Mug {word}", brand=word))).id
    await add_variant(work, VariantCreate(sku=f"{word}-ONLY", title=f"Only here {word}"))
    await add_variant(work, VariantCreate(sku="TEA", title=f"Tea {word}"))
    await moving.move_stock(work, MovementCreate(sku="TEA", delta=9, key="count-0"))
    await moving.move_stock(work, MovementCreate(sku="MUG", delta=2, key="count-1", reason=f"counted {word}"))
    await moving.move_stock(work, MovementCreate(sku=f"{word}-ONLY", delta=3, key="count-2"))


async def _keep_stock(work: UnitOfWork, ids: dict[str, UUID], word: str) -> None:
    """Two places, a bundle, goods on their way, a count and a file that wait."""
    ids["location_id"] = ids["location_ids"] = await moving.find_location(work, None)
    await placing.sell_from(work, ids["connection_id"], SellsFrom(location_ids=[ids["location_id"]]))
    ids["from_location"] = (await placing.create_location(work, LocationCreate(name=f"Barn {word}", rank=7))).id
    await moving.move_stock(work, MovementCreate(sku="TEA", delta=9, key="count-3", location=str(ids["from_location"])))
    bundle = (await add_variant(work, VariantCreate(sku=f"{word}-SET", title=f"Set {word}"))).id
    await placing.make_bundle(work, bundle, ComponentsWrite(lines=[ComponentWrite(sku="TEA", quantity=2)]))
    for number in (1, 2):
        await add_variant(work, VariantCreate(sku=f"{word}-NEW{number}", title=f"Uncounted {word}"))
        goods = IncomingCreate(key=f"po-{number}", supplier=f"Clay {word}", lines=[LineWrite(sku="TEA", quantity=9)])
        ids["incoming_id"] = (await arriving.create_incoming(work, goods)).id
        ids["count_id"] = (await counting.begin_count(work, CountCreate(key=f"walk-{number}", name=f"Shelf {word}"))).id
    lines = [CountLineWrite(sku="TEA", units=9), CountLineWrite(sku=f"{word}-ONLY", units=3)]
    await counting.enter_lines(work, ids["count_id"], CountLinesWrite(lines=lines))
    sheet = read_sheet(f"sku,on_hand\n{word}-ONLY,8\nTEA,7\n".encode())
    ids["import_id"] = (await importing.preview(work, sheet, name=f"{word}.csv", location=None)).id


async def _hear(work: UnitOfWork, ids: dict[str, UUID], word: str) -> None:
    """Two listings, two orders of which one takes more than there is, three messages in two threads."""
    buyer = Handle(kind="test_user", value="u1", strength="verified", name=f"Rina {word}", label=f"@rina_{word}")
    other = Handle(kind="test_user", value=f"u-{word}", name=f"Budi {word}")
    told: list[Any] = [
        ListingSeen(external_id=f"item-{sku}", external_sku=sku, title=f"Listed {word}", seen_at=NOON, quantity=9, currency="USD")
        for sku in ("MUG", f"{word}-ONLY")
    ]
    for number, (sku, quantity) in enumerate((("MUG", 5), (f"{word}-ONLY", 1)), 1):
        line = OrderLine(external_id="1", external_sku=sku, quantity=quantity, title=f"Sold {word}", listing_id=f"item-{sku}")
        name = "ord-1" if number == 1 else f"ord-{word}"
        told.append(
            OrderSeen(
                external_id=name, number=f"#{name}", version="1", status="open", placed_at=NOON, lines=(line,), currency="USD",
                customer=buyer, ship_to={"name": f"Rina {word}", "postcode": word}, note=f"wrap it {word}", tracking=f"track-{word}",
            )
        )  # fmt: skip
    for number, (thread, sender) in enumerate((("t1", buyer), ("t1", buyer), (f"t-{word}", other))):
        told.append(
            MessageReceived(
                thread=thread, external_id=f"m{number}", direction="in", customer=sender, subject=f"About {word}",
                text=f"where is my {word} order", sent_at=NOON - timedelta(minutes=9 - number),
                media=(Media(ref=f"file-{word}", name=f"{word}.png"),),
            )
        )  # fmt: skip
    for name in (f"s-{word}", f"r-{word}"):
        stranger = Handle(kind=f"kind_{name[0]}", value=name, name=f"Adi {word}")
        told.append(
            MessageReceived(
                thread=name,
                external_id=name,
                direction="in",
                customer=stranger,
                text=f"me {word}",
                sent_at=NOON - timedelta(minutes=20),
            )
        )
    told.append(
        MessageReceived(
            thread=f"b-{word}", external_id=f"b-{word}", direction="in", customer=buyer, text=f"and {word}",
            sent_at=NOON - timedelta(minutes=20),
        )
    )  # fmt: skip
    told += [
        MessageChanged(thread="t1", external_id=f"later-{word}", changed_at=NOON, text=f"call about {word}"),
        Reacted(thread="t1", external_id="m0", by=buyer, emoji="👍", at=NOON),
        CaseSeen(
            external_id="case-1", kind="return", version="1", open=True, seen_at=NOON, order_id="ord-1", customer=buyer,
            title=f"Return {word}", detail=f"where is my {word} order", respond_by=NOON + timedelta(days=2),
        ),
        CheckoutSeen(external_id="basket-1", customer=buyer, at=NOON, currency="USD", url=f"https://shop.test/{word}"),
        ConsentChanged(handle=other, allowed=False, at=NOON, scope="unasked"),
    ]  # fmt: skip
    terms = manifests()[CHANNEL].sending
    source = Source(connection_id=ids["connection_id"], channel=CHANNEL, brand=word, sending=terms)
    await handle(work, source, [(one, None) for one in told])


async def _write(work: UnitOfWork, ids: dict[str, UUID], word: str) -> None:
    ids["conversation_id"] = await work.value(
        "select conversation_id from thread where workspace_id = $1 and external_id = 't1'", work.workspace_id
    )
    here = ids["conversation_id"]
    note = MessageCreate(client_msg_id="note-1", kind="note", text=f"call about {word}, @Sari {word}")
    await replying.write_message(work, here, note, connections.sending_of)
    reply = MessageCreate(client_msg_id="reply-1", text=f"on its way {word}", hold_ms=60_000)
    ids["message_id"] = (await replying.write_message(work, here, reply, connections.sending_of)).id
    await working.update_conversation(work, here, ConversationUpdate(tags=[word], subject=f"Mug {word}", team_id=ids["team_id"]))
    await working.mark_read(work, here, ReadUpTo())
    texts = [SavedTextWrite(text=f"dear {{{{customer.name}}}}, {word}")]
    ids["reply_id"] = (await saving.add_reply(work, SavedReplyWrite(name=f"Greet {word}", texts=texts))).id
    ids["macro_id"] = (await macros.add_macro(work, MacroWrite(name=f"File {word}", tags=[f"filed {word}"]))).id
    ids["conversation_ids"] = here


async def _hand(work: UnitOfWork, ids: dict[str, UUID], word: str, owner: UUID) -> None:
    """A promise, a draft and an offer taken back where the buyer wrote; the other conversation is offered to the owner."""
    here = ids["conversation_id"]
    ids["promise_id"] = (await promising.add_promise(work, here, PromiseCreate(text=f"Refund {word}"))).id
    await drafting.save_draft(work, here, DraftWrite(text=f"dear {word}"))
    other = await work.value(
        "select conversation_id from thread where workspace_id = $1 and external_id = $2", work.workspace_id, f"t-{word}"
    )
    work.actor = Actor()
    await handing.withdraw(work, (await handing.offer(work, here, HandoffCreate(to_member_id=owner, note=f"so {word}"))).id)
    offered = await handing.offer(work, other, HandoffCreate(to_member_id=owner, note=f"about {word}"))
    ids["handoff_id"], ids["to_member_id"], ids["to_team_id"] = offered.id, ids["member_id"], ids["team_id"]


async def _join(work: UnitOfWork, ids: dict[str, UUID], word: str) -> None:
    """A merge of two customers that stands, two who are not the same, and what else may be merged."""
    spot = "select id, customer_id, conversation_id from thread where workspace_id = $1 and external_id = $2"
    found = {name: await work.row(spot, work.workspace_id, f"{name}-{word}") for name in ("t", "s", "r", "b")}
    rows = {name: row for name, row in found.items() if row is not None}
    ids["absorb_id"], ids["other_id"] = rows["r"]["customer_id"], rows["t"]["customer_id"]
    ids["absorb_ids"] = rows["b"]["conversation_id"]
    ids["merge_id"] = await joining.merge_customers(work, ids["other_id"], CustomerMerge(absorb_id=rows["s"]["customer_id"]))
    await suggesting.keep_apart(work, ids["absorb_id"], ids["other_id"])


async def _deliver(house: House, ids: dict[str, UUID], word: str) -> None:
    """A delivery that waits; the rounds are run by the test that wants them."""
    body = json.dumps(update_of(word)).encode()
    delivery = Delivery(kind="message", key="77", body=body, headers=(("seen-at", NOON.isoformat()),))
    await house.intake.keep(
        [Arrived(workspace_id=ids["workspace_id"], connection_id=ids["connection_id"], channel=CHANNEL, delivery=delivery)]
    )


def update_of(word: str, number: int = 77) -> dict[str, Any]:
    """https://core.telegram.org/bots/api#update, the same chat and sender for every twin."""
    sender = {"id": 4242, "is_bot": False, "first_name": f"Wayan {word}", "language_code": "en"}
    chat = {"id": 4242, "type": "private", "first_name": f"Wayan {word}"}
    message = {"message_id": number, "from": sender, "chat": chat, "date": int(NOON.timestamp()), "text": f"posted {word}"}
    return {"update_id": number, "message": message}


PUSHED = """
insert into push (workspace_id, id, created_at, listing_id, quantity, push_key, detail) values ($1, $2, $3, $4, 4, 'p', $5)
"""


async def _found(work: UnitOfWork, ids: dict[str, UUID]) -> dict[str, UUID]:
    """Ids of what the pipeline made. A push has no way in without a channel."""
    listing = await work.value("select id from listing where workspace_id = $1 and external_sku = 'MUG'", work.workspace_id)
    await work.execute(PUSHED, work.workspace_id, new_id(), work.now, listing, "took it")
    await spend(work, listing, "look", "a stranger", burst=5, per_minute=5)
    first = "select id from {} where workspace_id = $1 order by created_at, id limit 1"
    named = {"key_id": "api_key", "delivery_id": "delivery", "location": "location", "thread_id": "thread"}
    made = {name: await work.value(first.format(table), work.workspace_id) for name, table in named.items()}
    made["thread_id"] = await work.value(
        "select id from thread where workspace_id = $1 and conversation_id = $2", work.workspace_id, ids["conversation_id"]
    )
    made["heard_id"] = await work.value(
        "select id from message where workspace_id = $1 and thread_id = $2 and external_id = 'm0'",
        work.workspace_id,
        made["thread_id"],
    )
    made["customer_id"] = await work.value(
        "select customer_id from conversation where workspace_id = $1 and id = $2", work.workspace_id, ids["conversation_id"]
    )
    made["order_id"] = await work.value(
        "select id from sales_order where workspace_id = $1 and external_id = 'ord-1'", work.workspace_id
    )
    made["incident_id"] = await work.value(
        "select id from incident where workspace_id = $1 and state = 'open'", work.workspace_id
    )
    return {**made, "listing_id": listing}


class Ledger:
    """Sees all rows of all tables of a workspace, past row-level security."""

    def __init__(self, conn: asyncpg.Connection, tables: dict[str, str]) -> None:
        self.tables = tables
        self._conn = conn

    @classmethod
    async def open(cls, admin_url: str) -> Ledger:
        conn = await asyncpg.connect(admin_url, timeout=10)
        rows = await conn.fetch(
            "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'workspace_id'"
        )
        return cls(conn, {**{row["table_name"]: "workspace_id" for row in rows}, "workspace": "id"})

    async def close(self) -> None:
        await self._conn.close()

    async def rows(self, workspace_id: UUID) -> dict[str, list[str]]:
        """Each row as text, by table."""
        query = " union all ".join(
            f"select '{table}' as name, t::text as line from \"{table}\" t where t.{column} = $1"
            for table, column in self.tables.items()
        )
        found: dict[str, list[str]] = {table: [] for table in self.tables}
        for row in await self._conn.fetch(query, workspace_id):
            found[row["name"]].append(row["line"])
        return {table: sorted(lines) for table, lines in found.items()}

    async def ids(self, workspace_id: UUID) -> set[str]:
        """Every id of this workspace's own, nothing else in the world has."""
        return {str(workspace_id)} | ids_in(line for lines in (await self.rows(workspace_id)).values() for line in lines)


def ids_in(texts: Iterable[str]) -> set[str]:
    return {found for text in texts for found in UUIDS.findall(text)}
