"""Files go in and come out as nothing a browser would run; pictures of mails come through us or not at all."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from app.core.ids import new_id
from app.domain.inbox.service.receiving import Source
from app.pipeline.handlers import handle
from app.pipeline.house import House
from app.web.files import HOPS_MOST, IMAGE_MOST, ImageNotThere, fetch_image
from connectors.base.events import Handle, MessageReceived
from tests.conftest import NOON, Shop
from tests.web.twins import Twin, open_twin

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


async def put(client: httpx.AsyncClient, name: str, content: bytes, kind: str = "text/html") -> httpx.Response:
    return await client.post("/api/v1/attachments", files={"file": (name, content, kind)})


async def test_a_picture_is_kept_and_shown(client: httpx.AsyncClient) -> None:
    made = await put(client, "C:\\fakepath\\..\\bo\u202egpj.png", PNG)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["name"], told["media_type"], told["size"], told["state"]) == ("bogpj.png", "image/png", len(PNG), "stored")
    shown = await client.get(told["url"])
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["content-disposition"] == "inline; filename*=UTF-8''bogpj.png"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "content", [b"<script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7 x", b"MZ\x90"]
)
async def test_anything_else_is_saved_never_run(client: httpx.AsyncClient, content: bytes) -> None:
    told = (await put(client, "picture.png", content, "image/png")).json()
    shown = await client.get(told["url"])
    assert shown.headers["content-type"] == "application/octet-stream"
    assert shown.headers["content-disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("wanted", "status", "piece", "place"),
    [
        ("bytes=0-3", 206, slice(0, 4), "bytes 0-3/108"),
        ("bytes=100-", 206, slice(100, 108), "bytes 100-107/108"),
        ("bytes=-8", 206, slice(100, 108), "bytes 100-107/108"),
        ("bytes=0-999", 206, slice(0, 108), "bytes 0-107/108"),
        ("bytes=108-", 416, slice(0, 0), "bytes */108"),
        ("bytes=-", 200, slice(0, 108), None),
        ("lines=1-2", 200, slice(0, 108), None),
    ],
)
async def test_a_player_may_ask_for_a_piece(
    client: httpx.AsyncClient, wanted: str, status: int, piece: slice, place: str | None
) -> None:
    told = (await put(client, "a.png", PNG)).json()
    answer = await client.get(told["url"], headers={"range": wanted})
    assert (answer.status_code, answer.content, answer.headers.get("content-range")) == (status, PNG[piece], place)


async def test_what_cannot_be_kept_is_refused_with_words(client: httpx.AsyncClient) -> None:
    large = await put(client, "film.mp4", bytes(25 * 1024 * 1024 + 1))
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    empty = await put(client, "a.txt", b"")
    assert (empty.status_code, empty.json()["code"]) == (422, "empty_file")
    for more in ({"files": {"other": ("a.txt", b"x")}}, {"data": {"file": "no file"}}, {"content": b"x"}, {"json": {}}):
        answer = await client.post("/api/v1/attachments", **more)  # type: ignore[arg-type]
        assert answer.status_code == 400, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


async def test_what_is_not_there_is_not_there(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/attachments/{new_id()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "attachment_not_found")


async def test_a_mail_is_shown_clean_and_loads_only_its_own_pictures(client: httpx.AsyncClient, house: House, shop: Shop) -> None:
    twin = await open_twin(house, "surat")
    client.headers["authorization"] = f"Bearer {twin.keys['agent']}"
    message = await _mail(house, twin, "<p>hi<script>x()</script><img src='http://127.0.0.1:9/pixel.gif'></p>")
    shown = (await client.get(f"/api/v1/messages/{message}/html")).json()
    assert shown == {"html": '<p>hi<img src="#image-0"></p>', "images": ["http://127.0.0.1:9/pixel.gif"], "files": []}
    for url, why in (("https://elsewhere.test/a.png", "no such picture"), ("http://127.0.0.1:9/pixel.gif", "private network")):
        answer = await client.get(f"/api/v1/messages/{message}/image", params={"url": url})
        assert (answer.status_code, answer.json()["code"]) == (404, "image_not_there")
        assert why in answer.json()["detail"]


async def _mail(house: House, twin: Twin, html: str) -> str:
    from_buyer = MessageReceived(
        thread="mail-1", external_id="mail-1", direction="in", sent_at=NOON, customer=Handle(kind="email", value="a@b.test"), text="hi",
        html=html,
    )  # fmt: skip
    async with house.db.unit(twin.workspace_id) as work:
        opened = await house.connectors.open(twin.workspace_id, twin.ids["connection_id"])
        source = Source(connection_id=opened.connection_id, channel=opened.channel, brand="", sending=opened.manifest.sending)
        await handle(work, source, [(from_buyer, None)])
        return str(
            await work.value("select id from message where workspace_id = $1 and external_id = 'mail-1'", work.workspace_id)
        )


def serving(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def test_a_picture_is_fetched_without_a_word_about_us() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.path == "/1":
            return httpx.Response(302, headers={"location": "/2", "set-cookie": "who=me"})
        return httpx.Response(200, content=PNG, headers={"content-type": "text/html"})

    async with serving(answer) as http:
        assert await fetch_image(http, "https://a.test/1") == PNG
        assert await fetch_image(http, "https://a.test/2") == PNG
    assert [request.url.path for request in asked] == ["/1", "/2", "/2"]
    assert [
        name for request in asked for name in request.headers if name in ("cookie", "referer", "origin", "authorization")
    ] == []


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, content=b"<svg onload='x()'/>", headers={"content-type": "image/png"}),
        httpx.Response(200, content=PNG + bytes(IMAGE_MOST)),
        httpx.Response(404, content=PNG),
        httpx.Response(302, headers={"location": "/again"}),
    ],
    ids=["no picture", "too large", "gone", f"moved {HOPS_MOST} times"],
)
async def test_anything_but_a_picture_is_not_passed_on(answer: httpx.Response) -> None:
    async with serving(lambda _: answer) as http:
        with pytest.raises(ImageNotThere):
            await fetch_image(http, "https://a.test/1")
