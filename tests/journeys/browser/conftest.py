"""One Chromium a run, signed in once through the form; a window of its own for every test, whose console stays silent."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, BrowserContext, StorageState

from tests.chromium import WIDE, find_chromium, open_browser, sign_in
from tests.journeys.browser.desk import Desk, OpenDesk
from tests.journeys.conftest import Demo

Scheme = Literal["light", "dark"]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = find_chromium()
    if path is None:
        if os.environ.get("ONECOUNTER_BROWSER") == "required":
            pytest.fail("ONECOUNTER_BROWSER=required, and no Chromium is installed")
        pytest.skip("no Chromium is installed")
    async with open_browser(path) as running:
        yield running


async def _state_of(browser: Browser, demo: Demo, email: str) -> StorageState:
    context = await browser.new_context(locale="en-US")
    await sign_in(await context.new_page(), url=demo.url, email=email, password=str(demo.access["password"]))
    state = await context.storage_state()
    await context.close()
    return state


@pytest.fixture(scope="session")
async def signed_in(browser: Browser, demo: Demo) -> StorageState:
    """The owner's session."""
    return await _state_of(browser, demo, str(demo.access["email"]))


@pytest.fixture(scope="session")
async def colleague(browser: Browser, demo: Demo) -> StorageState:
    """Putu's session, an agent of the same shop."""
    return await _state_of(browser, demo, "putu@nusagoods.example")


@pytest.fixture
async def open_desk(browser: Browser, demo: Demo, signed_in: StorageState) -> AsyncIterator[OpenDesk]:
    opened: list[tuple[BrowserContext, Desk]] = []

    async def open_one(
        *,
        state: StorageState | None = signed_in,
        size: tuple[int, int] = WIDE,
        scheme: Scheme = "light",
        url: str = demo.url,
        **more: Any,
    ) -> Desk:
        context = await browser.new_context(
            storage_state=state,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            locale="en-US",
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(20_000)
        desk = Desk(await context.new_page(), url)
        desk.listen()
        opened.append((context, desk))
        return desk

    yield open_one
    for context, _ in opened:
        await context.close()
    assert [one for _, desk in opened for one in desk.unborne] == []


@pytest.fixture
async def desk(open_desk: OpenDesk) -> Desk:
    return await open_desk()
