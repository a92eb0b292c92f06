"""Holds the pretend Twilio, and what we ask of it, to Twilio's own API description, and for templates to its pages (tests/contracts/twilio)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.connectors.rig import Exchange
from tests.connectors.shapes import hold, hold_file

HERE = Path(__file__).parents[2] / "contracts" / "twilio"
PUBLISHED, OF_PAGES = (
    json.loads((HERE / f"{name}.json").read_text(encoding="utf-8")) for name in ("messaging", "content-shapes")
)
CONTRACT: dict[str, Any] = {part: {**PUBLISHED[part], **OF_PAGES[part]} for part in ("operations", "schemas")}
REFUSAL = {"code", "message", "more_info", "status"}
# The address as Twilio has it is part of what it signs.
URL_SIGNED = True


def _is(described: Mapping[str, Any]) -> Callable[[Exchange], bool]:
    pattern = re.compile(re.sub(r"\{\w+\}", "[^/.]+", described["path"].replace(".json", r"\.json")))
    return lambda exchange: exchange.method == described["method"] and bool(pattern.fullmatch(exchange.path))


OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    **{name: _is(described) for name, described in CONTRACT["operations"].items()},
    "pointer": lambda exchange: bool(re.search(r"/Media/ME[0-9a-f]{32}$", exchange.path)),
    "file": lambda exchange: exchange.path.startswith("/files/"),
}
MACHINE = dict.fromkeys(PUBLISHED["operations"], "twilio/messaging.json")
SCHEMAS = {
    **dict.fromkeys(OF_PAGES["operations"], "https://www.twilio.com/docs/content/content-api-resources"),
    **dict.fromkeys(("pointer", "file"), "https://www.twilio.com/docs/messaging/api/media-resource#fetch-a-media-resource"),
}
# What buyers see of us, and the counts we set.
SENDS, PUSHES = ("send",), ()


def check(operation: str, exchange: Exchange) -> None:
    if operation == "file":
        assert "authorization" not in exchange.headers
        hold_file(exchange)
        return
    if operation == "pointer":
        assert (exchange.status, exchange.answer_headers["location"][:8], exchange.answer) == (307, "https://", b"")
        return
    described, body = CONTRACT["operations"][operation], json.loads(exchange.answer)
    if exchange.status >= 400:
        assert set(body) == REFUSAL
        assert body["status"] == exchange.status
        return
    assert exchange.status == described["status"]
    asked = {name for name, _ in parse_qsl(exchange.body.decode(), keep_blank_values=True)}
    assert asked <= set(described["fields"])
    assert {name for name, _ in parse_qsl(exchange.query)} <= set(described["query"])
    schema = _as_json_schema({"schemas": CONTRACT["schemas"], **described["schema"]})
    hold(body, schema)


def _as_json_schema(value: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema says a type of null; what is not described is not there."""
    if isinstance(value, list):
        return [_as_json_schema(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {name: _as_json_schema(each) for name, each in value.items() if name != "nullable"}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = made["$ref"].replace("#/components/schemas/", "#/schemas/")
    if value.get("nullable") and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    if isinstance(made.get("properties"), dict) and made.get("type") in ("object", ["object", "null"]):
        made.setdefault("additionalProperties", False)
    return made
