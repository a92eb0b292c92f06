"""Cursors: an opaque word that holds the sort values of the last row seen. Never an offset."""

from __future__ import annotations

import base64
from typing import Any, TypeVar

import msgspec

from app.core.errors import Invalid

T = TypeVar("T")
LIMIT_DEFAULT = 50
LIMIT_MAX = 200


def write_cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def read_cursor(cursor: str, kind: type[T]) -> T:
    """`kind` is a tuple type; raises Invalid for anything this server did not write."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=kind)
    except (ValueError, msgspec.MsgspecError) as error:
        raise Invalid("the cursor is not one of ours; start from the first page", fields={"cursor": "unknown"}) from error


def page(rows: list[Any], limit: int, *keys: str) -> tuple[list[Any], str | None]:
    """Rows were asked for with limit + 1; the cursor names the last row kept by its `keys`."""
    if len(rows) <= limit:
        return rows, None
    kept = rows[:limit]
    return kept, write_cursor(*(getattr(kept[-1], key) for key in keys))
