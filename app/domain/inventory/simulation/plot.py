"""Oversells by policy and pattern with their intervals, as a PNG."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.core.errors import BadSetting
from app.domain.inventory.simulation.figures import Cell

LOWEST = 0.01
"""Zero has no place on a scale of powers of ten: it stands here."""


def draw(cells: Sequence[Cell], file: Path) -> None:
    """Raises BadSetting without matplotlib."""
    try:
        plot: Any = importlib.import_module("matplotlib.figure")
    except ModuleNotFoundError as error:
        raise BadSetting("--plot", "needs matplotlib. Install it: pip install 'onecounter[simulate]'") from error
    patterns = list(dict.fromkeys(cell.pattern for cell in cells))
    policies = list(dict.fromkeys(cell.policy for cell in cells))
    figure = plot.Figure(figsize=(4 * len(patterns) + 2, 1.2 + 0.45 * len(policies)), layout="constrained")
    for axes, pattern in zip(figure.subplots(1, len(patterns), sharey=True, squeeze=False)[0], patterns, strict=True):
        shown = [cell for cell in cells if cell.pattern == pattern]
        places = [policies.index(cell.policy) for cell in shown]
        middle = [max(cell.oversold, LOWEST) for cell in shown]
        below = [at - max(cell.oversold_from, LOWEST) for at, cell in zip(middle, shown, strict=True)]
        above = [max(cell.oversold_to, LOWEST) - at for at, cell in zip(middle, shown, strict=True)]
        axes.errorbar(middle, places, xerr=[below, above], fmt="o", color="#4b3fbf", ecolor="#9a93d9", capsize=3)
        axes.set_xscale("log")
        axes.set_title(pattern)
        axes.set_xlabel("oversold per 1,000 orders, 95 %")
        axes.set_yticks(range(len(policies)), policies)
        axes.grid(axis="x", color="#e5e5ea")
    figure.axes[0].invert_yaxis()
    figure.savefig(file, dpi=150)
