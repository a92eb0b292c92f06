"""Template's refusals, sorted by what the caller does next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base.errors import Refused
from connectors.base.wire import text

FIXES = {"thread_closed": "Start a new thread.", "unknown_listing": "Read the listings again."}


def refusal(body: Mapping[str, Any], status: int) -> Refused:
    """From the body of a 4xx that speaks about the request itself."""
    code = text(body.get("error")) or f"http_{status}"
    return Refused(text(body.get("detail")) or f"Template answered {status}", code=code, fix=FIXES.get(code, ""))
