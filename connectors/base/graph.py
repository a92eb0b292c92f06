"""Meta's Graph API as Messenger, Instagram and WhatsApp share it: calls and what a refusal means.
https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx
import msgspec

from connectors.base.client import ChannelHttp, decode, retry_after
from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, RateLimited, Refused, Unavailable
from connectors.base.signing import digest_hex
from connectors.base.wire import integer, items, mapping, text

HOST = "graph.facebook.com"
VERSION = "v23.0"
BASE = f"https://{HOST}/{VERSION}"

# Answers whose body says more than the status does.
WORDED = (400, 401, 403, 404, 409, 413, 422, 429, 500, 503)
# https://developers.facebook.com/docs/graph-api/overview/rate-limiting and .../whatsapp/cloud-api/support/error-codes
TOO_MANY = (4, 17, 32, 613, 80000, 80001, 80002, 80006, 80007, 130429, 131048, 131056)
# The app, or the person whose token it is, lacks a permission. 3: the app may not use this call at all.
NO_RIGHT = (3, 10, 200, 230, 270, 299, 131005)
DEAD_TOKEN = (0, 102, 104, 190, 463, 467)
UNSURE = (1, 2, 131000)
PASSING = (131016, 133004, 2207052)
# Out of the time in which a reply is allowed; the same code 10 without these is a missing permission.
WINDOW_SUBCODES = (2018278, 2534022)
WINDOW_CODES = (131047,)
SCOPE = re.compile(r"\b(?:pages|instagram|whatsapp|business|catalog)(?:_[a-z]+)+\b")
USAGE = "x-business-use-case-usage"
NEW_TOKEN = "Make a new token at Meta and enter it under Connections."
LATER = "Wait until the customer writes again."

# (code, subcode or 0) -> (short code, what a person can do)
Reasons = Mapping[tuple[int, int], tuple[str, str]]
SHARED_REASONS: Reasons = {
    (100, 2018001): ("unknown_person", "This person cannot be reached any more. Write to them on another channel."),
    (100, 2018109): ("file_refused", "Send the file in another format, or a smaller one."),
    (368, 0): ("blocked_by_meta", "Meta has restricted this account. Look into the account's quality page at Meta."),
    (551, 0): ("unavailable_person", "This person takes no messages now. Write to them on another channel."),
    (2200, 0): ("hook_unreachable", "Make this address reachable from the internet over https."),
}


def failure(
    body: Mapping[str, Any], status: int, *, write: bool, reasons: Reasons | None = None, after: float = 0.0, fix: str = LATER
) -> ChannelError:
    """From the body of an answer. `fix` is what helps once the window has closed."""
    error = mapping(body.get("error"))
    code, subcode = integer(error.get("code"), -1), integer(error.get("error_subcode"))
    words = _words(error) or f"Meta answered {status}"
    known = {**SHARED_REASONS, **(reasons or {})}
    if exact := known.get((code, subcode)):
        return Refused(words, code=exact[0], fix=exact[1])
    if code in WINDOW_CODES or subcode in WINDOW_SUBCODES or (code == 10 and "outside" in words.lower()):
        return Refused(words, code="window_closed", fix=fix)
    if code in DEAD_TOKEN and error:
        return AuthExpired(f"{words} {NEW_TOKEN}", code="token_refused", missing=_missing(words))
    if code in TOO_MANY or status == 429:
        return RateLimited(words, after=after, code="rate_limited")
    if code in NO_RIGHT:
        return AuthExpired(f"{words} {NEW_TOKEN}", code="scope_missing", missing=_missing(words))
    if code in PASSING or status == 503:
        return Unavailable(words, after=after, code="unavailable")
    if code in UNSURE or status >= 500:
        return (Ambiguous if write else Unavailable)(words, code=f"meta_{code}")
    if status == 401:
        return AuthExpired(f"{words} {NEW_TOKEN}", code="token_refused")
    short, help_ = known.get((code, 0)) or (f"meta_{code}", "")
    return Refused(words, code=short, fix=help_)


def _words(error: Mapping[str, Any]) -> str:
    """The channel's own sentence; WhatsApp's reason stands in `error_data`."""
    said = text(error.get("message")) or text(error.get("title"))
    more = text(mapping(error.get("error_data")).get("details")) or text(error.get("error_user_msg"))
    return f"{said}: {more}" if said and more and more not in said else said or more


def _missing(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(SCOPE.findall(words)))


def wait_of(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds to wait: Retry-After, else the longest `estimated_time_to_regain_access` (minutes) of the usage header."""
    asked = retry_after(headers, now)
    if asked or USAGE not in headers:
        return asked
    try:
        usage = mapping(msgspec.json.decode(headers[USAGE].encode()))
    except msgspec.DecodeError:
        return 0.0
    minutes = [
        integer(mapping(entry).get("estimated_time_to_regain_access")) for found in usage.values() for entry in items(found)
    ]
    return float(min(max(minutes, default=0) * 60, 3600))


class GraphClient:
    """The token goes in a header, never into an address. `fix` is what helps once the time for replies is over."""

    def __init__(
        self,
        http: ChannelHttp,
        now: Callable[[], datetime],
        *,
        token: str,
        app_secret: str = "",
        reasons: Reasons | None = None,
        fix: str = LATER,
    ) -> None:
        self._http = http
        self._now = now
        self._token = token
        self._secret = app_secret
        self._reasons = reasons
        self._fix = fix

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        return await self.call("GET", path, params=params)

    async def send(self, path: str, body: Mapping[str, object], *, operation: str = "send") -> Mapping[str, Any]:
        """What a customer sees: a lost answer is in doubt."""
        return await self.call("POST", path, json=body, write=True, operation=operation)

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        write: bool = False,
        operation: str = "read",
        token: str = "",
    ) -> Mapping[str, Any]:
        """`token` stands in for the connection's own one: an app's settings want `app id|app secret`."""
        held = token or self._token
        proof = {} if token else {"appsecret_proof": digest_hex(self._secret, held.encode())}
        response = await self._http.request(
            method,
            f"{BASE}/{path}",
            write=write,
            operation=operation,
            expect=WORDED,
            headers={"authorization": f"Bearer {held}"},
            params={**(params or {}), **proof},
            json=json,
            form=form,
            files=files,
        )
        return self._body(response, write=write)

    def _body(self, response: httpx.Response, *, write: bool) -> Mapping[str, Any]:
        try:
            body = mapping(decode(response, write=write))
        except ChannelError:
            if response.status_code < 400:
                raise
            body = {}
        if response.status_code >= 400 or mapping(body.get("error")):
            after = wait_of(response.headers, self._now())
            raise failure(body, response.status_code, write=write, reasons=self._reasons, after=after, fix=self._fix)
        return body

    async def download(self, url: str) -> bytes:
        """A file from Meta's own file hosts, which the manifest lists; the token goes to none but those that want it."""
        wants_token = httpx.URL(url).host.startswith("lookaside.")
        headers = {"authorization": f"Bearer {self._token}"} if wants_token else {}
        response = await self._http.request("GET", url, operation="read", expect=(400, 403, 404, 410), headers=headers)
        if response.status_code >= 400:
            raise Refused("Meta no longer gives this file; its address has run out", code="file_gone")
        return response.content
