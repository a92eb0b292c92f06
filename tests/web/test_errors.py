"""What breaks inside is told in one shape, and without its secrets."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from litestar import Litestar, get
from litestar.params import FromPath

from app.core.errors import Down, TooMany
from app.web.errors import HANDLERS

BREAKS: dict[str, Exception] = {
    "bug": RuntimeError("password=hunter2"),
    "slow": asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    "deadlock": asyncpg.DeadlockDetectedError("deadlock"),
    "twice": asyncpg.UniqueViolationError("duplicate key"),
    "range": asyncpg.DataError("value out of int64 range"),
    "down": Down("the database cannot be reached", code="database_down"),
    "many": TooMany("slow down", extra={"after": 7}),
}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    @get("/{kind:str}")
    async def break_down(kind: FromPath[str]) -> None:
        raise BREAKS[kind]

    app = Litestar([break_down], exception_handlers=HANDLERS, openapi_config=None, logging_config=None)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        yield client


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("bug", 500, "failure"),
        ("slow", 503, "down"),
        ("deadlock", 503, "down"),
        ("twice", 409, "conflict"),
        ("range", 400, "invalid"),
        ("down", 503, "database_down"),
        ("many", 429, "too_many"),
    ],
)
async def test_each_failure_has_its_answer(client: httpx.AsyncClient, kind: str, status: int, code: str) -> None:
    answer = await client.get(f"/{kind}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() >= {"type", "title", "status", "code", "detail"}


async def test_a_bug_tells_a_number_and_nothing_else(client: httpx.AsyncClient) -> None:
    answer = await client.get("/bug")
    assert "hunter2" not in answer.text
    assert answer.json()["trace"] in answer.json()["detail"]


async def test_waiting_times_are_headers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/many")).headers["retry-after"] == "7"
    assert (await client.get("/slow")).headers["retry-after"] == "2"
