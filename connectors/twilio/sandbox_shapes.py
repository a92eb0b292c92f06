"""Resources and webhook bodies of the pretend Twilio. https://www.twilio.com/docs/messaging/api/message-resource"""

from __future__ import annotations

import base64
import email.utils
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from connectors.base.world import Buyer, Message, Thread
from connectors.twilio.render import segments

ACCOUNT, SERVICE = "AC" + "0a1b2c3d" * 4, "MG" + "0a1b2c3d" * 4
NUMBER, NUMBER_SID = "+447700900999", "PN" + "0a1b2c3d" * 4
TOKEN = "pretend0token0of0twilio0c0ffee23"
ACCOUNT_PATH = f"/2010-04-01/Accounts/{ACCOUNT}"


def moment(at: datetime) -> str:
    return email.utils.format_datetime(at).replace("GMT", "+0000")


def our_address(thread: Thread) -> str:
    """The same number takes texts and WhatsApp; a thread is the customer's address, which says by which they write."""
    return f"whatsapp:{NUMBER}" if thread.id.startswith("whatsapp:") else NUMBER


def media_sid(message: Message, index: int) -> str:
    return f"ME{message.number:016x}{index:016x}"


def message_shape(thread: Thread, said: Message, state: str = "") -> dict[str, Any]:
    """`state` is what a call of ours is told at once; later on the list shows how it ended."""
    ours = said.side == "seller"
    own, theirs = (our_address(thread), thread.id) if ours else (thread.id, our_address(thread))
    path = f"{ACCOUNT_PATH}/Messages/{said.id}"
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": said.text,
        "date_created": moment(said.at),
        "date_sent": None if state == "queued" else moment(said.at),
        "date_updated": moment(said.at),
        "direction": "outbound-api" if ours else "inbound",
        "error_code": None,
        "error_message": None,
        "from": own,
        "messaging_service_sid": None,
        "num_media": str(len(said.files)),
        "num_segments": str(segments(said.text)),
        "price": None,
        "price_unit": "USD",
        "sid": said.id,
        "status": state or ("delivered" if ours else "received"),
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": theirs,
        "uri": f"{path}.json",
    }


def content_shape(at: datetime, sid: str, body: str) -> dict[str, Any]:
    """https://www.twilio.com/docs/content/content-api-resources#fetch-a-content-resource"""
    return {
        "account_sid": ACCOUNT,
        "date_created": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "date_updated": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "friendly_name": "order_update",
        "language": "en",
        "links": {"approval_fetch": f"https://content.twilio.com/v1/Content/{sid}/ApprovalRequests"},
        "sid": sid,
        "types": {"twilio/text": {"body": body}},
        "url": f"https://content.twilio.com/v1/Content/{sid}",
        "variables": {"1": "Ana", "2": "727"},
    }


def media_shape(said: Message, index: int) -> dict[str, Any]:
    return {
        "account_sid": ACCOUNT,
        "content_type": said.files[index].media_type,
        "date_created": moment(said.at),
        "date_updated": moment(said.at),
        "parent_sid": said.id,
        "sid": media_sid(said, index),
        "uri": f"{ACCOUNT_PATH}/Messages/{said.id}/Media/{media_sid(said, index)}.json",
    }


def account_shape(at: datetime) -> dict[str, Any]:
    return {
        "auth_token": TOKEN,
        "date_created": moment(at),
        "date_updated": moment(at),
        "friendly_name": "Sekar Batik",
        "owner_account_sid": ACCOUNT,
        "sid": ACCOUNT,
        "status": "active",
        "subresource_uris": {"messages": f"{ACCOUNT_PATH}/Messages.json"},
        "type": "Full",
        "uri": f"{ACCOUNT_PATH}.json",
    }


def number_shape(at: datetime, settings: Mapping[str, str]) -> dict[str, Any]:
    return {
        "account_sid": ACCOUNT,
        "address_requirements": "none",
        "api_version": "2010-04-01",
        "beta": False,
        "capabilities": {"mms": True, "sms": True, "voice": True},
        "date_created": moment(at),
        "date_updated": moment(at),
        "friendly_name": "Shop",
        "origin": "twilio",
        "phone_number": NUMBER,
        "sid": NUMBER_SID,
        "sms_application_sid": None,
        "sms_method": settings.get("SmsMethod", "POST"),
        "sms_url": settings.get("SmsUrl", ""),
        "status_callback": None,
        "uri": f"{ACCOUNT_PATH}/IncomingPhoneNumbers/{NUMBER_SID}.json",
    }


def service_shape(at: datetime, settings: Mapping[str, str]) -> dict[str, Any]:
    return {
        "sid": SERVICE,
        "account_sid": ACCOUNT,
        "friendly_name": "Shop",
        "date_created": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "date_updated": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "inbound_request_url": settings.get("InboundRequestUrl") or None,
        "inbound_method": settings.get("InboundMethod", "POST"),
        "status_callback": settings.get("StatusCallback") or None,
        "use_inbound_webhook_on_number": False,
        "url": f"https://messaging.twilio.com/v1/Services/{SERVICE}",
        "links": {},
    }


def incoming(thread: Thread, buyer: Buyer, said: Message) -> list[tuple[str, str]]:
    """https://www.twilio.com/docs/messaging/guides/webhook-request"""
    fields = [
        ("ToCountry", "GB"),
        ("SmsMessageSid", said.id),
        ("NumMedia", str(len(said.files))),
        ("SmsSid", said.id),
        ("SmsStatus", "received"),
        ("Body", said.text),
        ("To", our_address(thread)),
        ("NumSegments", str(segments(said.text))),
        ("MessageSid", said.id),
        ("AccountSid", ACCOUNT),
        ("From", thread.id),
        ("ApiVersion", "2010-04-01"),
    ]
    if thread.id.startswith("whatsapp:"):
        fields += [("ProfileName", buyer.name), ("WaId", buyer.phone.removeprefix("+"))]
    for index, file in enumerate(said.files):
        url = f"https://api.twilio.com{ACCOUNT_PATH}/Messages/{said.id}/Media/{media_sid(said, index)}"
        fields += [(f"MediaUrl{index}", url), (f"MediaContentType{index}", file.media_type)]
    return fields


def status_told(thread: Thread, said: Message, state: str) -> list[tuple[str, str]]:
    return [
        ("SmsSid", said.id),
        ("SmsStatus", state),
        ("MessageStatus", state),
        ("To", thread.id),
        ("MessageSid", said.id),
        ("AccountSid", ACCOUNT),
        ("From", our_address(thread)),
        ("ApiVersion", "2010-04-01"),
    ]


def signed(url: str, fields: Sequence[tuple[str, str]]) -> tuple[dict[str, str], bytes]:
    """Headers and body of a webhook; no name repeats here, so sorting by name is all."""
    words = url + "".join(name + value for name, value in sorted(fields))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), words.encode(), hashlib.sha1).digest()).decode()
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "X-Twilio-Signature": signature}
    return headers, urlencode(fields).encode()
