"""The API's description is whole: every operation is sorted, explained where it answers, and says how it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.core.config import Settings
from app.web.main import create_app
from tests.house.source import ROOT, text_of

UNUSED = Settings(database_url="postgresql://nobody@127.0.0.1:1/none", secret_keys=(("k1", bytes(range(32))),))
VERBS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return create_app(UNUSED).openapi_schema.to_schema()


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        yield from ((f"{verb} {path}", operation) for verb, operation in item.items() if verb in VERBS)


def test_it_is_described_under_one_roof(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    outside = {path for path in described["paths"] if not path.startswith("/api/v1/")}
    assert outside == set()
    assert len(list(operations(described))) > 40


def test_every_operation_is_sorted_and_has_its_own_name(described: dict[str, Any]) -> None:
    found = dict(operations(described))
    assert [name for name, operation in found.items() if not operation.get("tags")] == []
    names = [operation["operationId"] for operation in found.values()]
    assert len(set(names)) == len(names)


def test_every_operation_says_how_it_refuses(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        refusals = {status: answer for status, answer in operation["responses"].items() if status[0] not in "123"}
        assert "default" in refusals, name
        for answer in refusals.values():
            content = {kind: media["schema"] for kind, media in answer["content"].items()}
            assert content == {"application/problem+json": {"$ref": "#/components/schemas/Problem"}}, name
    problem = described["components"]["schemas"]["Problem"]
    assert set(problem["required"]) == {"type", "title", "status", "code", "detail"}


def test_every_list_has_one_shape(described: dict[str, Any]) -> None:
    pages = {name: shape for name, shape in described["components"]["schemas"].items() if name.endswith("Page")}
    assert len(pages) > 5
    assert [name for name, shape in pages.items() if set(shape["required"]) < {"items", "next_cursor", "as_of_seq"}] == []


def test_no_name_is_written_in_camel_case(described: dict[str, Any]) -> None:
    camel = {
        f"{name}.{field}"
        for name, shape in described["components"]["schemas"].items()
        for field in shape.get("properties", {})
        if re.search("[A-Z]", field)
    }
    assert camel == set()


def test_the_screen_asks_for_fields_that_exist(described: dict[str, Any]) -> None:
    """Its shapes are written by hand: what it reads without a question mark is served, what it sends is taken."""
    schemas = described["components"]["schemas"]
    shapes = {name: dict(fields) for name, fields in _interfaces()}
    assert shapes.keys() >= NAMED.keys()
    wrong = []
    for name, fields in shapes.items():
        schema = schemas.get(NAMED.get(name) or (f"{name}Read" if f"{name}Read" in schemas else name))
        for field, optional in fields.items():
            if schema and field not in schema["properties"] and (not optional or name in SENT):
                wrong.append(f"{name}.{field}")
    assert wrong == []


NAMED = {
    "Member": "Colleague",
    "Team": "TeamName",
    "Demo": "DemoState",
    "NewMessage": "MessageCreate",
    "ConversationPatch": "ConversationUpdate",
}
SENT = {"NewMessage", "ConversationPatch"}


def _interfaces() -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """(name, [(field, may be missing)]) of the screen's types.ts."""
    for shape in re.finditer(r"export interface (\w+) \{\n(.*?)^\}", text_of(ROOT / "frontend/src/api/types.ts"), re.S | re.M):
        yield shape[1], [(field[1], field[2] == "?") for field in re.finditer(r"^  readonly (\w+)(\??):", shape[2], re.M)]
