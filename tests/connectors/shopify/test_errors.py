"""What Shopify answers with 200, and what we make of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, Malformed, RateLimited, Refused, Unavailable
from connectors.shopify.connector import connect
from connectors.shopify.errors import read_data
from connectors.shopify.sandbox import CREDENTIALS
from tests.connectors.shopify.conftest import Clock, make_context


def failing(code: str, words: str = "no", **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": words, "extensions": {"code": code, **more}}]}


CASES = [
    (failing("THROTTLED"), False, RateLimited, "throttled"),
    ({"errors": [{"message": "Throttled"}]}, True, RateLimited, "throttled"),
    (failing("ACCESS_DENIED"), False, AuthExpired, "access_denied"),
    (failing("INTERNAL_SERVER_ERROR"), False, Unavailable, "internal_server_error"),
    (failing("INTERNAL_SERVER_ERROR"), True, Ambiguous, "internal_server_error"),
    (failing("TIMEOUT"), True, Ambiguous, "timeout"),
    (failing("MAX_COST_EXCEEDED"), False, Refused, "max_cost_exceeded"),
    ({"errors": "Not Found"}, False, Refused, "graphql"),
    ({"errors": [None]}, False, Refused, "graphql"),
    ({"errors": {"message": "odd"}}, False, Refused, "graphql"),
    ({}, False, Unavailable, "no_data"),
    ({}, True, Ambiguous, "no_data"),
    ({"data": None}, True, Ambiguous, "no_data"),
    ([], False, Unavailable, "no_data"),
]


@pytest.mark.parametrize(("answer", "write", "error", "code"), CASES)
def test_an_answer_of_errors_is_the_right_failure(answer, write, error, code):
    with pytest.raises(error) as raised:
        read_data(answer, write=write)
    assert raised.value.code == code


def test_missing_scopes_are_named():
    required = "`write_inventory` access scope. Also: `read_orders` access scope."
    with pytest.raises(AuthExpired) as raised:
        read_data(failing("ACCESS_DENIED", requiredAccess=required), write=False)
    assert raised.value.missing == ("write_inventory", "read_orders")


def test_the_wait_is_what_the_bucket_lacks():
    cost = {"requestedQueryCost": 970, "throttleStatus": {"currentlyAvailable": 120, "restoreRate": 100}}
    with pytest.raises(RateLimited) as raised:
        read_data({**failing("THROTTLED"), "extensions": {"cost": cost}}, write=False)
    assert raised.value.after == 8.5


@pytest.mark.parametrize("cost", [None, {}, {"throttleStatus": None}, {"requestedQueryCost": "x"}])
def test_an_unsaid_wait_is_a_second(cost):
    with pytest.raises(RateLimited) as raised:
        read_data({**failing("THROTTLED"), "extensions": {"cost": cost}}, write=False)
    assert raised.value.after == 1.0


def test_withheld_customer_data_does_not_stop_a_read():
    words = "This app is not approved to access the Customer object. See https://shopify.dev/apps/store/data-protection"
    data = {"order": {"id": "gid://shopify/Order/1", "customer": None}}
    assert read_data({"data": data, **failing("ACCESS_DENIED", words)}, write=False) == data
    with pytest.raises(AuthExpired):
        read_data({"data": None, **failing("ACCESS_DENIED", words)}, write=False)


STATUSES = [
    (401, AuthExpired, "unauthorised"),
    (402, Refused, "shop_frozen"),
    (403, AuthExpired, "forbidden"),
    (404, Refused, "shop_unknown"),
    (423, Refused, "shop_locked"),
    (429, RateLimited, "rate_limited"),
    (430, RateLimited, "security_rejection"),
    (500, Unavailable, "server_error"),
    (503, Unavailable, "unavailable"),
]


def store_that_answers(response: httpx.Response) -> httpx.MockTransport:
    return httpx.MockTransport(lambda request: response)


@pytest.mark.parametrize(("status", "error", "code"), STATUSES)
async def test_a_status_is_the_right_failure(status, error, code):
    secrets = {name: value for name, value in CREDENTIALS.items() if name != "refresh_token"}
    transport = store_that_answers(httpx.Response(status, json={"errors": "no"}))
    with pytest.raises(error) as raised:
        await connect(make_context(transport, Clock(), secrets)).pull("orders", "")
    assert raised.value.code == code


@pytest.mark.parametrize("body", [b"<html>login</html>", b"", b"[]", b"null", b'"text"', b'{"data": []}'])
async def test_a_200_without_data_is_no_success(body):
    transport = store_that_answers(httpx.Response(200, content=body))
    with pytest.raises((Malformed, Unavailable)):
        await connect(make_context(transport, Clock(), dict(CREDENTIALS))).pull("orders", "")


async def test_scopes_that_lack_are_told_with_what_to_do():
    granted = [{"handle": "read_orders"}, {"handle": "write_inventory"}, {"handle": "read_locations"}]
    data = {"shop": {"name": "S", "myshopifyDomain": "s.myshopify.com"}, "currentAppInstallation": {"accessScopes": granted}}
    health = await connect(
        make_context(store_that_answers(httpx.Response(200, json={"data": data})), Clock(), dict(CREDENTIALS))
    ).check()
    assert health.missing == ("read_customers", "read_products")
    assert not health.ok
    assert "read_customers" in health.fix


async def test_nonsense_of_a_store_never_raises_anything_but_channel_errors():
    for data in ({"orders": None}, {"orders": {"nodes": [None, 3, {}]}}, {"orders": []}):
        connector = connect(
            make_context(store_that_answers(httpx.Response(200, json={"data": data})), Clock(), dict(CREDENTIALS))
        )
        try:
            batch = await connector.pull("orders", "")
        except ChannelError:
            continue
        for delivery in batch.deliveries:
            with pytest.raises(Malformed):
                connector.normalise(delivery)
