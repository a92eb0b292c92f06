"""Calls of the Bot API: paths, files, and what each answer means. https://core.telegram.org/bots/api"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from connectors.base.client import ChannelHttp, decode
from connectors.base.errors import Malformed, Refused
from connectors.base.wire import mapping, text
from connectors.telegram.errors import failure, moved_to
from connectors.telegram.manifest import HOST
from connectors.telegram.render import Call
from connectors.telegram.webhooks import WANTED

# Answers whose body says more than the status does; 409: another reader or a webhook takes the updates.
WORDED = (400, 401, 403, 404, 409, 413, 429)
PAGE = 100


class UpdatesAnswer(msgspec.Struct):
    """Updates stay byte for byte."""

    result: list[msgspec.Raw] = []


class TelegramClient:
    def __init__(self, http: ChannelHttp, token: str) -> None:
        self._http = http
        self._token = quote(token, safe=":")

    async def read(self, method: str, arguments: Mapping[str, object] | None = None) -> Mapping[str, Any]:
        """The `result` of a call that changes nothing a customer sees."""
        response = await self._post(method, json=dict(arguments or {}))
        return mapping(self._result(response))

    async def updates(self, offset: int | None) -> list[bytes] | None:
        """Updates from `offset` on, which confirms all before it. None while a webhook takes them."""
        arguments: dict[str, object] = {"limit": PAGE, "timeout": 0, "allowed_updates": list(WANTED)}
        if offset is not None:
            arguments["offset"] = offset
        response = await self._post("getUpdates", json=arguments)
        if response.status_code == 409:
            return None
        if response.status_code >= 400:
            raise failure(mapping(decode(response)), response.status_code)
        try:
            found = msgspec.json.decode(response.content, type=UpdatesAnswer)
        except msgspec.DecodeError as error:
            raise Malformed(f"getUpdates: {error}", code="not_updates") from error
        return [bytes(update) for update in found.result]

    async def send(self, call: Call) -> list[Mapping[str, Any]]:
        """The message made, or all of an album. A group that moved gets it once, at its new id."""
        response = await self._send_once(call)
        moved = moved_to(mapping(decode(response, write=True))) if response.status_code == 400 else ""
        if moved:
            response = await self._send_once(call.to(moved))
        made = self._result(response, write=True)
        return [mapping(message) for message in (made if isinstance(made, list) else [made])]

    async def download(self, file_id: str) -> bytes:
        """At most 20 MB: Telegram gives bots no larger file."""
        path = text((await self.read("getFile", {"file_id": file_id})).get("file_path"))
        if not path:
            raise Refused("Telegram gives no path for this file", code="file_gone")
        url = f"https://{HOST}/file/bot{self._token}/{quote(path)}"
        response = await self._http.request("GET", url, operation="read", expect=(404,))
        if response.status_code == 404:
            raise Refused("Telegram no longer has this file", code="file_gone")
        return response.content

    async def _send_once(self, call: Call) -> httpx.Response:
        if not call.files:
            return await self._post(call.method, json=call.fields, write=True)
        form = {name: _form_value(value) for name, value in call.fields.items()}
        return await self._post(call.method, form=form, files=call.files, write=True)

    async def _post(
        self,
        method: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        write: bool = False,
    ) -> httpx.Response:
        return await self._http.request(
            "POST",
            f"https://{HOST}/bot{self._token}/{method}",
            operation="send" if write else "read",
            write=write,
            expect=WORDED,
            json=json,
            form=form,
            files=files,
        )

    def _result(self, response: httpx.Response, *, write: bool = False) -> Any:
        body = mapping(decode(response, write=write))
        if response.status_code >= 400 or body.get("ok") is not True:
            raise failure(body, response.status_code)
        return body.get("result")


def _form_value(value: object) -> str:
    """In a multipart call, anything but text is written as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
