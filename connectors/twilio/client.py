"""Calls of Twilio's REST API: account, numbers, services, messages, files. https://www.twilio.com/docs/usage/api"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from connectors.base.client import ChannelHttp, decode
from connectors.base.contract import Context
from connectors.base.errors import Malformed, Refused
from connectors.base.wire import items, mapping, text
from connectors.twilio.errors import failure
from connectors.twilio.manifest import CONTENT_HOST, HOST, SERVICE_HOST

Fields = Sequence[tuple[str, str]]

WORDED = (400, 401, 403, 404, 409, 422)
REDIRECTS = (301, 302, 303, 307, 308)
FORM = {"content-type": "application/x-www-form-urlencoded"}
VERSION = "/2010-04-01"
CONTENT_PAGES = 20


class TwilioClient:
    def __init__(self, context: Context) -> None:
        self._http: ChannelHttp = context.http
        self._sid = context.secrets.get("account_sid", "")
        self._auth = (self._sid, context.secrets.get("auth_token", ""))

    @property
    def account_path(self) -> str:
        return f"{VERSION}/Accounts/{self._sid}"

    async def account(self) -> Mapping[str, Any]:
        return await self._get(f"{self.account_path}.json")

    async def number(self, phone: str) -> Mapping[str, Any]:
        """Our own number as the account holds it; empty when it holds none such."""
        found = await self._get(f"{self.account_path}/IncomingPhoneNumbers.json?{urlencode({'PhoneNumber': phone})}")
        numbers = map(mapping, items(found.get("incoming_phone_numbers")))
        return next((number for number in numbers if text(number.get("phone_number")) == phone), {})

    async def change_number(self, sid: str, fields: Fields) -> None:
        await self._post(f"https://{HOST}{self.account_path}/IncomingPhoneNumbers/{sid}.json", fields, operation="read")

    async def service(self, sid: str) -> Mapping[str, Any]:
        return await self._get(f"/v1/Services/{sid}", host=SERVICE_HOST)

    async def change_service(self, sid: str, fields: Fields) -> None:
        await self._post(f"https://{SERVICE_HOST}/v1/Services/{sid}", fields, operation="read")

    async def content(self, sid: str) -> Mapping[str, Any]:
        """A template. https://www.twilio.com/docs/content/content-api-resources"""
        return await self._get(f"/v1/Content/{sid}", host=CONTENT_HOST)

    async def contents(self) -> list[Mapping[str, Any]]:
        """Every template with what WhatsApp said of it. https://www.twilio.com/docs/content/content-api-resources"""
        found, path = list[Mapping[str, Any]](), "/v1/ContentAndApprovals?PageSize=100"
        for _ in range(CONTENT_PAGES):
            page = await self._get(path, host=CONTENT_HOST)
            found += map(mapping, items(page.get("contents")))
            path = text(mapping(page.get("meta")).get("next_page_url"))
            if not path:
                break
        return found

    async def messages(self, path: str) -> Mapping[str, Any]:
        """One page; `path` is the first page's, or the `next_page_uri` of the page before."""
        page = await self._get(path)
        if not isinstance(page.get("messages"), list):
            raise Malformed("the page holds no list of messages", code="no_messages")
        return page

    async def media(self, message_sid: str) -> list[Mapping[str, Any]]:
        """The files of one message, by kind and address."""
        found = await self._get(f"{self.account_path}/Messages/{message_sid}/Media.json?PageSize=50")
        return [mapping(entry) for entry in items(found.get("media_list"))]

    async def send(self, fields: Fields) -> Mapping[str, Any]:
        return await self._post(f"https://{HOST}{self.account_path}/Messages.json", fields, operation="send")

    async def download(self, url: str) -> bytes:
        """A file of this account. Twilio points to where it lies, and there our password has no business."""
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.hostname != HOST or not parts.path.startswith(f"{VERSION}/Accounts/"):
            raise Refused("this is no file of Twilio", code="not_a_file")
        response = await self._http.request("GET", url, auth=self._auth, expect=(*WORDED, *REDIRECTS))
        if response.status_code in REDIRECTS:
            response = await self._http.request("GET", urljoin(url, response.headers.get("location", "")), expect=WORDED)
        if response.status_code in (403, 404):
            raise Refused("Twilio no longer has this file", code="file_gone")
        if response.status_code >= 300:
            raise _worded(response)
        return response.content

    async def _get(self, path: str, host: str = HOST) -> Mapping[str, Any]:
        response = await self._http.request("GET", _on_host(path, host), auth=self._auth, expect=WORDED)
        return _result(response)

    async def _post(self, url: str, fields: Fields, *, operation: str) -> Mapping[str, Any]:
        content = urlencode(list(fields)).encode()
        response = await self._http.request(
            "POST", url, write=True, operation=operation, auth=self._auth, headers=FORM, content=content, expect=WORDED
        )
        return _result(response, write=True)


def _on_host(path: str, host: str) -> str:
    """`path` may come from an answer: whatever host it names, ours is asked, for the password goes along."""
    parts = urlsplit(path)
    return f"https://{host}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _result(response: httpx.Response, *, write: bool = False) -> Mapping[str, Any]:
    if response.status_code >= 400:
        raise _worded(response)
    return mapping(decode(response, write=write))


def _worded(response: httpx.Response) -> Exception:
    try:
        body = mapping(decode(response))
    except Malformed:
        body = {}
    return failure(body, response.status_code)
