"""Pretend relay: buyers' messages as the mails Amazon sends to a seller, and answers back by their alias.

https://sellercentral.amazon.com/help/hub/reference/G200383320
"""

from __future__ import annotations

import html
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from connectors.amazon.sandbox_shop import CHANNEL, MARKET, Shop, relay_of
from connectors.base.mail_read import Mail, file_content, read_mail
from connectors.base.sandbox_mail import Mailbox, postbox
from connectors.base.world import File, Message, Thread

USER, PASSWORD = "amazon@harbourandhill.example", "relay-harbour-2026"
RULE = "-------------"


class Relay:
    """The mailbox follows the shop: a message's number is its uid."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.mailbox = postbox(shop.world).add(Mailbox(USER, PASSWORD, shop.world.now, shop.faults))
        self.newest = 0
        self.mailbox.sort = self.sort
        self.mailbox.on_sent(self.take)

    def sort(self) -> None:
        """What was delivered once is not delivered again, whatever its uid is now."""
        said = [(one, thread) for thread in self.shop.world.shelf(CHANNEL).threads.values() for one in thread.messages]
        for message, thread in sorted(said, key=lambda pair: pair[0].number):
            if message.side == "buyer" and message.number > self.newest:
                self.newest = message.number
                self.mailbox.deliver(self.letter(message, thread), message.at, message.number)

    def take(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """Only an address under Messaging Permissions may write to an alias; any other gets its mail back."""
        mail = read_mail(raw)
        if sender.lower() != USER:
            self.mailbox.deliver(returned(mail, sender, self.shop.world.now()))
            return
        for recipient in recipients:
            thread = self._thread(recipient, mail)
            if thread is not None:
                files = [
                    File(name=one.name, media_type=one.media_type, content=file_content(raw, one.index) or b"")
                    for one in mail.files
                ]
                self.shop.world.reply(CHANNEL, thread.id, mail.text, key=mail.message_id, files=files)

    def _thread(self, recipient: str, mail: Mail) -> Thread | None:
        """By what it answers, else the alias's newest talk."""
        threads = list(self.shop.world.shelf(CHANNEL).threads.values())
        mine = [one for one in threads if relay_of(self.shop.world.state.buyers[one.buyer]) == recipient.lower()]
        answered = [one for one in mine if any(said.id == mail.in_reply_to for said in one.messages)]
        return next(iter(answered or mine[::-1]), None)

    def letter(self, message: Message, thread: Thread) -> bytes:
        buyer = self.shop.world.state.buyers[thread.buyer]
        about = f" (Order: {thread.order})" if thread.order else ""
        made = EmailMessage(policy=SMTP)
        made["Authentication-Results"] = "mx.shop.example; spf=pass; dkim=pass header.d=marketplace.amazon.com; dmarc=pass"
        made["Message-ID"] = f"<{message.id}>"
        made["Date"] = format_datetime(message.at)
        made["From"] = f"{buyer.name} - Amazon Marketplace <{relay_of(buyer)}>"
        made["Reply-To"] = relay_of(buyer)
        made["To"] = USER
        made["Subject"] = thread.subject or f"Inquiry from Amazon customer {buyer.name}{about}"
        made["X-Space-Notification-Type"] = "BBC_MESSAGE_SENT_TO_MERCHANT"
        made["X-Marketplace-ID"] = MARKET
        made.set_content(plain(message, thread), cte="quoted-printable")
        made.add_alternative(marked_up(message), subtype="html", cte="quoted-printable")
        for file in message.files:
            main, _, sub = file.media_type.partition("/")
            made.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
        return made.as_bytes()


def plain(message: Message, thread: Thread) -> str:
    head = f"Order ID {thread.order}:\n1 of item\n\n" if thread.order else ""
    return (
        f"You have received a message.\n\n{head}{RULE} Begin message {RULE}\n{message.text}\n{RULE} End message {RULE}\n\n"
        f"Was this mail helpful?\nCopyright Amazon.com, Inc.\n[commMgrTok:A0{message.number:012d}]\n"
    )


def marked_up(message: Message) -> str:
    style = "white-space:pre-wrap;white-space:-o-pre-wrap;word-wrap:break-word"
    return f'<html><body><p>You have received a message.</p><pre style="{style}">{html.escape(message.text)}</pre></body></html>'


def returned(mail: Mail, sender: str, at: datetime) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["Authentication-Results"] = "mx.shop.example; spf=pass; dkim=pass header.d=amazon.com; dmarc=pass"
    made["Message-ID"] = f"<returned-{mail.message_id}>"
    made["Date"] = format_datetime(at)
    made["From"] = "Amazon.com <donotreply@amazon.com>"
    made["To"] = sender
    made["In-Reply-To"] = f"<{mail.message_id}>"
    made["Subject"] = "Your message could not be sent"
    made.set_content("We were unable to deliver the message you sent. The address you wrote from is not registered.")
    return made.as_bytes()
