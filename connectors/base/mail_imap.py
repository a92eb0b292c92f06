"""A small IMAP client over asyncio. https://www.rfc-editor.org/rfc/rfc3501 (commands), rfc5530 (what a NO means).

Nothing it reads is marked as read: folders are opened by EXAMINE and mails fetched by BODY.PEEK.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime

from connectors.base.errors import ChannelError, Malformed, Unavailable
from connectors.base.mail_answers import (
    Tokens,
    Untagged,
    completion,
    decode_folder,
    encode_folder,
    internal_date,
    literal_size,
    refusal,
    tokens,
)
from connectors.base.mail_dial import Wire, dial, is_rerouted, proven, require_clean
from connectors.base.reroute import Reroute

IMAPS = 993
MAIL_LIMIT = 30 * 1024 * 1024
HEAD_OF_LARGE = 256 * 1024
LITERAL_LIMIT = MAIL_LIMIT + 1024
BYTES_AT_ONCE = 32 * 1024 * 1024
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
IDLE_S = 28 * 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """`uid_validity` changes when the server numbers its mails anew; uids below `uid_next` are taken."""

    name: str
    uid_validity: int
    uid_next: int
    exists: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail byte for byte. `cut`: it is larger than 30 MB, only its beginning (headers and text) is here."""

    uid: int
    arrived_at: datetime | None
    raw: bytes
    size: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A folder by name; `uses` are its special-use marks in lower case, such as `\\sent`."""

    name: str
    uses: tuple[str, ...] = ()


class Mailbox:
    """An open login. Every method raises only `ChannelError`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._number = 0
        self.capabilities: tuple[str, ...] = ()

    async def folders(self) -> list[Listed]:
        found = await self._command('LIST "" "*"')
        listed = [tokens(answer) for answer in found if answer.is_a(b"LIST")]
        return [_listed(each) for each in listed if len(each) >= 4]

    async def examine(self, name: str) -> Folder:
        """Opens a folder for reading only. Refused when there is none of that name."""
        found = await self._command(b"EXAMINE " + _quoted(encode_folder(name)))
        said = b" ".join(answer.text for answer in found)
        exists = next((tokens(answer)[0] for answer in found if answer.text.upper().endswith(b" EXISTS")), b"0")
        validity, uid_next = _code(said, b"UIDVALIDITY"), _code(said, b"UIDNEXT")
        return Folder(name=name, uid_validity=validity, uid_next=uid_next, exists=_number(exists))

    async def uids(self, first: int = 1) -> list[int]:
        """Of all mails from `first` on, rising. (`n:*` names the last mail too when it is older: it is left out.)"""
        return [uid for uid in await self.search(f"UID {max(first, 1)}:*") if uid >= first]

    async def with_message_id(self, message_id: str) -> list[int]:
        return await self.search(b"HEADER MESSAGE-ID " + _quoted(require_clean(message_id, "a message id").encode()))

    async def search(self, criteria: str | bytes) -> list[int]:
        wanted = criteria if isinstance(criteria, bytes) else criteria.encode()
        found = await self._command(b"UID SEARCH " + wanted)
        numbers = [_number(each) for answer in found if answer.is_a(b"SEARCH") for each in tokens(answer)[1:]]
        return sorted(set(numbers) - {0})

    async def since(self, day: date) -> list[int]:
        """Of mails that arrived on this day (as the server counts days) or later."""
        return await self.search(f"SINCE {day.day}-{MONTHS[day.month - 1]}-{day.year}")

    async def fetch(self, uids: Sequence[int], *, at_once: int = BYTES_AT_ONCE) -> list[Letter]:
        """Whole mails in rising order, as many as fit into `at_once` bytes (at least one); those gone meanwhile are missing. Of
        mails over 30 MB only the beginning comes."""
        if not uids:
            return []
        small, large = _share(await self._sizes(uids), at_once)
        letters = await self._letters(small, "BODY.PEEK[]", cut=False)
        letters += await self._letters(large, f"BODY.PEEK[]<0.{HEAD_OF_LARGE}>", cut=True)
        return sorted(letters, key=lambda letter: letter.uid)

    async def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        found = await self._command(f"UID FETCH {_set(uids)} (UID RFC822.SIZE)")
        sizes = {_number(each.get(b"UID")): _number(each.get(b"RFC822.SIZE")) for each in _fetched(found)}
        return {uid: sizes[uid] for uid in sorted(set(uids)) if uid in sizes}

    async def _letters(self, uids: Sequence[int], part: str, *, cut: bool) -> list[Letter]:
        if not uids:
            return []
        found = await self._command(f"UID FETCH {_set(uids)} (UID INTERNALDATE RFC822.SIZE {part})")
        letters = [_letter(each, cut) for each in _fetched(found)]
        return [letter for letter in letters if letter is not None and letter.uid in set(uids)]

    async def append(self, folder: str, raw: bytes) -> None:
        """Lays a copy of ours into a folder, as read."""
        head = b"APPEND " + _quoted(encode_folder(folder)) + b" (\\Seen) " + f"{{{len(raw)}}}".encode()
        await self._command(head, literal=raw)

    async def idle(self, wait_s: float = IDLE_S) -> bool:
        """Waits for news in the examined folder; False when there were none. Servers end longer waits, so ask again."""
        tag = await self._begin(b"IDLE")
        if not (await self._wire.line()).startswith(b"+"):
            raise Unavailable(f"{self._wire.host} does not wait for news", code="no_idle")
        told = await self._news(min(wait_s, IDLE_S))
        await self._wire.send(b"DONE\r\n")
        late = await self._finish(tag, b"IDLE")
        return told or any(_tells_news(answer) for answer in late)

    async def _news(self, wait_s: float) -> bool:
        kept, self._wire.deadline_s = self._wire.deadline_s, wait_s
        try:
            return _tells_news(await self._answer())
        except Unavailable as silence:
            if isinstance(silence.__cause__, TimeoutError):
                return False
            raise
        finally:
            self._wire.deadline_s = kept

    async def login(self, user: str, password: str, token: str) -> None:
        """AuthExpired when the server refuses the credentials."""
        require_clean(user, "the user name")
        if token:
            await self._authenticate(user, token)
            return
        secret = require_clean(password, "the password")
        if user.isascii() and secret.isascii():
            await self._command(b"LOGIN " + _quoted(user.encode()) + b" " + _quoted(secret.encode()))
        else:
            plain = base64.b64encode(f"\0{user}\0{secret}".encode())
            await self._challenged(b"AUTHENTICATE PLAIN", plain)

    async def _authenticate(self, user: str, token: str) -> None:
        """https://developers.google.com/workspace/gmail/imap/xoauth2-protocol"""
        words = f"user={user}\x01auth=Bearer {require_clean(token, 'the token')}\x01\x01"
        await self._challenged(b"AUTHENTICATE XOAUTH2", base64.b64encode(words.encode()))

    async def _challenged(self, command: bytes, secret: bytes) -> None:
        tag = await self._begin(command)
        await self._asked(tag, command)
        await self._wire.send(secret + b"\r\n")
        await self._finish(tag, command, challenged=True)

    async def logout(self) -> None:
        with suppress(ChannelError):
            await self._command("LOGOUT")

    async def greet(self) -> None:
        first = await self._answer()
        if first.is_a(b"BYE"):
            raise refusal(self._wire.host, b"BYE", first.text[4:], b"CONNECT")
        if not (first.is_a(b"OK") or first.is_a(b"PREAUTH")):
            raise Malformed(f"{self._wire.host} is no IMAP server", code="not_imap")

    async def start_tls(self) -> None:
        await self._command("STARTTLS")
        await self._wire.secure(proven())

    # Below: one command at a time

    async def _command(self, command: str | bytes, literal: bytes | None = None) -> list[Untagged]:
        words = command if isinstance(command, bytes) else command.encode()
        tag = await self._begin(words)
        if literal is not None:
            await self._asked(tag, words)
            await self._wire.send(literal + b"\r\n")
        return await self._finish(tag, words)

    async def _begin(self, command: bytes) -> bytes:
        self._number += 1
        tag = f"A{self._number}".encode()
        await self._wire.send(tag + b" " + command + b"\r\n")
        return tag

    async def _asked(self, tag: bytes, command: bytes) -> None:
        """Until the server says `+`; a refusal instead is raised."""
        while True:
            line = await self._wire.line()
            if line.startswith(b"+"):
                return
            self._judge(line, tag, command)

    async def _finish(self, tag: bytes, command: bytes, *, challenged: bool = False) -> list[Untagged]:
        found: list[Untagged] = []
        while True:
            answer = await self._answer()
            if challenged and answer.text.startswith(b"+"):
                # The reason for a refusal; an empty line asks for the refusal itself.
                await self._wire.send(b"\r\n")
            elif self._judge(answer.text, tag, command):
                return found
            else:
                found.append(answer)

    def _judge(self, line: bytes, tag: bytes, command: bytes) -> bool:
        """True when the command was done. A BYE, NO or BAD is raised."""
        if line.upper().startswith(b"* BYE") and command != b"LOGOUT":
            raise refusal(self._wire.host, b"BYE", line[5:], command)
        status, words = completion(line, tag)
        if status in (b"NO", b"BAD"):
            raise refusal(self._wire.host, status, words, command)
        return status == b"OK"

    async def _answer(self) -> Untagged:
        """One answer with its literals."""
        text, literals = await self._wire.line(), []
        size = literal_size(text)
        while size is not None:
            if size > LITERAL_LIMIT:
                raise Unavailable(f"{self._wire.host} sends {size} bytes at once", code="too_large")
            literals.append(await self._wire.exactly(size))
            more = await self._wire.line()
            text += b" " + more
            size = literal_size(more)
        return Untagged(text, tuple(literals))


@asynccontextmanager
async def open_mailbox(
    host: str,
    port: int = IMAPS,
    *,
    user: str,
    password: str = "",
    token: str = "",
    reroute: Reroute,
    deadline_s: float = 25.0,
) -> AsyncIterator[Mailbox]:
    """Logged in by password, or by an access token (XOAUTH2). TLS from the first byte, or STARTTLS on port 143."""
    implicit = port != 143
    async with dial(host, port, scheme="imap://", tls=implicit, reroute=reroute, deadline_s=deadline_s) as wire:
        box = Mailbox(wire)
        await box.greet()
        if not implicit and not is_rerouted(host, port, "imap://", reroute):
            await box.start_tls()
        await box.login(user, password, token)
        yield box
        await box.logout()


def _tells_news(answer: Untagged) -> bool:
    return answer.text.upper().endswith(b" EXISTS")


def _quoted(value: bytes) -> bytes:
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _number(value: object) -> int:
    return int(value) if isinstance(value, bytes) and value.isdigit() else 0


def _code(said: bytes, name: bytes) -> int:
    """The number in `[UIDVALIDITY 3857529045]`."""
    _, found, rest = said.upper().partition(b"[" + name + b" ")
    return _number(rest.split(b"]")[0].strip()) if found else 0


def _set(uids: Sequence[int]) -> str:
    """`1:3,7` of 1, 2, 3, 7."""
    runs: list[list[int]] = []
    for uid in sorted(set(uids)):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(f"{first}:{last}" if first != last else str(first) for first, last in runs)


def _share(sizes: dict[int, int], at_once: int) -> tuple[list[int], list[int]]:
    """(whole, cut) of those that fit."""
    small, large, sum_so_far = list[int](), list[int](), 0
    for uid, size in sizes.items():
        sum_so_far += size if size <= MAIL_LIMIT else HEAD_OF_LARGE
        if sum_so_far > at_once and (small or large):
            break
        (small if size <= MAIL_LIMIT else large).append(uid)
    return small, large


def _listed(found: Tokens) -> Listed:
    """Of `LIST (flags) delimiter name`."""
    flags = found[1] if isinstance(found[1], list) else []
    name = found[3] if isinstance(found[3], bytes) else b""
    uses = tuple(flag.decode("ascii", "replace").lower() for flag in flags if isinstance(flag, bytes))
    return Listed(name=decode_folder(name), uses=uses)


def _fetched(found: list[Untagged]) -> list[dict[bytes, object]]:
    """Name -> value of each FETCH answer."""
    pairs = []
    for answer in found:
        parts = tokens(answer)
        if len(parts) >= 3 and parts[1] == b"FETCH" and isinstance(parts[2], list):
            names, values = parts[2][::2], parts[2][1::2]
            pairs.append({name.upper(): value for name, value in zip(names, values, strict=False) if isinstance(name, bytes)})
    return pairs


def _letter(found: dict[bytes, object], cut: bool) -> Letter | None:
    """A mail that was removed meanwhile comes without a body."""
    raw = next((value for name, value in found.items() if name.startswith(b"BODY[") and isinstance(value, bytes)), None)
    uid = _number(found.get(b"UID"))
    if raw is None or not uid:
        return None
    arrived = internal_date(found.get(b"INTERNALDATE"))
    return Letter(uid=uid, arrived_at=arrived, raw=raw, size=_number(found.get(b"RFC822.SIZE")) or len(raw), cut=cut)
