"""Every operation of the API's description, and bodies that its shapes allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.core.config import Settings
from app.web.main import create_app

UNUSED = Settings(database_url="postgresql://nobody@127.0.0.1:1/none", secret_keys=(("k1", bytes(range(32))),))
VERBS = ("get", "post", "put", "patch", "delete")
DESCRIBED: dict[str, Any] = create_app(UNUSED).openapi_schema.to_schema()
SCHEMAS: dict[str, Any] = DESCRIBED["components"]["schemas"]
OPEN = {"get /api/v1/first-run", "post /api/v1/first-run", "post /api/v1/session"}
"""Answered without a sign-in."""
ID_TEXTS = {"location", "from_location"}
"""Text fields that take an id too."""

TEXTS = {
    "email": "new@shop.test", "password": "a-fresh-one-4712", "currency": "USD", "time_zone": "UTC", "sku": "MUG", "key": "k-1",
    "client_msg_id": "c-1", "run_key": "run-1", "channel": "telegram", "text": "hello", "current": "none", "new": "a-fresh-one-4713",
}  # fmt: skip
NEEDED: dict[str, dict[str, Any]] = {
    "MessageCreate": {"text": "hello"},
    "ConnectionCreate": {"secrets": {"bot_token": f"300400:{'y' * 35}", "webhook_secret": "another-secret-1"}},
    "OrderCreate": {"lines": [{"sku": "TEA", "quantity": 1}]},
    "VariantCreate": {"sku": "NEW"},
    **{name: {"name": "Renamed"} for name in ("MemberUpdate", "TeamUpdate", "ConnectionUpdate", "WorkspaceUpdate", "MeUpdate")},
    "VariantUpdate": {"title": "Renamed"},
    "LocationUpdate": {"name": "Renamed"},
    "ComponentsWrite": {"lines": []},
    "HoldCreate": {"put_to": "quality"},
    **{name: {"lines": [{"sku": "TEA", "quantity": 1}]} for name in ("IncomingCreate", "ReceiptCreate")},
    "ConversationUpdate": {"subject": "Renamed"},
    "ActCreate": {"client_key": "act-1"},
    "MacroWrite": {"tags": ["filed"]},
    "HoursWrite": {"teams": {}},
}
"""What a rule of the room wants besides what the shape requires."""


@dataclass(frozen=True, slots=True)
class Operation:
    verb: str
    path: str
    tag: str
    places: Mapping[str, str]
    """Parameters that take an id, by name: `path` or `query`."""
    words: tuple[str, ...]
    """Query parameters that take any text."""
    shape: str | None
    """Name of the body's schema."""
    may_be_bare: bool
    """Taken without a body too."""

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"

    def address(self, ids: Mapping[str, UUID]) -> str:
        return self.path.format_map({**ids, "story": "last_unit", "channel": "none-such"})

    @property
    def places_of_ids(self) -> tuple[str, ...]:
        return (*self.places, *self.id_fields)

    @property
    def id_fields(self) -> dict[str, bool]:
        """Body fields that take ids; True where they take a list of them."""
        fields = SCHEMAS[self.shape]["properties"] if self.shape else {}
        kinds = {name: plain(schema) for name, schema in fields.items()}
        lists = {name: True for name, kind in kinds.items() if plain(kind.get("items", {})).get("format") == "uuid"}
        return lists | {name: False for name, kind in kinds.items() if kind.get("format") == "uuid" or name in ID_TEXTS}

    def body(self, ids: Mapping[str, UUID]) -> dict[str, Any] | None:
        return make(self.shape, ids) if self.shape else None


def operations() -> Iterator[Operation]:
    for path, item in DESCRIBED["paths"].items():
        for verb in VERBS:
            if verb in item:
                yield _operation(verb, path, item[verb])


def _operation(verb: str, path: str, told: dict[str, Any]) -> Operation:
    places, words = {}, []
    for parameter in told.get("parameters", ()):
        kind = plain(parameter["schema"])
        if kind.get("format") == "uuid":
            places[parameter["name"]] = parameter["in"]
        elif parameter["in"] == "query" and kind.get("type") == "string" and "enum" not in kind:
            words.append(parameter["name"])
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    choices = content["schema"].get("oneOf", [content["schema"]]) if content else []
    shape = next((one["$ref"].rpartition("/")[2] for one in choices if "$ref" in one), None)
    return Operation(verb, path, told["tags"][0], places, tuple(words), shape, len(choices) > 1)


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Without references and without the choice of null."""
    found = dict(schema)
    if "$ref" in found:
        found = dict(SCHEMAS[found["$ref"].rpartition("/")[2]])
    for one in found.pop("oneOf", ()):
        if one.get("type") != "null":
            found = {**one, **found}
    if "$ref" in found:
        return plain({name: value for name, value in found.items() if name in ("$ref",)})
    if isinstance(found.get("type"), list):
        found["type"] = next(one for one in found["type"] if one != "null")
    return found


def make(shape: str, ids: Mapping[str, UUID]) -> dict[str, Any]:
    schema = SCHEMAS[shape]
    made: dict[str, Any] = {name: _value(name, schema["properties"][name], ids) for name in schema.get("required", ())}
    return made | NEEDED.get(shape, {})


def _value(name: str, schema: Mapping[str, Any], ids: Mapping[str, UUID]) -> Any:
    kind = plain(schema)
    if "enum" in kind:
        return next(one for one in kind["enum"] if one is not None)
    if kind.get("format") == "uuid":
        return str(ids[name])
    match kind.get("type"):
        case "string":
            return TEXTS.get(name, f"any {name}")
        case "integer" | "number":
            return max(int(kind.get("minimum", 1)), 1)
        case "boolean":
            return False
        case "array":
            if plain(kind["items"]).get("format") == "uuid":
                return [str(ids[name])]
            if plain(kind["items"]).get("format") == "uuid":
                return [str(ids[name])]
            return [make(kind["items"]["$ref"].rpartition("/")[2], ids) if "$ref" in kind["items"] else "one"]
        case "object":
            return {}
    raise AssertionError(f"no value for {name}: {schema}")
