"""Calls of Template's API: paths, paging and what each answer means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from connectors._template.errors import refusal
from connectors._template.manifest import HOST
from connectors.base.client import ChannelHttp, decode
from connectors.base.errors import Malformed, Refused
from connectors.base.wire import mapping

WORDED = (400, 404, 409, 422)


class Page(msgspec.Struct):
    """`items` stay byte for byte. `next` is where the following page starts; `more` says there is one now."""

    items: list[msgspec.Raw] = []
    next: str = ""
    more: bool = False


class TemplateClient:
    def __init__(self, http: ChannelHttp, token: str) -> None:
        self._http = http
        self._headers = {"authorization": f"Bearer {token}"}

    async def account(self) -> Mapping[str, Any]:
        return await self._call("GET", "me")

    async def page(self, feed: str, after: str) -> Page:
        response = await self._http.request(
            "GET", f"https://{HOST}/v1/{feed}", headers=self._headers, params={"after": after} if after else None
        )
        try:
            return msgspec.json.decode(response.content, type=Page)
        except msgspec.DecodeError as error:
            raise Malformed(f"{feed}: {error}", code="not_a_page") from error

    async def thread(self, thread: str) -> Page:
        return await self.page(f"threads/{quote(thread, safe='')}/messages", "")

    async def send(self, thread: str, message: Mapping[str, object]) -> Mapping[str, Any]:
        return await self._call("POST", f"threads/{quote(thread, safe='')}/messages", message, operation="send")

    async def set_quantity(self, listing: str, quantity: int) -> None:
        await self._call("PUT", f"listings/{quote(listing, safe='')}/quantity", {"quantity": quantity}, operation="stock")

    async def set_hook(self, url: str) -> None:
        await self._call("PUT", "hook", {"url": url})

    async def file(self, ref: str) -> bytes:
        response = await self._http.request(
            "GET", f"https://{HOST}/v1/files/{quote(ref, safe='')}", headers=self._headers, expect=(404,)
        )
        if response.status_code == 404:
            raise Refused("Template no longer has this file", code="file_gone")
        return response.content

    async def _call(
        self, method: str, path: str, body: Mapping[str, object] | None = None, *, operation: str = "read"
    ) -> Mapping[str, Any]:
        write = operation != "read"
        response = await self._http.request(
            method,
            f"https://{HOST}/v1/{path}",
            headers=self._headers,
            json=body,
            write=write,
            operation=operation,
            expect=WORDED,
        )
        found = mapping(decode(response, write=write))
        if response.status_code >= 400:
            raise refusal(found, response.status_code)
        return found
