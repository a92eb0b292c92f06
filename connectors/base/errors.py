"""What can go wrong at a channel, sorted by what the caller does next.

ChannelError
├── AuthExpired      the owner must reconnect; nothing was done
├── RateLimited      wait `after` seconds, then try again; nothing was done
├── Unavailable      nothing was done; try again later
├── Ambiguous        it may have been done: read back before trying again
├── Refused          the channel said no; tell the person, do not repeat
├── Malformed        we cannot read what came; keep it whole (park)
├── NotSupported     we know what it is and do not use it; keep the raw, count it
└── BadSignature     the sender could not prove who it is; store nothing
"""

from __future__ import annotations


class ChannelError(Exception):
    """`code` is short and stable for logs and screens, `detail` is the channel's own words."""

    def __init__(self, detail: str, *, code: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).__name__.lower()


class AuthExpired(ChannelError):
    """`missing` names the scopes the channel says we lack, where it says so."""

    def __init__(self, detail: str, *, code: str = "", missing: tuple[str, ...] = ()) -> None:
        super().__init__(detail, code=code)
        self.missing = missing


class RateLimited(ChannelError):
    """`after` is in seconds; 0 means the channel did not say."""

    def __init__(self, detail: str, *, after: float = 0.0, code: str = "") -> None:
        super().__init__(detail, code=code)
        self.after = after


class Unavailable(ChannelError):
    def __init__(self, detail: str, *, after: float = 0.0, code: str = "") -> None:
        super().__init__(detail, code=code)
        self.after = after


class Ambiguous(ChannelError):
    pass


class Refused(ChannelError):
    """`floor`: the lowest quantity the channel takes now (promotion stock), where that is the reason.

    `fix` is one sentence that tells a person what to do.
    """

    def __init__(self, detail: str, *, code: str = "", floor: int | None = None, fix: str = "") -> None:
        super().__init__(detail, code=code)
        self.floor = floor
        self.fix = fix


class Malformed(ChannelError):
    pass


class NotSupported(ChannelError):
    pass


class BadSignature(ChannelError):
    pass
