"""Founding, members, teams and keys, and what browsers are told about them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.core.db import Actor, Database
from app.core.errors import Unacceptable
from app.core.ids import new_id
from app.domain.workspaces import service
from app.domain.workspaces.errors import (
    AlreadySetUp,
    BadPassword,
    EmailTaken,
    LastAdmin,
    TeamNameTaken,
    UnknownKey,
    UnknownMember,
    UnknownTeam,
)
from app.domain.workspaces.schemas import ApiKeyCreate, FirstRun, MemberUpdate, TeamCreate, TeamUpdate, WorkspaceUpdate
from app.domain.workspaces.sessions import Callers, sign_in
from tests.conftest import Shop, open_shop

GOOD = "correct-horse-7-battery"


async def told(db: Database, workspace_id: UUID) -> list[tuple[str, str, int, Any]]:
    async with db.unit(workspace_id) as work:
        rows = await work.fetch(
            "select kind, room, version, payload from outbox where workspace_id = $1 order by id", workspace_id
        )
    return [(row["kind"], row["room"], row["version"], row["payload"]) for row in rows]


async def test_two_first_runs_at_once_make_one_owner(db: Database) -> None:
    def wish(number: int) -> FirstRun:
        return FirstRun(name="Ayu", email=f"ayu{number}@first.test", password=GOOD, company="Toko", time_zone="Asia/Jakarta")

    assert await service.needs_first_run(db)
    results = await asyncio.gather(*(service.run_first(db, wish(n)) for n in range(3)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["AlreadySetUp", "AlreadySetUp", "tuple"]
    assert not await service.needs_first_run(db)
    async with db.plain() as conn:
        assert await conn.fetchval("select count(*) from login") == 1
    with pytest.raises(AlreadySetUp):
        await service.run_first(db, wish(9))


async def test_an_address_is_once_in_a_workspace(db: Database, shop: Shop) -> None:
    await service.add_member(db, shop.workspace_id, name="Sari", email="Sari@X.test")
    with pytest.raises(EmailTaken):
        await service.add_member(db, shop.workspace_id, name="Other", email="sari@x.test")
    async with db.unit(shop.workspace_id) as work:
        assert [member.email for member in (await service.list_members(work)).items if member.name == "Sari"] == ["sari@x.test"]


async def test_a_refused_member_leaves_no_login(db: Database, shop: Shop) -> None:
    await service.add_member(db, shop.workspace_id, name="Sari", email="sari@twice.test")
    with pytest.raises(EmailTaken):
        await service.add_member(db, shop.workspace_id, name="Sari", email="sari@twice.test", password=GOOD)
    async with db.plain() as conn:
        assert await conn.fetchval("select count(*) from login where email = 'sari@twice.test'") == 0


@pytest.mark.parametrize(
    ("email", "password", "refusal"), [("no-address", GOOD, Unacceptable), ("a@b.test", "short", BadPassword)]
)
async def test_bad_members_are_refused(db: Database, shop: Shop, email: str, password: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await service.add_member(db, shop.workspace_id, name="N", email=email, password=password)


async def test_a_change_of_a_member_is_told_as_get_shows_it(db: Database, shop: Shop) -> None:
    member_id = await service.add_member(db, shop.workspace_id, name="Sari", email="sari@told.test")
    async with db.unit(shop.workspace_id) as work:
        changed = await service.update_member(work, member_id, MemberUpdate(role="lead", name="Sari D"))
    kind, room, version, payload = (await told(db, shop.workspace_id))[-1]
    assert (kind, room, version) == ("member", "workspace", 2)
    assert (payload["id"], payload["role"], payload["name"]) == (str(member_id), "lead", "Sari D")
    assert (changed.version, changed.role) == (2, "lead")


async def test_nothing_changed_is_not_told(db: Database, shop: Shop) -> None:
    before = await told(db, shop.workspace_id)
    async with db.unit(shop.workspace_id) as work:
        await service.update_member(work, shop.owner_id, MemberUpdate())
        await service.update_workspace(work, WorkspaceUpdate())
    assert await told(db, shop.workspace_id) == before


@pytest.mark.parametrize("wish", [MemberUpdate(role="agent"), MemberUpdate(disabled=True)])
async def test_the_last_admin_stays(db: Database, shop: Shop, wish: MemberUpdate) -> None:
    with pytest.raises(LastAdmin):
        async with db.unit(shop.workspace_id) as work:
            await service.update_member(work, shop.owner_id, wish)
    other = await service.add_member(db, shop.workspace_id, name="B", email=f"{new_id()}@b.test", role="admin")
    async with db.unit(shop.workspace_id) as work:
        await service.update_member(work, shop.owner_id, wish)
    with pytest.raises(LastAdmin):
        async with db.unit(shop.workspace_id) as work:
            await service.update_member(work, other, wish)


async def test_two_admins_cannot_disable_each_other_at_once(db: Database, shop: Shop) -> None:
    other = await service.add_member(db, shop.workspace_id, name="B", email=f"{new_id()}@b.test", role="admin")

    async def disable(member_id: UUID) -> None:
        async with db.unit(shop.workspace_id) as work:
            await service.update_member(work, member_id, MemberUpdate(disabled=True))

    results = await asyncio.gather(disable(other), disable(shop.owner_id), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["LastAdmin", "NoneType"]


async def test_a_member_comes_back(db: Database, shop: Shop) -> None:
    email = f"{new_id()}@back.test"
    member_id = await service.add_member(db, shop.workspace_id, name="Sari", email=email, password=GOOD)
    for disabled in (True, False):
        async with db.unit(shop.workspace_id) as work:
            member = await service.update_member(work, member_id, MemberUpdate(disabled=disabled))
        assert (member.disabled_at is not None) is disabled
    _, caller = await sign_in(db, email=email, password=GOOD)
    assert caller.member_id == member_id


async def test_teams(db: Database, shop: Shop) -> None:
    sari = await service.add_member(db, shop.workspace_id, name="Sari", email="sari@team.test")
    async with db.unit(shop.workspace_id) as work:
        team = await service.create_team(work, TeamCreate(name=" Night ", member_ids=[sari, sari]))
        assert (team.name, team.member_ids, team.version) == ("Night", [sari], 1)
        changed = await service.update_team(work, team.id, TeamUpdate(member_ids=[shop.owner_id]))
        assert (changed.name, changed.member_ids, changed.version) == ("Night", [shop.owner_id], 2)
    with pytest.raises(TeamNameTaken):
        await service.add_team(db, shop.workspace_id, name="Night")
    with pytest.raises(Unacceptable, match="not everybody"):
        await service.add_team(db, shop.workspace_id, name="Day", member_ids=[new_id()])
    async with db.unit(shop.workspace_id) as work:
        assert [team.name for team in (await service.list_teams(work)).items] == ["Night"]
        with pytest.raises(UnknownTeam):
            await service.update_team(work, new_id(), TeamUpdate(name="X"))


async def test_a_key_is_shown_once_and_dies_when_revoked(db: Database, shop: Shop) -> None:
    async with db.unit(shop.workspace_id, Actor(shop.owner_id, "Ayu")) as work:
        made = await service.add_api_key(work, ApiKeyCreate(name="till", role="stock", expires_in_days=1))
        listed = (await service.list_api_keys(work)).items
    assert made.key.startswith(made.prefix)
    assert made.key not in repr(listed)
    caller = await Callers(db).resolve(bearer=made.key)
    assert caller is not None
    assert (caller.role, caller.member_id) == ("stock", shop.owner_id)
    async with db.unit(shop.workspace_id) as work:
        await service.revoke_api_key(work, made.id)
        with pytest.raises(UnknownKey):
            await service.revoke_api_key(work, made.id)
    assert await Callers(db).resolve(bearer=made.key) is None


async def test_one_workspace_cannot_touch_another(db: Database, shop: Shop) -> None:
    stranger = await open_shop(db, name="Other")
    async with db.unit(stranger.workspace_id, Actor(stranger.owner_id, "X")) as work:
        made = await service.add_api_key(work, ApiKeyCreate(name="theirs"))
    async with db.unit(shop.workspace_id) as work:
        with pytest.raises(UnknownMember):
            await service.read_member(work, stranger.owner_id)
        with pytest.raises(UnknownMember):
            await service.update_member(work, stranger.owner_id, MemberUpdate(name="Taken"))
        with pytest.raises(UnknownKey):
            await service.revoke_api_key(work, made.id)
        assert [member.id for member in (await service.list_members(work)).items] == [shop.owner_id]
        assert made.id not in [key.id for key in (await service.list_api_keys(work)).items]
    assert await Callers(db).resolve(bearer=made.key) is not None


async def test_a_reset_password_opens_a_closed_account(db: Database, shop: Shop) -> None:
    await service.add_member(db, shop.workspace_id, name="Sari", email="sari@reset.test", password=GOOD)
    token, _ = await sign_in(db, email="sari@reset.test", password=GOOD)
    await service.reset_password(db, email="Sari@reset.test", password="brand-new-word-5")
    assert await Callers(db).resolve(cookie=token) is None
    _, caller = await sign_in(db, email="sari@reset.test", password="brand-new-word-5")
    assert caller.name == "Sari"
    with pytest.raises(UnknownMember):
        await service.reset_password(db, email="nobody@reset.test", password="brand-new-word-5")
