"""`python -m tests.screens`: a picture of every screen of a living demo, in both languages, light and dark, wide and on a phone.

Looks can be named (`wide-dark-id`); without a name all eight are drawn."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, StorageState, expect

from app.embedded.lifetime import free_port
from tests.chromium import PHONE, WIDE, find_chromium, open_browser, sign_in

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "screens"
START_WITHIN_S = 180
SIZES = {"wide": WIDE, "phone": PHONE}
SCHEMES = ("light", "dark")
LANGUAGES = ("en", "id")
LOOKS = [f"{size}-{scheme}-{language}" for size in SIZES for scheme in SCHEMES for language in LANGUAGES]
LANGUAGE = "localStorage.setItem('onecounter-language', JSON.stringify({state: {language: '%s', chosen: true}, version: 0}))"


@asynccontextmanager
async def living_demo(data: Path) -> AsyncIterator[dict[str, Any]]:
    """How to get into a demo that is ready; it is stopped at the end."""
    command = [sys.executable, "-m", "app", "demo", "--no-browser", "--port", str(free_port()), "--data", str(data)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    ready = data / "demo.json"
    ended = asyncio.ensure_future(process.wait())
    try:
        async with asyncio.timeout(START_WITHIN_S):
            while not ready.exists() and not ended.done():
                await asyncio.wait({ended}, timeout=0.2)
        if ended.done():
            raise SystemExit("The demo did not start.")
        yield json.loads(ready.read_text(encoding="utf-8"))
    finally:
        if not ended.done():
            process.send_signal(signal.SIGTERM)
        await ended


async def paths_of(access: dict[str, Any]) -> dict[str, str]:
    """A name for each screen and where it is, with things of this demo opened."""
    headers = {"authorization": f"Bearer {access['api_key']}"}
    async with httpx.AsyncClient(base_url=f"{access['url']}/api/v1", headers=headers, timeout=30, trust_env=False) as api:

        async def first(path: str, **params: str) -> Any:
            answer = (await api.get(path, params={"limit": "1", **params})).raise_for_status()
            return answer.json()["items"][0]

        conversation = await first("/conversations", queue="all", status="open")
        stock = await first("/stock")
        order = await first("/orders")
        connection = await first("/connections")
    return {
        "inbox": "/inbox?queue=all",
        "inbox-empty": "/inbox?queue=all&status=snoozed",
        "inbox-search": "/inbox?queue=all&find=1&q=batik",
        "conversation": f"/inbox/{conversation['id']}?queue=all",
        "stock": "/stock",
        "stock-problems": "/stock?view=problems",
        "stock-drawer": f"/stock?sku={stock['sku']}",
        "orders": "/orders?view=all",
        "order": f"/orders?view=all&order={order['id']}",
        "incidents": "/incidents",
        "connections": "/connections",
        "connection": f"/connections?open={connection['id']}",
        "connect": "/connections?add=any",
        "connect-form": f"/connections?add={connection['channel']}",
        "start": "/start",
        "lost": "/no-such-page",
    }


async def picture(page: Page, url: str, name: str) -> None:
    """Taken when nothing is loading any more and every face of type is in."""
    await page.goto(url, wait_until="networkidle")
    await expect(page.locator("main, .start, [role=alert], h1").first).to_be_visible()
    await expect(page.locator("[aria-busy=true], .late")).to_have_count(0)
    await page.evaluate("document.fonts.ready.then(() => true)")
    await page.screenshot(path=OUT / f"{name}.png", animations="disabled", caret="hide")


async def one_look(browser: Browser, access: dict[str, Any], paths: dict[str, str], state: StorageState, look: str) -> int:
    size, scheme, language = look.split("-")
    width, height = SIZES[size]
    options: dict[str, Any] = {
        "viewport": {"width": width, "height": height},
        "color_scheme": scheme,
        "locale": language,
        "reduced_motion": "reduce",
    }
    for kept, screens in ((state, paths), (None, {"sign-in": "/sign-in"})):
        context = await browser.new_context(storage_state=kept, **options)
        await context.add_init_script(LANGUAGE % language)
        page = await context.new_page()
        for name, path in screens.items():
            await picture(page, f"{access['url']}{path}", f"{name}-{look}")
        await context.close()
    return len(paths) + 1


async def first_session(browser: Browser, access: dict[str, Any]) -> StorageState:
    context = await browser.new_context(locale="en-US")
    await sign_in(await context.new_page(), url=access["url"], email=access["email"], password=access["password"])
    state = await context.storage_state()
    await context.close()
    return state


async def draw(path: str, looks: list[str]) -> int:
    OUT.mkdir(exist_ok=True)
    count = 0
    with tempfile.TemporaryDirectory(prefix="screens-") as folder:
        async with living_demo(Path(folder) / "data") as access, open_browser(path) as browser:
            paths, state = await paths_of(access), await first_session(browser, access)
            for look in looks:
                count += await one_look(browser, access, paths, state, look)
    return count


def run() -> None:
    path = find_chromium()
    if path is None:
        raise SystemExit("No Chromium is installed; pictures need one.")
    unknown = set(sys.argv[1:]) - set(LOOKS)
    if unknown:
        raise SystemExit(f"There is no look {', '.join(sorted(unknown))}. Looks: {', '.join(LOOKS)}.")
    count = asyncio.run(draw(path, sys.argv[1:] or LOOKS))
    sys.stdout.write(f"{count} pictures in {OUT}\n")


if __name__ == "__main__":
    run()
