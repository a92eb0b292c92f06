"""Three agents at one desk, and the verbs by which a conversation goes between them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.db import Actor
from app.domain.inbox.handing_schemas import Answer, DraftRead, DraftWrite, HandoffCreate, HandoffRead
from app.domain.inbox.schemas import ConversationUpdate
from app.domain.inbox.service import drafting, handing, working
from app.domain.workspaces import service as workspaces
from tests.domain.inbox.desk import Desk


@dataclass
class Hands:
    """`desk`'s own member is the giver unless another is named; `team` holds both receivers."""

    desk: Desk
    tom: UUID
    sari: UUID
    team: UUID

    def actor(self, member: UUID | None) -> Actor:
        return Actor(member, "somebody")

    @property
    def ayu(self) -> UUID:
        return self.desk.shop.owner_id

    async def offer(self, conversation: UUID, by: UUID | None = None, **more: Any) -> HandoffRead:
        async with self.desk.db.unit(self.desk.workspace, self.actor(by or self.ayu)) as work:
            return await handing.offer(work, conversation, HandoffCreate(**more))

    async def accept(self, handoff: UUID, by: UUID | None) -> HandoffRead:
        async with self.desk.db.unit(self.desk.workspace, self.actor(by)) as work:
            return await handing.accept(work, handoff)

    async def decline(self, handoff: UUID, by: UUID | None, reason: str = "") -> HandoffRead:
        async with self.desk.db.unit(self.desk.workspace, self.actor(by)) as work:
            return await handing.decline(work, handoff, Answer(reason=reason))

    async def give_back(self, handoff: UUID, by: UUID | None, reason: str = "") -> HandoffRead:
        async with self.desk.db.unit(self.desk.workspace, self.actor(by)) as work:
            return await handing.give_back(work, handoff, Answer(reason=reason))

    async def withdraw(self, handoff: UUID, by: UUID | None) -> HandoffRead:
        async with self.desk.db.unit(self.desk.workspace, self.actor(by)) as work:
            return await handing.withdraw(work, handoff)

    async def read(self, handoff: UUID) -> HandoffRead:
        async with self.desk.db.unit(self.desk.workspace) as work:
            return await handing.read_handoff(work, handoff)

    async def update(self, conversation: UUID, by: UUID | None = None, **given: Any) -> None:
        async with self.desk.db.unit(self.desk.workspace, self.actor(by or self.ayu)) as work:
            await working.update_conversation(work, conversation, ConversationUpdate(**given))

    async def save(self, conversation: UUID, by: UUID, text: str, **more: Any) -> DraftRead:
        async with self.desk.db.unit(self.desk.workspace, self.actor(by)) as work:
            return await drafting.save_draft(work, conversation, DraftWrite(text=text, **more))

    async def draft(self, conversation: UUID, by: UUID) -> DraftRead:
        async with self.desk.db.unit(self.desk.workspace, self.actor(by)) as work:
            return await drafting.read_draft(work, conversation)

    async def lines(self, conversation: UUID) -> list[str]:
        """Codes of the system lines, oldest first."""
        return [one.event.code for one in await self.desk.messages(conversation) if one.event is not None]


async def open_hands(desk: Desk) -> Hands:
    people = {}
    for name in ("Tom", "Sari"):
        people[name] = await workspaces.add_member(
            desk.db,
            desk.workspace,
            name=name,
            email=f"{name.lower()}-{secrets.token_hex(4)}@shop.test",
            password="",
            role="agent",
        )
    team = await workspaces.add_team(desk.db, desk.workspace, name="Desk", member_ids=list(people.values()))
    return Hands(desk, people["Tom"], people["Sari"], team)
