"""What every pretend channel of Meta shares: tokens, errors, the app's webhook address, and posts that are signed and repeated.
https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from connectors.base.faults import Faults
from connectors.base.graph import VERSION
from connectors.base.reach import trusted
from connectors.base.sandbox import Answer, Handler, Poster, Request, Sandbox, answer
from connectors.base.signing import digest_hex
from connectors.base.world import File

ROOT = f"/{VERSION}"
CHALLENGE = "1158201444"
# HTTP status -> (code, type) of errors that come before a call is looked at.
EARLY = {503: (2, "OAuthException"), 429: (613, "OAuthException"), 404: (100, "GraphMethodException")}


def failed(status: int, words: str) -> Answer:
    code, kind = EARLY.get(status, (1, "OAuthException"))
    return refused(status, code, words, kind=kind)


def refused(status: int, code: int, words: str, *, subcode: int = 0, kind: str = "OAuthException", details: str = "") -> Answer:
    error: dict[str, Any] = {"message": f"(#{code}) {words}", "type": kind, "code": code, "fbtrace_id": "AbCdEfGhIjKlMnOpQrStUvW"}
    if subcode:
        error["error_subcode"] = subcode
    if details:
        error["error_data"] = {"details": details}
    return answer({"error": error}, status)


@dataclass(slots=True)
class Hook:
    """The one address an app has for one kind of object."""

    url: str = ""
    fields: list[str] = field(default_factory=list)


class Courier(Poster):
    """News waits until the address answered 2xx to it; Meta repeats for hours, this one at the next news or subscription."""

    def __init__(self, faults: Faults, app_secret: str) -> None:
        super().__init__(faults)
        self.taken: set[str] = set()
        self._secret = app_secret
        self._under_way: dict[bytes, str] = {}

    def wants(self, name: str) -> bool:
        """Neither taken nor on its way."""
        return name not in self.taken and name not in self._under_way.values()

    def bring(self, url: str, name: str, envelope: object) -> None:
        """`name` tells this news from all other."""
        body = msgspec.json.encode(envelope)
        self._under_way[body] = name
        before = len(self._tasks) + len(self._held)
        signature = f"sha256={digest_hex(self._secret, body)}"
        self.post(url, {"content-type": "application/json", "X-Hub-Signature-256": signature}, body)
        if len(self._tasks) + len(self._held) == before:
            self._under_way.pop(body, None)

    async def _try(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        async with httpx.AsyncClient(timeout=5.0, trust_env=False, verify=trusted()) as client:
            for attempt in range(self.tries):
                if attempt:
                    await asyncio.sleep(0.5 * 2**attempt)
                status = await _post(client, url, headers, body)
                self.sent[status] = self.sent.get(status, 0) + 1
                if 200 <= status < 300:
                    self.taken.add(self._under_way.get(body, ""))
                    break
        self._under_way.pop(body, None)


async def _post(client: httpx.AsyncClient, url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The status, 0 without an answer."""
    try:
        return (await client.post(url, content=body, headers=dict(headers))).status_code
    except httpx.TransportError:
        return 0


async def greet(url: str, verify_token: str) -> bool:
    """Does the address answer the handshake?"""
    asked = {"hub.mode": "subscribe", "hub.challenge": CHALLENGE, "hub.verify_token": verify_token}
    try:
        async with httpx.AsyncClient(timeout=5.0, trust_env=False, verify=trusted()) as client:
            found = await client.get(url, params=asked)
    except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol):
        return False
    return found.status_code == 200 and found.text == CHALLENGE


def bearer(request: Request) -> str:
    given = request.headers.get("authorization", "")
    return given.removeprefix("Bearer ").strip() if given else request.query.get("access_token", "")


class Gatekeeper:
    """Who may call: the one token, with a proof that fits when one is given."""

    def __init__(self, box: Sandbox, token: str, app_secret: str) -> None:
        self._box = box
        self._token = token
        self._secret = app_secret

    def guarded(self, handler: Handler) -> Handler:
        def handle(request: Request) -> Any:
            return self.refusal(request) or handler(request)

        return handle

    def refusal(self, request: Request) -> Answer | None:
        if not bearer(request):
            return refused(400, 104, "An access token is required to request this resource.")
        if bearer(request) != self._token or self._box.faults.hit("expire_token"):
            return refused(401, 190, "Error validating access token: Session has expired.", subcode=463)
        proof = request.query.get("appsecret_proof")
        if proof is not None and proof != digest_hex(self._secret, self._token.encode()):
            return refused(400, 100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")
        return None


class AppDesk:
    """`/{app}/subscriptions`: https://developers.facebook.com/docs/graph-api/reference/app/subscriptions"""

    def __init__(self, box: Sandbox, app_id: str, app_secret: str, kind: str, changed: Callable[[], None]) -> None:
        self.hook = Hook()
        self._token = f"{app_id}|{app_secret}"
        self._kind = kind
        self._changed = changed
        path = f"{ROOT}/{app_id}/subscriptions"
        box.route("GET", path)(self._list)
        box.route("POST", path)(self._set)
        box.route("DELETE", path)(self._delete)

    def _list(self, request: Request) -> Answer:
        if bearer(request) != self._token:
            return _no_app()
        if not self.hook.url:
            return answer({"data": []})
        fields = [{"name": name, "version": VERSION} for name in self.hook.fields]
        return answer({"data": [{"object": self._kind, "callback_url": self.hook.url, "active": True, "fields": fields}]})

    async def _set(self, request: Request) -> Answer:
        if bearer(request) != self._token:
            return _no_app()
        given = {**request.query, **request.form()}
        url = given.get("callback_url", "")
        if given.get("object") != self._kind:
            return refused(400, 100, f"Param object must be {self._kind}")
        if not await greet(url, given.get("verify_token", "")):
            return refused(400, 2200, "Callback verification failed: the address did not return the challenge.")
        self.hook = Hook(url, [name for name in given.get("fields", "").split(",") if name])
        self._changed()
        return answer({"success": True})

    def _delete(self, request: Request) -> Answer:
        if bearer(request) != self._token:
            return _no_app()
        self.hook = Hook()
        return answer({"success": True})


def _no_app() -> Answer:
    return refused(400, 190, "Invalid OAuth access token - Cannot parse access token")


def multipart(request: Request) -> dict[str, str | File]:
    """Parts by name; a file is a `File`."""
    head = f"content-type: {request.headers.get('content-type', '')}\r\nmime-version: 1.0\r\n\r\n".encode()
    whole = email.message_from_bytes(head + request.body, policy=email.policy.HTTP)
    found: dict[str, str | File] = {}
    for part in whole.iter_parts():
        name, file_name = str(part.get_param("name", header="content-disposition")), part.get_filename()
        content = bytes(part.get_payload(decode=True) or b"")
        plain = content.decode(errors="replace")
        found[name] = plain if file_name is None else File(name=file_name, media_type=part.get_content_type(), content=content)
    return found
