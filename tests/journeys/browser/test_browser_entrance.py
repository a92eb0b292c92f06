"""The ways in: the form, the demo's link, the first run; and the language once inside."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import StorageState, expect

from tests.journeys.browser.desk import OpenDesk
from tests.journeys.conftest import ROOT, START_WITHIN_S, Demo, free_port, wait_for


async def test_a_wrong_password_is_told_in_one_sentence(open_desk: OpenDesk, demo: Demo) -> None:
    desk = await open_desk(state=None)
    desk.bears.append("status of 401")
    await desk.page.goto(f"{demo.url}/orders")
    await expect(desk.page.get_by_role("heading", name="Sign in to your counter")).to_be_visible()
    await desk.page.get_by_label("E-mail").fill(demo.access["email"])
    await desk.page.get_by_label("Password").fill("not the word")
    await desk.page.get_by_role("button", name="Sign in").click()
    await expect(desk.page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    assert await desk.page.context.cookies() == []
    await desk.page.get_by_label("Password").fill(demo.access["password"])
    await desk.page.get_by_role("button", name="Sign in").click()
    await expect(desk.page.get_by_role("heading", name="Orders")).to_be_visible()
    await expect(desk.page).to_have_url(f"{demo.url}/orders")


async def test_the_demo_link_needs_no_typing(open_desk: OpenDesk, demo: Demo, signed_in: StorageState) -> None:
    ticket = signed_in["cookies"][0]["value"]
    desk = await open_desk(state=None)
    await desk.page.goto(f"{demo.url}/api/v1/demo/enter?ticket={ticket}")
    await expect(desk.page.get_by_role("navigation", name="Main")).to_be_visible()
    await expect(desk.page).to_have_url(re.compile(r"/inbox"))
    await expect(desk.page.get_by_role("complementary", name="Demonstration")).to_contain_text(
        "No message and no stock number leaves"
    )


async def test_the_language_is_changed_and_stays(open_desk: OpenDesk) -> None:
    desk = await open_desk()
    await desk.go("/inbox?queue=all")
    await desk.page.get_by_role("button", name="Account").last.click()
    await desk.page.get_by_text("Bahasa Indonesia").click()
    main = desk.page.get_by_role("navigation", name="Utama")
    await expect(main).to_contain_text("Kotak masuk")
    await expect(desk.page.locator("html")).to_have_attribute("lang", "id")
    await desk.page.reload()
    await expect(main).to_contain_text("Pesanan")


@pytest.fixture
async def empty_shop(tmp_path: Path) -> AsyncIterator[str]:
    """`onecounter up` on a new data folder."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        sys.executable, "-m", "app", "up", "--no-browser", "--port", url.rpartition(":")[2], "--data", str(tmp_path / "data"),
    ]  # fmt: skip
    env = {name: value for name, value in os.environ.items() if not name.startswith("ONECOUNTER_")}
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, stdout=DEVNULL, stderr=DEVNULL)
    try:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:

            async def ready() -> bool:
                assert process.returncode is None
                try:
                    return (await client.get("/readyz")).status_code == 200
                except httpx.HTTPError:
                    return False

            await wait_for(ready, START_WITHIN_S)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 30)


async def test_the_first_run_makes_the_shop(empty_shop: str, open_desk: OpenDesk) -> None:
    """The window is closed before the shop is."""
    desk = await open_desk(state=None, url=empty_shop)
    desk.bears.append("status of 401")
    page = desk.page
    await page.goto(empty_shop)
    await expect(page.get_by_role("heading", name="One inbox, one count.")).to_be_visible()
    await page.get_by_role("button", name="Create the shop").click()
    await expect(page.get_by_text("It is missing.").first).to_be_visible()
    await page.get_by_label("Your name").fill("Ayu Lestari")
    await page.get_by_label("E-mail").fill("ayu@shop.example")
    await page.get_by_label("Password").fill("twelve letters or more")
    await page.get_by_label("Company").fill("Toko Ayu")
    await page.get_by_role("button", name="Create the shop").click()
    await expect(page.get_by_role("heading", name="Toko Ayu is ready")).to_be_visible()
    await page.get_by_role("button", name="Connect Telegram").click()
    await expect(page.get_by_role("heading", name="Connect Telegram")).to_be_visible()
    mine = await page.request.get(f"{empty_shop}/api/v1/me")
    assert (await mine.json())["workspace"]["name"] == "Toko Ayu"
    again = await page.request.get(f"{empty_shop}/api/v1/first-run")
    assert (await again.json())["needed"] is False
