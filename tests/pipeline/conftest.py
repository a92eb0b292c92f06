"""A belt for every test, at noon."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.core.clock import HeldClock
from app.core.config import Settings
from app.core.db import Database
from app.core.vault import Vault
from app.domain.inventory.service.reserving import Reserver
from app.live.hub import MemoryHub
from app.pipeline.house import House
from app.pipeline.intake import Intake
from app.pipeline.outbound import open_outbound
from tests.conftest import NOON, Shop
from tests.pipeline.belt import Belt, Played, connectors_of, open_belt


@pytest.fixture(scope="module")
def played(db: Database) -> Played:
    return Played(db)


@pytest.fixture(scope="module")
async def house(settings: Settings, db: Database, played: Played) -> AsyncIterator[House]:
    vault, http, hub = Vault(settings.secret_keys), open_outbound(settings.reroute), MemoryHub()
    db.on_wake = hub.wake
    yield House(settings, db, hub, vault, http, connectors_of(played), Intake(db), Reserver(db))
    await http.aclose()


@pytest.fixture
async def belt(db: Database, house: House, played: Played, clock: HeldClock, shop: Shop) -> AsyncIterator[Belt]:
    """Whatever earlier tests of the module left waiting is out of the way."""
    clock.at = NOON
    yield await open_belt(db, house, played, house.vault, shop)
    async with db.unit(shop.workspace_id) as work:
        for statement in (
            "update delivery set due_at = null, state = 'parked' where workspace_id = $1 and state = 'received'",
            "update message set due_at = null where workspace_id = $1",
            "update feed set due_at = null where workspace_id = $1",
            "update listing_state set dirty_at = null where workspace_id = $1",
        ):
            await work.execute(statement, shop.workspace_id)
