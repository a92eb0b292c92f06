"""The SMTP door of the pretend mail server. https://www.rfc-editor.org/rfc/rfc5321 , rfc4954 (AUTH)"""

from __future__ import annotations

import base64
import re

from connectors.base.sandbox_mail import Line, Mailbox, MailExchange, Postbox

SIZE = 35_882_577
OFFERS = ("pretend mail at your service", f"SIZE {SIZE}", "8BITMIME", "AUTH PLAIN LOGIN XOAUTH2", "ENHANCEDSTATUSCODES")
PATH = re.compile(r"(?:FROM|TO):<([^<>\s]*@[^<>\s]+|)>(?: [A-Z0-9=]+)*", re.IGNORECASE)
BAD_TOKEN = base64.b64encode(b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}').decode()
REFUSED = (535, "5.7.8 Username and Password not accepted")


class SmtpTalk:
    """One client. Bad luck (`unavailable`, `rate_limited`) comes at MAIL, silence after the text of the mail."""

    def __init__(self, postbox: Postbox, line: Line) -> None:
        self._postbox = postbox
        self._line = line
        self._mailbox: Mailbox | None = None
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._greeted = False

    async def run(self) -> None:
        await self._line.say(b"220 pretend ESMTP ready\r\n")
        self._line.taken()
        while True:
            given = await self._line.hear()
            verb, _, rest = given.decode("utf-8", "replace").partition(" ")
            code, words = await self._answer(verb.upper(), rest)
            await self._say(code, words)
            self._postbox.note(
                MailExchange(protocol="SMTP", command=verb.upper(), given=given, answer=self._line.taken(), status=str(code))
            )
            if code in (221, 421):
                return

    async def _say(self, code: int, words: str) -> None:
        lines = words.split("\n")
        told = "".join(f"{code}{' ' if at == len(lines) else '-'}{line}\r\n" for at, line in enumerate(lines, start=1))
        await self._line.say(told.encode())

    async def _answer(self, verb: str, rest: str) -> tuple[int, str]:
        match verb:
            case "EHLO" | "HELO":
                self._greeted = True
                return 250, "\n".join(OFFERS)
            case "AUTH":
                return await self._auth(rest)
            case "MAIL":
                return self._mail(rest)
            case "RCPT":
                return self._rcpt(rest)
            case "DATA":
                return await self._data()
            case "RSET" | "NOOP":
                self._sender, self._recipients = None, []
                return 250, "2.0.0 OK"
            case "QUIT":
                return 221, "2.0.0 bye"
        return 502, "5.5.1 command not recognised"

    async def _auth(self, rest: str) -> tuple[int, str]:
        way, _, first = rest.partition(" ")
        if not self._greeted or self._mailbox:
            return 503, "5.5.1 bad sequence of commands"
        try:
            match way.upper():
                case "PLAIN":
                    _, user, password = (_unpacked(first) if first else await self._ask("")).split("\0")
                    self._mailbox = self._postbox.open(user, password=password)
                case "LOGIN":
                    user, password = await self._ask("VXNlcm5hbWU6"), await self._ask("UGFzc3dvcmQ6")
                    self._mailbox = self._postbox.open(user, password=password)
                case "XOAUTH2":
                    return await self._token(_unpacked(first) if first else await self._ask(""))
                case _:
                    return 504, "5.5.4 unrecognised authentication type"
        except ValueError:
            return 501, "5.5.2 cannot decode response"
        return (235, "2.7.0 Accepted") if self._mailbox else REFUSED

    async def _token(self, words: str) -> tuple[int, str]:
        found = re.fullmatch("user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01", words)
        self._mailbox = self._postbox.open(found[1], token=found[2]) if found else None
        if self._mailbox:
            return 235, "2.7.0 Accepted"
        await self._say(334, BAD_TOKEN)
        await self._line.hear()
        return REFUSED

    async def _ask(self, question: str) -> str:
        await self._say(334, question)
        return _unpacked((await self._line.hear()).decode())

    def _mail(self, rest: str) -> tuple[int, str]:
        found = PATH.fullmatch(rest)
        if self._mailbox is None:
            return 530, "5.7.0 Authentication Required"
        if found is None:
            return 501, "5.5.4 syntax error in parameters"
        if self._mailbox.faults.hit("unavailable", "send"):
            return 421, "4.3.2 service shutting down"
        if self._mailbox.faults.hit("rate_limited", "send"):
            return 450, "4.7.1 too many messages, slow down"
        if found[1].lower() not in self._mailbox.addresses:
            return 553, f"5.7.1 {found[1]} is not an address of {self._mailbox.user}"
        self._sender, self._recipients = found[1], []
        return 250, "2.1.0 OK"

    def _rcpt(self, rest: str) -> tuple[int, str]:
        found = PATH.fullmatch(rest)
        if self._sender is None:
            return 503, "5.5.1 MAIL first"
        if found is None or not found[1]:
            return 501, "5.5.4 syntax error in parameters"
        if found[1].endswith(".invalid"):
            return 550, "5.1.2 no such domain"
        self._recipients.append(found[1])
        return 250, "2.1.5 OK"

    async def _data(self) -> tuple[int, str]:
        if self._mailbox is None or self._sender is None or not self._recipients:
            return 503, "5.5.1 RCPT first"
        await self._say(354, "Go ahead")
        lines = []
        while (line := await self._line.hear()) != b".":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        raw = b"".join(line + b"\r\n" for line in lines)
        sender, recipients, self._sender, self._recipients = self._sender, self._recipients, None, []
        if len(raw) > SIZE:
            return 552, "5.3.4 message too big"
        if self._mailbox.faults.hit("timeout", "send"):
            await self._line.hang()
        self._mailbox.submit(sender, recipients, raw)
        if self._mailbox.faults.hit("swallow_reply", "send"):
            await self._line.hang()
        return 250, "2.0.0 OK queued"


def _unpacked(words: str) -> str:
    return base64.b64decode(words, validate=True).decode()
