"""Headers of a mail, decoded whatever was done to them. Pure, never raises."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses

from connectors.base.wire import CONTROL

CHARSETS = {"unknown-8bit": "utf-8", "default": "utf-8", "ansi_x3.110-1983": "cp1252", "cp-850": "cp850", "": "utf-8"}
# What programs mean by a name is often the larger set that Windows has under it.
CLAIMED = {
    **dict.fromkeys(("us-ascii", "ascii", "iso-8859-1", "latin-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
    **dict.fromkeys(("ks_c_5601-1987", "euc-kr"), "cp949"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e"), "iso8859_8"),
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
}
UTF_8 = ("utf-8", "utf8")
MAILTO = re.compile(r"<\s*mailto:", re.IGNORECASE)
IDS = re.compile(r"<([^<>\s]{1,900})>")
VERDICT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
ADDRESS = re.compile(r"[^\s<>@,;\"']+@[^\s<>@,;\"']+")


class Lenient(Compat32):
    """Raw 8-bit signs in headers are read as text; the standard reading loses them."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return _line(value)


def header(message: Message, name: str) -> str:
    """The topmost one as one line, still encoded; "" when there is none."""
    return next(iter(headers(message, name)), "")


def headers(message: Message, name: str) -> list[str]:
    """All of a name, from the top."""
    return [_line(str(value)) for value in message.get_all(name) or []]


def _line(text: str) -> str:
    """8-bit signs that should not be there come from the parser as lone surrogates."""
    if not text.isascii() and any("\udc80" <= sign <= "\udcff" for sign in text):
        text = to_text(text.encode("utf-8", "surrogateescape"), "utf-8")
    if "\n" not in text and "\r" not in text:
        return text.strip()
    return re.sub(r"\r?\n[ \t]*|\r", " ", text).strip()


def decoded(value: str) -> str:
    """Encoded words read (also broken ones, as far as they go), no control characters, runs of blanks made one."""
    if "=?" not in value and value.isascii() and value.isprintable():
        return re.sub(r"  +", " ", value).strip()
    joined = re.sub(r"(\?=)\s+(=\?)", r"\1\2", value)
    joined = re.sub(r"(=\?[^?\s]+\?[Qq]\?)([^?]*)(\?=)", lambda found: found[1] + found[2].replace(" ", "_") + found[3], joined)
    try:
        pieces = decode_header(joined)
        text = "".join(piece if isinstance(piece, str) else to_text(piece, charset or "") for piece, charset in pieces)
    except (HeaderParseError, ValueError, LookupError, TypeError):
        text = joined
    return re.sub(r"\s+", " ", CONTROL.sub("", text)).strip()


def to_text(raw: bytes, charset: str) -> str:
    """By the claimed charset unless the bytes are plainly UTF-8; what fits nowhere is read as Windows Western."""
    claimed = charset.strip().strip("\"'").lower()
    claimed = CHARSETS.get(claimed, claimed)
    tries = (claimed,) if claimed.startswith(("iso-2022", "utf-16", "utf-7")) else ("utf-8", CLAIMED.get(claimed, claimed))
    for name in tries:
        try:
            return raw.decode(name)
        except (ValueError, LookupError):
            continue
    return _mended(raw) if claimed in UTF_8 else raw.decode("cp1252", "replace")


def _mended(raw: bytes) -> str:
    """UTF-8 with a few broken signs, unless there are more of those than sound ones."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return text if sum(not sign.isascii() for sign in text) >= 2 * broken else raw.decode("cp1252", "replace")


def address_list(value: str) -> list[tuple[str, str]]:
    """(name, address) of each; addresses in lower case. A broken list gives what looks like an address."""
    try:
        pairs = getaddresses([MAILTO.sub("<", value)])
    except (ValueError, TypeError, IndexError, AttributeError):
        pairs = []
    found = [(_name(name), address.strip().strip("<>").lower()) for name, address in pairs if ADDRESS.fullmatch(address.strip())]
    if found:
        return found
    return [(_name(ADDRESS.sub("", value)), address.lower()) for address in ADDRESS.findall(decoded(value))[:50]]


def _name(value: str) -> str:
    return decoded(value).strip("\"'<> ").strip()


def message_ids(value: str) -> tuple[str, ...]:
    """Without brackets. One without any brackets is taken as it stands."""
    found = IDS.findall(value)
    if not found:
        found = [word for word in value.split() if "@" in word and len(word) < 900][:20]
    return tuple(dict.fromkeys(CONTROL.sub("", one) for one in found))


def authentication(values: Iterable[str]) -> dict[str, str]:
    """Of the topmost Authentication-Results alone: ours puts its own above any that came along. One pass among several signatures
    passes; without the header nothing is known."""
    topmost = next(iter(values), "")
    found: dict[str, str] = {}
    for method, verdict in VERDICT.findall(re.sub(r"\([^()]*\)", " ", topmost)):
        name = method.lower()
        if found.get(name) != "pass":
            found[name] = verdict.lower()
    return found
