"""From many runs to figures with their 95 % intervals."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor

from msgspec import Struct

from app.domain.inventory.simulation.policies import POLICIES
from app.domain.inventory.simulation.world import PATTERNS, Channel, Pattern, Run, World

CHUNK = 250
EXACT_BELOW = 30
"""Fewer events than this are too few for a normal interval."""


class Cell(Struct, frozen=True, kw_only=True):
    """One policy under one pattern. `oversold` and `refused` are per 1,000 orders, `unsold` is percent of units, lags are seconds
    from a sale until every channel sells by it; None where nothing is sent."""

    policy: str
    pattern: str
    orders: int
    oversold: float
    oversold_from: float
    oversold_to: float
    unsold: float
    refused: float
    pushes: float
    lag_p50: float | None
    lag_p99: float | None


def one_run(policy: str, pattern: Pattern, channels: tuple[Channel, ...], seed: str) -> Run:
    """The same seed gives the same buyers to every policy."""
    return POLICIES[policy](World(pattern, channels, random.Random(seed)))


def chunk(job: tuple[str, Pattern, tuple[Channel, ...], int, int]) -> list[Run]:
    policy, pattern, channels, seed, number = job
    return [one_run(policy, pattern, channels, f"{seed}/{pattern.name}/{number}/{at}") for at in range(CHUNK)]


def cell(policy: str, pattern: Pattern, runs: Sequence[Run]) -> Cell:
    orders = sum(run.orders for run in runs)
    low, high = interval([run.oversold for run in runs], [run.orders for run in runs])
    lags = sorted(lag for run in runs for lag in run.lags)
    return Cell(
        policy=policy,
        pattern=pattern.name,
        orders=orders,
        oversold=1000 * sum(run.oversold for run in runs) / orders,
        oversold_from=1000 * low,
        oversold_to=1000 * high,
        unsold=100 * sum(run.unsold for run in runs) / (pattern.units * len(runs)),
        refused=1000 * sum(run.refused for run in runs) / orders,
        pushes=sum(run.pushes for run in runs) / orders,
        lag_p50=lags[len(lags) // 2] if lags else None,
        lag_p99=lags[len(lags) * 99 // 100] if lags else None,
    )


def interval(events: Sequence[int], of: Sequence[int]) -> tuple[float, float]:
    """95 %, of sum(events) / sum(of). Runs are the units that are drawn, so events of one run may hang together; with few events
    the exact one for a count."""
    total, size = sum(events), sum(of)
    if total < EXACT_BELOW:
        return (_bound(total - 1, 0.975) if total else 0.0) / size, _bound(total, 0.025) / size
    ratio = total / size
    spread = 1.96 * math.sqrt(sum((a - ratio * b) ** 2 for a, b in zip(events, of, strict=True))) / size
    return max(0.0, ratio - spread), ratio + spread


def _bound(count: int, tail: float) -> float:
    """The mean at which `count` or fewer events have the probability `tail`."""
    low, high = 0.0, 10.0 + 4 * count
    for _ in range(60):
        mean = (low + high) / 2
        chance, term = 0.0, math.exp(-mean)
        for number in range(count + 1):
            chance += term
            term *= mean / (number + 1)
        low, high = (mean, high) if chance > tail else (low, mean)
    return high


def simulate(
    *,
    orders: int,
    seed: int,
    patterns: Iterable[Pattern] = PATTERNS,
    policies: Iterable[str] = tuple(POLICIES),
    channels: tuple[Channel, ...],
    told: Callable[[Cell], None] = lambda _: None,
) -> list[Cell]:
    """At least `orders` a cell, rounded up to whole chunks of runs. The result depends on the arguments alone."""
    named = list(policies)
    with ProcessPoolExecutor() as workers:
        waiting = []
        for pattern in patterns:
            chunks = max(1, math.ceil(orders / (pattern.units * CHUNK)))
            for policy in named:
                jobs = [(policy, pattern, channels, seed, number) for number in range(chunks)]
                waiting.append((policy, pattern, [workers.submit(chunk, job) for job in jobs]))
        cells = []
        for policy, pattern, futures in waiting:
            cells.append(cell(policy, pattern, [run for future in futures for run in future.result()]))
            told(cells[-1])
    return cells
