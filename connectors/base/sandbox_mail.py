"""The pretend mail server: one IMAP and one SMTP door for all mail channels of a world; the user name picks the mailbox.

https://www.rfc-editor.org/rfc/rfc3501 , rfc5321. It is what a strict server is: what the grammar forbids gets BAD or 5xx.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from connectors.base.faults import Faults
from connectors.base.world import World

KEPT_EXCHANGES = 2000

OnSent = Callable[[str, list[str], bytes], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailExchange:
    """One command and all that was answered to it. `status`: OK, NO, BAD, BYE of IMAP, the number of SMTP; "" = silence."""

    protocol: str
    command: str
    given: bytes
    answer: bytes
    status: str


@dataclass(slots=True, kw_only=True)
class Stored:
    uid: int
    raw: bytes
    arrived_at: datetime


@dataclass(slots=True)
class Box:
    """One folder. `use` is its special-use mark (rfc6154)."""

    name: str
    use: str = ""
    uid_validity: int = 1_700_000_001
    mails: list[Stored] = field(default_factory=list)
    next_uid: int = 1

    def store(self, raw: bytes, arrived_at: datetime, uid: int = 0) -> Stored:
        """Uids only rise: one that is too low is not taken."""
        made = Stored(uid=max(uid, self.next_uid), raw=raw, arrived_at=arrived_at)
        self.next_uid = made.uid + 1
        self.mails.append(made)
        return made

    def empty(self) -> None:
        self.mails.clear()
        self.next_uid = 1

    def renumber(self) -> None:
        """As after a restore from a backup: all uids are new, and the validity says so."""
        self.uid_validity += 1
        for uid, mail in enumerate(self.mails, start=1):
            mail.uid = uid
        self.next_uid = len(self.mails) + 1


class Mailbox:
    """One account. `passwords` and `tokens` are what it accepts; `keeps_sent`: a copy of what is submitted goes to Sent.
    `sort` is called before anything is read, for mailboxes that follow a world."""

    def __init__(self, user: str, password: str, now: Callable[[], datetime], faults: Faults, *, keeps_sent: bool = True) -> None:
        self.user = user
        self.passwords = {password}
        self.tokens: set[str] = set()
        self.faults = faults
        self.keeps_sent = keeps_sent
        self.addresses: set[str] = {user}
        self.folders = {"INBOX": Box("INBOX"), "Sent": Box("Sent", "\\Sent")}
        self.arrived = asyncio.Event()
        self.now = now
        self.sort: Callable[[], None] = lambda: None
        self._on_sent: list[OnSent] = []

    @property
    def inbox(self) -> Box:
        return self.folders["INBOX"]

    @property
    def sent(self) -> Box:
        return self.folders["Sent"]

    def deliver(self, raw: bytes, at: datetime | None = None, uid: int = 0) -> Stored:
        stored = self.inbox.store(raw, at or self.now(), uid)
        self.arrived.set()
        return stored

    def on_sent(self, watcher: OnSent) -> None:
        """Called with the envelope and the bytes of each mail that this account submits."""
        self._on_sent.append(watcher)

    def submit(self, sender: str, recipients: list[str], raw: bytes) -> None:
        if self.keeps_sent:
            self.sent.store(raw, self.now())
        for watcher in self._on_sent:
            watcher(sender, recipients, raw)
        self.arrived.set()

    def accepts(self, *, password: str = "", token: str = "") -> bool:
        """A login may be made to fail once by the fault `expire_token`."""
        if self.faults.hit("expire_token"):
            return False
        return password in self.passwords if password else token in self.tokens


class Postbox:
    """All mailboxes of a world."""

    def __init__(self) -> None:
        self.mailboxes: dict[str, Mailbox] = {}
        self.exchanges: list[MailExchange] = []

    def add(self, mailbox: Mailbox) -> Mailbox:
        self.mailboxes[mailbox.user.lower()] = mailbox
        return mailbox

    def open(self, user: str, *, password: str = "", token: str = "") -> Mailbox | None:
        found = self.mailboxes.get(user.lower())
        return found if found and found.accepts(password=password, token=token) else None

    def note(self, exchange: MailExchange) -> None:
        self.exchanges.append(exchange)
        del self.exchanges[:-KEPT_EXCHANGES]


_POSTBOXES: weakref.WeakKeyDictionary[World, Postbox] = weakref.WeakKeyDictionary()


def postbox(world: World) -> Postbox:
    """The one of this world; made when first asked for."""
    return _POSTBOXES.setdefault(world, Postbox())


class Line:
    """One connection of a client: reading with patience, writing what is kept for the exchange too."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.told = bytearray()

    async def hear(self) -> bytes:
        """A line without its end; EOFError when the client has gone."""
        line = await self._reader.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return line.rstrip(b"\r\n")

    async def exactly(self, size: int) -> bytes:
        return await self._reader.readexactly(size)

    async def say(self, data: bytes) -> None:
        self.told += data
        self._writer.write(data)
        await self._writer.drain()

    def taken(self) -> bytes:
        """What was said since the last call."""
        told, self.told = bytes(self.told), bytearray()
        return told

    async def hang(self) -> None:
        """Until the client gives up."""
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(120):
                while await self._reader.read(65536):
                    pass
        raise EOFError
