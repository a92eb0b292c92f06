"""The room over HTTP: who may, what is refused, and that no secret comes back."""

from __future__ import annotations

import json
from typing import Any

import httpx

from app.core.db import Database
from connectors.registry import load_sandbox, manifests
from tests.conftest import Shop, open_shop

CHANNEL = next(key for key, one in manifests().items() if one.sending and not one.stocking)
SOUND = load_sandbox(CHANNEL)[1]
SECRETS = {one.name: SOUND[one.name] for one in manifests()[CHANNEL].secrets if one.name in SOUND}
HIDDEN = [one.name for one in manifests()[CHANNEL].secrets if one.hidden and one.name in SECRETS]
REQUIRED = next(one.name for one in manifests()[CHANNEL].secrets if not one.optional)
FORM: dict[str, Any] = {"channel": CHANNEL, "name": "Chat", "secrets": SECRETS}


def leaks(answer: httpx.Response) -> list[str]:
    return [name for name in HIDDEN if SECRETS[name] in answer.text]


async def test_a_connection_from_birth_to_removal(client: httpx.AsyncClient) -> None:
    made = await client.post("/api/v1/connections", json=FORM)
    assert made.status_code == 201
    body = made.json()
    assert (body["channel"], body["mode"], body["state"]) == (CHANNEL, "shadow", "ready")
    assert body["hook_url"].startswith("http://127.0.0.1:8000/hooks/")
    assert body["lateness_s"] == max(feed.every_s for feed in manifests()[CHANNEL].feeds if feed.name in ("messages", "orders"))
    path = f"/api/v1/connections/{body['id']}"
    answers = [
        made,
        await client.get(path),
        await client.get("/api/v1/connections"),
        await client.patch(path, json={"mode": "live", "secrets": SECRETS}),
        await client.post(f"{path}/pause"),
        await client.post(f"{path}/resume"),
        await client.get("/api/v1/channels"),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200, 200, 200]
    assert [leaks(answer) for answer in answers] == [[]] * len(answers)
    page = answers[2].json()
    assert page.keys() == {"items", "next_cursor", "as_of_seq"}
    assert [one["id"] for one in page["items"]] == [body["id"]]
    assert [answer.json()["state"] for answer in answers[3:6]] == ["ready", "paused", "ready"]
    assert answers[3].json()["sends_replies"] is True
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await client.get("/api/v1/connections")).json()["items"] == []


async def test_refusals_name_the_field_and_repeat_no_secret(client: httpx.AsyncClient) -> None:
    wrong = {**FORM, "secrets": {**SECRETS, "bot_tokn": "typed-by-mistake-42"}}
    missing = {**FORM, "secrets": {}}
    for form, status, field in (
        (wrong, 400, "secrets.bot_tokn"),
        (missing, 400, f"secrets.{REQUIRED}"),
        ({**FORM, "channel": "bazaar"}, 400, "channel"),
    ):
        answer = await client.post("/api/v1/connections", json=form)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert field in answer.json()["fields"]
        assert leaks(answer) == []
        assert "typed-by-mistake-42" not in answer.text


async def test_malformed_forms_repeat_no_secret(client: httpx.AsyncClient) -> None:
    for form in (
        {**FORM, "secrets": {**SECRETS, "more": 5}},
        {**FORM, "secrets": json.dumps(SECRETS)},
        {**FORM, "mode": "loud"},
        {**FORM, "name": "  "},
        {**FORM, "unheard_of": 1},
    ):
        answer = await client.post("/api/v1/connections", json=form)
        assert 400 <= answer.status_code < 500
        assert leaks(answer) == []
    assert (await client.get("/api/v1/connections")).json()["items"] == []


async def test_the_neighbour_has_no_such_connection(client: httpx.AsyncClient, db: Database, shop: Shop) -> None:
    path = f"/api/v1/connections/{(await client.post('/api/v1/connections', json=FORM)).json()['id']}"
    stranger = (await open_shop(db)).bearer
    assert (await client.get(path, headers=stranger)).status_code == 404
    assert (await client.patch(path, json={"name": "mine"}, headers=stranger)).status_code == 404
    assert (await client.delete(path, headers=stranger)).status_code == 404
    assert (await client.get("/api/v1/connections", headers=stranger)).json()["items"] == []
    assert (await client.get(path)).json()["name"] == "Chat"


async def test_nobody_comes_in_unknown(client: httpx.AsyncClient) -> None:
    for path in ("/api/v1/connections", "/api/v1/channels"):
        assert (await client.get(path, headers={"Authorization": "Bearer nothing"})).status_code == 401
