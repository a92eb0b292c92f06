"""The application around the rooms: sign-in, refusals, limits, headers, description. It knows no room but workspaces."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide

from app.core.clock import Clock
from app.core.config import Settings
from app.core.db import Database
from app.domain.workspaces.guards import Caller, caller_of
from app.domain.workspaces.sessions import Callers
from app.live.feed import Feeds
from app.live.hub import Hub
from app.web.entry import Entry, headers_for
from app.web.errors import HANDLERS
from app.web.openapi import close_shapes, describe_api, describe_refusals
from app.web.static import Files

BODY_MOST = 1024 * 1024
MULTIPART_PARTS_MOST = 50


class Building(Protocol):
    """What the shell needs of the house."""

    @property
    def db(self) -> Database: ...

    @property
    def hub(self) -> Hub: ...


Opening = Callable[[], AbstractAsyncContextManager[Building]]


def build_app(
    settings: Settings,
    *,
    opening: Opening,
    routes: Sequence[Any],
    provided: Mapping[str, Callable[..., Any]] | None = None,
) -> Litestar:
    """`opening` gives the house for as long as the application runs. `provided` are further dependencies of the routes."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with opening() as house:
            app.state.house = house
            app.state.callers = Callers(house.db)
            app.state.feeds = Feeds(house.db, house.hub)
            try:
                yield
            finally:
                await app.state.feeds.close()

    dependencies: dict[str, Callable[..., Any]] = {
        "db": provide_db,
        "clock": provide_clock,
        "hub": provide_hub,
        "settings": provide_settings,
        "caller": provide_caller,
        "callers": provide_callers,
        **(provided or {}),
    }
    app = Litestar(
        route_handlers=routes,
        lifespan=[lifespan],
        dependencies={name: Provide(provider, sync_to_thread=False) for name, provider in dependencies.items()},
        middleware=[Entry()],
        before_send=[headers_for(settings)],
        exception_handlers=HANDLERS,
        request_max_body_size=BODY_MOST,
        multipart_form_part_limit=MULTIPART_PARTS_MOST,
        openapi_config=describe_api(),
        logging_config=None,
        state=State({"settings": settings, "files": Files()}),
    )
    close_shapes(app)
    describe_refusals(app)
    return app


def provide_db(state: State) -> Database:
    return state.house.db  # type: ignore[no-any-return]


def provide_clock(state: State) -> Clock:
    return state.house.db.clock  # type: ignore[no-any-return]


def provide_hub(state: State) -> Hub:
    return state.house.hub  # type: ignore[no-any-return]


def provide_settings(state: State) -> Settings:
    return state.settings  # type: ignore[no-any-return]


def provide_callers(state: State) -> Callers:
    return state.callers  # type: ignore[no-any-return]


def provide_caller(request: Request[Any, Any, Any]) -> Caller:
    return caller_of(request)
