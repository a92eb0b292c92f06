"""Wire calls: REST by the shared client, the Trading API by eBay's own SDK in threads of our own.

The SDK is used to address and send; its answers are read by us, because its reader loses control characters, one-item lists
and HTML errors. https://developer.ebay.com/Devzone/XML/docs/Reference/eBay/index.html
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import httpx
import requests
from ebaysdk.exception import ConnectionError as SdkFailure
from ebaysdk.trading import Connection
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from connectors.base.contract import Context
from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, Malformed, Unavailable
from connectors.ebay.auth import Tokens
from connectors.ebay.errors import http_failure, rest_failure, trading_failure
from connectors.ebay.manifest import API_HOST
from connectors.ebay.markup import Tree, parse, text_at
from connectors.ebay.markup import write as render_xml

TRADING_LEVEL = "1379"
THREADS = 8
SOCKET_S = (5.0, 20.0)
DEADLINE_S = 25.0
MAPPED = (400, 403, 404, 409)

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="trading")
# The SDK writes tokens and texts into its debug log.
logging.getLogger("ebaysdk").setLevel(logging.CRITICAL)


class Client:
    """One connection's calls. A token refused as expired is renewed once; such a refusal did nothing, writes included."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.tokens = Tokens(context)

    async def rest(
        self,
        method: str,
        path: str,
        *,
        write: bool = False,
        operation: str = "read",
        params: Mapping[str, str] | None = None,
        json: object = None,
        app: bool = False,
        host: str = API_HOST,
        accept: tuple[int, ...] = (),
        scheme: str = "Bearer",
    ) -> httpx.Response:
        """`app`: with the application's token instead of the seller's. Statuses in `accept` are answers, not failures."""

        async def call(token: str) -> httpx.Response:
            return await self.context.http.request(
                method,
                f"https://{host}{path}",
                write=write,
                operation=operation,
                expect=MAPPED,
                params=params,
                json=json,
                headers={"authorization": f"{scheme} {token}", "accept": "application/json"},
            )

        mint = self.tokens.app if app else self.tokens.user
        token = await mint()
        try:
            response = await call(token)
        except AuthExpired:
            response = await call(await mint(stale=token))
        if response.status_code >= 400 and response.status_code not in accept:
            raise rest_failure(response.status_code, response.content, path=path, write=write)
        return response

    async def trading(self, name: str, tree: Tree, *, write: bool = False) -> Element:
        """The answer's root; Ack Failure is raised, PartialFailure and Warning are answers."""
        token = await self.tokens.user()
        try:
            return await self._trade(name, tree, token, write=write)
        except AuthExpired:
            renewed = await self.tokens.user(stale=token)
        return await self._trade(name, tree, renewed, write=write)

    async def _trade(self, name: str, tree: Tree, token: str, *, write: bool) -> Element:
        call = TradingCall(
            name=name,
            content=render_xml(tree),
            token=token,
            keys=tuple(self.tokens.secret(name) or "-" for name in ("client_id", "dev_id", "client_secret")),
            site=self.context.settings.get("site_id", "0"),
            base=self.context.reroute.base_for(API_HOST, 443),
            is_write=write,
        )
        job = _threads.submit(carry_out, call)
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await asyncio.wrap_future(job)
        except TimeoutError as error:
            lost = Ambiguous if write and not job.cancelled() else Unavailable
            raise lost(f"{name}: no answer in {DEADLINE_S:.0f} s", code="no_answer") from error


@dataclass(frozen=True, slots=True)
class TradingCall:
    """One Trading call as a thread takes it over. `base` is where a rerouted host lives."""

    name: str
    content: str
    token: str
    keys: tuple[str, ...]
    site: str
    base: str | None
    is_write: bool


def carry_out(call: TradingCall) -> Element:
    """Blocking. Raises only ChannelError."""
    connection = _connection(call)
    try:
        connection.execute(call.name, call.content)
    except requests.exceptions.RequestException as error:
        raise _lost(error, call) from error
    except (SdkFailure, SyntaxError, AttributeError, LookupError, TypeError, ValueError) as error:
        if connection.response is None:
            raise Unavailable(f"{call.name} was not sent: {error}", code="not_sent") from error
    return _read(call, int(connection.response.status_code), bytes(connection.response.content))


def _read(call: TradingCall, status: int, body: bytes) -> Element:
    if status != 200:
        raise http_failure(status, body.decode("utf-8", "replace"), write=call.is_write)
    try:
        root = parse(body)
    except Malformed as error:
        raise (Ambiguous if call.is_write else Malformed)(f"{call.name}: {error.detail}", code="not_xml") from error
    ack = text_at(root, "Ack")
    if ack == "Failure":
        raise trading_failure(root, write=call.is_write)
    if ack not in ("Success", "Warning", "PartialFailure"):
        raise (Ambiguous if call.is_write else Malformed)(f"{call.name}: no Ack in the answer", code="no_ack")
    return root


def _connection(call: TradingCall) -> Any:
    """A connection holds the state of its call, so each call has its own. Redirects are refused: they would carry the token."""
    app, dev, cert = call.keys
    connection = Connection(
        domain=API_HOST,
        appid=app,
        devid=dev,
        certid=cert,
        iaf_token=call.token,
        siteid=call.site,
        compatibility=TRADING_LEVEL,
        config_file=None,
        escape_xml=True,
        warnings=False,
        timeout=SOCKET_S,
    )
    adapter = HTTPAdapter(max_retries=0) if call.base is None else ReroutedAdapter(call.base)
    connection.session.trust_env = False
    connection.session.max_redirects = 0
    connection.session.mount("https://", adapter)
    return connection


class ReroutedAdapter(HTTPAdapter):
    """Sends to another base and keeps path and Host, as the shared transport does."""

    def __init__(self, base: str) -> None:
        super().__init__(max_retries=0)
        self._base = urlsplit(base)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        real = urlsplit(str(request.url))
        request.headers["Host"] = real.netloc
        request.url = real._replace(scheme=self._base.scheme, netloc=self._base.netloc).geturl()
        return super().send(request, *args, **kwargs)


def _lost(error: requests.exceptions.RequestException, call: TradingCall) -> ChannelError:
    reason = error.args[0] if error.args else None
    reason = reason.reason if isinstance(reason, MaxRetryError) else reason
    if isinstance(reason, NewConnectionError | ConnectTimeoutError) or isinstance(error, requests.exceptions.SSLError):
        return Unavailable(f"{call.name}: eBay cannot be reached: {error}", code="unreachable")
    kind = Ambiguous if call.is_write else Unavailable
    return kind(f"{call.name}: no answer: {error}", code="no_answer")
