"""The seller's own queue of Amazon's notices: Signature Version 4 by hand, three calls of the SQS JSON protocol.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from connectors.base.client import decode
from connectors.base.contract import Context, Delivery
from connectors.base.errors import AuthExpired, Malformed
from connectors.base.signing import fingerprint
from connectors.base.wire import items, load, mapping, text

AT_ONCE = 10
# A notice stays in sight until it is deleted, which is after it was made durable: one reader only, and a lost page comes again.
HIDDEN_S = 0


class Queue:
    def __init__(self, context: Context) -> None:
        self._context = context
        self.url = context.secrets.get("sqs_url", "")

    @property
    def is_open(self) -> bool:
        return bool(self.url and self._context.secrets.get("aws_key") and self._context.secrets.get("aws_secret"))

    async def receive(self) -> tuple[list[Delivery], list[str]]:
        """Notices and the handles by which they leave the queue once they are durable."""
        asked = {"MaxNumberOfMessages": AT_ONCE, "VisibilityTimeout": HIDDEN_S, "WaitTimeSeconds": 0}
        told = await self._call("ReceiveMessage", asked)
        found = [mapping(one) for one in items(told.get("Messages"))]
        return [notice_delivery(one) for one in found], [text(one.get("ReceiptHandle")) for one in found]

    async def delete(self, handles: Sequence[str]) -> None:
        for start in range(0, len(handles), AT_ONCE):
            part = handles[start : start + AT_ONCE]
            entries = [{"Id": str(number), "ReceiptHandle": handle} for number, handle in enumerate(part)]
            await self._call("DeleteMessageBatch", {"Entries": entries})

    async def _call(self, name: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        body = msgspec.json.encode({"QueueUrl": self.url, **asked})
        host = urlsplit(self.url).hostname or ""
        headers = {
            "host": host,
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": f"AmazonSQS.{name}",
        }
        signed = sign(
            "POST",
            f"https://{host}/",
            headers,
            body,
            key=self._context.secrets.get("aws_key", ""),
            secret=self._context.secrets.get("aws_secret", ""),
            region=host.split(".")[1] if host.count(".") > 1 else "us-east-1",
            service="sqs",
            at=self._context.now(),
        )
        response = await self._context.http.request(
            "POST", f"https://{host}/", operation="queue", headers=signed, content=body, expect=(403,)
        )
        if response.status_code == 403:
            raise AuthExpired(f"AWS refuses the key of the queue: {response.text[:300]}", code="queue_refused")
        return mapping(decode(response))


def notice_delivery(message: Mapping[str, Any]) -> Delivery:
    """One notice is delivered at least once; NotificationId tells repeats. What cannot be read is kept as it came."""
    body = text(message.get("Body")).encode()
    try:
        told = mapping(load(body))
    except Malformed:
        told = {}
    notice_id = text(mapping(told.get("NotificationMetadata") or told.get("notificationMetadata")).get("NotificationId"))
    return Delivery(kind="notice", key=notice_id or text(message.get("MessageId")) or fingerprint(body), body=body)


def sign(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    key: str,
    secret: str,
    region: str,
    service: str,
    at: datetime,
) -> dict[str, str]:
    """`headers` with x-amz-date and authorization. All given headers are signed; `host` must be among them."""
    parts = urlsplit(url)
    moment = at.strftime("%Y%m%dT%H%M%SZ")
    signed = {name.lower(): " ".join(value.split()) for name, value in {**headers, "x-amz-date": moment}.items()}
    names = ";".join(sorted(signed))
    pairs = sorted(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    canonical = "\n".join(
        (
            method,
            quote(parts.path or "/", safe="/-_.~%"),
            "&".join(f"{name}={value}" for name, value in pairs),
            *(f"{name}:{signed[name]}" for name in sorted(signed)),
            "",
            names,
            hashlib.sha256(body).hexdigest(),
        )
    )
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join(("AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    signing_key = f"AWS4{secret}".encode()
    for word in (moment[:8], region, service, "aws4_request"):
        signing_key = hmac.digest(signing_key, word.encode(), "sha256")
    signature = hmac.new(signing_key, to_sign.encode(), "sha256").hexdigest()
    proof = f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "x-amz-date": moment, "authorization": proof}
