"""Acts we ask of a channel, and what became of them."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from connectors.base.events import Handle


class Upload(Struct, frozen=True, kw_only=True):
    """A file of ours to send along. `public_url` is set where the channel fetches it from us."""

    name: str
    media_type: str
    content: bytes
    public_url: str = ""


class Template(Struct, frozen=True, kw_only=True):
    """A text the channel approved beforehand, by its name there. `variables` fill its gaps in order, and `names` says how each is
    called where the channel asks. `header` fills the gap above (a file there goes along as a file); `buttons`: what ends
    the address of each button, "" where it has no gap."""

    name: str
    language: str
    variables: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    header: str = ""
    buttons: tuple[str, ...] = ()


class SendReply(Struct, frozen=True, kw_only=True, tag=True):
    """`key` makes a repeat recognisable (our client_msg_id). `refs` come from the newest message of the thread that
    carried any; `started_at` is when the first attempt began: a read-back looks from there. `template` is sent instead of
    `text`. `by_person`: a member typed it (some channels give people longer than programs). `reply_to` quotes a message."""

    key: str
    thread: str
    text: str
    customer: Handle
    refs: dict[str, str] = {}
    subject: str = ""
    files: tuple[Upload, ...] = ()
    started_at: datetime | None = None
    template: Template | None = None
    by_person: bool = True
    reply_to: str = ""


class OrderAct(Struct, frozen=True, kw_only=True, tag=True):
    """An act the channel offers on one order or case (`Offer.name`), with what a person filled in."""

    key: str
    name: str
    order_id: str
    text: str = ""
    files: tuple[Upload, ...] = ()
    refs: dict[str, str] = {}
    started_at: datetime | None = None


class StockLine(Struct, frozen=True, kw_only=True):
    """`quantity` is absolute. `expected` is what we believe the channel shows (for compare-and-swap), None = unknown.

    `model` and `refs` are as the listing was last seen."""

    listing_id: str
    external_id: str
    external_sku: str
    quantity: int
    expected: int | None = None
    model: str = ""
    refs: dict[str, str] = {}


class SetStock(Struct, frozen=True, kw_only=True, tag=True):
    """`key` stays the same when the same content is tried again, and is new for new content."""

    key: str
    lines: tuple[StockLine, ...]


Command = SendReply | OrderAct | SetStock


class LineReceipt(Struct, frozen=True, kw_only=True):
    """Outcome of one `StockLine`: `accepted` (the channel took it), `stale` (compare-and-swap lost; `observed` is what
    stood there), `refused` (`floor` where the channel names one), `retry`."""

    listing_id: str
    outcome: str
    detail: str = ""
    code: str = ""
    observed: int | None = None
    floor: int | None = None


class Receipt(Struct, frozen=True, kw_only=True):
    """The channel took the command. A refusal or a doubt is raised as `ChannelError`, never returned.

    `external_id` is the channel's id of the message made; `lines` answers `SetStock` line by line."""

    key: str
    external_id: str = ""
    at: datetime | None = None
    lines: tuple[LineReceipt, ...] = ()
