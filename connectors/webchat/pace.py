"""How often one visitor may speak. Counted in this process: a limit against floods, not a bill."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

BURST = 30.0
PER_S = 0.5
KNOWN_MOST = 10_000


class Pace:
    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def allows(self, thread: str, now: datetime) -> bool:
        left, at = self._left.pop(thread, (BURST, now))
        left = min(BURST, left + max((now - at).total_seconds(), 0.0) * PER_S)
        self._left[thread] = (max(left - 1, 0.0) if left >= 1 else left, now)
        if len(self._left) > KNOWN_MOST:
            self._left.popitem(last=False)
        return left >= 1
