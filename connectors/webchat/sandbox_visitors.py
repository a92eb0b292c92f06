"""Pretend visitors as browsers: they post what they say, and read the answers as server-sent events from our own door.
https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

import httpx
import msgspec

from connectors.base.faults import Faults
from connectors.base.reach import trusted
from connectors.base.sandbox import Poster
from connectors.base.wire import items, load, mapping, text
from connectors.base.world import File

LISTENING_MOST = 40
TIMES = httpx.Timeout(5.0, read=60.0)
AGAIN_AFTER_S = 2.0

Heard = Callable[[str, str, str], None]
"""(thread, the message's id, its text) of what the shop said."""


@dataclass(slots=True)
class Said:
    """One remark on its way. `headers` hold the visitor's proof."""

    thread: str
    number: int
    headers: Mapping[str, str]
    remark: dict[str, object]
    files: list[File] = field(default_factory=list)


class Visitors(Poster):
    """A remark that was not taken waits, and goes again when the page is opened anew."""

    def __init__(self, faults: Faults, heard: Heard) -> None:
        super().__init__(faults)
        self.hooks: list[str] = []
        self.waiting: dict[int, Said] = {}
        self._under_way: set[int] = set()
        self._by_body: dict[bytes, Said] = {}
        self._heard = heard
        self._listening: OrderedDict[str, asyncio.Task[None]] = OrderedDict()

    def say(self, said: Said) -> None:
        self.waiting[said.number] = said
        self.bring()

    def bring(self) -> None:
        for said in list(self.waiting.values()):
            if said.number not in self._under_way and self.hooks:
                self._bring(said, self.hooks[-1])

    def _bring(self, said: Said, hook: str) -> None:
        if said.files:
            with contextlib.suppress(RuntimeError):
                task = asyncio.get_running_loop().create_task(self._give_files(said, hook))
                self._under_way.add(said.number)
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            return
        body = msgspec.json.encode(said.remark)
        self._by_body[body] = said
        before = len(self._tasks) + len(self._held)
        self.post(hook, said.headers, body)
        if len(self._tasks) + len(self._held) > before:
            self._under_way.add(said.number)

    async def _give_files(self, said: Said, hook: str) -> None:
        """First the files, then the words that name them. Refused files are left out, as a person would give up on them."""
        given = []
        async with httpx.AsyncClient(timeout=TIMES, trust_env=False, verify=trusted()) as client:
            for file in said.files:
                headers = {**said.headers, "content-type": file.media_type, "x-file-name": file.name}
                with contextlib.suppress(httpx.TransportError):
                    answer = await client.post(_door(hook, "files"), content=file.content, headers=headers)
                    if answer.status_code == 201:
                        given.append(answer.json())
        said.remark["files"], said.files = given, []
        self._under_way.discard(said.number)
        self._bring(said, hook)

    async def _try(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        said = self._by_body[body]
        async with httpx.AsyncClient(timeout=5.0, trust_env=False, verify=trusted()) as client:
            for attempt in range(self.tries):
                if attempt:
                    await asyncio.sleep(0.5 * 2**attempt)
                status = await _post(client, url, headers, body)
                self.sent[status] = self.sent.get(status, 0) + 1
                if 200 <= status < 300:
                    self.waiting.pop(said.number, None)
                    self.listen(said.thread, url, said.headers)
                    break
        self._under_way.discard(said.number)

    # Reading

    def listen(self, thread: str, hook: str, headers: Mapping[str, str]) -> None:
        """Keeps this visitor's page open; the page that was quiet longest is closed when there are too many."""
        known = self._listening.pop(thread, None)
        task = known if known and not known.done() else asyncio.create_task(self._read(thread, _door(hook, "events"), headers))
        self._listening[thread] = task
        if len(self._listening) > LISTENING_MOST:
            self._listening.popitem(last=False)[1].cancel()

    async def _read(self, thread: str, url: str, headers: Mapping[str, str]) -> None:
        """Until the page is closed: a dropped stream is opened again where it stopped."""
        last = ""
        async with httpx.AsyncClient(timeout=TIMES, trust_env=False, verify=trusted()) as client:
            while True:
                sent = {**headers, **({"last-event-id": last} if last else {})}
                with contextlib.suppress(httpx.TransportError):
                    async with client.stream("GET", url, headers=sent) as stream:
                        if 400 <= stream.status_code < 500:
                            return
                        async for name, number, data in events(stream.aiter_lines()):
                            last = number or last
                            if name == "messages":
                                self._take(thread, data)
                await asyncio.sleep(AGAIN_AFTER_S)

    def _take(self, thread: str, data: str) -> None:
        for entry in items(load(data.encode())):
            shown = mapping(entry)
            if text(shown.get("side")) == "shop":
                self._heard(thread, text(shown.get("id")), text(shown.get("text")))


async def events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, str, str]]:
    """(event, id, data) of each block; comments and unknown fields are passed over."""
    name, number, data = "message", "", list[str]()
    async for line in lines:
        kind, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield name, number, "\n".join(data)
            name, number, data = "message", "", []
        elif kind == "event":
            name = value
        elif kind == "id":
            number = value
        elif kind == "data":
            data.append(value)


def _door(hook: str, what: str) -> str:
    base, _, token = hook.rpartition("/hooks/")
    return f"{base}/chat/{token}/{what}"


async def _post(client: httpx.AsyncClient, url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The status, 0 without an answer."""
    try:
        return (await client.post(url, content=body, headers={**headers, "content-type": "application/json"})).status_code
    except httpx.TransportError:
        return 0
