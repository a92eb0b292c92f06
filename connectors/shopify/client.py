"""Calls to one store's Admin API: path, token, renewal, and what an answer means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base.client import decode
from connectors.base.contract import Context
from connectors.base.errors import AuthExpired, Refused
from connectors.base.wire import items, mapping, text
from connectors.shopify.auth import can_renew, renew, shop_host
from connectors.shopify.errors import read_data, reject_status
from connectors.shopify.queries import ORDER_LINES, ORDER_REFUNDS, PRIMARY_LOCATION, VERSION

OWN_STATUS = (402, 403, 404, 423, 430)
UNTOUCHED = ("", "UNFULFILLED", "OPEN")


class Admin:
    """`query` and `mutate` return `data`; every failure is a ChannelError."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._secrets: Mapping[str, str] = context.secrets
        self._location = (context.settings.get("location_id") or context.secrets.get("location_id") or "").strip()

    @property
    def shop(self) -> str:
        return shop_host(self._secrets.get("shop", ""))

    async def query(self, document: str, **variables: object) -> Mapping[str, Any]:
        return await self._call(document, variables, write=False, operation="read")

    async def mutate(self, document: str, *, operation: str = "read", **variables: object) -> Mapping[str, Any]:
        return await self._call(document, variables, write=True, operation=operation)

    async def _call(self, document: str, variables: Mapping[str, object], *, write: bool, operation: str) -> Mapping[str, Any]:
        token = self._secrets.get("access_token", "")
        try:
            if not token:
                raise AuthExpired("no access token yet", code="unauthorised")
            return await self._post(document, variables, write=write, operation=operation)
        except AuthExpired as expired:
            if expired.code != "unauthorised" or not can_renew(self._secrets):
                raise
        self._secrets = await self._context.refresh(lambda now: renew(self._context.http, now, token))
        return await self._post(document, variables, write=write, operation=operation)

    async def _post(self, document: str, variables: Mapping[str, object], *, write: bool, operation: str) -> Mapping[str, Any]:
        response = await self._context.http.request(
            "POST",
            f"https://{self.shop}/admin/api/{VERSION}/graphql.json",
            write=write,
            operation=operation,
            expect=OWN_STATUS,
            headers={"x-shopify-access-token": self._secrets.get("access_token", "")},
            json={"query": document, "variables": variables},
        )
        reject_status(response.status_code, response.text[:500])
        return read_data(decode(response, write=write), write=write)

    async def location(self) -> str:
        """Global id of the location whose counts we keep: the owner's choice, else the store's primary one."""
        if not self._location:
            found = mapping((await self.query(PRIMARY_LOCATION)).get("location"))
            self._location = text(found.get("id"))
        if not self._location:
            raise Refused("the store has no location", code="no_location", fix="Add a location in Shopify's settings.")
        return gid("Location", self._location)

    async def complete_order(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The order with the lines beyond its first page, and with its refunds where they tell a cancelled unit from a
        returned one."""
        whole = dict(node)
        lines = mapping(node.get("lineItems"))
        found, page = list(items(lines.get("nodes"))), mapping(lines.get("pageInfo"))
        while page.get("hasNextPage") and page.get("endCursor"):
            answer = await self.query(ORDER_LINES, id=node.get("id"), after=page.get("endCursor"))
            lines = mapping(mapping(answer.get("order")).get("lineItems"))
            found += items(lines.get("nodes"))
            page = mapping(lines.get("pageInfo"))
        whole["lineItems"] = {"nodes": found}
        reduced = any(mapping(line).get("currentQuantity") != mapping(line).get("quantity") for line in found)
        if reduced and text(node.get("displayFulfillmentStatus")) not in UNTOUCHED:
            answer = await self.query(ORDER_REFUNDS, id=node.get("id"))
            whole["refunds"] = list(items(mapping(answer.get("order")).get("refunds")))
        return whole


def gid(kind: str, number: str) -> str:
    return number if number.startswith("gid://") else f"gid://shopify/{kind}/{number}"
