"""Ordered bad luck: counted exactly, or at a rate that can be repeated."""

from __future__ import annotations

from connectors.base.faults import Fault, Faults


def test_a_counted_fault_strikes_so_often_and_is_gone() -> None:
    faults = Faults()
    faults.order(Fault(kind="timeout", count=2))
    assert [faults.hit("timeout") for _ in range(4)] == [True, True, False, False]
    assert faults.open == []


def test_a_fault_strikes_only_its_kind_and_operation() -> None:
    faults = Faults()
    faults.order(Fault(kind="unavailable", count=1, on="send"))
    assert not faults.hit("unavailable", "read")
    assert not faults.hit("timeout", "send")
    assert faults.hit("unavailable", "send")


def test_a_rate_is_kept_and_can_be_repeated() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.order(Fault(kind="duplicate", rate=0.25))
        return [faults.hit("duplicate") for _ in range(2000)]

    assert strikes(3) == strikes(3)
    assert 400 < sum(strikes(3)) < 600


def test_cleared_faults_strike_no_more() -> None:
    faults = Faults()
    faults.order(Fault(kind="reorder", rate=1.0))
    faults.clear()
    assert not faults.hit("reorder")
