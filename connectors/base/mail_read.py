"""One mail, read as leniently as people's programs write it. Pure, and never raises: whatever it is, a `Mail` comes out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.errors import MissingHeaderBodySeparatorDefect
from email.message import Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from msgspec import Struct

from connectors.base.mail_body import Part, file_parts, part_bytes, readable, sub_messages
from connectors.base.mail_headers import Lenient, address_list, authentication, decoded, header, headers, message_ids
from connectors.base.mail_quotes import cut_history, plain_of_html
from connectors.base.signing import fingerprint

LENIENT = Lenient()
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")
BULK = ("bulk", "list", "junk")
ROBOTS = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b", re.IGNORECASE)
DAEMONS = re.compile(r"^(mailer-daemon|postmaster)\b", re.IGNORECASE)
# As programs that set no header put it before the subject.
AWAY = re.compile(
    r"^\s*(out of (the )?office|automatic reply|auto-?reply|autoreply|automatische antwort|abwesenheitsnotiz|réponse automatique"
    r"|respuesta automática|risposta automatica|balasan otomatis|jawaban otomatis)\b\s*[:：-]",
    re.IGNORECASE,
)
FAILED = re.compile(
    r"undeliver|delivery (status notification|has failed|failure)|returned mail|mail delivery failed|failure notice|unzustellbar",
    re.IGNORECASE,
)


class Address(Struct, frozen=True, kw_only=True):
    """`address` is lower case and without decoration; `name` as the sender wrote it."""

    address: str
    name: str = ""


class File(Struct, frozen=True, kw_only=True):
    """`index` finds it again in the same raw mail (`file_content`). HTML shows it as `cid:` and `content_id`."""

    name: str
    media_type: str
    size: int
    index: int
    content_id: str = ""


class Mail(Struct, frozen=True, kw_only=True):
    """`message_id` is without angle brackets; where the mail has none it is a hash of its bytes and `has_own_id` is False.

    `text` is what the sender wrote now, `whole_text` with the history below. `date` is what the sender claims, None when it is
    missing or absurd. `authentication` holds the receiving server's verdicts (`spf`, `dkim`, `dmarc` -> `pass`, `fail`, ...).
    `bounce_of`: ids of the mails a returned mail is about; `bounce_final` is False while the server still tries."""

    message_id: str
    has_own_id: bool = True
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    sender: Address = Address(address="")
    reply_to: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    date: datetime | None = None
    text: str = ""
    whole_text: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    auto_submitted: bool = False
    is_bulk: bool = False
    is_bounce: bool = False
    bounce_of: tuple[str, ...] = ()
    bounce_final: bool = True
    bounce_detail: str = ""
    authentication: dict[str, str] = {}
    headers: dict[str, str] = {}

    @property
    def from_name(self) -> str:
        return self.sender.name

    @property
    def from_address(self) -> str:
        return self.sender.address

    @property
    def is_automatic(self) -> bool:
        """No person wrote it: it must not be answered by a program."""
        return self.auto_submitted or self.is_bulk or self.is_bounce


def read_mail(raw: bytes) -> Mail:
    message = parse(raw)
    own_id = next(iter(message_ids(header(message, "message-id"))), "")
    plain, html = readable(message)
    whole = plain or plain_of_html(html)
    sender = _first(address_list(header(message, "from"))) or _first(address_list(header(message, "sender")))
    bounce = _is_bounce(message, sender)
    return Mail(
        message_id=own_id or f"{fingerprint(raw)}@hash",
        has_own_id=bool(own_id),
        in_reply_to=next(iter(message_ids(header(message, "in-reply-to"))), ""),
        references=message_ids(header(message, "references")),
        subject=decoded(header(message, "subject")),
        sender=sender or Address(address=""),
        reply_to=_first(address_list(header(message, "reply-to"))),
        to=_addresses(message, "to"),
        cc=_addresses(message, "cc"),
        date=_date(header(message, "date")),
        text=cut_history(whole),
        whole_text=whole,
        html=html,
        files=tuple(_file(part) for part in file_parts(message)),
        auto_submitted=_auto_submitted(message, sender),
        is_bulk=_is_bulk(message),
        is_bounce=bounce,
        bounce_of=_returned(message, whole) if bounce else (),
        bounce_final=_is_final(message, whole) if bounce else True,
        bounce_detail=_diagnosis(message) if bounce else "",
        authentication=authentication(headers(message, "authentication-results")),
        headers=_all(message),
    )


def parse(raw: bytes) -> Message:
    """An empty message when even the parser of the standard library gives up."""
    try:
        message = BytesParser(policy=LENIENT).parsebytes(raw.lstrip(b"\r\n"))
        if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in message.defects):
            message = BytesParser(policy=LENIENT).parsebytes(_without_strays(raw.lstrip(b"\r\n")))
        return message
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return Message(policy=LENIENT)


def _without_strays(raw: bytes) -> bytes:
    """Lines of the head that are no header go, when headers follow: they are no beginning of the words then."""
    head, blank, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = head.split(b"\n")
    last = max((position for position, line in enumerate(lines) if HEADER.match(line)), default=-1)
    kept = [line for position, line in enumerate(lines) if position > last or line[:1] in (b" ", b"\t") or HEADER.match(line)]
    return b"\n".join(kept) + blank + body


def letter_key(mail: Mail, raw: bytes) -> str:
    """Names this mail among all: strangers' ids are sometimes used twice, so what it says is part of the name. The same for each
    copy that came another way."""
    body = re.split(rb"\r?\n\r?\n", raw.lstrip(b"\r\n"), maxsplit=1)[-1].rstrip()
    digest = fingerprint(mail.message_id, mail.headers.get("date", ""), mail.from_address, body)
    return f"{mail.message_id}#{digest[:8]}"


def file_content(raw: bytes, index: int) -> bytes | None:
    """Of `File.index` in the same bytes; None when there is no such file."""
    return next((part_bytes(part.message) for part in file_parts(parse(raw)) if part.index == index), None)


def _file(part: Part) -> File:
    own = next(iter(message_ids(header(part.message, "content-id"))), "") or header(part.message, "content-id").strip()
    return File(name=part.name, media_type=part.media_type, size=part.size, index=part.index, content_id=own)


def _first(found: list[tuple[str, str]]) -> Address | None:
    return Address(name=found[0][0], address=found[0][1]) if found else None


def _addresses(message: Message, name: str) -> tuple[Address, ...]:
    found = [pair for value in headers(message, name) for pair in address_list(value)]
    return tuple(Address(name=each, address=address) for each, address in found)


def _all(message: Message) -> dict[str, str]:
    """The topmost of each, lower-case names, decoded."""
    names = {name.lower() for name in message}
    return {name: decoded(header(message, name)) for name in sorted(names)}


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return found if found >= EARLIEST else None


def _auto_submitted(message: Message, sender: Address | None) -> bool:
    """RFC 3834, and the older marks of programs that do not know it."""
    told = header(message, "auto-submitted").split(";")[0].strip().lower()
    if told:
        return told != "no"
    marks = ("x-autoreply", "x-autorespond", "x-autoresponder")
    return (
        any(header(message, name) for name in marks)
        or header(message, "precedence").strip().lower() == "auto_reply"
        or header(message, "return-path").strip() == "<>"
        or message.get_content_type() == "multipart/report"
        or bool(AWAY.match(decoded(header(message, "subject"))))
        or bool(sender and ROBOTS.match(sender.address))
    )


def _is_bulk(message: Message) -> bool:
    return header(message, "precedence").strip().lower() in BULK or bool(header(message, "list-id"))


def _is_bounce(message: Message, sender: Address | None) -> bool:
    kind = message.get_content_type()
    if kind == "multipart/report":
        return str(message.get_param("report-type", "delivery-status")).lower() == "delivery-status"
    if any(header(message, name) for name in ("x-failed-recipients", "x-failed-recipient")):
        return True
    return bool(sender and DAEMONS.match(sender.address) and FAILED.search(decoded(header(message, "subject"))))


def _returned(message: Message, whole: str) -> tuple[str, ...]:
    """Ids in the returned headers, then in the words, then what it answers."""
    found = [one for inner in sub_messages(message) for one in message_ids(header(inner, "message-id"))]
    found += [one for said in re.findall(r"(?im)^>?\s*message-id:\s*(<[^>\s]+>)", whole) for one in message_ids(said)]
    found += [one for name in ("in-reply-to", "references") for one in message_ids(header(message, name))]
    return tuple(dict.fromkeys(found))


def _status(message: Message) -> dict[str, str]:
    """Fields of the delivery-status part, the last recipient's winning."""
    found: dict[str, str] = {}
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            for block in part.walk():
                found |= {name.lower(): decoded(str(value)) for name, value in block.items()}
    return found


def _is_final(message: Message, whole: str) -> bool:
    action = _status(message).get("action", "").lower()
    if action:
        return action == "failed"
    return not re.search(r"(?i)delay|will (keep|continue) try", f"{decoded(header(message, 'subject'))} {whole[:500]}")


def _diagnosis(message: Message) -> str:
    told = _status(message)
    return told.get("diagnostic-code", "") or told.get("status", "")
