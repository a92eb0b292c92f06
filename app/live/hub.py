"""News between the parts of the product: topics with small payloads, and wake-ups of duties. Nothing that matters depends on
it: a lost payload is found in the outbox, a lost wake-up by the sweep."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Protocol, cast

Heard = Callable[[bytes], None]


def _deaf(_duty: str) -> None:
    return None


class Hub(Protocol):
    """`publish`, `subscribe` and `wake` never wait and never fail. `on_wake` is called for every wake-up, from here or another
    process."""

    on_wake: Callable[[str], None]

    def publish(self, topic: str, payload: bytes) -> None: ...

    def subscribe(self, topic: str, heard: Heard) -> Callable[[], None]:
        """Returns the way to stop. `heard` is called on the event loop and must not block."""
        ...

    def wake(self, duty: str) -> None: ...

    async def open(self) -> None: ...

    async def close(self) -> None: ...


class MemoryHub:
    """One process is all there is."""

    def __init__(self) -> None:
        self.on_wake: Callable[[str], None] = _deaf
        self._heard: dict[str, list[Heard]] = {}

    def publish(self, topic: str, payload: bytes) -> None:
        for heard in tuple(self._heard.get(topic, ())):
            heard(payload)

    def subscribe(self, topic: str, heard: Heard) -> Callable[[], None]:
        self._heard.setdefault(topic, []).append(heard)

        def stop() -> None:
            listeners = self._heard.get(topic, [])
            if heard in listeners:
                listeners.remove(heard)
            if not listeners:
                self._heard.pop(topic, None)

        return stop

    def wake(self, duty: str) -> None:
        self.on_wake(duty)

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        self._heard.clear()


def make_hub(redis_url: str) -> Hub:
    """Call `open()` on the event loop before use. Empty: everything is in this process, and Redis' library is not loaded."""
    if not redis_url:
        return MemoryHub()
    return cast(Hub, importlib.import_module("app.live.redis_hub").RedisHub(redis_url))
