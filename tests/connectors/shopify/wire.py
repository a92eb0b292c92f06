"""The sandbox's answers against Shopify's own Admin schema of 2026-04."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import graphql
import msgspec

from tests.connectors.rig import Exchange

CONTRACT = Path(__file__).parents[2] / "contracts" / "shopify" / "admin-2026-04.graphql"
SCHEMA = graphql.build_schema(CONTRACT.read_text(encoding="utf-8"))
GRAPHQL_PATH = "/admin/api/2026-04/graphql.json"
TOKEN_PATH = "/admin/oauth/access_token"
COST = {"requestedQueryCost", "actualQueryCost", "throttleStatus"}

OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    "graphql": lambda exchange: exchange.path == GRAPHQL_PATH and exchange.status == 200,
    "refusal": lambda exchange: exchange.path == GRAPHQL_PATH and exchange.status != 200,
    "file": lambda exchange: exchange.path.startswith("/bulk-operation-outputs/"),
    "token": lambda exchange: exchange.path == TOKEN_PATH,
}


def check(operation: str, exchange: Exchange) -> None:
    if operation == "file":
        assert all("id" in line or "__parentId" in line for line in map(msgspec.json.decode, exchange.answer.splitlines()))
        return
    assert exchange.method == "POST"
    answer = msgspec.json.decode(exchange.answer)
    if operation == "token":
        expected = {"access_token", "scope", "expires_in"}
        expected |= {"refresh_token", "refresh_token_expires_in"} if b"client_credentials" not in exchange.body else set()
        assert set(answer) == (expected if exchange.status == 200 else {"error", "error_description"})
    elif operation == "refusal":
        assert isinstance(answer["errors"], str)
    elif "errors" in answer:
        assert all(error["message"] and error["extensions"]["code"] for error in answer["errors"])
        assert set(answer["extensions"]["cost"]) == COST
        assert "data" not in answer
    else:
        hold_to_schema(msgspec.json.decode(exchange.body), answer["data"])
        assert set(answer["extensions"]["cost"]) == COST


def hold_to_schema(asked: Mapping[str, Any], data: Any) -> None:
    """The answer, served by a real GraphQL engine over the schema, comes out as it went in: no field too few or too many, no
    null where there must be none, no value of another type."""
    parsed = graphql.parse(asked["query"])
    assert graphql.validate(SCHEMA, parsed) == []
    checked = graphql.execute(
        SCHEMA,
        parsed,
        root_value=data,
        variable_values=asked.get("variables"),
        type_resolver=lambda value, info, kind: value.get("__typename", "MediaImage"),
    )
    assert checked.errors is None
    assert checked.data == data
