"""Holds the pretend WhatsApp, and what we ask of it, to Meta's own API description (tests/contracts/meta/whatsapp-v23.json)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from connectors.whatsapp.sandbox import ACCOUNT, FILE_PATH, NUMBER
from tests.connectors.rig import Exchange
from tests.connectors.shapes import hold, hold_file

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "contracts" / "meta" / "whatsapp-v23.json").read_text(encoding="utf-8")
)
OURS = {"send", "subscribe"}


def _is(name: str) -> Callable[[Exchange], bool]:
    described = CONTRACT["operations"][name]
    path = str(described["path"]).replace("{Version}", "v23.0").replace("{Phone-Number-ID}", NUMBER)
    path = path.replace("{WABA-ID}", ACCOUNT)
    method = str(described["method"]).upper()
    if "{Media-ID}" not in path:
        return lambda exchange: exchange.method == method and exchange.path == path
    return lambda exchange: exchange.method == method and exchange.path.rpartition("/")[2].startswith(("1988000", "1989000"))


OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    **{name: _is(name) for name in CONTRACT["operations"]},
    "file": lambda exchange: exchange.path == FILE_PATH,
}
MACHINE = dict.fromkeys(CONTRACT["operations"], "meta/whatsapp-v23.json")
SCHEMAS = {"file": "https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#download-media"}
# What buyers see of us, and the counts we set.
SENDS, PUSHES = ("send", "upload"), ()


def check(operation: str, exchange: Exchange) -> None:
    if operation == "file":
        assert exchange.headers["authorization"].startswith("Bearer ")
        hold_file(exchange)
        return
    described = CONTRACT["operations"][operation]
    if operation in OURS and b'"recipient"' not in exchange.body:
        hold_to(json.loads(exchange.body), described["request"])
    wanted = described["responses"]["200"] if exchange.status == 200 else {"$ref": "#/schemas/GraphAPIError"}
    hold_to(json.loads(exchange.answer), wanted)


def hold_to(value: Any, wanted: Mapping[str, Any]) -> None:
    """By its `type` where one of several shapes is meant: some of them allow anything beside."""
    schema = CONTRACT["schemas"].get(str(wanted.get("$ref", "")).rpartition("/")[2], {})
    mapping = schema.get("discriminator", {}).get("mapping", {})
    if mapping:
        assert value["type"] in mapping
        wanted = {"$ref": f"#/schemas/{mapping[value['type']].rpartition('/')[2]}"}
    hold(value, {"schemas": CONTRACT["schemas"], **wanted})
