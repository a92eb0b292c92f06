"""The sandbox's answers against Shopify's own Admin schema of 2026-04."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import graphql
import msgspec

from connectors.shopify import queries
from tests.connectors.rig import Exchange
from tests.connectors.shapes import hold_token

CONTRACT = Path(__file__).parents[2] / "contracts" / "shopify" / "admin-2026-04.graphql"
SCHEMA = graphql.build_schema(CONTRACT.read_text(encoding="utf-8"))
GRAPHQL_PATH = "/admin/api/2026-04/graphql.json"
TOKEN_PATH = "/admin/oauth/access_token"
COST = {"requestedQueryCost", "actualQueryCost", "throttleStatus"}

NAMED = re.compile(r"\b(?:query|mutation) (\w+)")
# Every document of the client by its name.
DOCUMENTS = tuple(found[1] for name, text in vars(queries).items() if name.isupper() and (found := NAMED.search(str(text))))


def _is_document(name: str) -> Callable[[Exchange], bool]:
    return lambda exchange: exchange.path == GRAPHQL_PATH and exchange.status == 200 and _name(exchange) == name


def _name(exchange: Exchange) -> str:
    found = NAMED.search(msgspec.json.decode(exchange.body)["query"])
    return found[1] if found else ""


OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    **{name: _is_document(name) for name in DOCUMENTS},
    "refusal": lambda exchange: exchange.path == GRAPHQL_PATH and exchange.status != 200,
    "file": lambda exchange: exchange.path.startswith("/bulk-operation-outputs/"),
    "token": lambda exchange: exchange.path == TOKEN_PATH,
}
MACHINE = dict.fromkeys(DOCUMENTS, "shopify/admin-2026-04.graphql")
SCHEMAS = {
    "refusal": "https://shopify.dev/docs/api/admin-graphql#status_and_error_codes",
    "file": "https://shopify.dev/docs/api/usage/bulk-operations/queries#the-jsonl-data-format",
    "token": "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant",
}
# What buyers see of us, and the counts we set.
SENDS, PUSHES = (), ("SetQuantities",)


def check(operation: str, exchange: Exchange) -> None:
    if operation == "file":
        assert all("id" in line or "__parentId" in line for line in map(msgspec.json.decode, exchange.answer.splitlines()))
        return
    assert exchange.method == "POST"
    if operation == "token":
        lasting = {"refresh_token", "refresh_token_expires_in"} if b"client_credentials" not in exchange.body else set()
        hold_token(exchange, {"access_token", "scope", "expires_in"} | lasting)
        return
    answer = msgspec.json.decode(exchange.answer)
    if operation == "refusal":
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
