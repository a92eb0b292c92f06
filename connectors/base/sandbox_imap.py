"""The IMAP door of the pretend mail server. https://www.rfc-editor.org/rfc/rfc3501"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.parser import BytesHeaderParser

from connectors.base.faults import Faults
from connectors.base.mail_answers import Tokens, Untagged, literal_size, tokens
from connectors.base.sandbox_mail import Box, Line, Mailbox, MailExchange, Postbox, Stored

CAPABILITIES = "IMAP4rev1 IDLE SASL-IR AUTH=PLAIN AUTH=XOAUTH2 SPECIAL-USE"
TAG = re.compile(rb"[A-Za-z0-9.]{1,30}")
PART = re.compile(r"BODY\.PEEK\[(HEADER|TEXT|)\](?:<(\d+)\.(\d+)>)?")
BAD_TOKEN = base64.b64encode(b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}')

Answer = tuple[str, str]


class ImapTalk:
    """One client. `command` methods return (OK | NO | BAD, words) and say untagged lines themselves."""

    def __init__(self, postbox: Postbox, line: Line) -> None:
        self._postbox = postbox
        self._line = line
        self._mailbox: Mailbox | None = None
        self._box: Box | None = None
        self._told = 0

    async def run(self) -> None:
        await self._line.say(f"* OK [CAPABILITY {CAPABILITIES}] pretend mail ready\r\n".encode())
        self._line.taken()
        while True:
            given, literals = await self._hear()
            tag, _, rest = given.partition(b" ")
            if not TAG.fullmatch(tag) or not rest:
                await self._close(given, "", "* BAD no command\r\n", "BAD")
                continue
            if await self._one(tag.decode(), rest, literals, given):
                return

    async def _hear(self) -> tuple[bytes, tuple[bytes, ...]]:
        text, literals = await self._line.hear(), []
        size = literal_size(text)
        while size is not None:
            await self._line.say(b"+ go ahead\r\n")
            literals.append(await self._line.exactly(size))
            more = await self._line.hear()
            text += b" " + more if more else b""
            size = literal_size(more)
        return text, tuple(literals)

    async def _one(self, tag: str, rest: bytes, literals: tuple[bytes, ...], given: bytes) -> bool:
        """True when the talk ends."""
        parts = tokens(Untagged(rest, literals))
        name = parts.pop(0).decode("ascii", "replace").upper() if parts and isinstance(parts[0], bytes) else ""
        if name == "UID" and parts and isinstance(parts[0], bytes):
            name = f"UID {parts.pop(0).decode('ascii', 'replace').upper()}"
        if name == "LOGOUT":
            await self._line.say(b"* BYE until next time\r\n")
            await self._close(given, name, f"{tag} OK LOGOUT completed\r\n", "OK")
            return True
        if self._mailbox and await self._struck(self._mailbox.faults, tag, name, given):
            return True
        status, words = await self._answer(name, parts)
        await self._close(given, name, f"{tag} {status} {words}\r\n", status)
        return False

    async def _struck(self, faults: Faults, tag: str, name: str, given: bytes) -> bool:
        """Bad luck comes to the first command after login. True: the talk is over."""
        if name not in ("EXAMINE", "SELECT", "UID FETCH", "UID SEARCH"):
            return False
        if faults.hit("unavailable", "read"):
            await self._close(given, name, f"{tag} NO [UNAVAILABLE] the mail store is away\r\n", "NO")
            return True
        if faults.hit("rate_limited", "read"):
            await self._close(given, name, f"{tag} NO [LIMIT] too many commands, slow down\r\n", "NO")
            return True
        if faults.hit("timeout", "read"):
            await self._line.hang()
        return False

    async def _answer(self, name: str, parts: Tokens) -> Answer:
        always: dict[str, Callable[[Tokens], Awaitable[Answer]]] = {
            "CAPABILITY": self._capability,
            "NOOP": self._noop,
            "LOGIN": self._login,
            "AUTHENTICATE": self._authenticate,
        }
        inside: dict[str, Callable[[Tokens], Awaitable[Answer]]] = {
            "LIST": self._list,
            "EXAMINE": self._examine,
            "SELECT": self._examine,
            "APPEND": self._append,
        }
        selected: dict[str, Callable[[Tokens], Awaitable[Answer]]] = {
            "UID SEARCH": self._search,
            "UID FETCH": self._fetch,
            "IDLE": self._idle,
        }
        if name in always:
            return await always[name](parts)
        if name not in inside and name not in selected:
            return "BAD", "unknown command"
        if self._mailbox is None or (name in selected and self._box is None):
            return "BAD", f"{name} is not for this state"
        return await (inside | selected)[name](parts)

    async def _close(self, given: bytes, name: str, last: str, status: str) -> None:
        await self._line.say(last.encode())
        self._postbox.note(MailExchange(protocol="IMAP", command=name, given=given, answer=self._line.taken(), status=status))

    async def _capability(self, parts: Tokens) -> Answer:
        await self._line.say(f"* CAPABILITY {CAPABILITIES}\r\n".encode())
        return "OK", "CAPABILITY completed"

    async def _noop(self, parts: Tokens) -> Answer:
        return "OK", "NOOP completed"

    async def _login(self, parts: Tokens) -> Answer:
        if len(parts) != 2:
            return "BAD", "LOGIN takes a user and a password"
        return self._enter(_text(parts[0]), password=_text(parts[1]))

    async def _authenticate(self, parts: Tokens) -> Answer:
        way = _text(parts[0]).upper() if parts else ""
        if way not in ("PLAIN", "XOAUTH2"):
            return "NO", "no such mechanism"
        await self._line.say(b"+ \r\n")
        try:
            words = base64.b64decode(await self._line.hear(), validate=True).decode()
        except ValueError:
            return "BAD", "not base64"
        if way == "PLAIN":
            _, _, pair = words.partition("\0")
            user, _, password = pair.partition("\0")
            return self._enter(user, password=password)
        found = re.fullmatch("user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01", words)
        entered = self._enter(found[1], token=found[2]) if found else ("NO", "[AUTHENTICATIONFAILED] no token")
        if entered[0] == "NO":
            await self._line.say(b"+ " + BAD_TOKEN + b"\r\n")
            await self._line.hear()
        return entered

    def _enter(self, user: str, *, password: str = "", token: str = "") -> Answer:
        self._mailbox = self._postbox.open(user, password=password, token=token)
        return ("OK", "logged in") if self._mailbox else ("NO", "[AUTHENTICATIONFAILED] Invalid credentials (Failure)")

    async def _list(self, parts: Tokens) -> Answer:
        assert self._mailbox is not None
        for box in self._mailbox.folders.values():
            marks = f"\\HasNoChildren {box.use}".strip()
            await self._line.say(f'* LIST ({marks}) "/" "{box.name}"\r\n'.encode())
        return "OK", "LIST completed"

    async def _examine(self, parts: Tokens) -> Answer:
        assert self._mailbox is not None
        self._mailbox.sort()
        name = _text(parts[0]) if parts else ""
        self._box = self._mailbox.folders.get("INBOX" if name.upper() == "INBOX" else name)
        if self._box is None:
            return "NO", "[NONEXISTENT] no such mailbox"
        self._told = len(self._box.mails)
        told = [
            r"FLAGS (\Answered \Flagged \Deleted \Seen \Draft)",
            f"{len(self._box.mails)} EXISTS",
            "0 RECENT",
            f"OK [UIDVALIDITY {self._box.uid_validity}] UIDs valid",
            f"OK [UIDNEXT {self._box.next_uid}] predicted next UID",
        ]
        await self._line.say("".join(f"* {line}\r\n" for line in told).encode())
        return "OK", "[READ-ONLY] EXAMINE completed"

    async def _append(self, parts: Tokens) -> Answer:
        assert self._mailbox is not None
        box = self._mailbox.folders.get(_text(parts[0])) if parts else None
        if box is None:
            return "NO", "[TRYCREATE] no such mailbox"
        if len(parts) < 2 or not isinstance(parts[-1], bytes):
            return "BAD", "APPEND takes a mail"
        made = box.store(parts[-1], self._mailbox.now())
        return "OK", f"[APPENDUID {box.uid_validity} {made.uid}] APPEND completed"

    async def _search(self, parts: Tokens) -> Answer:
        assert self._box is not None
        match [_text(part).upper() if position == 0 else _text(part) for position, part in enumerate(parts)]:
            case ["UID", wanted]:
                found = _within(self._box, wanted)
            case ["SINCE", day]:
                first = datetime.strptime(day, "%d-%b-%Y").replace(tzinfo=UTC)
                found = [mail for mail in self._box.mails if mail.arrived_at >= first]
            case ["HEADER", name, value]:
                found = [mail for mail in self._box.mails if value.lower() in _header(mail.raw, name).lower()]
            case _:
                return "BAD", "unknown search key"
        await self._line.say(("* SEARCH" + "".join(f" {mail.uid}" for mail in found) + "\r\n").encode())
        return "OK", "SEARCH completed"

    async def _fetch(self, parts: Tokens) -> Answer:
        assert self._box is not None
        if len(parts) != 2:
            return "BAD", "FETCH takes a set and items"
        items = [_text(item) for item in (parts[1] if isinstance(parts[1], list) else [parts[1]])]
        known = [item for item in items if item in ("UID", "INTERNALDATE", "RFC822.SIZE") or PART.fullmatch(item)]
        if known != items:
            return "BAD", "unknown fetch item"
        for mail in _within(self._box, _text(parts[0])):
            number = self._box.mails.index(mail) + 1
            await self._line.say(b"* %d FETCH (" % number + b" ".join(_item(mail, item) for item in items) + b")\r\n")
        return "OK", "FETCH completed"

    async def _idle(self, parts: Tokens) -> Answer:
        assert self._mailbox is not None
        assert self._box is not None
        self._mailbox.arrived.clear()
        self._mailbox.sort()
        if len(self._box.mails) > self._told:
            self._mailbox.arrived.set()
        await self._line.say(b"+ idling\r\n")
        news, word = asyncio.ensure_future(self._mailbox.arrived.wait()), asyncio.ensure_future(self._line.hear())
        await asyncio.wait((news, word), return_when=asyncio.FIRST_COMPLETED)
        if news.done():
            self._mailbox.sort()
            self._told = len(self._box.mails)
            await self._line.say(f"* {len(self._box.mails)} EXISTS\r\n".encode())
        news.cancel()
        ended = await word
        return ("OK", "IDLE terminated") if ended.upper() == b"DONE" else ("BAD", "expected DONE")


def _text(part: object) -> str:
    return part.decode("utf-8", "replace") if isinstance(part, bytes) else ""


def _header(raw: bytes, name: str) -> str:
    return str(BytesHeaderParser().parsebytes(raw).get(name, ""))


def _within(box: Box, wanted: str) -> list[Stored]:
    """`1:3,7,9:*`; `*` is the last one, so `9:*` names the last even when its uid is smaller."""
    last = box.mails[-1].uid if box.mails else 0
    found: set[int] = set()
    for piece in wanted.split(","):
        low, _, high = piece.partition(":")
        ends = sorted(last if end == "*" else int(end) if end.isdigit() else 0 for end in (low, high or low))
        found |= {mail.uid for mail in box.mails if ends[0] <= mail.uid <= ends[1]}
    return [mail for mail in box.mails if mail.uid in found]


def _item(mail: Stored, item: str) -> bytes:
    if item == "UID":
        return b"UID %d" % mail.uid
    if item == "RFC822.SIZE":
        return b"RFC822.SIZE %d" % len(mail.raw)
    if item == "INTERNALDATE":
        return f'INTERNALDATE "{mail.arrived_at:%d-%b-%Y %H:%M:%S +0000}"'.encode()
    found = PART.fullmatch(item)
    assert found is not None
    head, _, body = mail.raw.partition(b"\r\n\r\n")
    content = {"HEADER": head + b"\r\n\r\n", "TEXT": body, "": mail.raw}[found[1]]
    start = f"<{found[2]}>" if found[2] else ""
    if found[2]:
        content = content[int(found[2]) : int(found[2]) + int(found[3])]
    return f"BODY[{found[1]}]{start} {{{len(content)}}}\r\n".encode() + content
