"""The parts of a mail: which is the text, which are files. Pure, never raises."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any

from connectors.base.mail_headers import decoded, to_text
from connectors.base.wire import CONTROL

DEEPEST = 40
META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,40})", re.IGNORECASE)
# A first line of several words is no base64, whatever the head claims.
WORDS = re.compile(r"\s*[^\s=]+,?[ \t]+\w[^\s=]*[ \t]+\w")
UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
ENDINGS = {
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/pdf": ".pdf",
}
STATUS = ("message/delivery-status", "text/rfc822-headers", "message/disposition-notification")


@dataclass(frozen=True, slots=True)
class Part:
    """`index` counts all leaves of the mail, so that it stays when the reading of texts changes."""

    message: Message
    index: int
    name: str
    media_type: str
    size: int


def leaves(message: Message) -> Iterator[tuple[int, Message]]:
    """Every part that holds content, in order; a mail inside a mail is one part."""
    yield from enumerate(_walk(message, 0))


def _walk(message: Message, depth: int) -> Iterator[Message]:
    if message.get_content_maintype() == "multipart" and message.is_multipart() and depth < DEEPEST:
        for part in _written(message):
            if isinstance(part, Message):
                yield from _walk(part, depth + 1)
    else:
        yield message


def readable(message: Message) -> tuple[str, str]:
    """(plain text, HTML). Several texts that are no alternatives of each other are joined."""
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for _, part in leaves(message):
        kind = _readable_as(part)
        if kind in texts and not _is_file(part):
            texts[kind].append(_text(part))
    plain = "\n\n".join(filter(None, (said.strip("\r\n") for said in texts["text/plain"])))
    return plain.strip(), "\n".join(texts["text/html"]).strip()


def _readable_as(part: Message) -> str:
    """A multipart whose parts were not found is what it holds: words."""
    kind = part.get_content_type()
    return "text/plain" if kind.startswith("multipart/") and not part.is_multipart() else kind


def file_parts(message: Message) -> list[Part]:
    """All that is not the text. The report of a bounce is no file."""
    found = []
    for index, part in leaves(message):
        kind = part.get_content_type()
        if (kind in ("text/plain", "text/html") and not _is_file(part)) or kind in STATUS or kind.startswith("multipart/"):
            continue
        content = part_bytes(part)
        if content or _file_name(part):
            found.append(Part(part, index, _name(part, index), kind, len(content)))
    return found


def sub_messages(message: Message) -> list[Message]:
    """Mails and header blocks inside this one."""
    found = []
    for _, part in leaves(message):
        payload = _written(part)
        if part.get_content_type() == "message/rfc822" and isinstance(payload, list):
            found += [inner for inner in payload if isinstance(inner, Message)]
        elif part.get_content_type() == "text/rfc822-headers":
            inner = Message()
            for name, value in re.findall(r"(?m)^([A-Za-z-]+):[ \t]*(.*)$", _text(part)):
                inner[name] = value.strip()
            found.append(inner)
    return found


def _written(part: Message) -> Any:
    """Parts, or text as it came: "" where the named charset is one that cannot be read leniently ("idna", "punycode")."""
    try:
        return part.get_payload()
    except ValueError:
        return ""


def part_bytes(part: Message) -> bytes:
    """Content without its transfer encoding; a mail inside a mail as it is."""
    try:
        payload = _written(part)
        if isinstance(payload, list):
            whole = b"\r\n".join(_as_sent(inner) for inner in payload if isinstance(inner, Message))
            return base64.b64decode(whole) if _is_base64(part) else whole
        if _is_base64(part) and WORDS.match(str(payload)):
            return str(payload).encode("utf-8", "surrogateescape")
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, KeyError):
        return b""
    return found if isinstance(found, bytes) else b""


def _as_sent(inner: Message) -> bytes:
    return inner.as_bytes(policy=inner.policy.clone(linesep="\r\n"))


def _is_base64(part: Message) -> bool:
    return str(part.get("content-transfer-encoding", "")).strip().lower() == "base64"


def _charset(part: Message, raw: bytes) -> str:
    """HTML may name its own where the mail names none."""
    told = _parameter(part, "charset")
    found = META.search(raw[:2048]) if not told and part.get_content_type() == "text/html" else None
    return found[1].decode() if found else told


def _text(part: Message) -> str:
    """Also undoes format=flowed (https://www.rfc-editor.org/rfc/rfc3676)."""
    raw = part_bytes(part)
    text = to_text(raw, _charset(part, raw))
    text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"))
    if part.get_content_type() == "text/plain" and _parameter(part, "format").lower() == "flowed":
        return _unflowed(text, _parameter(part, "delsp").lower() == "yes")
    return text


def _unflowed(text: str, drops_space: bool) -> str:
    lines: list[str] = []
    flows = False
    for line in text.split("\n"):
        plain = line.removeprefix(" ") if not line.startswith(">") else line
        if flows and not line.startswith(">"):
            lines[-1] = (lines[-1][:-1] if drops_space else lines[-1]) + plain
        else:
            lines.append(plain)
        flows = line.endswith(" ") and line != "-- " and not line.startswith(">")
    return "\n".join(line.rstrip() if line != "-- " else line for line in lines)


def _parameter(part: Message, name: str) -> str:
    try:
        found = part.get_param(name, "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    return str(found[2] if isinstance(found, tuple) else found or "")


def _is_file(part: Message) -> bool:
    return str(part.get("content-disposition", "")).strip().lower().startswith("attachment") or bool(
        _file_name(part) and part.get_content_type() != "text/html"
    )


def _file_name(part: Message) -> str:
    try:
        return decoded(part.get_filename("") or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _subject_of(part: Message) -> str:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    subject = decoded(str(inner.get("subject", ""))) if isinstance(inner, Message) else ""
    told = UNSAFE.sub("", subject.replace("/", " ").replace("\\", " ")).strip(" .")
    return f"{told[:80]}.eml" if told else ""


def _name(part: Message, index: int) -> str:
    """Safe to write to a disk: no folders, no leading dots, no signs that turn the reading round, at most 120 long."""
    plain = UNSAFE.sub("", _file_name(part).replace("\\", "/")).rsplit("/", 1)[-1].strip(" .")
    if not plain and part.get_content_type() == "message/rfc822":
        plain = _subject_of(part)
    if not plain:
        return f"file-{index}{ENDINGS.get(part.get_content_type(), '')}"
    stem, dot, ending = plain.rpartition(".")
    return plain if len(plain) <= 120 else f"{(stem or ending)[:100]}{dot}{ending[:15] if dot else ''}"
