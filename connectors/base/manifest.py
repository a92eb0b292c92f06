"""A connector described as data: core and screen read this and never ask for a channel by name."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

FeedName = Literal["messages", "orders", "listings", "stock"]


class Secret(Struct, frozen=True, kw_only=True):
    """One field of the connect form. `group` lets one connection hold two app pairs. `pattern` must match whole.
    `by_consent`: the seller's consent at the channel yields it, so nobody has to type it.

    `label` and `help` are by language (`en`, `id`)."""

    name: str
    label: dict[str, str]
    help: dict[str, str] = {}
    group: str = "main"
    hidden: bool = True
    optional: bool = False
    pattern: str = ""
    by_consent: bool = False


class Feed(Struct, frozen=True, kw_only=True):
    """One pullable stream. `every_s` is the poll period; `overlap_s` how far a window reaches back over the last one;
    `operation` names the rate bucket a pull spends from; `listens`: the connector is `Listening` for it."""

    name: FeedName
    every_s: float
    operation: str = "read"
    overlap_s: float = 120.0
    listens: bool = False


class Bucket(Struct, frozen=True, kw_only=True):
    """Rate of one operation: `per_s` refill and `burst`; `per_day` with the hour (UTC) at which the vendor's day starts."""

    operation: str
    per_s: float
    burst: float
    per_day: int | None = None
    day_starts_utc_h: float = 0.0


class First(Struct, frozen=True, kw_only=True):
    """How we begin a talk with somebody who never wrote to us. `to`: the kind of handle it reaches. `thread`: what the channel
    will call the thread: `ours` (32 hex digits of our choice), the `handle` itself, or its `digits`."""

    to: str
    thread: Literal["ours", "handle", "digits"]


class Sending(Struct, frozen=True, kw_only=True):
    """What a reply may be. `proof` says how a lost answer is settled: `keyed` (the channel drops a repeat by our key),
    `readable` (the thread can be read back), `blind` (a person decides), `own` (the buyer reads our own row: nothing leaves the
    house, so nothing can be lost on the way). `absent_after_s`: a clean read-back this long after
    the attempt proves it was not sent. `window_s`: how long after the buyer's last message a reply may go;
    `person_window_s`: how long when a member typed it. `templates`: approved texts may go at any time. `first`: we may begin
    a talk. `segments`: a text is billed in pieces of (7-bit, 16-bit) characters. `keeps_buyers`: the channel's rules forbid leading
    its buyers elsewhere. `letters`: a message has a subject, and one that goes on from another channel tells what was said there.
    `quotes`: it may answer one message in particular.
    `answers_comment_once`: what somebody says under a post may be answered in private, once until they say more."""

    text_limit: int
    unit: Literal["characters", "bytes"] = "characters"
    proof: Literal["keyed", "readable", "blind", "own"] = "blind"
    absent_after_s: float = 300.0
    window_s: float | None = None
    files_max: int = 0
    file_bytes: int = 0
    file_types: tuple[str, ...] = ()
    html: bool = False
    forbids_contact_details: bool = False
    market_clock_s: float | None = None
    operation: str = "send"
    person_window_s: float | None = None
    templates: bool = False
    first: First | None = None
    keeps_buyers: bool = False
    letters: bool = False
    quotes: bool = False
    segments: tuple[int, int] | None = None
    answers_comment_once: bool = False
    caption_limit: int | None = None


class Stocking(Struct, frozen=True, kw_only=True):
    """How counts are pushed. `within="item"`: one call carries variants of one parent only. `compare`: the channel takes
    our expected value and refuses a stale one. `zero="deactivate"`: 0 is not a legal count and is done another way."""

    batch: int
    within: Literal["any", "item"] = "any"
    compare: bool = False
    keyed: bool = False
    zero: Literal["allowed", "deactivate"] = "allowed"
    largest: int = 999_999
    revisions_per_day: int | None = None
    operation: str = "stock"


class Lag(Struct, frozen=True, kw_only=True):
    """What a simulation of the stock reckons with, in seconds: how often sales are heard of (`poll_s`), how old a sale is before
    the channel tells of it (`told_s`), and how long a count takes from leaving until the channel sells by it (`lands_s`)."""

    poll_s: float
    lands_s: float
    told_s: float = 0.0


class Cancelling(Struct, frozen=True, kw_only=True):
    """What it costs the seller to cancel a sale here. `defect`: each one counts against the account. `rate`: the share of
    cancelled orders over `days` must stay below `most_pct`; from `warn_pct` on it is near."""

    cost: Literal["defect", "rate"]
    days: int = 7
    most_pct: float = 100.0
    warn_pct: float = 100.0


class Manifest(Struct, frozen=True, kw_only=True):
    """`hosts` are the real hosts, for reroute and the allow-list; `own_host` names the secret (an address or a host name) that
    adds the seller's own server to them. `hook="app"`: one hook address serves many shops and a
    delivery names its account. `names` holds labels by country code where the channel demands another there.
    `needs` orders the connect page: `key` first, then `review`. `lateness_s`: how late news is without a public address."""

    key: str
    name: str
    glyph: str
    hue: int
    hosts: tuple[str, ...]
    secrets: tuple[Secret, ...]
    feeds: tuple[Feed, ...]
    buckets: tuple[Bucket, ...]
    sending: Sending | None = None
    stocking: Stocking | None = None
    cancelling: Cancelling | None = None
    lag: Lag | None = None
    hook: Literal["connection", "app", "none"] = "connection"
    consent: Literal["keys", "oauth"] = "keys"
    needs: Literal["key", "review"] = "key"
    tier: Literal["bronze", "silver", "gold"] = "bronze"
    own_host: str = ""
    names: dict[str, str] = {}
    sentence: dict[str, str] = {}

    def feed(self, name: str) -> Feed | None:
        return next((feed for feed in self.feeds if feed.name == name), None)

    def bucket(self, operation: str) -> Bucket | None:
        return next((bucket for bucket in self.buckets if bucket.operation == operation), None)
