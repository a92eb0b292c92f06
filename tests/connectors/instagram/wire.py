"""Holds the pretend page to the shapes Meta's pages describe (tests/contracts/meta/page-shapes.json)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from connectors.instagram.sandbox import IDS
from tests.connectors.rig import Exchange
from tests.connectors.shapes import hold, hold_file

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "contracts" / "meta" / "page-shapes.json").read_text(encoding="utf-8")
)


def _is(described: Mapping[str, str]) -> Callable[[Exchange], bool]:
    path = re.compile(described["path"].replace("{page}", IDS.page).replace("{app}", IDS.app))
    return lambda exchange: exchange.method == described["method"] and path.fullmatch(exchange.path) is not None


# Of the other channel of a page.
OTHERS = ("ids_for_pages", "person")
ASKED = {name: described for name, described in CONTRACT["operations"].items() if name not in OTHERS}
OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    **{name: _is(described) for name, described in ASKED.items()},
    "file": lambda exchange: exchange.host.endswith("fbsbx.com"),
}

MACHINE: Mapping[str, str] = {}
SCHEMAS = {
    **{name: described["source"] for name, described in ASKED.items()},
    "file": "https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages",
}
# What buyers see of us, and the counts we set.
SENDS, PUSHES = ("send", "upload"), ()


def check(operation: str, exchange: Exchange) -> None:
    if operation == "file":
        assert ("authorization" in exchange.headers) == exchange.host.startswith("lookaside.")
        hold_file(exchange)
        return
    body = json.loads(exchange.answer)
    wanted = CONTRACT["operations"][operation]["schema"] if exchange.status == 200 else {"$ref": "#/schemas/Error"}
    hold(body, {"schemas": CONTRACT["schemas"], **wanted})
