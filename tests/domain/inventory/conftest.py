"""A floor for every test, at noon."""

from __future__ import annotations

import pytest

from app.core.clock import HeldClock
from app.core.db import Database
from tests.conftest import NOON, Shop
from tests.domain.inventory.floor import Floor


@pytest.fixture
def floor(db: Database, shop: Shop, clock: HeldClock) -> Floor:
    clock.at = NOON
    return Floor(db, shop)
