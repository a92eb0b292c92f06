"""One JSON line an event, UTC, fields from an allow-list of names: bodies and secrets have no way in."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "workspace",
        "connection",
        "channel",
        "feed",
        "delivery",
        "message",
        "listing",
        "member",
        "duty",
        "kind",
        "code",
        "status",
        "detail",
        "attempt",
        "count",
        "seconds",
        "path",
        "method",
        "trace",
        "error",
        "where",
        "port",
        "pid",
        "state",
        "url",
        "name",
        "exc_type",
    ]
)


def _only_allowed(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in [name for name in entry if name not in ALLOWED]:
        del entry[name]
    for name, value in entry.items():
        if isinstance(value, str):
            entry[name] = value[:500].replace("\n", "\\n").replace("\r", "\\r")
        elif not isinstance(value, int | float | bool | None):
            entry[name] = str(value)[:200]
    return entry


def open_logs(level: str = "INFO") -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


log: structlog.stdlib.BoundLogger = structlog.get_logger()
