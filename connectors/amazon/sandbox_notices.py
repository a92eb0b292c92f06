"""Pretend Notifications API: where notices go and which. https://developer-docs.amazon.com/sp-api/docs/notifications-api"""

from __future__ import annotations

from typing import Any

from connectors.amazon.sandbox_shop import Shop, body_of, guarded, refusal
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.wire import mapping, text

ROOT = "/notifications/v1"


class Notices:
    """`destinations` by id; `standing` by kind of notice."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.destinations: dict[str, dict[str, Any]] = {}
        self.standing: dict[str, dict[str, Any]] = {}
        self.number = 0

    def routes(self, box: Sandbox) -> None:
        kind = f"{ROOT}/subscriptions/{{kind}}"
        box.route("GET", f"{ROOT}/destinations")(guarded(self.shop, self.list_destinations, own=True))
        box.route("POST", f"{ROOT}/destinations")(guarded(self.shop, self.make_destination, own=True))
        box.route("GET", kind)(guarded(self.shop, self.read))
        box.route("POST", kind)(guarded(self.shop, self.make))
        box.route("DELETE", f"{kind}/{{id}}")(guarded(self.shop, self.drop, own=True))

    def leads(self, kind: str, arn: str) -> bool:
        destination = self.destinations.get(text(self.standing.get(kind, {}).get("destinationId")), {})
        return bool(destination) and destination["resource"]["sqs"]["arn"] == arn

    def _next(self) -> str:
        self.number += 1
        return f"93b098e1-c42f-4f45-93a1-{self.number:012d}"

    def list_destinations(self, _request: Request) -> Answer:
        return answer({"payload": list(self.destinations.values())})

    def make_destination(self, request: Request) -> Answer:
        told = body_of(request)
        resource = mapping(told.get("resourceSpecification"))
        if any(one["resource"] == resource for one in self.destinations.values()):
            return refusal(409, "ResourceAlreadyExists", "A destination of this resource exists.")
        name = self._next()
        made = {"name": text(told.get("name")), "destinationId": name, "resource": dict(resource)}
        self.destinations[name] = made
        return answer({"payload": made})

    def read(self, request: Request) -> Answer:
        found = self.standing.get(request.parts["kind"])
        return answer({"payload": found}) if found else refusal(404, "NotFound", "Resource not found.")

    def make(self, request: Request) -> Answer:
        kind, told = request.parts["kind"], body_of(request)
        if kind in self.standing:
            return refusal(409, "ResourceAlreadyExists", "A subscription of this type exists.")
        if told.get("destinationId") not in self.destinations:
            return refusal(400, "InvalidInput", "The destination is not known.")
        self.standing[kind] = {"subscriptionId": self._next(), **told}
        return answer({"payload": self.standing[kind]})

    def drop(self, request: Request) -> Answer:
        found = self.standing.get(request.parts["kind"], {})
        if found.get("subscriptionId") != request.parts["id"]:
            return refusal(404, "NotFound", "Resource not found.")
        del self.standing[request.parts["kind"]]
        return answer({})
