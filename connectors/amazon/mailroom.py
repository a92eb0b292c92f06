"""The mailbox Amazon's relay writes to: read by IMAP, answered by SMTP. https://sellercentral.amazon.com/help/hub/reference/G201054220"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from connectors.amazon.manifest import FILE_BYTES
from connectors.amazon.normalise_mail import HANDLE, is_about_amazon
from connectors.amazon.relay import is_relay
from connectors.base.commands import Receipt, SendReply
from connectors.base.contract import Batch, Context, Delivery
from connectors.base.errors import Malformed, Refused
from connectors.base.mail_imap import IMAPS, Letter, Mailbox, open_mailbox
from connectors.base.mail_read import file_content, read_mail
from connectors.base.mail_send import SUBMISSION, open_submission, submit
from connectors.base.mail_write import own_message_id, render_mail, reply_subject
from connectors.base.signing import fingerprint

INBOX = "INBOX"
AT_ONCE = 25
LINE_S = 9 * 60.0
"""A line held longer may be cut without a word."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
FROM_AMAZON = b'HEADER FROM "amazon"'


class MailCursor(Struct):
    """Of mails up to `until`, the past, only Amazon's newer ones are fetched. `taken` are handles of notices that are durable now
    and may leave the queue."""

    validity: int = 0
    last: int = 0
    until: int = 0
    taken: tuple[str, ...] = ()


def read_cursor(cursor: str) -> MailCursor:
    try:
        return msgspec.json.decode(cursor, type=MailCursor) if cursor else MailCursor()
    except msgspec.MsgspecError as error:
        raise Malformed(f"the cursor of messages: {error}", code="bad_cursor") from error


class Mailroom:
    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def address(self) -> str:
        secrets = self._context.secrets
        return (secrets.get("address") or secrets.get("imap_user", "")).strip().lower()

    def _mailbox(self) -> AbstractAsyncContextManager[Mailbox]:
        secrets = self._context.secrets
        host, port = server_of(secrets.get("imap_host", ""), IMAPS)
        user, password = secrets.get("imap_user", ""), secrets.get("imap_password", "")
        patience = self._context.http.deadline_s
        return open_mailbox(host, port, user=user, password=password, reroute=self._context.reroute, deadline_s=patience)

    async def pull(self, place: MailCursor) -> Batch:
        """By uid alone. Numbers given anew mean reading all again; known mails have known keys."""
        async with self._mailbox() as box:
            folder = await box.examine(INBOX)
            if folder.uid_validity != place.validity:
                place = MailCursor(validity=folder.uid_validity, until=folder.uid_next - 1, taken=place.taken)
            uids = await box.uids(place.last + 1)
            if place.last < place.until:
                theirs = set(await box.search(FROM_AMAZON)) & set(await box.search(f"SINCE {imap_day(self._oldest())}"))
                uids = [uid for uid in uids if uid > place.until or uid in theirs]
            part = uids[:AT_ONCE]
            letters = await box.fetch(part)
        last = part[-1] if len(uids) > len(part) else max(place.last, place.until, *part, 0)
        kept = [mail_delivery(letter, folder.uid_validity) for letter in letters if is_about_amazon(read_mail(letter.raw))]
        after = MailCursor(validity=folder.uid_validity, last=last, until=place.until, taken=place.taken)
        return Batch(deliveries=tuple(kept), cursor=msgspec.json.encode(after).decode(), more=len(uids) > len(part))

    async def listen(self) -> AsyncGenerator[None]:
        """https://www.rfc-editor.org/rfc/rfc2177 ; what came before the line was up is told first."""
        async with self._mailbox() as box:
            await box.examine(INBOX)
            yield
            while True:
                if await box.idle(LINE_S):
                    yield

    def _oldest(self) -> datetime:
        return self._context.now() - timedelta(days=self._context.first_import_days)

    async def file(self, ref: str) -> bytes:
        """By uid while the numbers hold, else by the mail's own id."""
        validity, uid, index, message_id = (*ref.split(":", 3), "", "", "", "")[:4]
        if not (validity.isdigit() and uid.isdigit() and index.isdigit()):
            raise Refused(f"{ref!r} names no file", code="no_file")
        async with self._mailbox() as box:
            folder = await box.examine(INBOX)
            letters = await box.fetch(await _places(box, folder.uid_validity == int(validity), int(uid), message_id))
        found = (file_content(letter.raw, int(index)) for letter in letters if read_mail(letter.raw).message_id == message_id)
        content = next(filter(None, found), None)
        if content is None:
            raise Refused("the mail is no longer in the mailbox", code="gone")
        return content

    async def send(self, command: SendReply) -> Receipt:
        """To the whole alias. The mail's own id is the same on each try, and is what a returned mail names."""
        raw, message_id, relay = self.written(command)
        host, port, user, password = self._submission()
        await submit(
            host,
            port,
            user=user,
            password=password,
            reroute=self._context.reroute,
            sender=self.address,
            recipients=(relay,),
            raw=raw,
            deadline_s=self._context.http.deadline_s,
        )
        return Receipt(key=command.key, external_id=message_id, at=self._context.now())

    def written(self, command: SendReply) -> tuple[bytes, str, str]:
        """(mail, its id, the alias it goes to)."""
        known = command.customer.value if command.customer.kind == HANDLE else ""
        relay = command.refs.get("relay") or known
        if not is_relay(relay):
            raise Refused(f"{relay!r} is no address of Amazon's relay", code="no_relay", fix="Answer in Seller Central.")
        if sum(len(file.content) for file in command.files) > FILE_BYTES:
            raise Refused("the files are larger than 10 MB together", code="too_big", fix="Send smaller files.")
        message_id = own_message_id(fingerprint(command.thread), relay, command.key, self.address)
        at: datetime = command.started_at or self._context.now()
        raw = render_mail(
            message_id=message_id,
            sender=("", self.address),
            to=("", relay),
            subject=reply_subject(command.subject, _fallback(command)),
            text=command.text,
            at=at,
            files=command.files,
            in_reply_to=command.refs.get("message_id", ""),
            references=command.refs.get("references", "").split(),
            automatic=not command.by_person,
        )
        return raw, message_id, relay

    async def greet(self) -> None:
        """Both logins and the folder. Raises ChannelError."""
        async with self._mailbox() as box:
            await box.examine(INBOX)
        host, port, user, password = self._submission()
        async with open_submission(host, port, user=user, password=password, reroute=self._context.reroute):
            return

    def _submission(self) -> tuple[str, int, str, str]:
        secrets = self._context.secrets
        host, port = server_of(secrets.get("smtp_host", ""), SUBMISSION)
        user = secrets.get("smtp_user") or secrets.get("imap_user", "")
        return host, port, user, secrets.get("smtp_password") or secrets.get("imap_password", "")


async def _places(box: Mailbox, is_same: bool, uid: int, message_id: str) -> list[int]:
    return [uid] if is_same and uid else await box.with_message_id(message_id)


def _fallback(command: SendReply) -> str:
    order_id = command.refs.get("order_id", "")
    return f"Your order {order_id}" if order_id else "Your question"


def imap_day(moment: datetime) -> str:
    """`02-Mar-2026`, whatever the language of this machine."""
    return f"{moment.day:02d}-{MONTHS[moment.month - 1]}-{moment.year}"


def server_of(value: str, port: int) -> tuple[str, int]:
    """`host` or `host:port`."""
    host, _, given = value.strip().partition(":")
    return host, int(given) if given.isdigit() else port


def mail_delivery(letter: Letter, validity: int) -> Delivery:
    """The whole mail. Two different mails under one id are two deliveries."""
    arrived = letter.arrived_at.isoformat() if letter.arrived_at else ""
    headers = (("arrived", arrived), ("place", f"{validity}:{letter.uid}"))
    return Delivery(
        kind="mail", key=f"{read_mail(letter.raw).message_id}:{fingerprint(letter.raw)[:8]}", body=letter.raw, headers=headers
    )
