"""The application around the rooms: sign-in over HTTP, refusals, limits, headers, the description."""

from __future__ import annotations

import secrets

import httpx
import pytest

from app.core.db import Database
from app.domain.workspaces import service
from tests.conftest import Shop

GOOD = "correct-horse-7-battery"


async def sign_up(db: Database, *, role: str = "admin") -> str:
    email = f"sari-{secrets.token_hex(4)}@shop.test"
    workspace_id, _ = await service.create_workspace(db, name="Toko", owner_name="O", email=f"o-{email}", password="")
    await service.add_member(db, workspace_id, name="Sari Dewi", email=email, password=GOOD, role=role)
    return email


async def test_a_browser_signs_in_reads_me_and_signs_out(db: Database, browser: httpx.AsyncClient) -> None:
    email = await sign_up(db)
    answer = await browser.post("/api/v1/session", json={"email": email, "password": GOOD})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("onecounter_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    me = (await browser.get("/api/v1/me")).json()
    assert me["member"]["email"] == email
    assert me["member"]["initials"] == "SD"
    assert me["workspace"]["name"] == "Toko"
    assert (me["demo"], me["sandbox"], me["role"]) == (False, False, "admin")
    assert {member["initials"] for member in me["members"]} == {"SD", "O"}
    assert (await browser.delete("/api/v1/session")).status_code == 204
    refused = await browser.get("/api/v1/me")
    assert refused.status_code == 401
    assert refused.json()["code"] == "signed_out"


async def test_a_wrong_password_is_a_problem_document(db: Database, browser: httpx.AsyncClient) -> None:
    email = await sign_up(db)
    answer = await browser.post("/api/v1/session", json={"email": email, "password": "wrong"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert "set-cookie" not in answer.headers
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "code": "wrong_credentials",
        "detail": "e-mail or password is wrong; after 10 wrong tries an account is closed for 15 minutes",
    }


async def test_another_site_cannot_write_with_the_cookie(db: Database, browser: httpx.AsyncClient, shop: Shop) -> None:
    await browser.post("/api/v1/session", json={"email": await sign_up(db), "password": GOOD})
    for headers in ({"origin": "https://evil.test"}, {"origin": "null"}, {"sec-fetch-site": "cross-site", "origin": ""}):
        answer = await browser.patch("/api/v1/workspace", json={"name": "Taken"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "other_origin")
    assert (await browser.get("/api/v1/workspace", headers={"origin": "https://evil.test"})).json()["name"] == "Toko"
    by_key = await browser.patch(
        "/api/v1/workspace", json={"name": "Toko B"}, headers={**shop.bearer, "origin": "https://x.test"}
    )
    assert by_key.json()["name"] == "Toko B"


async def test_signing_in_from_another_site_is_refused(db: Database, browser: httpx.AsyncClient) -> None:
    email = await sign_up(db)
    answer = await browser.post(
        "/api/v1/session", json={"email": email, "password": GOOD}, headers={"origin": "https://evil.test"}
    )
    assert answer.json()["code"] == "other_origin"


async def test_a_role_may_not_what_its_table_does_not_say(db: Database, browser: httpx.AsyncClient) -> None:
    await browser.post("/api/v1/session", json={"email": await sign_up(db, role="agent"), "password": GOOD})
    assert (await browser.get("/api/v1/members")).status_code == 200
    for method, path in (("GET", "/api/v1/api-keys"), ("POST", "/api/v1/members"), ("PATCH", "/api/v1/workspace")):
        answer = await browser.request(method, path, json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"name": 5}, {"name": "expected str | null, got int"}),
        ({"name": ""}, {"name": "expected str of length >= 1"}),
        ({"colour": "red"}, {"colour": "is not known"}),
        ({"reopen_days": 900}, {"reopen_days": "expected int <= 365"}),
        ({"currency": "rupiah"}, {"currency": "expected str matching regex '^[A-Z]{3}$'"}),
    ],
)
async def test_a_bad_field_is_named(program: httpx.AsyncClient, shop: Shop, body: dict[str, object], fields: object) -> None:
    answer = await program.patch("/api/v1/workspace", json=body, headers=shop.bearer)
    assert (answer.status_code, answer.json()["code"], answer.json()["fields"]) == (400, "invalid", fields)


async def test_a_missing_field_is_named(program: httpx.AsyncClient, shop: Shop) -> None:
    answer = await program.post("/api/v1/teams", json={}, headers=shop.bearer)
    assert (answer.status_code, answer.json()["fields"]) == (400, {"name": "is required"})


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b"\xff\xfe", b'"text"', b"null"])
async def test_nonsense_is_refused_as_nonsense(program: httpx.AsyncClient, shop: Shop, body: bytes) -> None:
    answer = await program.post("/api/v1/teams", content=body, headers={**shop.bearer, "content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


async def test_a_nul_character_is_refused_not_an_error(program: httpx.AsyncClient, shop: Shop) -> None:
    answer = await program.post("/api/v1/teams", json={"name": "a\0b"}, headers=shop.bearer)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


async def test_a_rule_names_its_field(program: httpx.AsyncClient, shop: Shop) -> None:
    answer = await program.patch("/api/v1/workspace", json={"time_zone": "Mars/Base"}, headers=shop.bearer)
    assert answer.status_code == 422
    assert answer.json()["fields"] == {"time_zone": "is not a name like Asia/Jakarta"}


async def test_a_body_past_one_mebibyte_is_refused(program: httpx.AsyncClient, shop: Shop) -> None:
    answer = await program.post("/api/v1/teams", json={"name": "a" * 1_048_577}, headers=shop.bearer)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_unknown_addresses(program: httpx.AsyncClient, shop: Shop) -> None:
    for path in ("/api/v1/none", "/api/none", "/hooks/x/y", "/public/none", "/assets/none.js"):
        answer = await program.get(path, headers=shop.bearer)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    answer = await program.put("/api/v1/me", headers=shop.bearer)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


async def test_every_answer_carries_the_headers(program: httpx.AsyncClient) -> None:
    for path in ("/", "/inbox/12", "/api/v1/me", "/api/v1/none", "/healthz"):
        headers = (await program.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers
    assert (await program.get("/api/v1/me")).headers["cache-control"] == "no-store"


async def test_health(program: httpx.AsyncClient) -> None:
    assert (await program.get("/healthz")).json() == {"status": "ok"}
    ready = await program.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert b"onecounter_ws_clients" in (await program.get("/metrics")).content


async def test_the_description_is_served_and_strict(program: httpx.AsyncClient) -> None:
    described = (await program.get("/api/v1/openapi.json")).json()
    assert described["openapi"] == "3.1.0"
    assert described["components"]["schemas"]["SignIn"]["additionalProperties"] is False
    assert "additionalProperties" not in described["components"]["schemas"]["MemberRead"]
    assert "/api/v1/session" in described["paths"]


async def test_first_run_happens_once(db: Database, browser: httpx.AsyncClient) -> None:
    async with db.plain() as conn:
        await conn.execute("delete from session")
    answer = await browser.get("/api/v1/first-run")
    assert answer.json() == {"needed": False}
    refused = await browser.post("/api/v1/first-run", json={"name": "A", "email": "a@b.test", "password": GOOD, "company": "C"})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_set_up")
