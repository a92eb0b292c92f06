"""The migrated database seen from above: an account that may read every catalogue and become every role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from app.core.config import Settings


@pytest.fixture
async def catalogue(admin_url: str, settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """A superuser in the module's own database."""
    database = urlsplit(settings.database_url).path
    conn = await asyncpg.connect(urlunsplit(urlsplit(admin_url)._replace(path=database)), timeout=10)
    yield conn
    await conn.close()
