"""What may be sent, and what an answer or its absence means. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from app.domain.inbox.variables import names_in
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


class Enclosure(Struct, frozen=True, kw_only=True):
    """A file that would go along; `size` in bytes."""

    name: str
    media_type: str
    size: int


class Draft(Struct, frozen=True, kw_only=True):
    """`by_person`: a member typed it. `template`: an approved text goes instead of `text`; `gaps` are what fills its gaps."""

    text: str
    files: tuple[Enclosure, ...] = ()
    by_person: bool = True
    template: bool = False
    gaps: tuple[str, ...] = ()


class Approved(Struct, frozen=True, kw_only=True):
    """A text the channel approved, as the owner copied it here: its gaps are `{{1}}`, `{{2}}` ..."""

    name: str
    language: str
    text: str


class Way(Struct, frozen=True, kw_only=True):
    """Where a reply would go. `last_in_at`: the buyer's last word in this thread. `speaks`: the owner let this connection send.
    `refuses`: what the buyer said about being written to here. `unproven`: nobody has confirmed who speaks in this thread.
    `answered`: their word under a post has had our answer."""

    sending: Sending | None
    speaks: bool
    state: str
    last_in_at: datetime | None
    refuses: frozenset[str] = frozenset()
    unproven: bool = False
    answered: bool = False


class Step(Struct, frozen=True, kw_only=True):
    """From the thread that is talked in to another connection. `way` is where it leads, `address` whom it reaches there. `met`: they
    wrote there before. `keeps`: the channel that is left forbids it. `guessed`: nobody proved the address. `elsewhere`: number
    of another conversation that holds their thread there."""

    way: Way
    address: str
    met: bool = False
    keeps: bool = False
    guessed: bool = False
    elsewhere: int | None = None


def longest_window(sending: Sending | None) -> float | None:
    """Seconds a reply may take after the buyer's word when a person writes it; None: any time."""
    if sending is None or sending.window_s is None:
        return None
    return max(sending.window_s, sending.person_window_s or 0.0)


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
    return [
        *_of_the_way(way),
        *_of_the_words(sending, draft),
        *_of_the_files(sending, draft),
        *_of_the_time(way, sending, draft, now),
    ]


def _of_the_way(way: Way) -> list[Verdict]:
    found = []
    if not way.speaks:
        found.append(_block("shadow", "This connection only reads so far.", "Let it send replies on the connections page."))
    if way.state == "paused":
        found.append(_block("paused", "This connection is paused.", "Resume it on the connections page."))
    if way.unproven:
        found.append(_block("unproven", "Nobody has confirmed who wrote this.", "Look at the message and release it first."))
    if way.answered and way.sending is not None and way.sending.answers_comment_once:
        words = "This comment has had the one private answer that the channel allows."
        found.append(_block("already_answered", words, "Wait until they write to you, or answer under the post at the channel."))
    if "all" in way.refuses:
        found.append(
            _block("refused_all", "This buyer asked not to be written to here.", "Wait until they write that they want it.")
        )
    elif "unasked" in way.refuses and way.last_in_at is None:
        found.append(_block("refused_unasked", "This buyer takes answers only, nothing unasked.", "Wait until they write here."))
    return found


def _of_the_words(sending: Sending, draft: Draft) -> list[Verdict]:
    if draft.template:
        return _of_the_gaps(sending, draft)
    found = []
    if not draft.text.strip() and not draft.files:
        found.append(_block("empty", "There is nothing to send.", "Write something."))
    for name in names_in(draft.text)[:1]:
        words = f"Nothing is known here for {name}."
        found.append(Verdict(level="block", code="unfilled", reason=words, fix="Write it yourself or take it out.", where=name))
    over = length(draft.text, sending) - sending.text_limit
    if over > 0:
        found.append(
            _block("too_long", f"{over} {sending.unit} over the {sending.text_limit} this channel takes.", "Shorten it.")
        )
    most = sending.caption_limit
    if draft.files and most is not None and length(draft.text, sending) > most:
        words = (
            f"Beside a file this channel takes {most} {sending.unit}." if most else "This channel takes no words beside a file."
        )
        found.append(_block("caption_too_long", words, "Send the file and the words one after the other."))
    return found


def _of_the_gaps(sending: Sending, draft: Draft) -> list[Verdict]:
    if not sending.templates:
        return [_block("no_templates", "This channel knows no approved texts.", "Write the text itself.")]
    empty = [place for place, word in enumerate(draft.gaps, start=1) if not word.strip()]
    return [_block("empty_gap", f"Gap {place} of the approved text is empty.", "Fill it.") for place in empty[:1]]


def approved_texts(told: str) -> list[Approved]:
    """One a line, `name | language | text`; what is no such line is left out."""
    rows = [[part.strip() for part in line.split("|", 2)] for line in told.splitlines()]
    return [Approved(name=row[0], language=row[1], text=row[2]) for row in rows if len(row) == 3 and all(row)]


def _of_the_files(sending: Sending, draft: Draft) -> list[Verdict]:
    found = []
    if len(draft.files) > sending.files_max:
        words = f"This channel takes {sending.files_max} files." if sending.files_max else "This channel takes no files."
        found.append(_block("too_many_files", words, "Remove some."))
    for file in draft.files:
        if sending.file_bytes and file.size > sending.file_bytes:
            most = sending.file_bytes / 1_000_000
            found.append(
                _block("file_too_large", f"{file.name} is over the {most:g} MB this channel takes.", "Send a smaller one.")
            )
        if sending.file_types and not _fits(file.media_type, sending.file_types):
            found.append(
                _block("file_type", f"This channel does not take {file.media_type}.", "Send it as another kind of file.")
            )
    return found


def _fits(media_type: str, taken: tuple[str, ...]) -> bool:
    """`image/*` takes every picture."""
    return any(one in (media_type, "*/*") or (one.endswith("/*") and media_type.startswith(one[:-1])) for one in taken)


def _of_the_time(way: Way, sending: Sending, draft: Draft, now: datetime) -> list[Verdict]:
    window = longest_window(sending) if draft.by_person else sending.window_s
    if window is None or draft.template:
        return []
    if way.last_in_at is not None and now <= way.last_in_at + timedelta(seconds=window):
        return []
    fix = "Send an approved text, or continue on another channel." if sending.templates else "Continue on another channel."
    return [_block("window_closed", "The time to answer here has passed.", fix)]


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


def may_continue(step: Step, now: datetime) -> Verdict:
    """May the talk go on there? What blocks comes first; what is sent there is judged again by `check`."""
    sending = step.way.sending
    if step.keeps:
        return _block("keeps_buyers", "This channel's rules forbid leading its buyers elsewhere.", "Answer here.")
    if sending is None or (sending.first is None and not step.met):
        return _block("cannot_begin", "On this channel only the buyer can begin a talk.", "Wait until they write there.")
    if not step.address:
        return _block("no_address", "No address of theirs is known there.", "Ask them for it and type it in.")
    verdict = check(step.way, opening_draft(step.way, now), now)
    if verdict.level == "block":
        return verdict
    if step.elsewhere is not None:
        words = f"Their thread there stands in conversation {step.elsewhere} and moves here."
        return Verdict(level="warn", code="moves", reason=words, fix="Look at that conversation first.")
    if step.guessed:
        return Verdict(
            level="warn", code="guessed", reason="They typed this address; nobody has proven it.", fix="Ask when in doubt."
        )
    return ALLOWED


def opening_draft(way: Way, now: datetime) -> Draft:
    """The least that can be said there: an approved text where free words may not go."""
    closed = way.sending is not None and bool(_of_the_time(way, way.sending, Draft(text="?"), now))
    return Draft(text="?", template=closed and way.sending is not None and way.sending.templates)


PHONE_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


def address_of(kind: str, typed: str) -> str:
    """A typed address as handles of its kind are kept; empty when it is none."""
    if kind == "email":
        found = "".join(typed.lower().split())
        return found if EMAIL.fullmatch(found) else ""
    if kind == "phone":
        found = re.sub(r"[\s().-]", "", typed)
        return found if PHONE_NUMBER.fullmatch(found) else ""
    return ""


def thread_named(naming: Literal["ours", "handle", "digits"], address: str, own: str) -> str:
    """What the channel will call a thread that we begin; `own` is 32 hex digits of ours."""
    return {"ours": own, "handle": address, "digits": address.removeprefix("+")}[naming]


class Line(Struct, frozen=True, kw_only=True):
    """One thing said before, by whom and when."""

    who: str
    at: datetime
    text: str


def history_of(heading: str, lines: Sequence[Line], most: int) -> str:
    """What was said elsewhere, quoted below a letter: the newest that fit into `most` characters, oldest first."""
    kept: list[str] = []
    left = most - len(heading) - 1
    for line in reversed(lines):
        quoted = "\n".join(f"> {part}" for part in f"{line.who}, {line.at:%Y-%m-%d %H:%M} UTC:\n{line.text}".split("\n"))
        left -= len(quoted) + 3
        if left < 0:
            break
        kept.append(quoted)
    return "\n".join([heading, "\n>\n".join(reversed(kept))]) if kept else ""


def _block(code: str, reason: str, fix: str) -> Verdict:
    return Verdict(level="block", code=code, reason=reason, fix=fix)


def body_hash(kind: str, text: str, attachments: tuple[str, ...], *more: str) -> bytes:
    """Tells a repeated send from a key used again for something else."""
    return hashlib.sha256("\0".join((kind, text, *sorted(attachments), *more)).encode()).digest()


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


def followers(now: Iterable[UUID], more: Iterable[UUID], fewer: Iterable[UUID]) -> list[UUID]:
    """Each once, in one order, so that the same people are the same value. Who is named both ways does not follow."""
    return sorted((set(now) | set(more)) - set(fewer))
