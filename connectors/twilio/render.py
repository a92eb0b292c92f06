"""A reply of ours as the fields of one call, and how many pieces its text is billed as. Pure.
https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource"""

from __future__ import annotations

import math
import re

import msgspec

from connectors.base.commands import SendReply, Upload
from connectors.base.errors import Refused
from connectors.twilio.manifest import FILE_BYTES, FILES_LIMIT, OTHER_FILE_BYTES, PICTURE_TYPES, TEXT_LIMIT

# The GSM 03.38 alphabet; each sign of the second row costs two. https://www.twilio.com/docs/glossary/what-is-gsm-7-character-encoding
PLAIN = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = frozenset("\f^{}\\[~]|€")
CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")
WHATSAPP = "whatsapp:"
HTTPS = "https://"


def segments(text: str) -> int:
    """Pieces a carrier bills: 160 signs of the GSM alphabet in one and 153 in each of several; one sign outside of it makes
    that 70 and 67 units of 16 bits."""
    if all(sign in PLAIN or sign in DOUBLE for sign in text):
        costs = [2 if sign in DOUBLE else 1 for sign in text]
        return 1 if sum(costs) <= 160 else _pieces(costs, 153)
    costs = [2 if ord(sign) > 0xFFFF else 1 for sign in text]
    return 1 if sum(costs) <= 70 else _pieces(costs, 67)


def _pieces(costs: list[int], size: int) -> int:
    """A sign that costs two is not cut in halves."""
    if 2 not in costs:
        return math.ceil(len(costs) / size)
    found, used = 1, 0
    for cost in costs:
        if used + cost > size:
            found, used = found + 1, 0
        used += cost
    return found


def render_reply(command: SendReply, *, sender: str, service: str = "", callback: str = "") -> list[tuple[str, str]]:
    """Raises Refused for what Twilio would refuse, before anything is sent."""
    to = address(command, sender)
    fields = [("To", to)]
    if service:
        fields.append(("MessagingServiceSid", service))
    # In a service the number the customer knows is kept by Twilio; WhatsApp needs its sender named.
    if not service or sender.startswith(WHATSAPP):
        fields.append(("From", sender))
    if callback:
        fields.append(("StatusCallback", callback))
    if command.template is not None:
        return fields + _template(command)
    _require(bool(command.text.strip() or command.files), "The reply is empty.", "empty", "Write a text or add a file.")
    too_long = f"{len(command.text)} characters, {TEXT_LIMIT} allowed"
    _require(len(command.text) <= TEXT_LIMIT, too_long, "text_too_long", "Shorten the text.")
    most = 1 if sender.startswith(WHATSAPP) else FILES_LIMIT
    words = f"Send at most {most} {'file' if most == 1 else 'files'} at once."
    _require(len(command.files) <= most, f"{len(command.files)} files", "too_many_files", words)
    if command.text.strip():
        fields.append(("Body", command.text))
    return fields + [("MediaUrl", _address_of(upload, sender)) for upload in command.files]


def address(command: SendReply, sender: str) -> str:
    """The thread is the customer's address. A customer of another channel is written to at their phone number."""
    if ":" in command.thread or not sender.startswith(WHATSAPP):
        found = command.thread or command.customer.value
    else:
        found = f"{WHATSAPP}{command.thread or command.customer.value}"
    _require(bool(found), "no number to write to", "bad_number", "Add the customer's phone number.")
    mixed = found.startswith(WHATSAPP) != sender.startswith(WHATSAPP)
    _require(not mixed, f"{found} from {sender}", "mixed_channel", "Reply on the connection this talk came in by.")
    return found


def _template(command: SendReply) -> list[tuple[str, str]]:
    template = command.template
    name = template.name if template else ""
    _require(bool(CONTENT_SID.fullmatch(name)), name, "bad_template", "Name the template by its ContentSid: HX and 32 signs.")
    variables = template.variables if template else ()
    filled = {str(place): value for place, value in enumerate(variables, start=1)}
    found = [("ContentSid", name)]
    return [*found, ("ContentVariables", msgspec.json.encode(filled).decode())] if filled else found


def _address_of(upload: Upload, sender: str) -> str:
    picture = upload.media_type.partition(";")[0].strip().lower() in PICTURE_TYPES
    allowed = FILE_BYTES if picture or sender.startswith(WHATSAPP) else OTHER_FILE_BYTES
    size = f"at most {allowed / 1_000_000:g} MB"
    _require(len(upload.content) <= allowed, upload.name, "file_too_big", f"Send a smaller file, {size}.")
    words = "Twilio fetches files from us: give this server an https address that the internet reaches, or send the text alone."
    _require(upload.public_url.startswith(HTTPS), upload.name, "file_not_public", words)
    return upload.public_url


def _require(claim: bool, detail: str, code: str, fix: str) -> None:
    if not claim:
        raise Refused(detail, code=code, fix=fix)
