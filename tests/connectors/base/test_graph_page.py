"""A page's talks where Meta says no, or says something odd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connectors.base.client import open_http
from connectors.base.commands import SendReply
from connectors.base.contract import Connector
from connectors.base.errors import Ambiguous, AuthExpired, Malformed, RateLimited, Refused
from connectors.base.events import Handle
from connectors.base.reroute import Reroute
from connectors.registry import load, load_sandbox
from tests.connectors.rig import Clock, context_for

Answer = tuple[int, Any]


def connector(key: str, answers: Callable[[httpx.Request], Answer], **more: str) -> Connector:
    def reply(request: httpx.Request) -> httpx.Response:
        status, body = answers(request)
        return httpx.Response(status, **({"content": body} if isinstance(body, bytes) else {"json": body}))

    client = open_http(Reroute(), httpx.MockTransport(reply))
    return load(key)(context_for(key, client, Reroute(), {**load_sandbox(key)[1], **more}, Clock()))


def always(status: int, body: Any) -> Callable[[httpx.Request], Answer]:
    return lambda request: (status, body)


REPLY = SendReply(key="k", thread="24", text="Yes", customer=Handle(kind="messenger_user", value="1:24"))


async def test_a_missing_permission_is_named_by_check() -> None:
    words = "(#200) Requires pages_messaging permission to manage the object"
    health = await connector("messenger", always(403, {"error": {"code": 200, "message": words}})).check()
    assert (health.ok, health.missing, health.fix) == (False, ("pages_messaging",), "Allow pages_messaging.")


async def test_a_dead_token_is_not_a_missing_permission() -> None:
    with pytest.raises(AuthExpired):
        await connector("messenger", always(401, {"error": {"code": 190, "message": "expired"}})).check()


async def test_a_page_without_an_instagram_account_says_what_to_do() -> None:
    with pytest.raises(Refused) as refused:
        await connector("instagram", always(200, {"id": "1", "name": "Kopi Tepi"})).check()
    assert (refused.value.code, refused.value.detail) == ("no_instagram", "Kopi Tepi has no Instagram account")


async def test_several_apps_on_one_page_ask_for_the_apps_id() -> None:
    apps = {"data": [{"id": "1"}, {"id": "2"}]}
    health = await connector("messenger", always(200, apps), app_id="").check()
    assert (health.ok, health.fix) == (True, "Enter the app id, so that webhooks can be set.")
    assert (await connector("messenger", always(200, apps), app_id="2").check()).fix == ""


async def test_several_apps_on_one_page_leave_the_address_alone() -> None:
    asked: list[str] = []

    def answers(request: httpx.Request) -> Answer:
        asked.append(f"{request.method} {request.url.path.rpartition('/')[2]}")
        return 200, {"data": [{"id": "1", "subscribed_fields": ["leadgen"]}, {"id": "2"}]}

    await connector("messenger", answers, app_id="").subscribe("https://shop.example/hooks/a")
    assert set(asked) == {"GET subscribed_apps", "POST subscribed_apps"}


async def test_fields_the_app_already_reads_stay() -> None:
    fields: list[str] = []

    def answers(request: httpx.Request) -> Answer:
        fields.extend(request.url.params.get("subscribed_fields", "").split(",") if request.method == "POST" else [])
        return 200, {"data": [{"id": "1", "subscribed_fields": ["leadgen", "messages"]}]}

    await connector("instagram", answers, app_id="").subscribe("http://not-https.example/hooks/a")
    assert fields == ["leadgen", "messages"]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, {"recipient_id": "24"}, Ambiguous),
        (200, b"<html>", Ambiguous),
        (502, b"<html>", Ambiguous),
        (200, {"error": {"code": 2, "message": "unexpected"}}, Ambiguous),
        (400, {"error": {"code": 613, "message": "too many"}}, RateLimited),
        (403, b"", Refused),
    ],
)
async def test_an_odd_answer_to_a_send_is_never_success(status: int, body: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        await connector("messenger", always(status, body)).execute(REPLY)


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data": [None, {}, {"messages": {"data": [{"id": None}]}}]}, {"paging": 7}]
)
async def test_an_odd_page_of_talks_is_an_empty_one(body: Any) -> None:
    batch = await connector("messenger", always(200, body)).pull("messages", "")
    assert (batch.deliveries, batch.more) == ((), False)


async def test_a_page_that_is_no_json_is_not_read() -> None:
    with pytest.raises(Malformed):
        await connector("messenger", always(200, b"<html>")).pull("messages", "")
