"""The company's clock runs in opening hours, the channel's day and night."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from app.core.clock import HeldClock
from app.core.errors import Unacceptable
from app.domain.inbox.schemas import ConversationUpdate
from app.domain.inbox.service import timing, working
from app.domain.workspaces import service as workspaces
from app.domain.workspaces.hours import Hours, Span, Target
from app.domain.workspaces.schemas import HoursRead, HoursWrite, TeamCreate
from tests.domain.inbox.desk import Desk, message

JAKARTA = ZoneInfo("Asia/Jakarta")
FRIDAY = datetime(2026, 11, 27, 18, tzinfo=JAKARTA)
MONDAY = datetime(2026, 11, 30, 10, tzinfo=JAKARTA)
SATURDAY = datetime(2026, 11, 28, 18, tzinfo=JAKARTA)


def nine_to_five(*, days: int = 5) -> Hours:
    return Hours(week=[[Span(opens="09:00", closes="17:00")]] * days + [[]] * (7 - days))


async def keep(desk: Desk, data: HoursWrite) -> HoursRead:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return await timing.write_hours(work, data)


async def change(desk: Desk, data: ConversationUpdate) -> None:
    one = await desk.only()
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        await working.update_conversation(work, one.id, data)


@pytest.fixture(autouse=True)
def friday(desk: Desk, clock: HeldClock) -> None:
    clock.at = FRIDAY


async def test_friday_evening_is_due_saturday_there_and_monday_here(desk: Desk) -> None:
    await keep(desk, HoursWrite(hours=nine_to_five(), reply_target_s=3600))
    await desk.hear(message("where is it?", 0, sent_at=FRIDAY))
    found = await desk.only()
    assert (found.market_due_at, found.company_due_at, found.next_due_at) == (SATURDAY, MONDAY, SATURDAY)


async def test_new_hours_count_running_clocks_anew_and_stopped_ones_stay(desk: Desk) -> None:
    await desk.hear(message("where is it?", 0, sent_at=FRIDAY), message("done", 0, sent_at=FRIDAY, thread="t2"))
    done, waiting = sorted(await desk.conversations(), key=lambda one: one.preview)
    await desk.write(done.id, "thanks")
    await keep(desk, HoursWrite(hours=nine_to_five(), reply_target_s=3600))
    found = {one.id: one for one in await desk.conversations()}
    assert (found[waiting.id].company_due_at, found[done.id].company_due_at) == (MONDAY, None)
    assert found[waiting.id].version > waiting.version
    await keep(desk, HoursWrite(hours=nine_to_five(), reply_target_s=3600, time_zone="UTC"))
    there = {one.id: one for one in await desk.conversations()}[waiting.id].company_due_at
    assert there == datetime(2026, 11, 27, 12, tzinfo=UTC)
    back = await keep(desk, HoursWrite(reply_target_s=3600))
    assert back.hours is None
    assert {one.id: one for one in await desk.conversations()}[waiting.id].company_due_at == FRIDAY.replace(hour=19)


async def test_a_team_keeps_its_own_hours_and_a_priority_its_targets(desk: Desk) -> None:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        team = await workspaces.create_team(work, TeamCreate(name="Weekend"))
    targets = {"urgent": Target(first_s=600, next_s=1200)}
    await keep(
        desk, HoursWrite(hours=nine_to_five(), reply_target_s=3600, targets=targets, teams={team.id: nine_to_five(days=7)})
    )
    await desk.hear(message("where is it?", 0, sent_at=FRIDAY))
    assert (await desk.only()).company_due_at == MONDAY
    await change(desk, ConversationUpdate(team_id=team.id))
    assert (await desk.only()).company_due_at == SATURDAY.replace(hour=10)
    await change(desk, ConversationUpdate(priority="urgent"))
    assert (await desk.only()).company_due_at == SATURDAY.replace(hour=9, minute=10)
    await desk.write((await desk.only()).id, "soon")
    await desk.hear(message("and now?", 0, sent_at=FRIDAY.replace(minute=5)))
    assert (await desk.only()).company_due_at == SATURDAY.replace(hour=9, minute=20)


async def test_hours_that_cannot_be_kept_change_nothing(desk: Desk) -> None:
    await keep(desk, HoursWrite(hours=nine_to_five()))
    with pytest.raises(Unacceptable) as refused:
        await keep(desk, HoursWrite(hours=Hours(week=[[]] * 7)))
    assert list(refused.value.fields or {}) == ["week"]
    with pytest.raises(Unacceptable) as refused:
        await keep(desk, HoursWrite(time_zone="Mars/Base"))
    assert list(refused.value.fields or {}) == ["time_zone"]
    with pytest.raises(Unacceptable) as refused:
        await keep(desk, HoursWrite(teams={uuid4(): nine_to_five()}))
    assert list(refused.value.fields or {}) == ["teams"]
    async with desk.db.unit(desk.workspace) as work:
        assert (await timing.read_hours(work)).hours == nine_to_five()
