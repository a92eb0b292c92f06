"""Submission of one mail by SMTP. https://www.rfc-editor.org/rfc/rfc5321 , rfc6409 (submission), rfc3463 (enhanced codes).

Before DATA nothing was sent: `Unavailable`, `RateLimited`, `Refused` or `AuthExpired`. Once the text is on its way, silence or
a lost line is `Ambiguous`; a refusal in words is still a refusal.
"""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, RateLimited, Refused, Unavailable
from connectors.base.mail_dial import Wire, dial, is_rerouted, proven, require_clean
from connectors.base.reroute import Reroute

SUBMISSION = 587
SMTPS = 465
BUSY_S = 60.0
ADDRESS = re.compile(r"[^\s<>@\"\\]{1,64}@[^\s<>@\"\\]{1,255}")
TOO_FAST = re.compile(r"4\.7\.(0|1|28)|too many|rate limit|slow down|quota", re.IGNORECASE)


class Submission:
    """A connection that may send. Every method raises only `ChannelError`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.offers: dict[str, str] = {}

    async def send(self, sender: str, recipients: Sequence[str], raw: bytes) -> str:
        """The server's words of acceptance. A refused recipient refuses the mail: nobody gets it."""
        _require_addresses((sender, *recipients))
        eight = " BODY=8BITMIME" if "8BITMIME" in self.offers and not raw.isascii() else ""
        wide = " SMTPUTF8" if not "".join((sender, *recipients)).isascii() and "SMTPUTF8" in self.offers else ""
        await self._command(f"MAIL FROM:<{sender}>{eight}{wide}", 250)
        for recipient in recipients:
            await self._command(f"RCPT TO:<{recipient}>", 250, 251)
        await self._command("DATA", 354)
        try:
            await self._wire.send(_stuffed(raw))
            code, words = await self._answer()
        except ChannelError as lost:
            raise Ambiguous(f"{lost.detail}; the mail may have been sent", code="no_answer") from lost
        if code == 250:
            return words
        raise _failure(self._wire.host, code, words)

    async def login(self, user: str, password: str, token: str) -> None:
        if not user:
            return
        if token:
            words = f"user={require_clean(user, 'the user name')}\x01auth=Bearer {require_clean(token, 'the token')}\x01\x01"
            await self._prove("XOAUTH2", words)
        elif "LOGIN" in self.offers.get("AUTH", "") and "PLAIN" not in self.offers.get("AUTH", ""):
            await self._command("AUTH LOGIN", 334, login=True)
            await self._command(_packed(user), 334, login=True)
            await self._command(_packed(password), 235, login=True)
        else:
            await self._prove("PLAIN", f"\0{user}\0{password}")

    async def _prove(self, way: str, words: str) -> None:
        try:
            await self._command(f"AUTH {way} {_packed(words)}", 235, login=True)
        except _Challenge:
            await self._command("", 235, login=True)

    async def hello(self) -> None:
        _, words = await self._command("EHLO [127.0.0.1]", 250)
        lines = [line.partition(" ") for line in words.split("\n")[1:]]
        self.offers = {name.upper(): rest.upper() for name, _, rest in lines}

    async def greet(self) -> None:
        code, words = await self._answer()
        if code != 220:
            raise _failure(self._wire.host, code, words)

    async def start_tls(self) -> None:
        if "STARTTLS" not in self.offers:
            raise Refused(f"{self._wire.host} offers no encryption", code="no_tls", fix="Use port 465, or another server.")
        await self._command("STARTTLS", 220)
        await self._wire.secure(proven())

    async def quit(self) -> None:
        with suppress(ChannelError):
            await self._command("QUIT", 221)

    async def _command(self, command: str, *wanted: int, login: bool = False) -> tuple[int, str]:
        await self._wire.send(command.encode() + b"\r\n")
        code, words = await self._answer()
        if code in wanted:
            return code, words
        if login and code == 334:
            raise _Challenge(words)
        raise _failure(self._wire.host, code, words, login=login)

    async def _answer(self) -> tuple[int, str]:
        lines = []
        while True:
            line = (await self._wire.line()).decode("utf-8", "replace")
            lines.append(line[4:])
            if not line[:3].isdigit():
                raise Unavailable(f"{self._wire.host} is no SMTP server: {line[:80]!r}", code="not_smtp")
            if line[3:4] != "-":
                return int(line[:3]), "\n".join(lines)


class _Challenge(AuthExpired):
    """The server says why it refuses a token, and waits for an empty line."""


@asynccontextmanager
async def open_submission(
    host: str,
    port: int = SUBMISSION,
    *,
    user: str,
    password: str = "",
    token: str = "",
    reroute: Reroute,
    deadline_s: float = 25.0,
) -> AsyncIterator[Submission]:
    """Logged in. Port 465 is TLS from the first byte, any other must offer STARTTLS."""
    implicit = port == SMTPS
    async with dial(host, port, scheme="smtp://", tls=implicit, reroute=reroute, deadline_s=deadline_s) as wire:
        opened = Submission(wire)
        await opened.greet()
        await opened.hello()
        if not implicit and not is_rerouted(host, port, "smtp://", reroute):
            await opened.start_tls()
            await opened.hello()
        await opened.login(user, password, token)
        yield opened
        await opened.quit()


async def submit(
    host: str,
    port: int = SUBMISSION,
    *,
    user: str,
    password: str = "",
    token: str = "",
    reroute: Reroute,
    sender: str,
    recipients: Sequence[str],
    raw: bytes,
    deadline_s: float = 25.0,
) -> str:
    """One mail on a connection of its own."""
    keys = {"user": user, "password": password, "token": token}
    async with open_submission(host, port, **keys, reroute=reroute, deadline_s=deadline_s) as opened:
        return await opened.send(sender, recipients, raw)


def _failure(host: str, code: int, words: str, *, login: bool = False) -> ChannelError:
    detail = f"{host} answered {code}: {words}"
    if code == 421 or (400 <= code < 500):
        if TOO_FAST.search(words) and not login:
            return RateLimited(detail, after=BUSY_S, code="rate_limited")
        return Unavailable(detail, code="unavailable")
    if login or code in (530, 535):
        return AuthExpired(detail, code="login_refused")
    if code == 552 or "5.3.4" in words:
        return Refused(detail, code="too_big", fix="Send smaller files.")
    if code in (550, 551, 553):
        return Refused(detail, code="recipient_refused", fix="Check the customer's address and the address you send from.")
    return Refused(detail, code=f"smtp_{code}")


def _stuffed(raw: bytes) -> bytes:
    """Line ends as CRLF, leading dots doubled, the end marked."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _packed(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


def _require_addresses(addresses: Sequence[str]) -> None:
    if len(addresses) < 2:
        raise Refused("nobody to send to", code="no_recipient", fix="This customer has no e-mail address.")
    for address in addresses:
        if not ADDRESS.fullmatch(address):
            raise Refused(f"{address!r} is no e-mail address", code="bad_address", fix="Correct the address.")
