"""The whole application: every address answers, every address is guarded, every list has one shape."""

from __future__ import annotations

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from app.core.config import Settings
from app.pipeline.house import House
from app.web.main import create_app

LISTS = [
    *("members", "teams", "api-keys", "connections", "customers", "variants"),
    *("listings", "stock", "incidents", "orders", "conversations", "deliveries"),
]


async def test_me_tells_who_the_key_acts_for(client: httpx.AsyncClient) -> None:
    me = (await client.get("/api/v1/me")).json()
    assert me["member"]["name"] == "Ayu Lestari"
    assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize("name", LISTS)
async def test_every_list_has_one_shape(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/api/v1/{name}")
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() >= {"items", "next_cursor", "as_of_seq"}


@pytest.mark.parametrize("name", LISTS)
async def test_no_list_without_a_sign_in(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.get(f"/api/v1/{name}", headers={"authorization": "Bearer wrong"})
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


async def test_every_address_is_guarded_or_says_it_is_open(settings: Settings, house: House) -> None:
    open_ones = [
        str(route.path)
        for route in create_app(settings, house).routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler)
        and handler.http_methods != {"OPTIONS"}
        and not handler.resolve_guards()
        and not handler.opt.get("anyone")
        and not str(route.path).startswith("/api/v1/openapi")
    ]
    assert sorted(open_ones) == []
