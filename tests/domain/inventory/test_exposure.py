"""What a listing shows of what is available: one order of operations, each step told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.inventory.rules import Exposure, exposure, home_threshold

units = st.integers(-20, 2000)
plain = st.builds(
    Exposure,
    buffer=st.integers(0, 50),
    percent=st.integers(0, 100),
    cap=st.none() | st.integers(0, 500),
    home_at=st.none() | st.integers(0, 50),
)


def shows(available: int, rule: Exposure, *, home: bool = True) -> int:
    return exposure(available, rule, largest=999, home=home).quantity


def test_a_new_workspace_shows_all_there_is_and_says_only_that() -> None:
    told = exposure(7, largest=999)
    assert (told.quantity, told.steps) == (7, (("available", 7),))


@pytest.mark.parametrize(("available", "shown"), [(-1, 0), (0, 0), (2, 0), (3, 0), (4, 1)])
def test_a_buffer_of_three_is_never_sold(available: int, shown: int) -> None:
    assert shows(available, Exposure(buffer=3)) == shown


def test_a_share_is_rounded_down() -> None:
    assert [shows(available, Exposure(percent=40)) for available in (1, 2, 3, 5)] == [0, 0, 1, 2]


def test_every_step_that_changes_the_number_is_told_in_its_order() -> None:
    told = exposure(101, Exposure(buffer=1, percent=50, cap=20), largest=10)
    assert told.steps == (("available", 101), ("buffer", 100), ("percent", 50), ("cap", 20), ("most the channel takes", 10))
    told = exposure(2, Exposure(buffer=5, percent=50), largest=10)
    assert told.steps == (("available", 2), ("buffer", -3), ("never below zero", 0))


def test_the_last_units_stay_at_the_home_channel() -> None:
    rule = Exposure(home_at=2)
    assert [shows(available, rule, home=False) for available in (1, 2, 3)] == [0, 0, 3]
    assert [shows(available, rule) for available in (1, 2, 3)] == [1, 2, 3]
    assert exposure(2, rule, largest=9, home=False).steps == (("available", 2), ("last units at the home channel", 0))


def test_below_the_level_the_second_rule_holds_as_a_whole() -> None:
    rule = Exposure(buffer=5, scarce_below=10, scarce=Exposure(cap=3))
    assert [shows(available, rule) for available in (10, 9, 2)] == [5, 3, 2]


@pytest.mark.parametrize(("mean", "threshold"), [(0.0, 0), (1.0, 3), (4.0, 8), (0.25, 2)])
def test_the_threshold_comes_of_what_is_sold_before_everyone_knows(mean: float, threshold: int) -> None:
    assert home_threshold(mean / 8, 6.0, 2.0) == threshold


@given(available=units, rule=plain, home=st.booleans())
def test_one_unit_less_never_raises_a_listing(available: int, rule: Exposure, home: bool) -> None:
    assert shows(available - 1, rule, home=home) <= shows(available, rule, home=home)


@given(available=units, cap=st.integers(0, 500), largest=st.integers(1, 500))
def test_a_cap_shows_the_smaller_of_the_two(available: int, cap: int, largest: int) -> None:
    assert exposure(available, Exposure(cap=cap), largest=largest).quantity == min(max(available, 0), cap, largest)


@given(available=units, rule=plain, home=st.booleans(), largest=st.integers(1, 2000))
def test_no_rule_shows_more_than_there_is(available: int, rule: Exposure, home: bool, largest: int) -> None:
    told = exposure(available, rule, largest=largest, home=home)
    assert 0 <= told.quantity <= min(max(available, 0), largest)
    assert told.steps[0] == ("available", available)
    assert told.steps[-1][1] == told.quantity
    assert all(before[1] != after[1] for before, after in zip(told.steps, told.steps[1:], strict=False))
