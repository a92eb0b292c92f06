"""Mails as careless, old and broken programs write them, each with what a person must see of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ANN = b"From: Ann Lee <ann@example.net>\r\nTo: shop@example.com\r\nMessage-ID: <1@example.net>\r\n"
SUBJECT = b"Subject: Hello\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nasty:
    """`files` are (name, media type, size)."""

    name: str
    raw: bytes
    text: str
    subject: str = "Hello"
    sender: tuple[str, str] = ("Ann Lee", "ann@example.net")
    files: Sequence[tuple[str, str, int]] = ()


def mail(
    name: str, head: bytes, body: bytes, text: str, files: Sequence[tuple[str, str, int]] = (), subject: str = "Hello"
) -> Nasty:
    """From Ann, with this much more of a head."""
    return Nasty(name=name, raw=ANN + SUBJECT + head + b"\r\n" + body, text=text, files=files, subject=subject)


def headed(name: str, head: bytes, **told: object) -> Nasty:
    """All of the head is given; the body says Hi."""
    return Nasty(name=name, raw=head + b"\r\nHi\r\n", text="Hi", **told)  # type: ignore[arg-type]


def parts(*of: bytes, kind: bytes = b"mixed", boundary: bytes = b"b1") -> tuple[bytes, bytes]:
    """(head, body) of a multipart."""
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/%s; boundary="%s"\r\n' % (kind, boundary)
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in of) + b"--%s--\r\n" % boundary
    return head, body


def plain(text: bytes) -> bytes:
    return b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text


def typed(kind: bytes) -> bytes:
    return b"Content-Type: %s\r\n" % kind
