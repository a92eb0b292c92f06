"""A channel fetches the one file it was given the address of, without signing in; a message taken back takes its file along."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from app.core.file_passes import FilePasses
from app.core.ids import new_id
from app.pipeline.house import House
from app.pipeline.media import uploads_of
from tests.conftest import Shop
from tests.web.twins import open_twin
from tests.whole import BASE

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
PDF = b"%PDF-1.7 a receipt"
PUBLIC = "https://shop.example"


@pytest.fixture
async def stranger(whole: httpx.ASGITransport) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=whole, base_url=BASE) as client:
        yield client


async def put(client: httpx.AsyncClient, content: bytes) -> UUID:
    answer = await client.post("/api/v1/attachments", files={"file": ("Nota kasir.pdf", content)})
    return UUID(answer.json()["id"])


def path_of(house: House, workspace_id: UUID, attachment_id: UUID) -> str:
    passes = FilePasses(PUBLIC, house.settings.secret_keys)
    return passes.address(workspace_id, attachment_id, house.db.clock.now()).removeprefix(PUBLIC)


async def test_the_address_is_enough_and_tells_the_kind(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, house: House, shop: Shop
) -> None:
    for content, kind in ((PNG, "image/png"), (PDF, "application/pdf")):
        answer = await stranger.get(path_of(house, shop.workspace_id, await put(client, content)))
        assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, content, kind)
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''Nota%20kasir.pdf"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-store"


async def test_nothing_else_is_enough(client: httpx.AsyncClient, stranger: httpx.AsyncClient, house: House, shop: Shop) -> None:
    kept = await put(client, PNG)
    for path in (
        f"/files/{kept}",
        path_of(house, shop.workspace_id, kept)[:-4] + "AAAA",
        path_of(house, new_id(), kept),
        path_of(house, shop.workspace_id, new_id()),
    ):
        answer = await stranger.get(path)
        assert answer.status_code == 404, path
        assert PNG not in answer.content


async def test_what_goes_out_has_an_address_only_where_it_can_be_reached(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, house: House
) -> None:
    twin = await open_twin(house, "gambar")
    client.headers["authorization"] = f"Bearer {twin.keys['agent']}"
    kept = await put(client, PNG)
    reply = {"client_msg_id": "pass-1", "kind": "reply", "text": "the receipt", "attachment_ids": [str(kept)]}
    made = await client.post(f"/api/v1/conversations/{twin.ids['conversation_id']}/messages", json=reply)
    assert made.status_code == 201, made.text
    message = UUID(made.json()["id"])
    (inside,) = await uploads_of(house, twin.workspace_id, message)
    assert (inside.content, inside.public_url) == (PNG, "")
    reachable = replace(house, settings=replace(house.settings, public_url=PUBLIC))
    (outside,) = await uploads_of(reachable, twin.workspace_id, message)
    assert (await stranger.get(outside.public_url.removeprefix(PUBLIC))).content == PNG
