"""The API's description. Shapes that refuse unknown fields say so, which the toolkit leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from litestar import Litestar, Request, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Schema, SecurityScheme
from msgspec import Struct

DESCRIPTION = (
    "One inbox and one stock count for people who sell on many channels. Sign in with the session cookie or an API key. "
    "Every list is {items, next_cursor, as_of_seq}; every refusal is application/problem+json with a stable code."
)


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


def _structs(root: type[Struct]) -> Iterator[type[Struct]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _structs(kind)
