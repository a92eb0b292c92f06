"""What a line asks of the stock, against a model that carries it out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders.rules import NOTHING, Held, Need, need_of_line

STEP = st.tuples(st.sampled_from(["pending", "open", "shipped", "delivered", "cancelled"]), st.integers(0, 6))


def carry_out(need: Need, held: list[Held]) -> list[Held]:
    after = []
    for one in held:
        if one.ref in need.ends:
            after.append(Held(ref=one.ref, quantity=one.quantity, state=need.outcome))
        elif one.ref == need.shrink_ref:
            after.append(Held(ref=one.ref, quantity=need.shrink_to, state=one.state))
        else:
            after.append(one)
    if need.more:
        assert need.ref not in {one.ref for one in held}, "a known reservation is never made again"
        after.append(Held(ref=need.ref, quantity=need.more, state="held"))
    return after


@given(st.lists(STEP, max_size=12))
def test_after_every_step_the_line_holds_exactly_what_it_needs(steps: list[tuple[str, int]]) -> None:
    held: list[Held] = []
    for status, quantity in steps:
        left = any(one.state == "shipped" for one in held)
        held = carry_out(need_of_line("o|1", status, quantity, held), held)
        standing = sum(one.quantity for one in held if one.state in ("pending", "held"))
        if status in ("pending", "open") and not left:
            assert standing == quantity
        elif status in ("shipped", "delivered", "cancelled"):
            assert standing == 0
        assert all(one.quantity > 0 for one in held)
        assert need_of_line("o|1", status, quantity, held) == NOTHING


@given(STEP)
def test_what_had_left_before_we_looked_asks_for_nothing(step: tuple[str, int]) -> None:
    status, quantity = step
    need = need_of_line("o|1", status, quantity, [])
    assert need == (Need(more=quantity, ref="o|1") if status in ("pending", "open") and quantity else NOTHING)


@pytest.mark.parametrize("status", ["pending", "open", "shipped", "cancelled"])
def test_a_line_that_shipped_is_never_reserved_again(status: str) -> None:
    gone = Held(ref="o|1", quantity=2, state="shipped")
    assert need_of_line("o|1", status, 5, [gone]) == NOTHING


def test_a_cut_larger_than_any_piece_ends_them_all_and_holds_afresh() -> None:
    held = [Held(ref="o|1", quantity=2, state="held"), Held(ref="o|1|again1", quantity=2, state="held")]
    need = need_of_line("o|1", "open", 1, held)
    assert need == Need(ends=("o|1", "o|1|again1"), outcome="released", more=1, ref="o|1|again2")
