"""The HTTP client of all connectors: one place for deadlines, size caps, reroute and what a failure means.

A failure before the request could have been acted on is `Unavailable`; after that, a write is `Ambiguous` and a read
is `Unavailable`. Hosts outside the manifest are refused before any socket opens.
"""

from __future__ import annotations

import asyncio
import email.utils
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

import httpx
import msgspec

from connectors.base.errors import Ambiguous, AuthExpired, Malformed, RateLimited, Refused, Unavailable
from connectors.base.reach import public_transport, trusted
from connectors.base.reroute import Reroute, ReroutedTransport

ANSWER_LIMIT = 32 * 1024 * 1024
DEADLINE_S = 25.0
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

Notice = Callable[[str, Mapping[str, str]], None]


LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=40)


def open_http(
    reroute: Reroute, transport: httpx.AsyncBaseTransport | None = None, outside: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """The pool a process shares among its connectors. Never follows redirects, never reads proxy variables, and reaches
    private addresses only where the reroute leads."""
    inner = transport or httpx.AsyncHTTPTransport(verify=trusted(), limits=LIMITS, trust_env=False)
    return httpx.AsyncClient(
        transport=ReroutedTransport(reroute, inner, outside or (None if transport else public_transport(LIMITS))),
        timeout=httpx.Timeout(20.0, connect=5.0),
        follow_redirects=False,
        trust_env=False,
        headers={"user-agent": "Onecounter/1 (+https://onecounter.example)"},
    )


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds from a Retry-After header (number or HTTP date), between 0 and one hour; 0 when it says nothing."""
    text = headers.get("retry-after", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            when = email.utils.parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return 0.0
        seconds = (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), 3600.0) if seconds == seconds else 0.0


class ChannelHttp:
    """`request` returns answers below 400 (and those in `expect`); every other outcome is a `ChannelError`.

    `hosts` are the manifest's patterns; `notice(operation, headers)` sees each answer's headers, so that a limiter can
    learn the channel's own budget."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        hosts: tuple[str, ...],
        now: Callable[[], datetime],
        notice: Notice | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._client = client
        self._hosts = hosts
        self._now = now
        self._notice = notice
        self.deadline_s = deadline_s

    async def request(
        self,
        method: str,
        url: str,
        *,
        write: bool = False,
        operation: str = "read",
        expect: tuple[int, ...] = (),
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        auth: tuple[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> httpx.Response:
        """`write=True`: the channel may act on it, so a lost answer is `Ambiguous`. `json` is encoded by msgspec."""
        host = httpx.URL(url).host
        if not any(fnmatchcase(host, pattern) for pattern in self._hosts):
            raise Refused(f"{host} is not a host of this channel", code="host_not_allowed")
        sent = dict(headers or {})
        if json is not None:
            content = msgspec.json.encode(json)
            sent.setdefault("content-type", "application/json")
        request = self._client.build_request(method, url, params=params, headers=sent, content=content, data=form, files=files)
        try:
            async with asyncio.timeout(self.deadline_s):
                response = await self._client.send(request, auth=auth or httpx.USE_CLIENT_DEFAULT, stream=True)
                try:
                    response._content = await _body(response)
                finally:
                    await response.aclose()
        except NOT_SENT as error:
            raise Unavailable(f"{host} cannot be reached: {error}", code="unreachable") from error
        except (httpx.TransportError, TimeoutError, ValueError) as error:
            lost = Ambiguous if write else Unavailable
            raise lost(f"{host} did not answer: {error or type(error).__name__}", code="no_answer") from error
        if self._notice is not None:
            self._notice(operation, response.headers)
        if response.status_code >= 400 and response.status_code not in expect:
            raise self._failure(response, host, write)
        return response

    def _failure(self, response: httpx.Response, host: str, write: bool) -> Exception:
        status, words = response.status_code, response.text[:500].strip() or response.reason_phrase
        detail = f"{host} answered {status}: {words}"
        after = retry_after(response.headers, self._now())
        if status == 401:
            return AuthExpired(detail, code="unauthorised")
        if status == 429:
            return RateLimited(detail, after=after, code="rate_limited")
        if status == 503:
            return Unavailable(detail, after=after, code="unavailable")
        if status >= 500:
            return (Ambiguous if write else Unavailable)(detail, code="server_error")
        return Refused(detail, code=f"http_{status}")


async def _body(response: httpx.Response) -> bytes:
    pieces, size = [], 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > ANSWER_LIMIT:
            raise ValueError(f"the answer is larger than {ANSWER_LIMIT} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def decode(response: httpx.Response, *, write: bool = False) -> Any:
    """JSON of an answer. A 200 that carries no JSON (a login page, a proxy's error) is not success."""
    try:
        return msgspec.json.decode(response.content)
    except msgspec.DecodeError as error:
        kind = Ambiguous if write else Malformed
        raise kind(f"the answer is not JSON: {response.text[:200]!r}", code="not_json") from error
