"""The only call this channel makes: telling the pretend shop page where its widget posts. A real page carries our script,
put there by its owner, and is never called."""

from __future__ import annotations

from connectors.base.client import ChannelHttp
from connectors.webchat.manifest import HOST


class PretendPage:
    def __init__(self, http: ChannelHttp) -> None:
        self._http = http

    async def is_up(self) -> bool:
        response = await self._http.request("GET", f"https://{HOST}/widget", expect=(404,))
        return response.status_code in (200, 404)

    async def install(self, hook_url: str) -> None:
        await self._http.request("PUT", f"https://{HOST}/widget", json={"hook_url": hook_url})

    async def take_off(self, hook_url: str) -> None:
        await self._http.request("DELETE", f"https://{HOST}/widget", params={"hook_url": hook_url}, expect=(404,))
