"""What may be sent, and what an answer or its absence means. Pure."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from connectors.base.manifest import Sending

Level = Literal["allow", "warn", "block"]
PHONE = re.compile(r"(?<![\w-])\+?\d[\d ()]{8,}\d(?![\w-])")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
STATE_RANK = {"queued": 0, "attempting": 1, "unknown": 1, "sent": 2, "delivered": 3, "read": 4, "failed": 5}


class Verdict(Struct, frozen=True, kw_only=True):
    """`fix` says what to do; `where` the faulty words."""

    level: Level
    code: str = ""
    reason: str = ""
    fix: str = ""
    where: str = ""


ALLOWED = Verdict(level="allow")


class Draft(Struct, frozen=True, kw_only=True):
    text: str
    files: int = 0


class Way(Struct, frozen=True, kw_only=True):
    """Where a reply would go. `last_in_at`: the buyer's last word in this thread. `speaks`: the owner let this connection send."""

    sending: Sending | None
    speaks: bool
    state: str
    last_in_at: datetime | None


def length(text: str, sending: Sending) -> int:
    return len(text.encode()) if sending.unit == "bytes" else len(text)


def check(way: Way, draft: Draft, now: datetime) -> Verdict:
    """The first reason that blocks, else the first that warns. The same for screen, API and anything scheduled."""
    verdicts = [*_blocks(way, draft, now), *_warnings(way, draft)]
    return verdicts[0] if verdicts else ALLOWED


def _blocks(way: Way, draft: Draft, now: datetime) -> list[Verdict]:
    sending = way.sending
    if sending is None:
        return [_block("no_replies", "This channel takes no messages from sellers.", "Answer on another channel.")]
    found = []
    if not way.speaks:
        found.append(_block("shadow", "This connection only reads so far.", "Let it send replies on the connections page."))
    if way.state == "paused":
        found.append(_block("paused", "This connection is paused.", "Resume it on the connections page."))
    if not draft.text.strip() and not draft.files:
        found.append(_block("empty", "There is nothing to send.", "Write something."))
    over = length(draft.text, sending) - sending.text_limit
    if over > 0:
        found.append(
            _block("too_long", f"{over} {sending.unit} over the {sending.text_limit} this channel takes.", "Shorten it.")
        )
    if draft.files > sending.files_max:
        found.append(_block("too_many_files", f"This channel takes {sending.files_max} files.", "Remove some."))
    if sending.window_s is not None and (way.last_in_at is None or now > way.last_in_at + timedelta(seconds=sending.window_s)):
        found.append(_block("window_closed", "The time to answer here has passed.", "Continue on another channel."))
    return found


def _warnings(way: Way, draft: Draft) -> list[Verdict]:
    if way.sending is None or not way.sending.forbids_contact_details:
        return []
    found = PHONE.search(draft.text) or EMAIL.search(draft.text)
    if found is None:
        return []
    return [
        Verdict(
            level="warn",
            code="contact_details",
            reason="This channel may hide messages with a phone number or an address.",
            fix="Remove it.",
            where=found.group(),
        )
    ]


def _block(code: str, reason: str, fix: str) -> Verdict:
    return Verdict(level="block", code=code, reason=reason, fix=fix)


def body_hash(kind: str, text: str, attachments: tuple[str, ...]) -> bytes:
    """Tells a repeated send from a key used again for something else."""
    return hashlib.sha256("\0".join((kind, text, *sorted(attachments))).encode()).digest()


def plain(text: str) -> str:
    """Text as it is compared with what a channel shows of it: white space folded."""
    return " ".join(text.split())


def preview(text: str, files: int) -> str:
    return plain(text)[:160] or ("📎" if files else "")


def moves_on(current: str, told: str) -> bool:
    """May a status reported by the channel replace ours? Never backwards; `failed` may follow `sent` but not `delivered`."""
    if told == "failed":
        return current in ("queued", "attempting", "unknown", "sent")
    return current != "failed" and STATE_RANK[told] > STATE_RANK[current]


def continues(status: str, closed_at: datetime | None, newest: datetime, reopen_days: int) -> bool:
    """Does a new message go on in the conversation, or open a linked one?"""
    return status != "closed" or closed_at is None or newest <= closed_at + timedelta(days=reopen_days)


ORDER_LIKE = re.compile(r"(?<![\w-])[A-Z0-9]{0,3}#?\d[\d-]{5,30}\d(?![\w-])")


def order_words(text: str) -> list[str]:
    """Pieces of a text that look like an order or tracking number."""
    return [found.lstrip("#") for found in ORDER_LIKE.findall(text[:5000])][:10]
