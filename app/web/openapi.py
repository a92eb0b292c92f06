"""The API's description. Shapes that refuse unknown fields say so, which the toolkit leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from litestar import Litestar, Request, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, OpenAPIMediaType, OpenAPIResponse, Operation, Reference, Schema, SecurityScheme
from litestar.openapi.spec.enums import OpenAPIType
from msgspec import Struct

DESCRIPTION = (
    "One inbox and one stock count for people who sell on many channels. Sign in with the session cookie or an API key. "
    "Every list is {items, next_cursor, as_of_seq}; every refusal is application/problem+json with a stable code."
)

TEXT, NUMBER = Schema(type=OpenAPIType.STRING), Schema(type=OpenAPIType.INTEGER)
PROBLEM = Schema(
    type=OpenAPIType.OBJECT,
    title="Problem",
    description="A refusal. `code` is stable; `fields` names what is wrong with the body, by field.",
    properties={
        **{"type": TEXT, "title": TEXT, "status": NUMBER, "code": TEXT, "detail": TEXT},
        "fields": Schema(type=OpenAPIType.OBJECT, additional_properties=TEXT),
    },
    required=["type", "title", "status", "code", "detail"],
)
VERBS = ("get", "post", "put", "patch", "delete")


def product_version() -> str:
    try:
        return version("onecounter")
    except PackageNotFoundError:
        return "0"


def describe_api() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Onecounter",
        version=product_version(),
        description=DESCRIPTION,
        path="/api/v1/openapi",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(
            security_schemes={
                "key": SecurityScheme(type="http", scheme="bearer", description="An API key"),
                "session": SecurityScheme(type="apiKey", security_scheme_in="cookie", name="onecounter_session"),
            }
        ),
        security=[{"key": []}, {"session": []}],
        use_handler_docstrings=True,
    )


@get("/api/v1/openapi.json", include_in_schema=False, sync_to_thread=False, opt={"anyone": True})
def tell_description(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return request.app.openapi_schema.to_schema()


ROUTES = [tell_description]


def close_shapes(app: Litestar) -> None:
    strict = {kind.__name__ for kind in _structs(Struct) if kind.__struct_config__.forbid_unknown_fields}
    for schema in (app.openapi_schema.components.schemas or {}).values():
        if isinstance(schema, Schema) and schema.title in strict:
            schema.additional_properties = False


def describe_refusals(app: Litestar) -> None:
    """Every operation refuses in one shape; the toolkit describes its own, which nobody gets to see."""
    description = app.openapi_schema
    description.components.schemas["Problem"] = PROBLEM
    refusal = OpenAPIMediaType(schema=Reference(ref="#/components/schemas/Problem"))
    told = OpenAPIResponse(description="Refused, and why", content={"application/problem+json": refusal})
    for path in (description.paths or {}).values():
        for operation in (getattr(path, verb) for verb in VERBS):
            if isinstance(operation, Operation):
                fine = {status: answer for status, answer in (operation.responses or {}).items() if status[0] in "123"}
                operation.responses = {**fine, "default": told}


def _structs(root: type[Struct]) -> Iterator[type[Struct]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _structs(kind)
