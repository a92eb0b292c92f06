"""Amazon posts no webhooks: its notices go to a queue of the seller's (`sqs.py`)."""

from __future__ import annotations

from connectors.base.contract import RawRequest, Received
from connectors.base.errors import BadSignature


def receive(request: RawRequest) -> Received:
    raise BadSignature(f"Amazon posts no webhooks, so this {request.method} is not from Amazon", code="no_webhooks")
