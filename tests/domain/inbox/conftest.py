"""A desk for every test, on the module's database at noon."""

from __future__ import annotations

import pytest

from app.core.clock import HeldClock
from app.core.config import Settings
from app.core.db import Database
from app.core.vault import Vault
from tests.conftest import NOON, Shop
from tests.domain.inbox.desk import Desk, open_desk


@pytest.fixture
async def desk(db: Database, settings: Settings, clock: HeldClock, shop: Shop) -> Desk:
    clock.at = NOON
    return await open_desk(db, Vault(settings.secret_keys), shop)
