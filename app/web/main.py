"""The web process: the house, its standing work when it is the only process, and every route."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.datastructures import State

from app.core.config import Settings
from app.core.vault import Vault
from app.domain.inventory.service.reserving import Reserver
from app.pipeline.duties import start_duties
from app.pipeline.house import House, open_house
from app.web.consent import ConsentOf
from app.web.routes import ROUTES
from app.web.shell import build_app
from connectors.registry import load_consent


def create_app(settings: Settings, house: House | None = None) -> Litestar:
    """With a `house` its owner opens, works and closes it. Without one the application does, and without Redis it also does
    the standing work: then no other process would."""

    @asynccontextmanager
    async def opening() -> AsyncIterator[House]:
        if house is not None:
            yield house
            return
        own = await open_house(settings)
        dispatcher = None if settings.redis_url else await start_duties(own, alone=True)
        try:
            yield own
        finally:
            if dispatcher is not None:
                await dispatcher.stop()
            await own.close()

    return build_app(
        settings,
        opening=opening,
        routes=ROUTES,
        provided={"house": provide_house, "vault": provide_vault, "reserver": provide_reserver, "consent_of": provide_consents},
    )


def provide_house(state: State) -> House:
    return state.house  # type: ignore[no-any-return]


def provide_vault(state: State) -> Vault:
    return state.house.vault  # type: ignore[no-any-return]


def provide_reserver(state: State) -> Reserver:
    return state.house.reserver  # type: ignore[no-any-return]


def provide_consents() -> ConsentOf:
    return load_consent
