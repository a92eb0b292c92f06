"""The screen's files: right caching, squeezed when wanted, no way out of the folder."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State

from app.web import static
from app.web.static import Files

SCRIPT = "export const shop = 'Toko';\n" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "static"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html><title>Screen</title>")
    (built / "assets" / "app-1a2b.js").write_text(SCRIPT)
    (built / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("never")
    return built


@pytest.fixture
async def screen(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar(static.ROUTES, state=State({"files": Files(folder)}), openapi_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://shop.test") as client:  # type: ignore[arg-type]
        yield client


async def test_assets_last_for_ever_and_are_squeezed(screen: httpx.AsyncClient) -> None:
    answer = await screen.get("/assets/app-1a2b.js", headers={"accept-encoding": "gzip"})
    assert answer.text == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(gzip.compress(SCRIPT.encode(), 6, mtime=0))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    plain = await screen.get("/assets/app-1a2b.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


async def test_every_other_address_is_the_screen(screen: httpx.AsyncClient, folder: Path) -> None:
    for path in ("/", "/inbox/12", "/stock?q=mug", "/favicon.ico", f"/{'x' * 3000}"):
        answer = await screen.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
        assert "<title>Screen</title>" in answer.text
    assert (await screen.get("/favicon.svg")).headers["content-type"] == "image/svg+xml"
    (folder / "index.html").write_text("<!doctype html><title>Newer</title>")
    assert "Newer" in (await screen.get("/")).text


async def test_there_is_no_way_out(screen: httpx.AsyncClient) -> None:
    for path in ("/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/%00", "//etc/passwd"):
        assert "never" not in (await screen.get(path)).text
        assert "root:" not in (await screen.get(path)).text


async def test_an_unbuilt_screen_says_what_to_do(tmp_path: Path) -> None:
    app = Litestar(static.ROUTES, state=State({"files": Files(tmp_path / "none")}), openapi_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://shop.test") as client:  # type: ignore[arg-type]
        answer = await client.get("/inbox")
    assert answer.status_code == 200
    assert "<code>make</code>" in answer.text
