"""How smoothly a list of 10,000 conversations scrolls in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.async_api import Page

from tests.bench.place import PASSWORD, Line
from tests.bench.scale import EMAIL, SMALL, kept_shop, serving_app
from tests.chromium import WIDE, find_chromium, open_browser, sign_in

LIST = "/inbox?queue=all&status=closed"
FRAMES_S = 50
ROWS_DRAWN = 60

LOAD_ALL = """async () => {
  const pane = document.querySelector('.rows');
  for (let before = 0, still = 0; still < 20;) {
    pane.scrollTop = pane.scrollHeight;
    await new Promise((done) => setTimeout(done, 60));
    still = pane.scrollHeight === before ? still + 1 : 0;
    before = pane.scrollHeight;
  }
  const height = pane.scrollHeight;
  pane.scrollTop = 0;
  return height;
}"""
SCROLL = """async () => {
  const pane = document.querySelector('.rows');
  const times = [];
  let most = 0;
  await new Promise((done) => {
    let last = performance.now();
    const step = (now) => {
      times.push(now - last);
      last = now;
      most = Math.max(most, pane.querySelectorAll('[data-conversation]').length);
      pane.scrollTop += 144;
      times.length < 400 ? requestAnimationFrame(step) : done();
    };
    requestAnimationFrame(step);
  });
  return {times: times.slice(20), most};
}"""


async def run(say: Callable[[str], None]) -> list[Line]:
    """Without a Chromium there is nothing to measure."""
    path = find_chromium()
    if path is None:
        return []
    async with kept_shop(SMALL, say) as place, serving_app(place) as app, open_browser(path) as browser:
        say("the list of 10,000 in a browser")
        page = await browser.new_page(viewport={"width": WIDE[0], "height": WIDE[1]})
        await sign_in(page, url=str(app.base_url), email=EMAIL, password=PASSWORD)
        return await _scrolled(page, str(app.base_url))


async def _scrolled(page: Page, url: str) -> list[Line]:
    await page.goto(f"{url}{LIST}")
    await page.locator("[data-conversation]").first.wait_for()
    height = await page.evaluate(LOAD_ALL)
    found = await page.evaluate(SCROLL)
    rows = height // (await page.locator("[data-conversation]").first.evaluate("row => row.getBoundingClientRect().height"))
    frames = 1000 * len(found["times"]) / sum(found["times"])
    return [
        Line("frames a second, list of 10,000", frames, FRAMES_S, "fps", frames / FRAMES_S, f">= {FRAMES_S}", frames >= FRAMES_S),
        Line("rows drawn of those loaded", found["most"], rows, "rows", found["most"] / rows, f"<= {ROWS_DRAWN} drawn",
             found["most"] <= ROWS_DRAWN and rows >= 9_000),
    ]  # fmt: skip
