"""Signing in: who gets in, who does not, and how soon somebody is out."""

from __future__ import annotations

import pytest

from app.core.clock import HeldClock
from app.core.db import Database
from app.domain.workspaces import service, sessions
from app.domain.workspaces.errors import WrongCredentials
from app.domain.workspaces.guards import Caller
from app.domain.workspaces.schemas import MemberUpdate

GOOD = "correct-horse-7-battery"


async def _agent(db: Database, email: str) -> Caller:
    workspace_id, _ = await service.create_workspace(db, name="Toko", owner_name="Owner", email=f"owner-of-{email}", password="")
    member_id = await service.add_member(db, workspace_id, name="Sari Dewi", email=email, password=GOOD)
    return Caller(workspace_id, member_id, "agent", "Sari Dewi")


async def test_sign_in_gives_a_token_that_resolves(db: Database) -> None:
    agent = await _agent(db, "sari@a.test")
    token, caller = await sessions.sign_in(db, email=" Sari@A.test ", password=GOOD)
    assert (caller.workspace_id, caller.member_id, caller.role) == (agent.workspace_id, agent.member_id, "agent")
    assert await sessions.Callers(db).resolve(cookie=token) == caller
    assert await sessions.Callers(db).resolve(bearer=token) is None
    async with db.plain() as conn:
        assert await conn.fetchval("select count(*) from session where token_hash = convert_to($1, 'UTF8')", token) == 0


@pytest.mark.parametrize(("email", "password"), [("sari@b.test", "wrong"), ("nobody@b.test", GOOD), ("", "")])
async def test_every_refusal_reads_the_same(db: Database, email: str, password: str) -> None:
    async with db.plain() as conn:
        if not await conn.fetchval("select 1 from login where email = 'sari@b.test'"):
            await _agent(db, "sari@b.test")
    with pytest.raises(WrongCredentials) as refused:
        await sessions.sign_in(db, email=email, password=password)
    assert refused.value.detail == ("e-mail or password is wrong; after 10 wrong tries an account is closed for 15 minutes")


async def test_ten_failures_close_the_account_for_a_quarter_of_an_hour(db: Database, clock: HeldClock) -> None:
    await _agent(db, "sari@c.test")
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            await sessions.sign_in(db, email="sari@c.test", password="wrong")
    with pytest.raises(WrongCredentials):
        await sessions.sign_in(db, email="sari@c.test", password=GOOD)
    clock.advance(minutes=14, seconds=59)
    with pytest.raises(WrongCredentials):
        await sessions.sign_in(db, email="sari@c.test", password=GOOD)
    clock.advance(seconds=2)
    _, caller = await sessions.sign_in(db, email="sari@c.test", password=GOOD)
    assert caller.name == "Sari Dewi"


async def test_a_good_sign_in_forgives_earlier_failures(db: Database) -> None:
    await _agent(db, "sari@d.test")
    for _ in range(2):
        for _ in range(9):
            with pytest.raises(WrongCredentials):
                await sessions.sign_in(db, email="sari@d.test", password="wrong")
        await sessions.sign_in(db, email="sari@d.test", password=GOOD)


async def test_a_session_ends_after_twelve_idle_hours(db: Database, clock: HeldClock) -> None:
    await _agent(db, "sari@e.test")
    token, _ = await sessions.sign_in(db, email="sari@e.test", password=GOOD)
    callers = sessions.Callers(db)
    clock.advance(hours=11, minutes=59)
    assert await callers.resolve(cookie=token) is not None
    clock.advance(hours=11, minutes=59)
    assert await callers.resolve(cookie=token) is not None
    clock.advance(hours=12, minutes=1)
    assert await callers.resolve(cookie=token) is None


async def test_a_session_ends_after_seven_days_however_busy(db: Database, clock: HeldClock) -> None:
    await _agent(db, "sari@f.test")
    token, _ = await sessions.sign_in(db, email="sari@f.test", password=GOOD)
    callers = sessions.Callers(db)
    for _ in range(15):
        clock.advance(hours=11)
        assert await callers.resolve(cookie=token) is not None
    clock.advance(hours=4)
    assert await callers.resolve(cookie=token) is None


async def test_a_disabled_member_is_out_within_five_seconds(db: Database, clock: HeldClock) -> None:
    agent = await _agent(db, "sari@g.test")
    token, _ = await sessions.sign_in(db, email="sari@g.test", password=GOOD)
    key = await service.create_api_key(db, agent.workspace_id, name="script", role="agent", member_id=agent.member_id)
    callers = sessions.Callers(db)
    signed_in = await callers.resolve(cookie=token)
    by_key = await callers.resolve(bearer=key)
    assert signed_in is not None
    assert by_key is not None
    assert len(await sessions.still_welcome(db, agent.workspace_id, [signed_in, by_key])) == 2
    assert agent.member_id is not None
    async with db.unit(agent.workspace_id) as work:
        await service.update_member(work, agent.member_id, MemberUpdate(disabled=True))
    assert await sessions.still_welcome(db, agent.workspace_id, [signed_in, by_key]) == set()
    clock.advance(seconds=5)
    assert await callers.resolve(cookie=token) is None
    assert await callers.resolve(bearer=key) is None
    with pytest.raises(WrongCredentials):
        await sessions.sign_in(db, email="sari@g.test", password=GOOD)


async def test_a_changed_role_is_no_longer_welcome_as_it_was(db: Database) -> None:
    agent = await _agent(db, "sari@h.test")
    _, signed_in = await sessions.sign_in(db, email="sari@h.test", password=GOOD)
    assert agent.member_id is not None
    async with db.unit(agent.workspace_id) as work:
        await service.update_member(work, agent.member_id, MemberUpdate(role="stock"))
    assert await sessions.still_welcome(db, agent.workspace_id, [signed_in]) == set()


async def test_a_new_password_ends_the_other_sessions(db: Database) -> None:
    await _agent(db, "sari@i.test")
    other, _ = await sessions.sign_in(db, email="sari@i.test", password=GOOD)
    mine, caller = await sessions.sign_in(db, email="sari@i.test", password=GOOD)
    await sessions.change_password(db, caller, current=GOOD, new="another-long-one-9")
    assert await sessions.Callers(db).resolve(cookie=other) is None
    assert await sessions.Callers(db).resolve(cookie=mine) == caller
    with pytest.raises(WrongCredentials):
        await sessions.sign_in(db, email="sari@i.test", password=GOOD)


async def test_one_person_in_two_workspaces_comes_back_to_the_last_used(db: Database) -> None:
    first = await _agent(db, "sari@j.test")
    second = await _agent(db, "owner@j2.test")
    await service.add_member(db, second.workspace_id, name="Sari", email="sari@j.test", password="ignored-password-1")
    _, chosen = await sessions.sign_in(db, email="sari@j.test", password=GOOD, workspace_id=second.workspace_id)
    assert chosen.workspace_id == second.workspace_id
    db_clock = db.clock
    assert isinstance(db_clock, HeldClock)
    db_clock.advance(seconds=1)
    _, again = await sessions.sign_in(db, email="sari@j.test", password=GOOD)
    assert again.workspace_id == second.workspace_id
    _, back = await sessions.sign_in(db, email="sari@j.test", password=GOOD, workspace_id=first.workspace_id)
    assert back.workspace_id == first.workspace_id


async def test_a_key_is_not_a_cookie(db: Database) -> None:
    agent = await _agent(db, "sari@k.test")
    key = await service.create_api_key(db, agent.workspace_id, name="script")
    callers = sessions.Callers(db)
    caller = await callers.resolve(bearer=key)
    assert caller is not None
    assert (caller.role, caller.member_id, caller.is_key) == ("admin", None, True)
    assert await callers.resolve(cookie=key) is None
