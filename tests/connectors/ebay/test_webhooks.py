"""Who may bring news: signatures over the raw bytes, the challenge, and eBay's keys."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.base.contract import RawRequest
from connectors.base.errors import BadSignature, Unavailable
from connectors.ebay.connector import EbayConnector
from connectors.ebay.messages import stamp
from connectors.ebay.webhooks import FETCHES_PER_MINUTE, answer_challenge, read_key
from tests.connectors.ebay.wire import KEYS, soap
from tests.connectors.rig import Rig

pytestmark = pytest.mark.parametrize("rig", ["ebay"], indirect=True)

BODY = (
    b'{"metadata":{"topic":"NEW_MESSAGE"},"notification":{"notificationId":"n-1","data":{"conversationId":"5","messageId":"7"}}}'
)


def _request(body: bytes, signature: str, **changes: object) -> RawRequest:
    headers = (("content-type", "application/json"), ("x-ebay-signature", signature))
    found = RawRequest(method="POST", url="https://shop.example/hooks/t", headers=headers, query=(), body=body)
    return replace(found, **changes)  # type: ignore[arg-type]


def _fields(signature: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(base64.b64decode(signature))
    return found


def _header(fields: dict[str, str]) -> str:
    return base64.b64encode(json.dumps(fields).encode()).decode()


async def test_a_signed_notice_becomes_one_delivery_with_the_bytes_that_came(rig: Rig) -> None:
    found = await rig.connector.receive(_request(BODY, rig.sandbox.notices.sign(BODY)))  # type: ignore[attr-defined]
    assert (found.status, found.body) == (204, b"")
    (delivery,) = found.deliveries
    assert (delivery.kind, delivery.key, delivery.body) == ("topic.NEW_MESSAGE", "n-1", BODY)


async def test_a_repeat_has_the_same_key(rig: Rig) -> None:
    sign = rig.sandbox.notices.sign  # type: ignore[attr-defined]
    again = BODY.replace(b'"n-1"', b'"n-1","publishAttemptCount":2')
    first = await rig.connector.receive(_request(BODY, sign(BODY)))
    second = await rig.connector.receive(_request(again, sign(again)))
    assert first.deliveries[0].key == second.deliveries[0].key


def _flip(body: bytes, position: int) -> bytes:
    return body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :]


BODIES: dict[str, Callable[[bytes], bytes]] = {
    "first bit": lambda body: _flip(body, 0),
    "middle bit": lambda body: _flip(body, len(body) // 2),
    "last bit": lambda body: _flip(body, len(body) - 1),
    "cut short": lambda body: body[:-1],
    "longer": lambda body: body + b" ",
    "line end": lambda body: body + b"\n",
    "written again": lambda body: json.dumps(json.loads(body)).encode(),
    "empty": lambda body: b"",
    "other id": lambda body: body.replace(b'"7"', b'"8"'),
}
OTHER = ec.generate_private_key(ec.SECP256R1())
HEADERS: dict[str, Callable[[str], str]] = {
    "none": lambda header: "",
    "no base64": lambda header: "%%%",
    "no json": lambda header: base64.b64encode(b"x").decode(),
    "cut short": lambda header: header[:-8],
    "no signature": lambda header: _header({**_fields(header), "signature": ""}),
    "other key": lambda header: _header(
        {**_fields(header), "signature": base64.b64encode(OTHER.sign(BODY, ec.ECDSA(SHA256()))).decode()}
    ),
    "other digest": lambda header: _header({**_fields(header), "digest": "SHA1"}),
    "no digest": lambda header: _header({**_fields(header), "digest": ""}),
    "other method": lambda header: _header({**_fields(header), "alg": "none"}),
    "key by path": lambda header: _header({**_fields(header), "kid": "../../sell/inventory/v1/offer"}),
    "key by address": lambda header: _header({**_fields(header), "kid": "https://evil.example/key"}),
    "unknown key": lambda header: _header({**_fields(header), "kid": str(uuid.uuid4())}),
    "signature cut": lambda header: _header({**_fields(header), "signature": _fields(header)["signature"][:-8]}),
}


@pytest.mark.parametrize("mutation", BODIES)
async def test_a_changed_body_is_refused(rig: Rig, mutation: str) -> None:
    signature = rig.sandbox.notices.sign(BODY)  # type: ignore[attr-defined]
    with pytest.raises(BadSignature):
        await rig.connector.receive(_request(BODIES[mutation](BODY), signature))


@pytest.mark.parametrize("mutation", HEADERS)
async def test_a_changed_signature_is_refused(rig: Rig, mutation: str) -> None:
    signature = HEADERS[mutation](rig.sandbox.notices.sign(BODY))  # type: ignore[attr-defined]
    with pytest.raises(BadSignature):
        await rig.connector.receive(_request(BODY, signature))


async def test_the_older_digest_is_read_from_the_header(rig: Rig) -> None:
    notices = rig.sandbox.notices  # type: ignore[attr-defined]
    signature = base64.b64encode(notices.key.sign(BODY, ec.ECDSA(SHA1()))).decode()
    fields = {**_fields(notices.sign(BODY)), "signature": signature, "digest": "SHA1"}
    assert len((await rig.connector.receive(_request(BODY, _header(fields)))).deliveries) == 1


async def test_a_key_is_fetched_once_and_invented_keys_cost_few_calls(rig: Rig) -> None:
    sign = rig.sandbox.notices.sign  # type: ignore[attr-defined]
    for _ in range(3):
        await rig.connector.receive(_request(BODY, sign(BODY)))
    assert sum("/public_key/" in one.path for one in rig.exchanges) == 1
    outcomes = []
    for number in range(3 * FETCHES_PER_MINUTE):
        fields = {**_fields(sign(BODY)), "kid": f"invented-{number:04d}"}
        with pytest.raises((BadSignature, Unavailable)) as raised:
            await rig.connector.receive(_request(BODY, _header(fields)))
        outcomes.append(type(raised.value))
    assert sum("/public_key/" in one.path for one in rig.exchanges) == FETCHES_PER_MINUTE
    assert outcomes[-1] is Unavailable


def test_a_key_is_read_with_and_without_line_breaks(rig: Rig) -> None:
    pem = OTHER.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert read_key(pem) is not None
    assert read_key(pem.replace("\n", "")) is not None
    assert read_key("-----BEGIN PUBLIC KEY-----AAAA-----END PUBLIC KEY-----") is None


def test_the_challenge_is_answered_over_the_registered_address(rig: Rig) -> None:
    """https://developer.ebay.com/marketplace-account-deletion: challenge, token, endpoint, in this order."""
    token, challenge = "MyVerificationToken_0123456789abcdef", "a8628072-3d33-45ee-9004-bee86830a22d"
    url = "https://shop.example/hooks/t"
    request = RawRequest(
        method="GET", url=f"{url}?challenge_code={challenge}", headers=(), query=(("challenge_code", challenge),), body=b""
    )
    found = answer_challenge(request, token)
    assert (found.status, found.media_type, found.deliveries) == (200, "application/json", ())
    assert json.loads(found.body) == {
        "challengeResponse": hashlib.sha256(
            b"a8628072-3d33-45ee-9004-bee86830a22dMyVerificationToken_0123456789abcdef" + url.encode()
        ).hexdigest()
    }


async def test_a_get_without_a_challenge_is_refused(rig: Rig) -> None:
    with pytest.raises(BadSignature):
        await rig.connector.receive(RawRequest(method="GET", url="https://shop.example/h", headers=(), query=(), body=b""))


async def test_a_platform_notification_is_proved_by_our_keys(rig: Rig) -> None:
    found = await rig.connector.receive(soap(stamp(rig.clock.now()), KEYS))
    assert found.status == 200
    assert [delivery.kind for delivery in found.deliveries] == ["platform.FixedPriceTransaction"]


@pytest.mark.parametrize("minutes", [-11, 11])
async def test_an_old_or_early_platform_notification_is_refused(rig: Rig, minutes: int) -> None:
    with pytest.raises(BadSignature):
        await rig.connector.receive(soap(stamp(rig.clock.now() + timedelta(minutes=minutes)), KEYS))


@pytest.mark.parametrize("keys", ["", KEYS[:-1], KEYS[::-1]])
async def test_a_platform_notification_with_other_keys_is_refused(rig: Rig, keys: str) -> None:
    with pytest.raises(BadSignature):
        await rig.connector.receive(soap(stamp(rig.clock.now()), keys))


async def test_without_keys_of_ours_no_platform_notification_is_believed(rig: Rig) -> None:
    assert isinstance(rig.connector, EbayConnector)
    context = rig.connector._client.context
    bare = EbayConnector(replace(context, secrets={**context.secrets, "dev_id": "", "client_id": "", "client_secret": ""}))
    with pytest.raises(BadSignature):
        await bare.receive(soap(stamp(rig.clock.now()), ""))
