"""The bounded queue in front of one socket. Whoever reads too slowly is closed and comes back with a cursor."""

from __future__ import annotations

import asyncio
from collections import deque

FRAMES_MOST = 256
CHARS_MOST = 1_048_576


class Outlet:
    """Filled by the feed, emptied by the socket's writer. `code` is set once it has to close."""

    def __init__(self) -> None:
        self.code: int | None = None
        self._frames: deque[str] = deque()
        self._chars = 0
        self._bell = asyncio.Event()

    def offer(self, frame: str) -> bool:
        """False when it is full: the frame was not taken. One that is closing takes everything and keeps nothing."""
        if self.code is not None:
            return True
        if len(self._frames) >= FRAMES_MOST or self._chars + len(frame) > CHARS_MOST:
            return False
        self._frames.append(frame)
        self._chars += len(frame)
        self._bell.set()
        return True

    def close(self, code: int) -> None:
        """What waits is dropped. The first code stays."""
        if self.code is None:
            self.code = code
            self._frames.clear()
            self._bell.set()

    async def next(self) -> str | None:
        """None when it is time to close with `code`."""
        while not self._frames:
            if self.code is not None:
                return None
            self._bell.clear()
            await self._bell.wait()
        frame = self._frames.popleft()
        self._chars -= len(frame)
        return frame
