"""`openapi`: the shape of the API."""

from __future__ import annotations

import json
import sys

import typer

from app.core.config import Settings
from app.web.main import create_app

_UNUSED = Settings(database_url="postgresql://onecounter@127.0.0.1:1/onecounter", secret_keys=(("k1", bytes(range(32))),))
"""Describing the API opens no connection and no secret."""


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter openapi > openapi.json")(openapi)


def openapi() -> None:
    """Print the API's description (OpenAPI 3.1, JSON)."""
    json.dump(create_app(_UNUSED).openapi_schema.to_schema(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
