"""Facts in one language. A normaliser turns every channel's wire shapes into these and nothing else.

Facts are absolute, never deltas: the newest `OrderSeen` says all that is true of an order, so any order of arrival
and any repetition ends in the same state. Ids are strings (many exceed 2^53), times aware UTC, money minor units.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

Strength = Literal["verified", "provided", "guessed"]


class Handle(Struct, frozen=True, kw_only=True):
    """One identity of a buyer. Unique by (kind, value): an id that is only unique within a page or shop carries
    that scope in `value`. Kinds shared by all channels: `email`, `phone` (E.164). `label` is what people see."""

    kind: str
    value: str
    label: str = ""
    name: str = ""
    strength: Strength = "provided"


class Media(Struct, frozen=True, kw_only=True):
    """A file that came with a message; fetched in a second step by `Connector.fetch_media`. `ref` is the channel's."""

    ref: str
    name: str = ""
    media_type: str = ""
    size: int = 0


class MessageReceived(Struct, frozen=True, kw_only=True, tag=True):
    """One message in a channel's thread; `direction="out"` is our side speaking (also from the channel's own app).

    `thread` is the channel's own id of the talk. `refs` is what a later reply needs (item id, parent message id).
    `echo_of` is the key our own send carried, where the channel gives it back. `automated`: no person wrote it.
    `kind="comment"`: written in public under a post. `reply_to` is the message it answers. `held` says why a person must
    look before it counts as this buyer's word (a sender that could not be proven); it is shown, and opens nothing.
    A picture in `html` that came along is named `media:` and its ref in `media`.
    """

    thread: str
    external_id: str
    direction: Literal["in", "out"]
    sent_at: datetime
    customer: Handle
    text: str = ""
    html: str = ""
    subject: str = ""
    more_handles: tuple[Handle, ...] = ()
    order_ids: tuple[str, ...] = ()
    listing_ids: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    refs: dict[str, str] = {}
    echo_of: str = ""
    automated: bool = False
    language: str = ""
    reply_window_from: datetime | None = None
    kind: Literal["message", "comment"] = "message"
    reply_to: str = ""
    held: str = ""


class MessageChanged(Struct, frozen=True, kw_only=True, tag=True):
    """The sender edited (`text`) or withdrew (`deleted`) a message."""

    thread: str
    external_id: str
    changed_at: datetime
    text: str = ""
    deleted: bool = False


class MessageStatus(Struct, frozen=True, kw_only=True, tag=True):
    """What became of a message of ours. May arrive late and out of order; states never move backwards, except
    that `failed` may follow `sent` where a channel accepts first and refuses later.

    A watermark names no message: `external_id` is empty, and all of ours in `thread` up to `at` are meant."""

    external_id: str
    state: Literal["sent", "delivered", "read", "failed"]
    at: datetime
    detail: str = ""
    echo_of: str = ""
    thread: str = ""


class Reacted(Struct, frozen=True, kw_only=True, tag=True):
    """`by` put `emoji` on a message, or took theirs back (empty). One reaction for each person and message; the newest stands."""

    thread: str
    external_id: str
    by: Handle
    emoji: str
    at: datetime
    direction: Literal["in", "out"] = "in"


class OrderLine(Struct, frozen=True, kw_only=True):
    """`quantity` is what is still to be supplied: ordered minus cancelled. Price is for one unit."""

    external_id: str
    external_sku: str
    quantity: int
    title: str = ""
    listing_id: str = ""
    price_minor: int = 0
    cancelled: int = 0


OrderStatus = Literal["pending", "open", "shipped", "delivered", "cancelled"]


class OrderSeen(Struct, frozen=True, kw_only=True, tag=True):
    """Everything known of an order now. `version` grows with each change at the channel (its updated-at, or its
    own counter as text that sorts); an older version than the stored one is dropped. `pending` holds stock."""

    external_id: str
    version: str
    status: OrderStatus
    placed_at: datetime
    lines: tuple[OrderLine, ...]
    currency: str
    customer: Handle | None = None
    more_handles: tuple[Handle, ...] = ()
    number: str = ""
    total_minor: int = 0
    ship_by: datetime | None = None
    shipped_at: datetime | None = None
    tracking: str = ""
    carrier: str = ""
    ship_to: dict[str, str] = {}
    note: str = ""


class ListingSeen(Struct, frozen=True, kw_only=True, tag=True):
    """One sellable face at the channel. (external_id, external_sku) names it; `refs` is what a push needs.

    `fulfilment="channel"`: the marketplace holds and counts the goods; we never write its quantity.
    `quantity` is what a buyer can buy now."""

    external_id: str
    external_sku: str
    title: str
    seen_at: datetime
    quantity: int | None = None
    state: Literal["active", "ended", "draft"] = "active"
    fulfilment: Literal["merchant", "channel"] = "merchant"
    model: str = ""
    refs: dict[str, str] = {}
    barcode: str = ""
    price_minor: int | None = None
    currency: str = ""
    url: str = ""
    picture: str = ""
    problem: str = ""


class StockSeen(Struct, frozen=True, kw_only=True, tag=True):
    """The channel's own count of one listing, as read or announced. Never a delta. `push_key`: the key of the push
    that caused it, where the channel says so."""

    external_id: str
    external_sku: str
    quantity: int
    seen_at: datetime
    push_key: str = ""


class PromotionStockReserved(Struct, frozen=True, kw_only=True, tag=True):
    """A campaign holds units of a listing: the channel refuses any count below `floor` until it ends."""

    external_id: str
    external_sku: str
    floor: int
    seen_at: datetime


CaseKind = Literal["return", "inquiry", "cancellation", "claim", "dispute"]


class CaseSeen(Struct, frozen=True, kw_only=True, tag=True):
    """A formal matter the channel keeps on an order: everything known of it now. `version` sorts as an order's does.

    `respond_by`: the channel's clock for our answer, None when nothing is asked of us. `detail` is the buyer's reason in
    words, `title` the channel's name of the matter. `thread` is where talk about it goes, empty when there is none.
    `listing_id`: what was bought, where the channel names that and not the order."""

    external_id: str
    kind: CaseKind
    version: str
    open: bool
    seen_at: datetime
    order_id: str = ""
    customer: Handle | None = None
    thread: str = ""
    respond_by: datetime | None = None
    title: str = ""
    detail: str = ""
    url: str = ""
    refs: dict[str, str] = {}
    listing_id: str = ""


class CheckoutSeen(Struct, frozen=True, kw_only=True, tag=True):
    """A basket left behind. `recovered`: it became an order since."""

    external_id: str
    customer: Handle
    at: datetime
    lines: tuple[OrderLine, ...] = ()
    total_minor: int = 0
    currency: str = ""
    url: str = ""
    recovered: bool = False
    more_handles: tuple[Handle, ...] = ()


class ConsentChanged(Struct, frozen=True, kw_only=True, tag=True):
    """The buyer forbids (`allowed=False`) or allows again that we write to them. `scope="unasked"`: answers in a running
    talk stay allowed."""

    handle: Handle
    allowed: bool
    at: datetime
    scope: Literal["all", "unasked"] = "all"


class AccountErased(Struct, frozen=True, kw_only=True, tag=True):
    """The channel tells us to forget a buyer."""

    handle: Handle
    at: datetime


class AccessWithdrawn(Struct, frozen=True, kw_only=True, tag=True):
    """The seller withdrew our access at the channel."""

    at: datetime
    detail: str = ""


class Pointer(Struct, frozen=True, kw_only=True, tag=True):
    """A webhook that names a thing without its content; the pipeline calls `Connector.fetch(pointer)`."""

    kind: str
    id: str


class Unsupported(Struct, frozen=True, kw_only=True, tag=True):
    """Known or unknown, we make nothing of it: the raw stays, the kind is counted."""

    kind: str
    reason: str


Event = (
    MessageReceived
    | MessageChanged
    | MessageStatus
    | Reacted
    | CaseSeen
    | CheckoutSeen
    | ConsentChanged
    | OrderSeen
    | ListingSeen
    | StockSeen
    | PromotionStockReserved
    | AccountErased
    | AccessWithdrawn
)
Outcome = Event | Pointer | Unsupported
