"""What an IMAP server says, taken apart. Pure. https://www.rfc-editor.org/rfc/rfc3501#section-9"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.base.errors import AuthExpired, ChannelError, RateLimited, Refused, Unavailable

LITERAL = re.compile(rb"\{(\d{1,12})\+?\}$")
SPECIAL = re.compile(rb'[()"{]|[^()\s"{]+')
LOGINS = (b"LOGIN", b"AUTHENTICATE")
BUSY_S = 60.0

Tokens = list[Any]


@dataclass(frozen=True, slots=True)
class Untagged:
    """One answer; where `text` says `{n}` stands the next of `literals`."""

    text: bytes
    literals: tuple[bytes, ...] = ()

    def is_a(self, kind: bytes) -> bool:
        return self.text[:2] == b"* " and self.text[2:].split(b" ", 1)[0].upper() == kind


def literal_size(line: bytes) -> int | None:
    found = LITERAL.search(line)
    return int(found.group(1)) if found else None


def completion(line: bytes, tag: bytes) -> tuple[bytes, bytes]:
    """(OK | NO | BAD, words) of the tagged answer; ("", "") of any other line."""
    given, _, rest = line.partition(b" ")
    status, _, words = rest.partition(b" ")
    return (status.upper(), words) if given == tag else (b"", b"")


def tokens(answer: Untagged) -> Tokens:
    """Atoms, strings and literals as bytes, parenthesised lists as lists; without the star. Nonsense ends the reading."""
    text, literals = answer.text.removeprefix(b"* "), list(answer.literals)
    stack: list[Tokens] = [[]]
    position = 0
    while found := SPECIAL.search(text, position):
        sign, position = found.group(), found.end()
        if sign == b"(":
            stack.append([])
        elif sign == b")":
            if len(stack) > 1:
                inner = stack.pop()
                stack[-1].append(inner)
        elif sign == b'"':
            value, position = _quoted(text, position)
            stack[-1].append(value)
        elif sign == b"{":
            position = text.find(b"}", position) + 1 or len(text)
            stack[-1].append(literals.pop(0) if literals else b"")
        else:
            value, position = _atom(text, found.start())
            stack[-1].append(value)
    while len(stack) > 1:
        inner = stack.pop()
        stack[-1].append(inner)
    return stack[0]


def _atom(text: bytes, start: int) -> tuple[bytes, int]:
    """`BODY[HEADER.FIELDS (FROM)]<0>` is one: brackets hold what they hold."""
    depth, position = 0, start
    while position < len(text):
        sign = text[position : position + 1]
        depth += (sign == b"[") - (sign == b"]")
        if depth <= 0 and sign in (b" ", b"(", b")"):
            break
        position += 1
    return text[start:position], position


def _quoted(text: bytes, position: int) -> tuple[bytes, int]:
    found = bytearray()
    while position < len(text) and text[position : position + 1] != b'"':
        position += text[position : position + 1] == b"\\"
        found += text[position : position + 1]
        position += 1
    return bytes(found), position + 1


def refusal(host: str, status: bytes, words: bytes, command: bytes) -> ChannelError:
    """What a NO, BAD or BYE means. Codes: https://www.rfc-editor.org/rfc/rfc5530 ; THROTTLED is Gmail's."""
    said = words.strip().decode("utf-8", "replace")
    verb = command.split(b" ", 1)[0].decode("ascii", "replace")
    detail = f"{host} refused {verb}: {said or status.decode()}"
    code = said[1 : said.find("]")].split(" ")[0].upper() if said.startswith("[") else ""
    if code in ("LIMIT", "THROTTLED", "OVERQUOTA") or "too many simultaneous" in said.lower():
        return RateLimited(detail, after=BUSY_S, code="rate_limited")
    if status == b"BYE" or code in ("UNAVAILABLE", "INUSE", "SERVERBUG", "CONTACTADMIN"):
        return Unavailable(detail, code="unavailable")
    if command.split(b" ", 1)[0] in LOGINS:
        return AuthExpired(detail, code="login_refused")
    if code in ("AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED"):
        return AuthExpired(detail, code="login_refused")
    return Refused(detail, code="no_folder" if verb in ("EXAMINE", "SELECT") else "imap_refused")


def internal_date(value: object) -> datetime | None:
    """`17-Jul-1996 02:44:25 -0700`, the day perhaps padded with a space."""
    if not isinstance(value, bytes):
        return None
    try:
        return datetime.strptime(value.decode().strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def encode_folder(name: str) -> bytes:
    """A folder's name in modified UTF-7 (rfc3501, 5.1.3)."""

    def packed(found: re.Match[str]) -> str:
        wide = base64.b64encode(found.group().encode("utf-16-be", "replace")).rstrip(b"=").replace(b"/", b",")
        return f"&{wide.decode()}-"

    return re.sub(r"[^\x20-\x7e]+", packed, name.replace("&", "&-")).encode()


def decode_folder(name: bytes) -> str:
    """A name that is not modified UTF-7 is read as UTF-8."""

    def unpacked(found: re.Match[str]) -> str:
        packed = found.group(1)
        if not packed:
            return "&"
        wide = packed.replace(",", "/")
        return base64.b64decode(wide + "=" * (-len(wide) % 4)).decode("utf-16-be", "replace")

    try:
        return re.sub(r"&([A-Za-z0-9+,]*)-", unpacked, name.decode("ascii"))
    except ValueError:
        return name.decode("utf-8", "replace")
