"""Pretend bulk operations: one at a time, a file of JSON lines at the end. https://shopify.dev/docs/api/usage/bulk-operations/queries"""

from __future__ import annotations

from copy import copy
from typing import Any

import msgspec

from connectors.base.sandbox import Answer, Request
from connectors.base.world import World
from connectors.shopify.manifest import FILES_HOST
from connectors.shopify.sandbox_graphql import Document, Selection, read
from connectors.shopify.sandbox_shapes import CHANNEL, Shapes

FIRST = 1_200_000_000_000


class Bulk:
    """`looks`: how often an operation is asked for before it is done. `claimed`: how many variants the store says it has."""

    def __init__(self, world: World, shapes: Shapes) -> None:
        self.world, self.shapes = world, shapes
        self.made: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.looks = 1
        self.claimed = 0

    def count(self) -> int:
        return max(len(self.world.shelf(CHANNEL).listings), self.claimed)

    def listed(self) -> list[dict[str, Any]]:
        return list(reversed(self.made.values()))

    def one(self, gid: str) -> dict[str, Any] | None:
        found = self.made.get(gid)
        if found is not None and found["status"] == "RUNNING":
            found["looks"] -= 1
            if found["looks"] <= 0:
                found |= {"status": "COMPLETED", "url": f"https://{FILES_HOST}/bulk-operation-outputs/{gid.rsplit('/', 1)[1]}"}
        return found

    def run(self, query: str) -> dict[str, Any]:
        if any(entry["status"] == "RUNNING" for entry in self.made.values()):
            words = "A bulk query operation for this app and shop is already in progress."
            return {
                "bulkOperation": None,
                "userErrors": [{"code": "OPERATION_IN_PROGRESS", "field": ["query"], "message": words}],
            }
        number = str(FIRST + len(self.made))
        gid = f"gid://shopify/BulkOperation/{number}"
        self.files[number] = self._lines(read(query, {}))
        self.made[gid] = {"id": gid, "status": "RUNNING", "url": None, "query": query, "looks": self.looks}
        return {"bulkOperation": self.made[gid], "userErrors": []}

    def file(self, request: Request) -> Answer:
        """The address holds its own permission: no token is asked for."""
        found = self.files.get(request.parts["name"])
        return Answer(found, media_type="application/jsonl") if found is not None else Answer(b"NoSuchKey", 404, "text/plain")

    def _lines(self, document: Document) -> bytes:
        wanted = _node(document.fields[0])
        item = next(field for field in wanted if field.name == "inventoryItem")
        levels = _node(next(field for field in item.fields if field.name == "inventoryLevels"))
        bare = copy(item)
        bare.fields = [field for field in item.fields if field.name != "inventoryLevels"]
        flat = [bare if field is item else field for field in wanted]
        lines: list[bytes] = []
        for listing in self.world.shelf(CHANNEL).listings.values():
            shown = self.shapes.variant(listing)
            lines.append(msgspec.json.encode(document.answer(flat, shown)))
            for level in shown["inventoryItem"]["inventoryLevels"](Selection(args={"first": 250}))["nodes"]:
                lines.append(msgspec.json.encode({**document.answer(levels, level), "__parentId": shown["id"]}))
        return b"\n".join(lines)


def _node(connection: Selection) -> list[Selection]:
    """What is asked of each node of a connection."""
    return connection.fields[0].fields[0].fields
