"""`simulate`: what each way of keeping channels in step costs, played through with the pusher's own arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.cli.terminal import note, table
from app.core.errors import BadSetting
from app.domain.inventory.simulation.advice import advice
from app.domain.inventory.simulation.figures import Cell, simulate
from app.domain.inventory.simulation.plot import draw
from app.domain.inventory.simulation.world import PATTERNS, Channel, Pattern, channels_of
from connectors.registry import manifests

HEADS = (
    "Pattern",
    "Policy",
    "Orders",
    "Oversold / 1,000",
    "95 %",
    "Refused / 1,000",
    "Unsold",
    "Pushes / order",
    "Lag p50",
    "p99",
)
ORDERS, FULL = 30_000, 300_000


def add_to(root: typer.Typer) -> None:
    root.command("simulate", epilog="Example: onecounter simulate --units 12 --rate 1.5 --channels ebay,shopify")(run)


def run(
    orders: Annotated[int, typer.Option(min=1, help="Orders a cell, at least.")] = ORDERS,
    full: Annotated[bool, typer.Option("--full", help=f"{FULL:,} orders a cell: minutes, and narrow intervals.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same figures.")] = 1,
    units: Annotated[int | None, typer.Option(min=1, help="Your own case: units in stock.")] = None,
    rate: Annotated[float | None, typer.Option(min=0.001, help="Your own case: orders an hour over all channels.")] = None,
    channels: Annotated[str, typer.Option(help="Those you sell on, by comma; all whose lags are known unless given.")] = "",
    json: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the oversells to this PNG. Needs matplotlib.")] = None,
) -> None:
    """Play one SKU through on several channels under each policy, and say what it oversells, refuses and leaves unsold."""
    if (units is None) != (rate is None):
        raise BadSetting("--units and --rate", "belong together: give both for your own case, or neither")
    own = [Pattern("yours", units, rate)] if units is not None and rate is not None else None
    cells = simulate(
        orders=FULL if full else orders, seed=seed, patterns=own or PATTERNS, channels=_channels(channels), told=_progress
    )
    table(HEADS, [_cells(cell) for cell in cells])
    for line in advice(cells) if own else []:
        note(line)
    if json:
        json.write_bytes(msgspec.json.format(msgspec.json.encode({"seed": seed, "cells": cells}), indent=2) + b"\n")
    if plot:
        draw(cells, plot)


def _channels(text: str) -> tuple[Channel, ...]:
    known = {channel.name: channel for channel in channels_of(manifests().values())}
    names = [name.strip() for name in text.split(",") if name.strip()] or list(known)
    if any(name not in known for name in names):
        raise BadSetting("--channels", f"has {text!r}; known are {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names))


def _progress(cell: Cell) -> None:
    typer.echo(f"{cell.pattern}, {cell.policy}: {cell.orders:,} orders", err=True)


def _cells(cell: Cell) -> tuple[object, ...]:
    lag = [f"{value:,.0f} s" if value is not None else "" for value in (cell.lag_p50, cell.lag_p99)]
    return (
        cell.pattern, cell.policy, f"{cell.orders:,}", f"{cell.oversold:.2f}", f"{cell.oversold_from:.2f} to {cell.oversold_to:.2f}",
        f"{cell.refused:,.0f}", f"{cell.unsold:.2f} %", f"{cell.pushes:.2f}", *lag,
    )  # fmt: skip
