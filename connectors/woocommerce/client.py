"""Calls of a shop's REST API v3. https://woocommerce.github.io/woocommerce-rest-api-docs/"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from connectors.base.client import ChannelHttp
from connectors.base.contract import Context
from connectors.base.errors import Ambiguous, Refused, Unavailable
from connectors.base.wire import integer, mapping, text
from connectors.woocommerce.errors import VISITOR, failure

WORDED = (400, 401, 403, 404, 405, 406, 409, 415, 422)
ROOT = "/wp-json/wc/v3"
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Page:
    """`total` is -1 where a proxy took the header away."""

    rows: list[Mapping[str, Any]]
    total: int
    more: bool


def shop_base(given: str) -> str:
    """https, host and folder of a shop, from whatever of its addresses was typed."""
    typed = given.strip()
    parts = urlsplit(typed if "//" in typed else f"https://{typed}")
    if parts.scheme != "https" or not parts.hostname:
        fix = "Enter the shop's https address. Over plain http the key could be read by anybody on the way."
        raise Refused("the shop's address does not begin with https://", code="bad_address", fix=fix)
    folder = parts.path
    for tail in ("/wp-json", "/wp-admin", "/wp-login.php"):
        folder = folder.partition(tail)[0]
    return f"https://{parts.netloc.rpartition('@')[2]}{folder.rstrip('/')}"


class Shop:
    """The key goes in the Authorization header; where the server drops that, in the query (https only, as all is here)."""

    def __init__(self, context: Context) -> None:
        self._http: ChannelHttp = context.http
        self._url = context.secrets.get("url", "")
        self._key = (context.secrets.get("consumer_key", ""), context.secrets.get("consumer_secret", ""))
        self._by_query = False

    @property
    def base(self) -> str:
        return shop_base(self._url)

    async def get(self, path: str, **params: str) -> Any:
        return _json(await self._call("GET", path, params=params))

    async def page(self, path: str, **params: str) -> Page:
        response = await self._call("GET", path, params=params)
        rows = _json(response)
        if not isinstance(rows, list):
            raise Unavailable(f"{path}: the shop answered no list", code="no_list")
        size = integer(params.get("per_page"), 10)
        pages = integer(response.headers.get("x-wp-totalpages"), -1)
        more = integer(params.get("page"), 1) < pages if pages >= 0 else len(rows) >= size
        total = integer(response.headers.get("x-wp-total"), -1)
        return Page([mapping(row) for row in rows], total, more and bool(rows))

    async def write(self, method: str, path: str, body: object, *, operation: str, **params: str) -> Any:
        response = await self._call(method, path, params=params, json=body, operation=operation, write=True)
        return _json(response, write=True)

    async def is_plain(self) -> bool:
        """Does the API answer only at the address that needs no pretty permalinks?"""
        response = await self._http.request("GET", f"{self.base}/", params={"rest_route": "/wc/v3"}, expect=(*WORDED, 301, 302))
        body = _read(response)
        return isinstance(body, Mapping) and (isinstance(body.get("routes"), Mapping) or "rest_" in text(body.get("code")))

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        operation: str = "read",
        write: bool = False,
    ) -> httpx.Response:
        response = await self._once(method, path, params or {}, json, operation, write, by_query=self._by_query)
        if response.status_code == 401 and not self._by_query and text(mapping(_read(response)).get("code")) in VISITOR:
            again = await self._once(method, path, params or {}, json, operation, write, by_query=True)
            if again.status_code != 401:
                self._by_query, response = True, again
        return self._held_to(response, method)

    async def _once(
        self, method: str, path: str, params: Mapping[str, str], json: object, operation: str, write: bool, *, by_query: bool
    ) -> httpx.Response:
        asked = dict(params)
        if by_query:
            asked |= {"consumer_key": self._key[0], "consumer_secret": self._key[1]}
        return await self._http.request(
            method,
            f"{self.base}{ROOT}/{path}",
            write=write,
            operation=operation,
            expect=WORDED,
            headers={"accept": "application/json"},
            params=asked or None,
            json=json,
            auth=None if by_query else self._key,
        )

    def _held_to(self, response: httpx.Response, method: str) -> httpx.Response:
        if 300 <= response.status_code < 400:
            host = urlsplit(response.headers.get("location", "")).netloc
            fix = f"Enter the address the shop itself uses: https://{host}" if host else "Enter the address the shop itself uses."
            raise Refused(f"the shop sends {method} calls on to {host or 'another address'}", code="moved", fix=fix)
        if response.status_code >= 400:
            body = _read(response)
            raise failure(body if isinstance(body, Mapping) else None, response.status_code, response.text)
        return response


def _read(response: httpx.Response) -> Any:
    """None where it is no JSON. Some themes put a byte order mark before all they say."""
    try:
        return msgspec.json.decode(response.content.removeprefix(BOM))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _json(response: httpx.Response, *, write: bool = False) -> Any:
    """A page of HTML with a 200 (a firewall's riddle, a cache, a notice of PHP) says nothing about what was done."""
    body = _read(response)
    if body is None:
        kind = Ambiguous if write else Unavailable
        raise kind(f"the answer is not JSON: {response.text[:160]!r}", code="not_json")
    return body
