"""What makes no sense is refused by name, whatever the operation, and never breaks anything."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from app.pipeline.house import House
from tests.web.operations import SCHEMAS, Operation, operations, plain
from tests.web.twins import PASSWORD, Twin, open_twin
from tests.whole import BASE

WITH_BODY = [one for one in operations() if one.shape]
WRONG: dict[str, tuple[Any, ...]] = {
    "string": (7, True, ["x"], {"x": 1}),
    "integer": ("x", 1.5, [1]),
    "number": ("x", [1], {"x": 1}),
    "boolean": ("perhaps", 7, []),
    "array": ("x", 1, {"x": 1}),
    "object": ("x", 1, ["x"]),
}
"""By the kind that is wanted. Numbers as text, 0 and 1 for truth and seconds for a time are taken."""
DEEP = "[" * 100_000


@pytest.fixture(scope="module")
async def twin(house: House) -> Twin:
    return await open_twin(house, "salah")


@pytest.fixture
async def program(whole: httpx.ASGITransport, twin: Twin) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {twin.keys['admin']}", "content-type": "application/json"}
    async with httpx.AsyncClient(transport=whole, base_url=BASE, headers=headers) as program:
        yield program


def shape_of(one: Operation) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMAS[one.shape or ""]
    return found


def fields_of(one: Operation) -> dict[str, dict[str, Any]]:
    return {name: plain(schema) for name, schema in shape_of(one)["properties"].items()}


def faulty(one: Operation, twin: Twin) -> Iterator[tuple[str, dict[str, Any]]]:
    """(field that must be named, body)"""
    right = {**(one.body(twin.ids) or {})}
    for name in shape_of(one).get("required", ()):
        yield name, {key: value for key, value in right.items() if key != name}
    yield "surprise", {**right, "surprise": 1}
    for name, kind in fields_of(one).items():
        for value in WRONG[kind["type"]] if kind.get("format") != "date-time" else ("noon", [], {}):
            yield name, {**right, name: value}
        if kind.get("format"):
            yield name, {**right, name: "not one"}
        if "enum" in kind:
            yield name, {**right, name: "no such word"}
        if "maxLength" in kind:
            yield name, {**right, name: "x" * (kind["maxLength"] + 1)}
        if "maximum" in kind:
            yield name, {**right, name: int(kind["maximum"]) + 1}


async def send(program: httpx.AsyncClient, one: Operation, twin: Twin, body: str) -> httpx.Response:
    answer = await program.request(one.verb, one.address(twin.ids), content=body.encode())
    assert answer.status_code < 500, (body[:200], answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json")
    return answer


@pytest.mark.parametrize("one", WITH_BODY, ids=str)
async def test_a_wrong_field_is_refused_by_its_name(program: httpx.AsyncClient, twin: Twin, one: Operation) -> None:
    for name, body in faulty(one, twin):
        answer = await send(program, one, twin, json.dumps(body))
        told = answer.json()
        assert answer.status_code in (400, 422), (body, told)
        assert any(field.split(".")[0].split("[")[0] == name for field in told.get("fields", ())), (body, told)


@pytest.mark.parametrize("one", WITH_BODY, ids=str)
@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", "7", '"x"', DEEP, '{"a":' * 50_000, '{"name": "\\ud800"}', '{"name": 1e999}', "\x00"],
    ids=lambda body: repr(body[:9]),
)  # fmt: skip
async def test_what_is_no_object_is_refused(program: httpx.AsyncClient, twin: Twin, one: Operation, body: str) -> None:
    answer = await send(program, one, twin, body)
    assert answer.status_code in (400, 422) or (one.may_be_bare and body in ("", "null")), answer.text


@pytest.mark.parametrize("one", WITH_BODY, ids=str)
async def test_a_number_that_no_table_holds_is_refused(program: httpx.AsyncClient, twin: Twin, one: Operation) -> None:
    for name in [name for name, kind in fields_of(one).items() if kind["type"] == "integer"]:
        for value in (2**70, -(2**63) - 1, 10**400):
            answer = await send(program, one, twin, json.dumps({**(one.body(twin.ids) or {}), name: value}))
            assert answer.status_code in (400, 409, 422), answer.text


@pytest.mark.parametrize("one", WITH_BODY, ids=str)
async def test_a_nul_is_kept_nowhere(program: httpx.AsyncClient, twin: Twin, one: Operation) -> None:
    """Of a password only the hash is kept."""
    for name, kind in fields_of(one).items():
        if kind["type"] != "string" or kind.get("format") or "enum" in kind or name in ("password", "new"):
            continue
        body = {**(one.body(twin.ids) or {}), name: f"{'x' * 12}\x00y@shop.test"}
        answer = await send(program, one, twin, json.dumps(body))
        assert answer.status_code in (400, 401, 404, 409, 422), (name, answer.text)


BAD_WORDS = ("\x00", "x" * 5000, "'; drop table message; --", "%", "\\", "​", "(((", "-1", "1e99", "\ud7ff")


@pytest.mark.parametrize("one", [one for one in operations() if one.words or one.places], ids=str)
async def test_strange_words_in_the_address_break_nothing(program: httpx.AsyncClient, twin: Twin, one: Operation) -> None:
    names = [*one.words, *(name for name, place in one.places.items() if place == "query"), "limit"]
    for name in names if one.verb == "get" else ():
        for word in BAD_WORDS:
            answer = await program.get(one.address(twin.ids), params={name: word})
            assert answer.status_code in (200, 400, 404), (name, word, answer.text)
    for word in ("not-one", "0", "../..", "%00", str(2**80)):
        ids: Any = dict.fromkeys(twin.ids, word)
        if "path" in one.places.values():
            answer = await program.request(one.verb, one.address(ids))
            assert answer.status_code in (400, 404, 405), (word, answer.text)


async def test_the_shop_stands_as_before(program: httpx.AsyncClient, twin: Twin) -> None:
    me = (await program.get("/api/v1/me")).json()
    assert (me["role"], me["workspace"]["name"]) == ("admin", "Toko salah")
    answer = await program.post("/api/v1/session", json={"email": twin.email, "password": PASSWORD})
    assert answer.status_code == 200
