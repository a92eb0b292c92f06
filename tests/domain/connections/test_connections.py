"""Linking accounts on a real database: sealed secrets, silent by default, mended, paused, removed."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest

from app.core.clock import HeldClock
from app.core.config import Settings
from app.core.db import Database
from app.core.security import token_hash
from app.core.vault import Vault, VaultLocked
from app.domain.connections import service
from app.domain.connections.errors import BadSecrets, CannotDoThat, ConnectionNotFound, NameTaken, UnknownChannel
from app.domain.connections.schemas import ConnectionCreate, ConnectionRead, ConnectionUpdate
from connectors.registry import load_sandbox, manifests
from tests.conftest import open_shop

URL = "https://shop.test"
SELLER = next(key for key, one in manifests().items() if one.sending and one.stocking)
TALKER = next(key for key, one in manifests().items() if one.sending and not one.stocking)


def secrets_of(channel: str) -> dict[str, str]:
    names = {secret.name for secret in manifests()[channel].secrets}
    return {name: value for name, value in load_sandbox(channel)[1].items() if name in names}


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault(settings.secret_keys)


async def link(
    db: Database, workspace: UUID, vault: Vault, channel: str = SELLER, *, name: str = "Main", live: bool = False
) -> UUID:
    data = ConnectionCreate(channel=channel, name=name, secrets=secrets_of(channel), mode="live" if live else "shadow")
    async with db.unit(workspace) as work:
        return await service.create_connection(work, vault, data)


async def show(db: Database, workspace: UUID, connection: UUID) -> ConnectionRead:
    async with db.unit(workspace) as work:
        return await service.read_connection(work, URL, connection)


async def change(db: Database, workspace: UUID, vault: Vault, connection: UUID, data: ConnectionUpdate) -> ConnectionRead:
    async with db.unit(workspace) as work:
        await service.update_connection(work, vault, connection, data)
    return await show(db, workspace, connection)


async def version_of_secrets(db: Database, workspace: UUID, connection: UUID) -> int:
    async with db.unit(workspace) as work:
        return int((await service.read_row(work, connection))["secrets_version"])


async def everything(db: Database, workspace: UUID) -> str:
    """All rows a leak could hide in, as text."""
    async with db.unit(workspace) as work:
        rows = [
            await work.fetch(f"select row_to_json(t)::text as row from {table} t where workspace_id = $1", workspace)
            for table in ("connection", "connection_secret", "outbox", "audit", "feed")
        ]
    return json.dumps([row["row"] for found in rows for row in found])


async def test_a_new_connection_is_silent_and_due_at_once(db: Database, clock: HeldClock, workspace: UUID, vault: Vault) -> None:
    made = await show(db, workspace, await link(db, workspace, vault))
    assert (made.state, made.mode, made.sends_replies, made.pushes_stock) == ("ready", "shadow", False, False)
    assert made.error is None
    assert {feed.name for feed in made.feeds} == {feed.name for feed in manifests()[SELLER].feeds}
    assert all(feed.lag_s is None for feed in made.feeds)
    async with db.unit(workspace) as work:
        assert await work.value("select bool_and(due_at = $2) from feed where workspace_id = $1", workspace, clock.now())


async def test_live_grants_what_the_channel_can_do(db: Database, workspace: UUID, vault: Vault) -> None:
    seller = await show(db, workspace, await link(db, workspace, vault, SELLER, name="a", live=True))
    talker = await show(db, workspace, await link(db, workspace, vault, TALKER, name="b", live=True))
    assert (seller.mode, seller.sends_replies, seller.pushes_stock) == ("live", True, True)
    assert (talker.mode, talker.sends_replies, talker.pushes_stock) == ("live", True, False)


async def test_the_hook_address_leads_to_its_connection(db: Database, workspace: UUID, vault: Vault) -> None:
    made = await show(db, workspace, await link(db, workspace, vault))
    base, _, token = made.hook_url.rpartition("/")
    assert base == f"{URL}/hooks"
    async with db.across() as conn:
        route = await service.find_route(conn, token_hash(token))
        assert route is not None
        assert (route["channel"], route["workspace_id"], route["connection_id"]) == (SELLER, workspace, made.id)
        assert await service.find_route(conn, token_hash(token + "x")) is None


async def test_secrets_are_sealed_and_shown_nowhere(db: Database, workspace: UUID, vault: Vault) -> None:
    made = await link(db, workspace, vault)
    async with db.unit(workspace) as work:
        assert await service.open_secrets(work, vault, made) == secrets_of(SELLER)
    hidden = {secret.name for secret in manifests()[SELLER].secrets if secret.hidden}
    stored = await everything(db, workspace) + repr(await show(db, workspace, made))
    for name, value in secrets_of(SELLER).items():
        assert name not in hidden or value not in stored, name


async def test_a_secret_moved_to_another_connection_does_not_open(db: Database, workspace: UUID, vault: Vault) -> None:
    one, other = await link(db, workspace, vault, name="a"), await link(db, workspace, vault, name="b")
    async with db.unit(workspace) as work:
        await work.execute("delete from connection_secret where workspace_id = $1 and connection_id = $2", workspace, other)
        await work.execute(
            "update connection_secret set connection_id = $3 where workspace_id = $1 and connection_id = $2",
            workspace,
            one,
            other,
        )
        with pytest.raises(VaultLocked):
            await service.open_secrets(work, vault, other)


async def test_a_bad_form_names_its_fields_and_leaves_nothing(db: Database, workspace: UUID, vault: Vault) -> None:
    with pytest.raises(BadSecrets) as refused:
        async with db.unit(workspace) as work:
            await service.create_connection(
                work, vault, ConnectionCreate(channel=TALKER, name="x", secrets={"bot_tokn": "my-secret-9"})
            )
    assert "secrets.bot_tokn" in refused.value.fields
    assert "my-secret-9" not in repr((refused.value.fields, refused.value.detail))
    with pytest.raises(UnknownChannel):
        async with db.unit(workspace) as work:
            await service.create_connection(work, vault, ConnectionCreate(channel="bazaar", name="x", secrets={}))
    async with db.unit(workspace) as work:
        assert (await service.list_connections(work, URL)).items == []


async def test_a_name_is_one_connection(db: Database, workspace: UUID, vault: Vault) -> None:
    one = await link(db, workspace, vault, name="Main")
    other = await link(db, workspace, vault, name="Second")
    with pytest.raises(NameTaken):
        await link(db, workspace, vault, TALKER, name=" Main ")
    with pytest.raises(NameTaken):
        await change(db, workspace, vault, other, ConnectionUpdate(name="Main"))
    assert [(await show(db, workspace, each)).name for each in (one, other)] == ["Main", "Second"]


async def test_new_secrets_mend_a_broken_connection(db: Database, clock: HeldClock, workspace: UUID, vault: Vault) -> None:
    made = await link(db, workspace, vault)
    async with db.unit(workspace) as work:
        await service.mark_failure(work, made, code="unauthorised", detail="401", broken=True)
        await work.execute("update feed set due_at = due_at + interval '1 day' where workspace_id = $1", workspace)
    broken = await show(db, workspace, made)
    assert (broken.state, broken.error.code if broken.error else "") == ("broken", "unauthorised")
    assert broken.error is not None
    assert broken.error.fix == "Enter new credentials for this connection."
    before = await version_of_secrets(db, workspace, made)
    name, value = next(iter(secrets_of(SELLER).items()))
    mended = await change(db, workspace, vault, made, ConnectionUpdate(secrets={name: value}))
    assert (mended.state, mended.error, mended.error_at) == ("ready", None, None)
    assert await version_of_secrets(db, workspace, made) == before + 1
    async with db.unit(workspace) as work:
        assert await work.value("select bool_and(due_at = $2) from feed where workspace_id = $1", workspace, clock.now())
        assert await service.open_secrets(work, vault, made) == secrets_of(SELLER)


async def test_a_secret_left_blank_stays(db: Database, workspace: UUID, vault: Vault) -> None:
    made = await link(db, workspace, vault)
    before = await version_of_secrets(db, workspace, made)
    await change(db, workspace, vault, made, ConnectionUpdate(secrets=dict.fromkeys(secrets_of(SELLER), " ")))
    async with db.unit(workspace) as work:
        assert await service.open_secrets(work, vault, made) == secrets_of(SELLER)
    assert await version_of_secrets(db, workspace, made) == before


async def test_new_secrets_do_not_wake_what_a_person_paused(db: Database, workspace: UUID, vault: Vault) -> None:
    made = await link(db, workspace, vault)
    async with db.unit(workspace) as work:
        await service.set_state(work, made, "paused")
    assert (await change(db, workspace, vault, made, ConnectionUpdate(secrets=secrets_of(SELLER)))).state == "paused"


async def test_new_settings_reach_every_process(db: Database, workspace: UUID, vault: Vault) -> None:
    made = await link(db, workspace, vault)
    before = await version_of_secrets(db, workspace, made)
    assert (await change(db, workspace, vault, made, ConnectionUpdate(settings={"auto_map": "off"}))).settings == {
        "auto_map": "off"
    }
    assert await version_of_secrets(db, workspace, made) == before + 1


async def test_grants_are_given_one_by_one(db: Database, workspace: UUID, vault: Vault) -> None:
    made = await link(db, workspace, vault)
    after = await change(db, workspace, vault, made, ConnectionUpdate(sends_replies=True))
    assert (after.mode, after.sends_replies, after.pushes_stock) == ("live", True, False)
    after = await change(db, workspace, vault, made, ConnectionUpdate(mode="shadow"))
    assert (after.mode, after.sends_replies) == ("shadow", False)
    talker = await link(db, workspace, vault, TALKER, name="b")
    with pytest.raises(CannotDoThat):
        await change(db, workspace, vault, talker, ConnectionUpdate(pushes_stock=True))
    assert (await show(db, workspace, talker)).pushes_stock is False


async def test_five_failures_rest_the_connection_and_success_clears_all(
    db: Database, clock: HeldClock, workspace: UUID, vault: Vault
) -> None:
    made = await link(db, workspace, vault)

    async def open_until() -> object:
        async with db.unit(workspace) as work:
            return await work.value("select open_until from connection where workspace_id = $1 and id = $2", workspace, made)

    for failures in range(1, 6):
        async with db.unit(workspace) as work:
            await service.mark_failure(work, made, code="unreachable", detail="no route", broken=False)
        assert (await open_until() is not None) == (failures == 5)
    failed = await show(db, workspace, made)
    assert (failed.state, failed.error.code if failed.error else "") == ("ready", "unreachable")
    async with db.unit(workspace) as work:
        await service.mark_success(work, made, news=True)
    after = await show(db, workspace, made)
    assert (after.error, after.last_success_at, after.last_event_at) == (None, clock.now(), clock.now())
    assert after.version > failed.version
    assert await open_until() is None


async def test_pause_and_resume(db: Database, clock: HeldClock, workspace: UUID, vault: Vault) -> None:
    made = await link(db, workspace, vault)

    async def ready() -> bool:
        clock.advance(seconds=service.WATCH_EVERY.total_seconds() + 1)
        async with db.across() as conn:
            return made in {row["id"] for row in await service.claim_unwatched(conn, clock.now(), most=50)}

    async with db.unit(workspace) as work:
        await service.set_state(work, made, "paused")
        await service.mark_success(work, made, news=True)
        await service.mark_failure(work, made, code="unauthorised", detail="401", broken=True)
    assert ((await show(db, workspace, made)).state, await ready()) == ("paused", False)
    async with db.unit(workspace) as work:
        await service.set_state(work, made, "ready")
    after = await show(db, workspace, made)
    assert (after.state, after.error, await ready()) == ("ready", None, True)


async def test_a_removed_connection_is_silent_for_good_and_frees_its_name(db: Database, workspace: UUID, vault: Vault) -> None:
    made = await link(db, workspace, vault, live=True)
    token = (await show(db, workspace, made)).hook_url.rpartition("/")[2]
    async with db.unit(workspace) as work:
        await service.remove_connection(work, made)
    async with db.across() as conn:
        assert await service.find_route(conn, token_hash(token)) is None
    async with db.unit(workspace) as work:
        await service.mark_success(work, made, news=True)
        assert await service.open_secrets(work, vault, made) == {}
        assert (await service.list_connections(work, URL)).items == []
        row = await service.read_row(work, made)
        assert (row["state"], row["sends_replies"], row["pushes_stock"]) == ("paused", False, False)
        with pytest.raises(ConnectionNotFound):
            await service.set_state(work, made, "ready")
        with pytest.raises(ConnectionNotFound):
            await service.remove_connection(work, made)
    with pytest.raises(ConnectionNotFound):
        await show(db, workspace, made)
    assert (await show(db, workspace, await link(db, workspace, vault))).name == "Main"


async def test_another_workspace_sees_nothing(db: Database, workspace: UUID, vault: Vault) -> None:
    made = await link(db, workspace, vault)
    stranger = (await open_shop(db)).workspace_id
    with pytest.raises(ConnectionNotFound):
        await show(db, stranger, made)
    with pytest.raises(ConnectionNotFound):
        await change(db, stranger, vault, made, ConnectionUpdate(name="mine"))
    async with db.unit(stranger) as work:
        assert await service.open_secrets(work, vault, made) == {}
        for table in ("connection", "connection_secret", "feed", "rate_bucket"):
            assert await work.value(f"select count(*) from {table}") == 0, table


async def test_an_unknown_one_is_not_there(db: Database, workspace: UUID, vault: Vault) -> None:
    with pytest.raises(ConnectionNotFound):
        await change(db, workspace, vault, uuid4(), ConnectionUpdate(name="x"))


def test_every_channel_offers_its_form_and_guide() -> None:
    offered = {one.key: one for one in service.list_channels()}
    assert offered.keys() == manifests().keys()
    for key, one in offered.items():
        assert [field.name for field in one.secrets] == [secret.name for secret in manifests()[key].secrets]
        assert all(one.guide[language].strip() for language in ("en", "id"))
        assert all(field.label.get(language) for field in one.secrets for language in ("en", "id"))
