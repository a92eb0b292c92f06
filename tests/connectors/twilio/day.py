"""What only Twilio has: a service that holds our numbers."""

from __future__ import annotations

from connectors.twilio.sandbox_shapes import SERVICE
from tests.connectors.rig import Rig


async def beyond(rig: Rig) -> None:
    connector = rig.another(messaging_service_sid=SERVICE)
    await connector.subscribe(rig.hook_url)
    await connector.unsubscribe(rig.hook_url)
