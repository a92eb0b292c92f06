"""One connection of one workspace, spoken to as a channel would and worked on as its owner would."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.core.claims import claim
from app.core.db import Actor, Database
from app.core.vault import Vault
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate
from app.domain.inbox.schemas import ConversationRead, MessageCreate, MessageRead
from app.domain.inbox.service import reading, receiving, replying, sending
from app.domain.inbox.service.reading import Filter
from app.domain.inbox.service.receiving import Source
from app.domain.inbox.service.sending import Outgoing
from connectors.base.events import Handle, MessageReceived
from connectors.base.manifest import Sending
from connectors.registry import load_sandbox, manifests
from tests.conftest import NOON, Shop

CHANNEL = next(key for key, one in manifests().items() if one.sending)
TERMS = Sending(text_limit=1000, proof="readable", absent_after_s=300.0, market_clock_s=86_400.0)
_ids = itertools.count(1)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def buyer(name: str = "rina") -> Handle:
    return Handle(kind="test_user", value=name, label=name.title(), name=name.title(), strength="verified")


def message(text: str = "hello", minutes: float = -30, **more: Any) -> MessageReceived:
    """From the buyer `rina` in the thread `t1` unless told otherwise."""
    told: dict[str, Any] = {
        "thread": "t1", "external_id": f"m{next(_ids)}", "direction": "in", "customer": buyer(), "text": text,
        "sent_at": at(minutes),
    }  # fmt: skip
    return MessageReceived(**(told | more))


@dataclass
class Desk:
    db: Database
    shop: Shop
    source: Source
    terms: Sending = TERMS
    heard: list[str] = field(default_factory=list)

    @property
    def workspace(self) -> UUID:
        return self.shop.workspace_id

    @property
    def actor(self) -> Actor:
        return Actor(self.shop.owner_id, "Ayu Lestari")

    def sending_of(self, channel: str) -> Sending | None:
        return self.terms

    async def hear(self, *messages: MessageReceived) -> int:
        async with self.db.unit(self.workspace) as work:
            return await receiving.receive_messages(work, self.source, [(one, None) for one in messages])

    async def conversations(self, **wanted: Any) -> list[ConversationRead]:
        """Newest first, whatever their status unless a status is wanted."""
        async with self.db.unit(self.workspace, self.actor) as work:
            if wanted:
                return (await reading.list_conversations(work, Filter(**wanted), cursor=None, limit=100)).items
            rows = await work.fetch(
                "select id from conversation where workspace_id = $1 order by last_activity_at desc, id desc", work.workspace_id
            )
            return [await reading.read_conversation(work, row["id"]) for row in rows]

    async def only(self) -> ConversationRead:
        (found,) = await self.conversations()
        return found

    async def messages(self, conversation: UUID) -> list[MessageRead]:
        """Oldest first."""
        async with self.db.unit(self.workspace) as work:
            return (await reading.list_messages(work, conversation, cursor=None, limit=200)).items[::-1]

    async def texts(self, conversation: UUID) -> list[str]:
        return [one.text for one in await self.messages(conversation) if one.kind == "message"]

    async def write(self, conversation: UUID, text: str, key: str = "", **more: Any) -> MessageRead:
        data = MessageCreate(client_msg_id=key or f"key-{next(_ids)}", text=text, **more)
        async with self.db.unit(self.workspace, self.actor) as work:
            return await replying.write_message(work, conversation, data, self.sending_of)

    async def read(self, message_id: UUID) -> MessageRead:
        async with self.db.unit(self.workspace) as work:
            return await replying.read_message(work, message_id)

    async def claim(self) -> tuple[UUID, list[UUID]]:
        """Leases the replies due now, this workspace's only."""
        async with self.db.across() as conn:
            token, rows = await claim(conn, sending.QUEUE, now=self.db.clock.now(), limit=100)
        return token, [row["id"] for row in rows if row["workspace_id"] == self.workspace]

    async def begin(self) -> tuple[UUID, Outgoing]:
        token, ids = await self.claim()
        (message_id,) = ids
        async with self.db.unit(self.workspace) as work:
            out = await sending.begin(work, message_id, token)
        assert out is not None
        return token, out

    async def attempts(self, message_id: UUID) -> Sequence[tuple[int, str | None]]:
        async with self.db.unit(self.workspace) as work:
            rows = await work.fetch(
                "select no, outcome from send_attempt where workspace_id = $1 and message_id = $2 order by no",
                work.workspace_id, message_id,
            )  # fmt: skip
        return [(row["no"], row["outcome"]) for row in rows]


async def open_desk(db: Database, vault: Vault, shop: Shop) -> Desk:
    secrets = {secret.name for secret in manifests()[CHANNEL].secrets}
    data = ConnectionCreate(
        channel=CHANNEL,
        name="Main",
        secrets={name: value for name, value in load_sandbox(CHANNEL)[1].items() if name in secrets},
        mode="live",
    )
    async with db.unit(shop.workspace_id) as work:
        connection = await connections.create_connection(work, vault, data)
    return Desk(db, shop, Source(connection_id=connection, channel=CHANNEL, brand="", sending=TERMS))
