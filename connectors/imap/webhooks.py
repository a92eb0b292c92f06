"""Mail servers post nothing: whatever comes to our hook is not from one."""

from __future__ import annotations

from connectors.base.contract import RawRequest, Received
from connectors.base.errors import BadSignature


def receive_nothing(request: RawRequest) -> Received:
    raise BadSignature(f"no mail server sends a {request.method} here", code="no_hooks")
