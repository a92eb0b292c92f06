"""How the pretend shop posts its webhooks: once each, and after more than five failures in a row no more."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from connectors.base.faults import Faults
from connectors.base.reach import trusted
from connectors.base.sandbox import Poster
from connectors.woocommerce.sandbox_shapes import SITE

FAILURES = 5


@dataclass(slots=True)
class Hook:
    id: int
    topic: str
    url: str
    secret: str
    name: str = ""
    status: str = "active"
    failures: int = 0


class Courier(Poster):
    def __init__(self, faults: Faults) -> None:
        super().__init__(faults, tries=1)
        self.hooks: dict[int, Hook] = {}
        self._deliveries = 0

    def tell(self, topic: str, body: bytes) -> None:
        for hook in self.hooks.values():
            if hook.topic == topic and hook.status == "active":
                self.post(hook.url, self._headers(hook, body), body)

    def _headers(self, hook: Hook, body: bytes) -> dict[str, str]:
        self._deliveries += 1
        resource, _, event = hook.topic.partition(".")
        return {
            "content-type": "application/json",
            "x-wc-webhook-source": f"{SITE}/",
            "x-wc-webhook-topic": hook.topic,
            "x-wc-webhook-resource": resource,
            "x-wc-webhook-event": event,
            "x-wc-webhook-signature": base64.b64encode(hmac.new(hook.secret.encode(), body, hashlib.sha256).digest()).decode(),
            "x-wc-webhook-id": str(hook.id),
            "x-wc-webhook-delivery-id": hashlib.md5(f"{hook.id}:{self._deliveries}".encode(), usedforsecurity=False).hexdigest(),
        }

    async def _try(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        hook = self.hooks.get(int(headers["x-wc-webhook-id"]))
        async with httpx.AsyncClient(timeout=5.0, trust_env=False, verify=trusted()) as client:
            try:
                status = (await client.post(url, content=body, headers=dict(headers))).status_code
            except httpx.TransportError:
                status = 0
        self.sent[status] = self.sent.get(status, 0) + 1
        if hook is None:
            return
        hook.failures = 0 if 200 <= status < 300 else hook.failures + 1
        if hook.failures > FAILURES:
            hook.status, hook.failures = "disabled", 0
