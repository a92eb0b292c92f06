"""What a connector is. The pipeline knows channels through this file alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from connectors.base.client import ChannelHttp
from connectors.base.commands import Command, Receipt
from connectors.base.events import Outcome, Pointer
from connectors.base.manifest import Manifest
from connectors.base.reroute import Reroute


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """A webhook as it came. `url` is our address as the channel has it registered (not a proxy's view); header names are
    lower case; a repeated header or query key keeps all its values in order."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    query: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def param(self, name: str) -> str:
        return next((value for key, value in self.query if key == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One raw thing, byte for byte. `key` is the channel's own id of this delivery (a repeat has the same key; a changed
    thing has another). `account` names the shop where one hook address serves many. `kind` picks the normaliser."""

    kind: str
    key: str
    body: bytes
    account: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """`deliveries` to keep, and the answer the channel wants once they are durable."""

    deliveries: tuple[Delivery, ...] = ()
    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One page of a feed. `cursor` is stored with the deliveries in one transaction; `more` asks for the next page now. `about` is
    how many things this reading holds in all, where the channel says so."""

    deliveries: tuple[Delivery, ...]
    cursor: str
    more: bool = False
    about: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`account` is the channel's name for this account. `missing` lists scopes; `fix` tells a person what to do."""

    ok: bool
    account: str = ""
    detail: str = ""
    fix: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a connector is built from. `now` is the only clock. `save_secrets` writes refreshed tokens to the vault before
    they are used; `refresh_lock` is held over all processes while a single-use refresh token is spent: inside it, re-read
    the secrets it yields, because another process may have refreshed meanwhile."""

    secrets: Mapping[str, str]
    settings: Mapping[str, str]
    http: ChannelHttp
    reroute: Reroute
    now: Callable[[], datetime]
    save_secrets: Callable[[Mapping[str, str]], Awaitable[None]]
    refresh: Callable[[Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]]], Awaitable[Mapping[str, str]]]
    first_import_days: int = 90
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something the channel lets us do on an order now. `label` and `help` are by language. `text_limit` 0: no text is taken."""

    name: str
    label: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    text_limit: int = 0
    files_max: int = 0
    once: bool = False


@runtime_checkable
class Offering(Protocol):
    """A connector whose channel has acts on an order beyond a reply. They are done by `execute(OrderAct)`."""

    async def offers(self, order_id: str, refs: Mapping[str, str]) -> Sequence[Offer]: ...


class Consent(Protocol):
    """`consent.py` of a folder whose manifest says `consent="oauth"`: two functions. The app's own pair (`Secret.group ==
    "app"`) is typed into the form; what the seller's consent yields (`Secret.by_consent`) is not."""

    def begin(self, given: Mapping[str, str], *, redirect_uri: str, state: str, challenge: str) -> str:
        """Where the seller's browser goes. `challenge` is the S256 of a PKCE verifier, for channels that take one."""
        ...

    async def finish(
        self, given: Mapping[str, str], query: Mapping[str, str], http: ChannelHttp, *, redirect_uri: str, verifier: str
    ) -> Mapping[str, str]:
        """The secrets that the code in `query` buys. BadSignature when the channel signs its answer and it does not hold."""
        ...


class Connector(Protocol):
    """Errors: every method raises only `ChannelError`. `receive` and `normalise` never touch the network, except that
    `receive` may fetch a public key. `normalise` never raises anything but `Malformed` / `NotSupported`."""

    manifest: Manifest

    async def check(self) -> Health:
        """Try the credentials with the cheapest read; name missing scopes."""
        ...

    async def pull(self, feed: str, cursor: str) -> Batch:
        """The next page of a feed; an empty cursor starts `first_import_days` back."""
        ...

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        """The thing a webhook pointed at; None when it is gone."""
        ...

    async def fetch_media(self, ref: str) -> bytes: ...

    async def receive(self, request: RawRequest) -> Received:
        """Prove the sender over the raw bytes (BadSignature) and split into deliveries; answer challenges."""
        ...

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        """Pure. Webhook and pull meet here."""
        ...

    async def execute(self, command: Command) -> Receipt: ...

    async def look_up(self, command: Command) -> Receipt | None:
        """Did an earlier try of this command take effect? None when the channel shows it did not (a clean read)."""
        ...

    async def subscribe(self, hook_url: str) -> None:
        """Make sure the channel's webhooks point at `hook_url`; safe to repeat (the watchdog does)."""
        ...

    async def unsubscribe(self, hook_url: str) -> None: ...


@runtime_checkable
class Listening(Protocol):
    """A connector whose channel tells of news in a feed (`Feed.listens`) for as long as somebody holds the line."""

    def listen(self, feed: str) -> AsyncGenerator[None]:
        """Yields when there may be news. Raises NotSupported where this account cannot be listened to, else as everywhere."""
        ...
