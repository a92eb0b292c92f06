"""Mails as buyers' programs write them: a text and an HTML half, the seller's words quoted below, the headers servers add.

Shapes: https://www.rfc-editor.org/rfc/rfc5322 , rfc2046 , rfc8601 (Authentication-Results).
"""

from __future__ import annotations

import html
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from connectors.base.world import Buyer, Message, Thread

SHOP = "halo@sekarbatik.example"
SHOP_NAME = "Sekar Batik"
WROTE = {"en": "On {at}, {who} wrote:", "id": "Pada {at}, {who} menulis:"}
ASKED = {"en": "A question", "id": "Mau tanya"}


def mail_id(said: Message) -> str:
    """Our own mails were given their id by us."""
    return said.key or f"CA{said.number:07d}.{said.at:%Y%m%d%H%M}@mail.example"


def subject(thread: Thread, buyer: Buyer) -> str:
    about = thread.subject or (f"Order {thread.order}" if thread.order else ASKED[buyer.language])
    return about if not thread.sku or thread.subject or thread.order else f"{about}: {thread.sku}"


def buyer_letter(thread: Thread, buyer: Buyer, position: int) -> bytes:
    """The message at `position` of the thread."""
    said, before = thread.messages[position], thread.messages[:position]
    letter = EmailMessage(policy=SMTP)
    letter["Return-Path"] = f"<{buyer.email}>"
    letter["Authentication-Results"] = f"mx.shop.example; dkim=pass header.d=mail.example; spf=pass; dmarc=pass {_domain(buyer)}"
    letter["MIME-Version"] = "1.0"
    letter["Date"] = format_datetime(said.at)
    letter["From"] = Address(buyer.name, addr_spec=buyer.email)
    letter["To"] = Address(SHOP_NAME, addr_spec=SHOP)
    letter["Subject"] = f"Re: {subject(thread, buyer)}" if before else subject(thread, buyer)
    quoted = next((each for each in reversed(before) if each.side == "seller"), None)
    plain, rich = said.text, f'<div dir="ltr">{html.escape(said.text)}</div>'
    if quoted:
        head = WROTE[buyer.language].format(at=_day(quoted.at), who=f"{SHOP_NAME} <{SHOP}>")
        plain += f"\r\n\r\n{head}\r\n\r\n" + "\r\n".join(f"> {line}" for line in quoted.text.splitlines())
        rich += f"<br><div>{html.escape(head)}<br></div><blockquote>{html.escape(quoted.text)}</blockquote>"
    letter.set_content(plain)
    letter.add_alternative(rich, subtype="html")
    for file in said.files:
        main, _, sub = file.media_type.partition("/")
        letter.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    _set_boundaries(letter, said.number)
    return _ids(said, before) + letter.as_bytes()


def seller_letter(thread: Thread, buyer: Buyer, position: int) -> bytes:
    """As the shop's own mail program lays it into Sent."""
    said, before = thread.messages[position], thread.messages[:position]
    letter = EmailMessage(policy=SMTP)
    letter["MIME-Version"] = "1.0"
    letter["Date"] = format_datetime(said.at)
    letter["From"] = Address(SHOP_NAME, addr_spec=SHOP)
    letter["To"] = Address(buyer.name, addr_spec=buyer.email)
    letter["Subject"] = f"Re: {subject(thread, buyer)}" if before else subject(thread, buyer)
    letter.set_content(said.text)
    for file in said.files:
        main, _, sub = file.media_type.partition("/")
        letter.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    _set_boundaries(letter, said.number)
    return _ids(said, before) + letter.as_bytes()


def _ids(said: Message, before: list[Message]) -> bytes:
    lines = [f"Message-ID: <{mail_id(said)}>"]
    if before:
        lines.append(f"In-Reply-To: <{mail_id(before[-1])}>")
        lines.append("References: " + "\r\n ".join(f"<{mail_id(each)}>" for each in before))
    return "".join(f"{line}\r\n" for line in lines).encode()


def _set_boundaries(letter: EmailMessage, number: int) -> None:
    """The same bytes at each making."""
    for position, part in enumerate(letter.walk()):
        if part.is_multipart():
            part.set_boundary(f"000000000000{number:08d}{position:02d}")


def _domain(buyer: Buyer) -> str:
    return f"header.from={buyer.email.rpartition('@')[2]}"


def _day(at: datetime) -> str:
    return f"{at:%a, %d %b %Y, %H:%M}"
