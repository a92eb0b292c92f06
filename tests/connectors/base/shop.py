"""A pretend shop of three channels for tests of its life: a market with threads, a store that only sells, a chat."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.base.world import Naming, World

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def naming(prefix: str, *, sells: bool = True, talks: bool = True, single: bool = False, remembers: bool = True) -> Naming:
    return Naming(
        currency="USD",
        order_id=lambda number: f"{prefix}-O-{number}",
        thread_id=lambda number, buyer: f"{prefix}-{buyer.key}" if single else f"{prefix}-T-{number}",
        message_id=lambda number: f"{prefix}-M-{number}",
        listing_id=lambda good, position: f"{prefix}-L-{position}",
        line_id=lambda order, position: f"{prefix}-{order}-{position}",
        one_thread_per_buyer=single,
        sells=sells,
        talks=talks,
        remembers=remembers,
    )


def open_shop(seed: int = 1) -> World:
    world = World(seed, now=lambda: NOW)
    world.open("market", naming("m"))
    world.open("store", naming("s", talks=False))
    world.open("chat", naming("c", sells=False, single=True))
    return world
