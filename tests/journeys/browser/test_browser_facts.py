"""What channels tell beyond plain words is seen, played and acted on in the thread, and a mail runs and loads nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect

from app.core.config import Settings
from app.domain.inbox.service import filing
from app.domain.inbox.service.filing import Outcome
from app.domain.inbox.service.receiving import Source
from app.embedded.lifetime import free_port
from app.pipeline.handlers import handle
from app.pipeline.house import House
from app.pipeline.relay import relay_round
from app.web.main import create_app
from connectors.base.events import CaseSeen, Handle, Media, MessageReceived, Reacted
from tests.chromium import WIDE, sign_in
from tests.conftest import NOON
from tests.web.twins import PASSWORD, Twin, open_twin
from tests.whole import house

__all__ = ["house"]

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x00\x00\x00\x00"
RINA = Handle(kind="test_user", value="u1", name="Rina gambar")
MAIL = (
    "<h2 style='color:#7a1f1f'>Your parcel</h2><script>parent.document.title='ran'</script>"
    "<p onclick='x()'>Where <b>is</b> it?</p><img src='http://192.0.2.1/pixel.gif'>"
)


@pytest.fixture
async def served(settings: Settings, house: House) -> AsyncIterator[str]:
    """The whole application on a port of this machine."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create_app(settings, house), port=port, log_level="critical", lifespan="on"))
    running = asyncio.ensure_future(server.serve())
    async with asyncio.timeout(20):
        while not server.started:
            await asyncio.wait({running}, timeout=0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def hear(house: House, twin: Twin) -> None:
    """A talk with a quote, a reaction, a voice, a mail, a case, and a word nobody vouches for."""

    def said(number: int, text: str, **more: object) -> MessageReceived:
        told: dict[str, object] = {"direction": "in", "customer": RINA, "sent_at": NOON + timedelta(minutes=number), "text": text}
        return MessageReceived(thread="t1", external_id=f"f{number}", **(told | more))  # type: ignore[arg-type]

    voice = Media(ref="voice-1", name="voice.wav")
    told = [
        said(1, "Is it the blue one?"),
        said(2, "Yes, the blue one", direction="out"),
        said(3, "Then I take it", reply_to="f2", kind="comment"),
        Reacted(thread="t1", external_id="f2", by=RINA, emoji="👍", at=NOON),
        said(4, "", media=(voice,)),
        said(5, "Where is it?", html=MAIL),
        said(6, "Pay to my other account", held="The sender's domain does not vouch for it.", customer=Handle(kind="email", value="x@y.test")),
        CaseSeen(
            external_id="case-9", kind="return", version="1", open=True, seen_at=NOON, thread="t1", title="Return", detail="too small",
            respond_by=NOON + timedelta(days=2),
        ),
    ]  # fmt: skip
    async with house.db.unit(twin.workspace_id) as work:
        opened = await house.connectors.open(twin.workspace_id, twin.ids["connection_id"])
        source = Source(connection_id=opened.connection_id, channel=opened.channel, brand="", sending=opened.manifest.sending)
        await handle(work, source, [(one, None) for one in told])
        row = await work.row(
            "select id, message_id from attachment where workspace_id = $1 and ref = 'voice-1'", work.workspace_id
        )
        assert row is not None
        sha256 = await house.files.keep(WAV)
        await filing.settle_file(
            work, row["id"], row["message_id"], Outcome(state="stored", sha256=sha256, size=len(WAV), media_type="audio/wav")
        )


@pytest.fixture
async def page(browser: Browser, served: str, house: House) -> AsyncIterator[Page]:
    twin = await open_twin(house, "gambar")
    await hear(house, twin)
    await relay_round(house)
    context = await browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(20_000)
    page = await context.new_page()
    await sign_in(page, url=served, email=twin.email, password=PASSWORD)
    await page.goto(f"{served}/inbox/{twin.ids['conversation_id']}?queue=all")
    yield page
    await context.close()


async def test_facts_stand_in_the_thread(page: Page) -> None:
    thread = page.get_by_role("log", name="Messages")
    quote = thread.get_by_role("article").filter(has_text="Then I take it")
    await expect(quote).to_contain_text("Yes, the blue one")
    await expect(quote).to_contain_text("public")
    await expect(thread.get_by_role("article").filter(has_text="Yes, the blue one").filter(has_text="👍")).to_have_count(1)
    await expect(thread.locator("audio")).to_have_js_property("paused", True)
    await expect(thread).to_contain_text("The channel opened a case: Return")
    held = thread.get_by_role("article").filter(has_text="Pay to my other account")
    await expect(held.get_by_role("alert")).to_contain_text("does not vouch for it")
    await held.get_by_role("button", name="Release").click()
    await expect(held.get_by_role("alert")).to_have_count(0)


async def test_a_mail_is_laid_out_and_runs_nothing(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    article = page.get_by_role("log", name="Messages").get_by_role("article").filter(has_text="Show as laid out")
    await article.get_by_role("button", name="Show as laid out").click()
    frame = page.frame_locator("iframe.mail")
    await expect(frame.get_by_role("heading", name="Your parcel")).to_be_visible()
    await expect(frame.get_by_text("Where is it?")).to_be_visible()
    assert await page.title() != "ran"
    await page.get_by_role("button", name="Load 1 picture").click()
    await expect(page.get_by_role("button", name="Load 1 picture")).to_have_count(0)
    assert [url for url in asked if "192.0.2.1" in url and "/image?" not in url] == []


async def test_a_file_is_attached_and_taken_out_again(page: Page) -> None:
    """What the channel would refuse is said before anything is sent."""
    files = page.get_by_label("Attached files")
    await page.locator("input[type=file]").set_input_files(
        [{"name": f"{name}.txt", "mimeType": "text/plain", "buffer": b"a receipt"} for name in ("receipt", "second")]
    )
    await expect(files.get_by_role("listitem")).to_have_count(2)
    send = page.get_by_role("button", name="Send", exact=False).first
    await expect(send).to_be_enabled()
    await files.get_by_role("button", name="Take out second.txt").click()
    await expect(files.get_by_role("listitem")).to_have_count(1)
    await send.click()
    await expect(files).to_have_count(0)
    await expect(page.get_by_role("log", name="Messages").get_by_role("link", name="receipt.txt")).to_be_visible()
