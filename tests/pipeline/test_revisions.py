"""A channel that lets a listing be changed so many times a day: the last changes are kept for what is sold out."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import HeldClock
from app.domain.inventory.rules import may_revise
from app.pipeline.push import push_round
from tests.pipeline.belt import STOCKING, Belt


async def test_of_five_changes_a_day_the_fifth_is_kept_for_zero(belt: Belt, clock: HeldClock) -> None:
    stocking = msgspec.structs.replace(STOCKING, revisions_per_day=5)
    belt.channel.manifest = msgspec.structs.replace(belt.channel.manifest, stocking=stocking)
    await belt.list_sku("TEA", shown=3)
    for units in (10, 1, 1, 1, 1):
        await belt.move("TEA", units)
        await push_round(belt.house)
    assert belt.pushed() == [{"TEA": 10}, {"TEA": 11}, {"TEA": 12}, {"TEA": 13}]
    assert await belt.listing("TEA", "state", "wanted") == ("waiting", 14)
    await belt.move("TEA", -14)
    await push_round(belt.house)
    assert belt.pushed()[4:] == [{"TEA": 0}]
    await belt.move("TEA", 6)
    await push_round(belt.house)
    assert len(belt.pushed()) == 5
    clock.advance(hours=24)
    await push_round(belt.house)
    assert belt.pushed()[5:] == [{"TEA": 6}]
    assert await belt.listing("TEA", "state") == ("in_step",)


@given(target=st.integers(0, 1000), per_day=st.none() | st.integers(1, 1000), used=st.integers(0, 1200))
def test_the_budget_is_never_passed_and_zero_may_go_whenever_anything_may(target: int, per_day: int | None, used: int) -> None:
    allowed = may_revise(target, per_day=per_day, used=used)
    assert not allowed or per_day is None or used < per_day
    assert not allowed or may_revise(0, per_day=per_day, used=used)
    assert per_day is None or may_revise(0, per_day=per_day, used=used) == (used < per_day)
