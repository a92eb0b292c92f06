"""Our documents and the sandbox's answers, held to Shopify's own schema of 2026-04."""

from __future__ import annotations

import re
from typing import Any

import graphql
import msgspec
import pytest

from connectors.base.events import Pointer
from connectors.shopify import queries
from tests.connectors.shopify.wire import SCHEMA, hold_to_schema

DOCUMENTS = {
    name: value for name, value in vars(queries).items() if isinstance(value, str) and re.match(r"\s*(query|mutation) ", value)
}
DEAREST = 1_000


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_each_document_is_valid_and_uses_nothing_deprecated(document):
    parsed = graphql.parse(document)
    assert graphql.validate(SCHEMA, parsed) == []
    assert graphql.validate(SCHEMA, parsed, [graphql.NoDeprecatedCustomRule]) == []


def test_the_bulk_document_is_valid_and_asks_what_a_page_asks():
    bulk = graphql.parse(queries.bulk_listings("gid://shopify/Location/1"))
    assert graphql.validate(SCHEMA, bulk) == []
    assert graphql.validate(SCHEMA, bulk, [graphql.NoDeprecatedCustomRule]) == []


def test_there_are_documents_to_check():
    assert len(DOCUMENTS) == 20


PAGE_SIZES = {
    "ORDERS": queries.ORDER_PAGE,
    "LISTINGS": queries.LISTING_PAGE,
    "STOCK": queries.STOCK_PAGE,
    "LEVELS": queries.BATCH,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_query_costs_more_than_shopify_allows(name):
    """Objects cost 1, connections as many times their content as they ask for, mutations 10:
    https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits"""
    parsed = graphql.parse(DOCUMENTS[name])
    fragments = {node.name.value: node for node in parsed.definitions if isinstance(node, graphql.FragmentDefinitionNode)}
    operation = next(node for node in parsed.definitions if isinstance(node, graphql.OperationDefinitionNode))
    cost = _cost(operation.selection_set, fragments, PAGE_SIZES.get(name, 1))
    assert 0 < cost <= DEAREST


def _cost(selections: Any, fragments: dict[str, Any], page: int) -> int:
    total = 0
    for node in selections.selections:
        if isinstance(node, graphql.FragmentSpreadNode):
            total += _cost(fragments[node.name.value].selection_set, fragments, page)
        elif isinstance(node, graphql.InlineFragmentNode):
            total += _cost(node.selection_set, fragments, page)
        elif node.selection_set is not None:
            total += _times(node, page) * (_cost(_of_one(node), fragments, page) + 1)
    return total


def _of_one(node: Any) -> Any:
    """What one node of a connection selects; else the field's own selections."""
    nodes = [field for field in node.selection_set.selections if getattr(getattr(field, "name", None), "value", "") == "nodes"]
    return nodes[0].selection_set if nodes else node.selection_set


def _times(node: Any, page: int) -> int:
    for argument in node.arguments:
        if argument.name.value == "first":
            return int(argument.value.value) if isinstance(argument.value, graphql.IntValueNode) else page
        if argument.name.value == "ids":
            return page
    return 1


async def _talk(desk, hook, push, stock_line) -> None:
    """Every document goes over the wire at least once."""
    first, second = desk.skus()[:2]
    listings = await desk.listings()
    order = desk.world.place_order("shopify", "ayu", [(sku, 1) for sku in (desk.skus() * 25)[:25]], force=True)
    parcel = desk.world.place_order("shopify", "sam", [(first, 2)], force=True)
    parcel.lines[0].cancelled = 1
    desk.world.change_order("shopify", parcel.id, "shipped", tracking="1Z", carrier="UPS")
    await desk.everything("orders")
    await desk.everything("stock")
    await desk.connector.fetch(Pointer(kind="order", id=order.id))
    await desk.connector.fetch(Pointer(kind="inventory_item", id=listings[first].refs["inventory_item_id"]))
    await desk.connector.check()
    await desk.connector.execute(push(stock_line(listings[first], 3, 99_999), stock_line(listings[second], 2, None)))
    await desk.connector.subscribe(hook)
    await desk.connector.subscribe(f"{hook}/moved")
    await desk.connector.unsubscribe(f"{hook}/moved")


async def test_every_answer_of_the_sandbox_has_the_shape_of_the_schema(desk, hook, push, stock_line):
    await _talk(desk, hook, push, stock_line)
    desk.store.bulk.claimed = 5_000
    await desk.everything("listings")
    seen = set()
    for request, given in desk.answers:
        asked, data = request.json(), msgspec.json.decode(given.body)["data"]
        hold_to_schema(asked, data)
        seen.add(asked["query"])
    assert seen == set(DOCUMENTS.values())


@pytest.mark.parametrize(
    ("document", "variables", "code"),
    [
        ("query { shop { nonsense } }", {}, "undefinedField"),
        ("query { orders { nodes { id } } }", {}, "BAD_REQUEST"),
        ("query { shop { name ", {}, "PARSE_ERROR"),
        (queries.ORDER, {}, "INVALID_VARIABLE"),
        (queries.SET_QUANTITIES.replace("@idempotent(key: $key)", ""), {"input": {"quantities": []}, "key": "k"}, "BAD_REQUEST"),
        (queries.SET_QUANTITIES, {"input": {"quantities": [{}] * 251}, "key": "k"}, "BAD_REQUEST"),
        (
            queries.SET_QUANTITIES,
            {"input": {"name": "available", "quantities": [{"quantity": 1}]}, "key": "k"},
            "BAD_REQUEST",
        ),
    ],
)
async def test_the_sandbox_refuses_what_shopify_refuses(desk, document, variables, code):
    given = await _post(desk, document, variables)
    assert [error["extensions"]["code"] for error in given["errors"]] == [code]
    assert "data" not in given


async def test_a_known_key_with_other_content_is_refused_and_changes_nothing(desk, stock_line):
    sku = desk.skus()[0]
    listing = (await desk.listings())[sku]
    line = {
        "inventoryItemId": f"gid://shopify/InventoryItem/{listing.refs['inventory_item_id']}",
        "locationId": f"gid://shopify/Location/{listing.refs['location_id']}",
        "changeFromQuantity": None,
    }
    for quantity in (3, 4):
        given = {"name": "available", "reason": "correction", "quantities": [{**line, "quantity": quantity}]}
        answer = await _post(desk, queries.SET_QUANTITIES, {"input": given, "key": "one key"})
    errors = answer["data"]["inventorySetQuantities"]["userErrors"]
    assert [error["code"] for error in errors] == ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"]
    assert desk.quantity(sku) == 3


async def test_a_token_must_be_given(desk):
    assert (await _post(desk, queries.CHECK, {}, token=""))["errors"].startswith("[API] Invalid API key")


async def _post(desk, document: str, variables: dict[str, Any], token: str = "shpat_sandbox") -> Any:
    """Straight at the sandbox, as another client would."""
    body = msgspec.json.encode({"query": document, "variables": variables})
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/admin/api/{queries.VERSION}/graphql.json",
        "query_string": b"",
        "headers": [(b"host", b"kawung-demo.myshopify.com"), (b"x-shopify-access-token", token.encode())],
    }
    told: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(event: dict[str, Any]) -> None:
        told.append(event.get("body", b""))

    await desk.store(scope, receive, send)
    return msgspec.json.decode(b"".join(told))
