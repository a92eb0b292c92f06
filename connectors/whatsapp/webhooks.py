"""Who sent this post, and which deliveries it makes. https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from connectors.base.contract import RawRequest, Received
from connectors.base.graph_hooks import receive_hub


def receive_post(request: RawRequest, secrets: Mapping[str, str], now: datetime) -> Received:
    """Each delivery names its number: one business account may have several."""
    return receive_hub(request, secrets, now)
