"""What a sandbox does wrong on purpose, as ordered through `POST /_world/{channel}/faults`."""

from __future__ import annotations

import random
from typing import Literal, get_args

from msgspec import Struct

FaultKind = Literal[
    "unavailable",
    "rate_limited",
    "timeout",
    "swallow_reply",
    "drop_webhook",
    "duplicate",
    "reorder",
    "expire_token",
    "silent_drop",
]
KINDS: tuple[str, ...] = get_args(FaultKind)


class Fault(Struct, kw_only=True):
    """Either `count` times, or with probability `rate` until cleared. `on` narrows it to one operation
    (`send`, `stock`, `read`); empty means every call it makes sense for."""

    kind: FaultKind
    rate: float = 0.0
    count: int = 0
    on: str = ""


class Faults:
    """The open orders of one channel. Seeded, so that a run can be repeated."""

    def __init__(self, seed: int = 0) -> None:
        self.open: list[Fault] = []
        self._random = random.Random(seed)

    def order(self, fault: Fault) -> None:
        """One with neither rate nor count takes back the open orders of its kind."""
        if fault.rate or fault.count:
            self.open.append(fault)
        else:
            self.open = [one for one in self.open if one.kind != fault.kind]

    def clear(self) -> None:
        self.open.clear()

    def hit(self, kind: FaultKind, operation: str = "") -> bool:
        """True when this fault strikes now; a counted one is used up by that."""
        for fault in self.open:
            if fault.kind != kind or (fault.on and fault.on != operation):
                continue
            if fault.count > 0:
                fault.count -= 1
                if fault.count == 0 and not fault.rate:
                    self.open.remove(fault)
                return True
            if fault.rate and self._random.random() < fault.rate:
                return True
        return False
