"""The hub of many processes: Redis publish/subscribe beside the memory of each."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Callable, Coroutine

import redis.asyncio as redis
from redis.exceptions import RedisError

from app.core.logs import log
from app.live.hub import Heard, MemoryHub

SPACE = "onecounter:"
WAKE = "wake:"
WAITING_MOST = 2000
BACKOFF_S = (0.1, 0.3, 1.0, 3.0)


class RedisHub:
    """Many processes over Redis publish/subscribe. What is published here is heard here at once, whatever Redis does; while
    Redis is away the rest is dropped."""

    def __init__(self, url: str) -> None:
        self._near = MemoryHub()
        self._redis = redis.Redis.from_url(
            url, socket_connect_timeout=3, socket_timeout=10, socket_keepalive=True, health_check_interval=15
        )
        self._self = secrets.token_bytes(8)
        self._out: deque[tuple[str, bytes]] = deque(maxlen=WAITING_MOST)
        self._waking: set[str] = set()
        self._bell = asyncio.Event()
        self._topics: dict[str, int] = {}
        self._pubsub: redis.client.PubSub | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def on_wake(self) -> Callable[[str], None]:
        return self._near.on_wake

    @on_wake.setter
    def on_wake(self, heard: Callable[[str], None]) -> None:
        self._near.on_wake = heard

    @property
    def listening(self) -> bool:
        """Redis was reached and its news are being read."""
        return self._pubsub is not None

    def publish(self, topic: str, payload: bytes) -> None:
        self._near.publish(topic, payload)
        self._out.append((topic, payload))
        self._bell.set()

    def subscribe(self, topic: str, heard: Heard) -> Callable[[], None]:
        stop_near = self._near.subscribe(topic, heard)
        self._topics[topic] = self._topics.get(topic, 0) + 1
        if self._topics[topic] == 1:
            self._tell_redis(topic, wanted=True)

        def stop() -> None:
            stop_near()
            left = self._topics.get(topic, 0) - 1
            if left > 0:
                self._topics[topic] = left
            elif self._topics.pop(topic, None) is not None:
                self._tell_redis(topic, wanted=False)

        return stop

    def wake(self, duty: str) -> None:
        self._near.wake(duty)
        if duty not in self._waking:
            self._waking.add(duty)
            self._bell.set()

    async def open(self) -> None:
        """Returns at once; Redis may come later."""
        self._start(self._send(), "hub:send")
        self._start(self._listen(), "hub:listen")

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(RedisError, OSError):
            await self._redis.aclose()
        await self._near.close()

    def _start(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tell_redis(self, topic: str, *, wanted: bool) -> None:
        if self._pubsub is not None:
            self._start(self._tell(self._pubsub, topic, wanted=wanted), "hub:topic")

    async def _tell(self, pubsub: redis.client.PubSub, topic: str, *, wanted: bool) -> None:
        """A failure here is a broken connection, which the listener finds too; it names all topics again."""
        with contextlib.suppress(RedisError, OSError):
            await (pubsub.subscribe(SPACE + topic) if wanted else pubsub.unsubscribe(SPACE + topic))

    async def _send(self) -> None:
        failures = 0
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                await self._send_waiting()
                failures = 0
            except (RedisError, OSError):
                self._out.clear()
                self._waking.clear()
                await asyncio.sleep(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])
                failures += 1

    async def _send_waiting(self) -> None:
        while self._out or self._waking:
            pipeline = self._redis.pipeline(transaction=False)
            while self._waking:
                pipeline.publish(f"{SPACE}{WAKE}{self._waking.pop()}", self._self)
            for _ in range(min(len(self._out), 100)):
                topic, payload = self._out.popleft()
                pipeline.publish(SPACE + topic, self._self + payload)
            await pipeline.execute()

    async def _listen(self) -> None:
        failures = 0
        while True:
            pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
            try:
                await pubsub.psubscribe(f"{SPACE}{WAKE}*")
                if self._topics:
                    await pubsub.subscribe(*(SPACE + topic for topic in self._topics))
                self._pubsub = pubsub
                failures = 0
                while True:
                    message = await pubsub.get_message(timeout=5)
                    if message is not None:
                        self._hear(message["channel"].decode(), message["data"])
            except (RedisError, OSError) as error:
                if failures == 0:
                    log.warning("redis away", error=type(error).__name__)
            finally:
                self._pubsub = None
                with contextlib.suppress(RedisError, OSError):
                    await pubsub.aclose()
            await asyncio.sleep(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])
            failures += 1

    def _hear(self, channel: str, data: bytes) -> None:
        """Our own words come back too and are skipped."""
        if data[: len(self._self)] == self._self:
            return
        topic = channel.removeprefix(SPACE)
        if topic.startswith(WAKE):
            self._near.wake(topic.removeprefix(WAKE))
        else:
            self._near.publish(topic, data[len(self._self) :])
