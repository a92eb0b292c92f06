"""One mail as facts. Pure: the mail, where it lay and when it came say everything."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import unquote

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import Handle, Media, MessageReceived, MessageStatus, Outcome, Unsupported
from connectors.base.mail_read import ROBOTS, Address, File, Mail, letter_key, read_mail
from connectors.base.mail_write import base_subject, key_of, thread_of
from connectors.base.signing import fingerprint
from connectors.base.wire import text, when

KIND = "mail"
SENT = "sent"
DATE_BELIEVED = timedelta(days=7)
OWN_PICTURE = re.compile(r"""(?<=["'=])cid:[^"'\s<>)]{1,900}""")
CUT = "[This mail is larger than 30 MB. Only its beginning was fetched.]"
# A number that its own words call an order's: `order 1042`, `pesanan #1042`, `#1042`, and the forms of eBay and Amazon.
ORDER = re.compile(
    r"\b(\d{3}-\d{7}-\d{7}|\d{2}-\d{5}-\d{5})\b"
    r"|\b(?:order|pesanan|bestellung|commande|pedido|ordine|invoice|faktur)\b\W{0,3}(?:no|nr|number|nomor|id|n°|numero)?\W{0,3}"
    r"#?([A-Za-z]{0,4}-?\d{3,20})\b"
    r"|(?:^|\s)#([A-Za-z]{0,4}-?\d{3,20})\b",
    re.IGNORECASE,
)


def normalise_mail(delivery: Delivery, own: str) -> Sequence[Outcome]:
    """`own` is the address of this account."""
    if delivery.kind != KIND:
        return (Unsupported(kind=delivery.kind, reason="not a mail"),)
    mail, told = read_mail(delivery.body), dict(delivery.headers)
    if mail.is_bounce and told.get("folder") != SENT:
        return (_bounce(mail, _moment(mail, told)),)
    if not mail.sender.address:
        raise Malformed("the mail names no sender", code="no_sender")
    if _is_ours(mail, told, own):
        return (_ours(mail, told, own),)
    return (_theirs(mail, told, own, letter_key(mail, delivery.body)),)


def thread_for(mail: Mail, addresses: Sequence[str]) -> str:
    """The same for each mail of one talk, and never the same for two customers. An id of ours carries its thread; else the order
    in the subject, the first mail of the chain, the subject that is answered, or this mail begins a talk."""
    customer = addresses[0]
    for known in (mail.message_id, mail.in_reply_to, *reversed(mail.references)):
        for address in addresses:
            if found := thread_of(known, address):
                return found
    if order := order_in(mail.subject):
        return fingerprint(customer, "order", order)
    root = next(iter(mail.references), "") or mail.in_reply_to
    subject = base_subject(mail.subject)
    if not root and subject and subject != mail.subject:
        return fingerprint(customer, "subject", subject.lower())
    return fingerprint(customer, root or mail.message_id)


def order_in(subject: str) -> str:
    found = ORDER.search(subject)
    return next((group.upper() for group in found.groups() if group), "") if found else ""


def _is_ours(mail: Mail, told: Mapping[str, str], own: str) -> bool:
    """From the Sent folder; or from our own address to somebody else, with nothing that speaks against it."""
    if told.get("folder") == SENT:
        return True
    return mail.from_address == own and not _doubt(mail, own) and not _form_of(mail, own) and _other(mail, own) is not None


def _other(mail: Mail, own: str) -> Address | None:
    return next((each for each in (*mail.to, *mail.cc) if each.address != own), None)


def _form_of(mail: Mail, own: str) -> Address | None:
    """The person behind a contact form: forms write from the shop's own or a robot's address, and name them as Reply-To."""
    behind = mail.reply_to
    if behind is None or behind.address in (own, mail.from_address) or key_of(mail.message_id):
        return None
    return behind if mail.from_address == own or ROBOTS.match(mail.from_address) else None


def _ours(mail: Mail, told: Mapping[str, str], own: str) -> Outcome:
    to = _other(mail, own)
    if to is None:
        return Unsupported(kind="own_note", reason="a mail of ours to nobody else")
    return MessageReceived(
        thread=thread_for(mail, (to.address,)),
        external_id=mail.message_id,
        direction="out",
        sent_at=_moment(mail, told),
        customer=Handle(kind="email", value=to.address, name=to.name, label=to.address),
        text=_text(mail, told),
        html=_html(mail, told),
        subject=mail.subject,
        media=_media(mail, told),
        refs=_refs(mail),
        echo_of=key_of(mail.message_id),
        automated=mail.auto_submitted,
    )


def _theirs(mail: Mail, told: Mapping[str, str], own: str, name: str) -> Outcome:
    form = _form_of(mail, own)
    who, answers_to = form or mail.sender, mail.reply_to.address if mail.reply_to else ""
    proven = mail.authentication.get("dmarc") == "pass" and form is None
    return MessageReceived(
        thread=thread_for(mail, tuple(dict.fromkeys(filter(None, (who.address, answers_to))))),
        external_id=name,
        direction="in",
        sent_at=_moment(mail, told),
        customer=Handle(
            kind="email",
            value=who.address,
            name=who.name,
            label=who.address,
            strength="verified" if proven else "provided",
        ),
        text=_text(mail, told),
        html=_html(mail, told),
        subject=mail.subject,
        media=_media(mail, told),
        refs=_refs(mail),
        automated=mail.is_automatic and form is None,
        reply_to=mail.in_reply_to if key_of(mail.in_reply_to) else "",
        held=_doubt(mail, own),
    )


def _doubt(mail: Mail, own: str) -> str:
    """Why the sender is not believed, by the receiving server's own verdict."""
    verdicts = mail.authentication
    if verdicts.get("dmarc") == "fail":
        return "The sender's address could not be proven (dmarc=fail)."
    if "dmarc" not in verdicts and verdicts.get("spf") == "fail" and verdicts.get("dkim") != "pass":
        return "The sender's address could not be proven (spf=fail)."
    proven = not verdicts or "pass" in (verdicts.get("dmarc"), verdicts.get("dkim"))
    if mail.from_address == own and not proven:
        return "It claims to come from your own address, which was not proven."
    return ""


def _bounce(mail: Mail, at: datetime) -> Outcome:
    if not mail.bounce_final:
        return Unsupported(kind="mail_delayed", reason="the mail server is still trying")
    if not mail.bounce_of:
        return Unsupported(kind="mail_returned", reason="it does not say which mail came back")
    detail = mail.bounce_detail or mail.subject or "the mail came back"
    return MessageStatus(external_id=mail.bounce_of[0], state="failed", at=at, detail=text(detail)[:500])


def _moment(mail: Mail, told: Mapping[str, str]) -> datetime:
    """The sender's date where it can be true, else when the mail arrived."""
    arrived = when(told.get("arrived"))
    if arrived is None:
        if mail.date is None:
            raise Malformed("the mail has no date and no time of arrival", code="no_date")
        return mail.date
    believed = mail.date is not None and arrived - DATE_BELIEVED <= mail.date <= arrived
    return mail.date if believed and mail.date else arrived


def _text(mail: Mail, told: Mapping[str, str]) -> str:
    return f"{mail.text}\n\n{CUT}".strip() if told.get("cut") else mail.text


def _media(mail: Mail, told: Mapping[str, str]) -> tuple[Media, ...]:
    """Files of a mail that was cut are not whole."""
    if not told.get("uid") or told.get("cut"):
        return ()
    return tuple(
        Media(ref=_ref(file, told), name=file.name, media_type=text(file.media_type), size=file.size) for file in mail.files
    )


def _ref(file: File, told: Mapping[str, str]) -> str:
    """`uidvalidity:uid:index`, with `:sent` for a copy of ours."""
    tail = ":sent" if told.get("folder") == SENT else ""
    return f"{told.get('validity', '')}:{told.get('uid', '')}:{file.index}{tail}"


def _html(mail: Mail, told: Mapping[str, str]) -> str:
    """Pictures that came along are named by their file. https://www.rfc-editor.org/rfc/rfc2392"""
    if not told.get("uid") or told.get("cut") or "cid:" not in mail.html:
        return mail.html
    own = {file.content_id: _ref(file, told) for file in mail.files if file.content_id}
    return OWN_PICTURE.sub(lambda found: f"media:{own[cid]}" if (cid := unquote(found[0][4:])) in own else found[0], mail.html)


def _refs(mail: Mail) -> dict[str, str]:
    """What a reply needs to be part of the talk."""
    chain = [*mail.references, *([mail.in_reply_to] if mail.in_reply_to and mail.in_reply_to not in mail.references else [])]
    found = {
        "message_id": mail.message_id if mail.has_own_id else "",
        "references": " ".join([*chain[:1], *chain[1:][-10:]]),
        "subject": mail.subject,
        "reply_to": mail.reply_to.address if mail.reply_to else "",
        "automatic": "1" if mail.is_automatic else "",
    }
    return {name: value for name, value in found.items() if value}
