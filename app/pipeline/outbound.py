"""The one way out: the shared HTTP pool, guarded so that no socket opens while a unit of work is open, and none inwards."""

from __future__ import annotations

import httpx

from app.core import metrics
from app.core.db import in_unit
from connectors.base.client import LIMITS, open_http
from connectors.base.reach import public_transport, trusted
from connectors.base.reroute import Reroute


class NetworkInUnit(RuntimeError):
    """A bug of ours: a database transaction would wait for somebody else's server."""


class GuardedTransport(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if in_unit.get():
            raise NetworkInUnit(f"{request.method} {request.url.host} inside a unit of work")
        response = await self._inner.handle_async_request(request)
        metrics.channel_requests.labels(request.url.host, str(response.status_code)).inc()
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


def open_outbound(reroute: Reroute) -> httpx.AsyncClient:
    inside = httpx.AsyncHTTPTransport(verify=trusted(), limits=LIMITS, trust_env=False)
    return open_http(reroute, GuardedTransport(inside), GuardedTransport(public_transport(LIMITS)))
