"""The choice in words, for one seller's own numbers."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.inventory.simulation.figures import Cell

EVEN = 0.05
"""Oversells per 1,000 orders too few to choose by."""


def advice(cells: Sequence[Cell]) -> list[str]:
    """One sentence a policy, the fewest oversells first, and what to choose. `cells` are of one pattern."""
    ranked = sorted(cells, key=lambda cell: (round(cell.oversold, 2), cell.refused, cell.pushes))
    lines = [
        f"{cell.policy}: {_number(cell.oversold)} oversold and {cell.refused:,.0f} buyers refused while units were left, "
        f"per 1,000 orders; {cell.unsold:.1f} % unsold; {cell.pushes:.1f} pushes an order."
        for cell in ranked
    ]
    return [*lines, _choice(ranked)]


def _choice(ranked: Sequence[Cell]) -> str:
    """Refused buyers are the price of fewer oversells: the cheapest of those that oversell as little as the best."""
    best = ranked[0]
    near = [cell for cell in ranked if cell.oversold - best.oversold <= EVEN]
    chosen = min(near, key=lambda cell: (cell.refused, cell.pushes))
    open_ = min(ranked, key=lambda cell: (cell.refused, cell.oversold))
    if open_.policy == chosen.policy:
        return f"Choose {chosen.policy}: nothing oversells less, and nothing refuses fewer buyers."
    return (
        f"Choose {chosen.policy} where a cancelled order costs more than {_worth(chosen, open_)} refused buyers; "
        f"otherwise {open_.policy}."
    )


def _worth(chosen: Cell, open_: Cell) -> str:
    saved = open_.oversold - chosen.oversold
    return f"{(chosen.refused - open_.refused) / saved:,.0f}" if saved > 0 else "any number of"


def _number(value: float) -> str:
    return f"{value:,.2f}" if value < 10 else f"{value:,.0f}"
