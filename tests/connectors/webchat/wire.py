"""Holds the pretend page to the schema beside it, and its visitors to the addresses our own door has."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import connectors
from tests.connectors.rig import Exchange
from tests.connectors.shapes import hold

SCHEMA = json.loads((Path(connectors.__file__).parent / "webchat" / "sandbox_schema.json").read_text(encoding="utf-8"))
OPERATIONS: Mapping[str, Callable[[Exchange], bool]] = {
    "widget": lambda exchange: exchange.path == "/widget",
    # No web process stands behind this rig: what visitors ask of it is only held to the right address.
    "door": lambda exchange: exchange.path in ("/chat/webchat/events", "/chat/webchat/files"),
}
MACHINE: Mapping[str, str] = {}
# Both ends are ours: there is no outside page but the one of the stream.
SCHEMAS = dict.fromkeys(OPERATIONS, "https://html.spec.whatwg.org/multipage/server-sent-events.html")
# A pass says who speaks and until when, not what.
BODY_UNSIGNED = PROOF_ENDS = True
# What buyers see of us, and the counts we set.
SENDS, PUSHES = (), ()


def check(operation: str, exchange: Exchange) -> None:
    if operation == "door":
        assert exchange.headers["authorization"].startswith("Bearer ")
        assert (exchange.status, set(json.loads(exchange.answer))) == (404, {"error"})
        return
    shape = "widget" if exchange.status == 200 else "refusal"
    hold(json.loads(exchange.answer), {"$ref": f"#/$defs/{shape}", "$defs": SCHEMA["$defs"]})
