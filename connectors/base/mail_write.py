"""A mail of ours as bytes. Pure: the same arguments give the same bytes, so a mail that is sent again is the same mail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from connectors.base.commands import Upload
from connectors.base.errors import Refused
from connectors.base.signing import fingerprint

SUBJECT_LIMIT = 250
REFERENCES_KEPT = 20
OWN = re.compile(r"oc\.([0-9a-f]{32})\.([0-9a-f]{8})\.([A-Za-z0-9_-]{1,64})@\S+")
REPLY = re.compile(r"^\s*(?:(?:re|aw|sv|antw|odp|bls|balas|r|rif|fwd?|wg|tr|rv|i)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def render_mail(
    *,
    message_id: str,
    sender: tuple[str, str],
    to: tuple[str, str],
    subject: str,
    text: str,
    at: datetime,
    files: Sequence[Upload] = (),
    in_reply_to: str = "",
    references: Sequence[str] = (),
    automatic: bool = False,
) -> bytes:
    """`sender` and `to` are (name, address). Ids are without brackets. `automatic`: no person wrote it (RFC 3834)."""
    heads = [
        ("Message-ID", f"<{message_id}>"),
        ("Date", format_datetime(at)),
        ("From", _address(*sender)),
        ("To", _address(*to)),
        ("Subject", Header(_line(subject)[:SUBJECT_LIMIT], "utf-8" if not subject.isascii() else None).encode(linesep="\r\n")),
    ]
    if in_reply_to:
        heads += [("In-Reply-To", f"<{_line(in_reply_to)}>"), ("References", _chain(references, in_reply_to))]
    if automatic:
        heads.append(("Auto-Submitted", "auto-replied"))
    return "".join(f"{name}: {value}\r\n" for name, value in heads).encode() + _body(text, files)


def reply_subject(subject: str, fallback: str = "") -> str:
    """`Re:` once, whatever stood before it."""
    plain = base_subject(subject) or fallback
    return f"Re: {plain}" if subject else plain


def base_subject(subject: str) -> str:
    return REPLY.sub("", subject).strip()


def own_message_id(thread: str, customer: str, key: str, address: str) -> str:
    """The same on each try of one reply. It carries the thread and who it is for, so that an answer finds back by it alone, and
    our key, so that a copy is known as ours. `thread` is a fingerprint, `customer` and `address` are e-mail addresses."""
    domain = address.rpartition("@")[2] or "onecounter.invalid"
    mark = key if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", key) else fingerprint(key)
    return f"oc.{thread}.{fingerprint(customer.lower())[:8]}.{mark}@{domain}"


def thread_of(message_id: str, customer: str) -> str:
    """The thread in an id of ours, if it was written to this customer; else ""."""
    found = OWN.fullmatch(message_id)
    return found[1] if found and found[2] == fingerprint(customer.lower())[:8] else ""


def key_of(message_id: str) -> str:
    """The key in an id of ours; else ""."""
    found = OWN.fullmatch(message_id)
    return found[3] if found else ""


def _body(text: str, files: Sequence[Upload]) -> bytes:
    """Content headers and content; the boundary comes from the content, not from chance."""
    whole = EmailMessage(policy=SMTP)
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    short = all(len(line) < 900 for line in plain.split("\n"))
    whole.set_content(plain, cte="7bit" if plain.isascii() and short else "quoted-printable")
    for upload in files:
        main, _, sub = upload.media_type.partition("/")
        kind = (main, sub) if main and sub and main not in ("multipart", "message") else ("application", "octet-stream")
        whole.add_attachment(upload.content, maintype=kind[0], subtype=kind[1], filename=_line(upload.name) or "file")
    if whole.is_multipart():
        whole.set_boundary(f"oc-{fingerprint(plain, *(upload.content for upload in files))}")
    return whole.as_bytes()


def _chain(references: Sequence[str], last: str) -> str:
    """The root and the newest ones; readers cut long chains themselves, then at the wrong end."""
    chain = [one for one in dict.fromkeys(map(_line, references)) if one != last]
    kept = [*chain[:1], *chain[1:][-REFERENCES_KEPT:], _line(last)]
    return "\r\n ".join(f"<{one}>" for one in kept)


def _address(name: str, address: str) -> str:
    try:
        return formataddr((_line(name), _line(address)))
    except (UnicodeError, ValueError) as error:
        raise Refused(f"{address!r} cannot be written", code="bad_address", fix="Correct the e-mail address.") from error


def _line(value: str) -> str:
    return re.sub(r"[\s\x00-\x1f]+", " ", value).strip()
