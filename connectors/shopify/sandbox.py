"""A pretend store that speaks the Admin GraphQL API: token, cost bucket, paging, keyed writes, signed webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec

from connectors.base.faults import Faults
from connectors.base.sandbox import Answer, Happening, Request, Sandbox, answer
from connectors.base.sandbox_consent import consent_page, way_back
from connectors.base.signing import digest_base64, digest_hex, fingerprint
from connectors.base.wire import mapping
from connectors.base.world import World
from connectors.shopify.auth import SCOPES
from connectors.shopify.queries import BATCH, VERSION
from connectors.shopify.sandbox_bulk import Bulk
from connectors.shopify.sandbox_graphql import BadDocument, Selection, read
from connectors.shopify.sandbox_shapes import CHANNEL, LOCATION, NAMING, Shapes, connection, passes, stamp, terms
from connectors.shopify.webhooks import TOPICS

CREDENTIALS: Mapping[str, str] = {
    "shop": "kawung-demo.myshopify.com",
    "access_token": "shpat_sandbox",
    "client_secret": "shpss_sandbox_secret",
    "client_id": "sandbox_client",
    "refresh_token": "shprt_sandbox",
}
WISHES = {
    "en": ("Read and update orders", "Read products and set what is in stock"),
    "id": ("Membaca dan memperbarui pesanan", "Membaca produk dan mengatur jumlah stok"),
}
GRAPHQL = f"/admin/api/{VERSION}/graphql.json"
# A store on the Plus plan: https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits
BUCKET, RESTORE, WRITE_COST = 20_000.0, 1_000.0, 10.0


def sandbox(world: World, faults: Faults) -> Sandbox:
    return Store(world, faults)


class Store(Sandbox):
    """Reads and stock writes share one path here; faults tell them apart by the document's mutation."""

    def __init__(self, world: World, faults: Faults) -> None:
        super().__init__(CHANNEL, world, faults, failed=lambda status, words: answer({"errors": words}, status))
        world.open(CHANNEL, NAMING)
        world.watch(CHANNEL, self._tell)
        self.shapes = Shapes(world)
        self.bucket = Bucket(world.now)
        self.tokens = Tokens()
        self.bulk = Bulk(world, self.shapes)
        self.subscriptions: dict[str, dict[str, str]] = {}
        self.withheld: set[str] = set()
        self._answered: dict[str, tuple[str, dict[str, Any]]] = {}
        self._made = 0
        self.route("GET", "/bulk-operation-outputs/{name}")(self.bulk.file)
        self.route("POST", GRAPHQL + "/stock", "stock")(self._graphql)
        self.route("POST", GRAPHQL + "/read", "read")(self._graphql)
        self.route("POST", "/admin/oauth/access_token", "token")(self.tokens.grant)
        self.route("GET", "/admin/oauth/authorize", "token")(self.tokens.consent)

    async def _answer(self, request: Request, receive: Callable[[], Any]) -> Answer | None:
        if request.path != GRAPHQL:
            return await super()._answer(request, receive)
        operation = "stock" if b"inventorySetQuantities" in request.body else "read"
        if self.faults.hit("rate_limited", operation):
            return throttled(RESTORE, 0.0)
        given = await super()._answer(replace(request, path=f"{GRAPHQL}/{operation}"), receive)
        if operation == "stock" and given is not None and self.faults.hit("swallow_reply", operation):
            return answer({"errors": "Bad Gateway"}, 502)
        return given

    def _graphql(self, request: Request) -> Answer:
        token = request.headers.get("x-shopify-access-token", "")
        if self.faults.hit("expire_token", "stock" if request.path.endswith("/stock") else "read"):
            self.tokens.expire(token)
            token = ""
        if not self.tokens.accepts(token):
            words = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return answer({"errors": words}, 401)
        if self.bucket.level() < WRITE_COST:
            return throttled(WRITE_COST, self.bucket.level())
        try:
            return self._run(request)
        except BadDocument as bad:
            return answer({"errors": [{"message": str(bad), "extensions": {"code": bad.code}}]})
        except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
            return answer({"errors": f"Bad Request: {error}"}, 400)

    def _run(self, request: Request) -> Answer:
        body = request.json()
        document = read(body["query"], mapping(body.get("variables")))
        roots = self._mutations(request) if document.kind == "mutation" else self._queries(request)
        data = document.answer(document.fields, roots)
        cost = WRITE_COST if document.kind == "mutation" else float(document.objects)
        self.bucket.spend(cost)
        return answer({"data": data, "extensions": {"cost": self.bucket.report(cost)}})

    def _queries(self, request: Request) -> dict[str, Any]:
        shelf = self.world.shelf(CHANNEL)
        shop = request.host if request.host.endswith(".myshopify.com") else CREDENTIALS["shop"]
        return {
            "shop": {"name": "Kawung Demo", "myshopifyDomain": shop, "currencyCode": shelf.currency},
            "currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in SCOPES]},
            "location": {"id": LOCATION},
            "orders": self._orders,
            "order": lambda asked: self._order(asked.args["id"]),
            "productVariants": self._variants,
            "productVariantsCount": lambda asked: {"count": self.bulk.count(), "precision": "EXACT"},
            "bulkOperation": lambda asked: self.bulk.one(asked.args["id"]),
            "bulkOperations": connection(self.bulk.listed(), lambda node: str(node["id"])),
            "inventoryItem": lambda asked: self._item(asked.args["id"]),
            "nodes": lambda asked: [self._item(gid) for gid in asked.args["ids"]],
            "webhookSubscriptions": connection(list(self.subscriptions.values()), lambda node: str(node["id"])),
        }

    def _mutations(self, request: Request) -> dict[str, Any]:
        return {
            "inventorySetQuantities": self._set_quantities,
            "bulkOperationRunQuery": lambda asked: self.bulk.run(asked.args["query"]),
            "webhookSubscriptionCreate": self._create_webhook,
            "webhookSubscriptionUpdate": self._update_webhook,
            "webhookSubscriptionDelete": self._delete_webhook,
        }

    def _order(self, gid: str) -> dict[str, Any] | None:
        found = self.world.shelf(CHANNEL).orders.get(gid.rsplit("/", 1)[1])
        return self.shapes.order(found) if found else None

    def _item(self, gid: str) -> dict[str, Any] | None:
        found = self.shapes.listing_of_item(gid)
        return self.shapes.item(found) if found else None

    def _orders(self, asked: Selection) -> dict[str, Any]:
        found = list(self.world.shelf(CHANNEL).orders.values())
        for name, sign, value in terms(asked.args.get("query") or ""):
            if name == "updated_at":
                found = [order for order in found if passes(stamp(order.updated_at) or "", sign, value)]
        found.sort(key=lambda order: (order.updated_at, order.number))
        nodes = [self.shapes.order(order) for order in found]
        return connection(nodes, lambda node: f"{node['updatedAt']}|{node['id']}")(asked)

    def _variants(self, asked: Selection) -> dict[str, Any]:
        found = [self.shapes.variant(listing) for listing in self.world.shelf(CHANNEL).listings.values()]
        fields = {"id": "number", "product_id": "product_number", "updated_at": "updatedAt"}
        for name, sign, value in terms(asked.args.get("query") or ""):
            if name in fields:
                found = [node for node in found if passes(node[fields[name]], sign, value)]
        found.sort(key=lambda node: int(node["number"]))
        return connection(found, lambda node: str(node["id"]))(asked)

    # https://shopify.dev/docs/api/usage/idempotent-requests
    def _set_quantities(self, asked: Selection) -> dict[str, Any]:
        key = str(mapping(asked.directives.get("idempotent")).get("key") or "").strip()
        if not key:
            raise BadDocument("The @idempotent directive is required for this mutation.")
        given = asked.args["input"]
        content = fingerprint(msgspec.json.encode(given))
        if key in self._answered:
            known, before = self._answered[key]
            return before if known == content else _refusal([], "IDEMPOTENCY_KEY_PARAMETER_MISMATCH", "The key was used before.")
        faults = self._quantity_faults(given)
        if faults:
            return {"inventoryAdjustmentGroup": None, "userErrors": faults}
        if not self.faults.hit("silent_drop", "stock"):
            for entry in given["quantities"]:
                listing = self.shapes.listing_of_item(entry["inventoryItemId"])
                if listing is not None:
                    reference = str(given.get("referenceDocumentUri") or "")
                    self.world.set_quantity(CHANNEL, listing.sku, int(entry["quantity"]), key=reference)
        done = {"inventoryAdjustmentGroup": {"id": f"gid://shopify/InventoryAdjustmentGroup/{self._next()}"}, "userErrors": []}
        self._answered[key] = (content, done)
        return done

    def _quantity_faults(self, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        lines = given["quantities"]
        if len(lines) > BATCH:
            raise BadDocument(f"The input array size of {len(lines)} is greater than the maximum allowed of {BATCH}.")
        if given["name"] not in ("available", "on_hand"):
            return list(_refusal(["input", "name"], "INVALID_NAME", "Name must be available or on_hand.")["userErrors"])
        faults, taken = [], set()
        for position, line in enumerate(lines):
            path = ["input", "quantities", str(position)]
            if "changeFromQuantity" not in line:
                raise BadDocument("InventoryQuantityInput must include the changeFromQuantity argument.")
            place = (line["inventoryItemId"], line["locationId"])
            code = "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR" if place in taken else self._line_fault(line)
            taken.add(place)
            if code:
                faults += _refusal([*path, "changeFromQuantity"], code, code.replace("_", " ").capitalize())["userErrors"]
        return faults

    def _line_fault(self, line: Mapping[str, Any]) -> str:
        listing = self.shapes.listing_of_item(line["inventoryItemId"])
        if listing is None:
            return "INVALID_INVENTORY_ITEM"
        if line["locationId"] != LOCATION:
            return "ITEM_NOT_STOCKED_AT_LOCATION"
        if int(line["quantity"]) < 0:
            return "INVALID_QUANTITY_NEGATIVE"
        stale = line["changeFromQuantity"] not in (None, listing.quantity)
        return "CHANGE_FROM_QUANTITY_STALE" if stale else ""

    def _create_webhook(self, asked: Selection) -> dict[str, Any]:
        topic, uri = asked.args["topic"], asked.args["webhookSubscription"]["uri"]
        if topic in self.withheld:
            return _no_webhook("You cannot create a webhook subscription with the specified topic")
        if any(entry["topic"] == topic and entry["uri"] == uri for entry in self.subscriptions.values()):
            return _no_webhook("Address for this topic has already been taken")
        gid = f"gid://shopify/WebhookSubscription/{self._next()}"
        self.subscriptions[gid] = {"id": gid, "topic": topic, "uri": uri}
        return {"webhookSubscription": self.subscriptions[gid], "userErrors": []}

    def _update_webhook(self, asked: Selection) -> dict[str, Any]:
        entry = self.subscriptions.get(asked.args["id"])
        if entry is None:
            return _no_webhook("Webhook subscription not found")
        entry["uri"] = asked.args["webhookSubscription"]["uri"]
        return {"webhookSubscription": entry, "userErrors": []}

    def _delete_webhook(self, asked: Selection) -> dict[str, Any]:
        gone = self.subscriptions.pop(asked.args["id"], None)
        found = asked.args["id"] if gone else None
        return {"deletedWebhookSubscriptionId": found, "userErrors": [] if gone else _no_webhook("not found")["userErrors"]}

    def _next(self) -> int:
        self._made += 1
        return 1_500_000_000_000 + self._made

    def _tell(self, happening: Happening) -> None:
        """One event has one event id; each topic's webhook has its own webhook id."""
        shelf = self.world.shelf(CHANNEL)
        if happening.kind == "stock":
            self._announce(["INVENTORY_LEVELS_UPDATE"], self.shapes.level_body(shelf.listings[happening.id]))
        elif happening.kind in ("order", "order_changed"):
            order = shelf.orders[happening.id]
            topics = ["ORDERS_CREATE"] if happening.kind == "order" else ["ORDERS_UPDATED"]
            topics += ["ORDERS_CANCELLED"] if order.status == "cancelled" else []
            self._announce(topics, self.shapes.order_body(order))

    def leave_basket(self, customer: str, wanted: list[tuple[str, int]]) -> None:
        """A buyer fills in the checkout and goes away."""
        body = self.shapes.checkout_body(self._next(), self.world.buyer(customer), wanted)
        self._announce(["CHECKOUTS_CREATE"], body)

    def _announce(self, topics: list[str], body: dict[str, Any]) -> None:
        raw, event = msgspec.json.encode(body), str(uuid4())
        for entry in self.subscriptions.values():
            if entry["topic"] in topics:
                self.poster.post(entry["uri"], self._headers(entry["topic"], raw, event), raw)

    def _headers(self, topic: str, raw: bytes, event: str) -> dict[str, str]:
        return {
            "content-type": "application/json",
            "x-shopify-topic": TOPICS.get(topic, topic.lower()),
            "x-shopify-hmac-sha256": digest_base64(CREDENTIALS["client_secret"], raw),
            "x-shopify-shop-domain": CREDENTIALS["shop"],
            "x-shopify-api-version": VERSION,
            "x-shopify-webhook-id": str(uuid4()),
            "x-shopify-event-id": event,
            "x-shopify-triggered-at": self.world.now().isoformat(),
        }


class Tokens:
    """Only tokens given here are good, until they expire; a code and a refresh token work once."""

    def __init__(self) -> None:
        self.expired: set[str] = set()
        self.renewable = {CREDENTIALS["access_token"]}
        self.refresh = {CREDENTIALS["refresh_token"]}
        self.codes: set[str] = set()

    def accepts(self, token: str) -> bool:
        return token in self.renewable and token not in self.expired

    def expire(self, token: str) -> None:
        """A token that nobody can renew is refused this once only, or its connection would be lost for good."""
        if token in self.renewable:
            self.expired.add(token)

    def grant(self, request: Request) -> Answer:
        form = request.form()
        if any(form.get(name) != CREDENTIALS[name] for name in ("client_id", "client_secret")):
            return answer({"error": "invalid_client", "error_description": "client id or secret is wrong"}, 400)
        if form.get("grant_type") == "refresh_token":
            if form.get("refresh_token") not in self.refresh:
                return answer({"error": "invalid_grant", "error_description": "refresh token is unknown or spent"}, 400)
            self.refresh.discard(form["refresh_token"])
        elif form.get("grant_type") == "client_credentials":
            return self._own_app()
        elif form.get("code") not in self.codes:
            words = "The authorization code was not found or was already used"
            return answer({"error": "invalid_request", "error_description": words}, 400)
        self.codes.discard(form.get("code", ""))
        access, refresh = f"shpat_{uuid4().hex}", f"shprt_{uuid4().hex}"
        self.renewable.add(access)
        self.refresh.add(refresh)
        lives = {"expires_in": 3600, "refresh_token_expires_in": 7_776_000}
        return answer({"access_token": access, "refresh_token": refresh, "scope": ",".join(SCOPES), **lives})

    def consent(self, request: Request) -> Answer:
        """Asks the owner; back with a code, signed as Shopify signs."""
        code, asked = uuid4().hex, request.query
        if asked.get("client_id") != CREDENTIALS["client_id"]:
            return answer({"error": "invalid_request", "error_description": "no such app"}, 400)
        self.codes.add(code)
        back = {"code": code, "shop": CREDENTIALS["shop"], "state": asked.get("state", ""), "timestamp": "1777000000"}
        signed = "&".join(f"{name}={back[name]}" for name in sorted(back))
        back["hmac"] = digest_hex(CREDENTIALS["client_secret"], signed.encode())
        address, said = asked.get("redirect_uri", ""), {"error": "access_denied", "state": asked.get("state", "")}
        return consent_page(
            request,
            name="Shopify",
            account=CREDENTIALS["shop"],
            wishes=WISHES,
            yes=way_back(address, back),
            no=way_back(address, said),
        )

    def _own_app(self) -> Answer:
        access = f"shpat_{uuid4().hex}"
        self.renewable.add(access)
        return answer({"access_token": access, "scope": ",".join(SCOPES), "expires_in": 86_399})


class Bucket:
    """Cost points of one app at one store."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._points = BUCKET
        self._at = now()

    def level(self) -> float:
        elapsed = max((self._now() - self._at).total_seconds(), 0.0)
        self._points, self._at = min(BUCKET, self._points + elapsed * RESTORE), self._now()
        return self._points

    def spend(self, cost: float) -> None:
        self._points = max(self.level() - cost, 0.0)

    def report(self, cost: float) -> dict[str, Any]:
        return cost_report(cost, cost, self.level())


def cost_report(requested: float, actual: float | None, left: float) -> dict[str, Any]:
    status = {"maximumAvailable": BUCKET, "currentlyAvailable": left, "restoreRate": RESTORE}
    return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}


def throttled(requested: float, left: float) -> Answer:
    errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
    return answer({"errors": errors, "extensions": {"cost": cost_report(requested, None, left)}})


def _refusal(path: list[str], code: str, words: str) -> dict[str, Any]:
    return {"inventoryAdjustmentGroup": None, "userErrors": [{"field": path or None, "code": code, "message": words}]}


def _no_webhook(words: str) -> dict[str, Any]:
    return {"webhookSubscription": None, "userErrors": [{"field": ["webhookSubscription"], "message": words}]}
