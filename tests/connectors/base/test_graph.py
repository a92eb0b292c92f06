"""What Meta's channels share: refusals sorted, waiting read, posts proven and split, the two callbacks about a person."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from connectors.base.contract import RawRequest
from connectors.base.errors import (
    Ambiguous,
    AuthExpired,
    BadSignature,
    ChannelError,
    Malformed,
    RateLimited,
    Refused,
    Unavailable,
)
from connectors.base.graph import failure, wait_of
from connectors.base.graph_hooks import open_signed, receive_hub, split
from connectors.base.signing import digest, digest_hex

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRETS = {"app_secret": "s3cret-of-the-app", "verify_token": "greet-me"}
HOOK = "https://shop.example/hooks/abc"


def _error(code: int, words: str = "words", **more: Any) -> dict[str, Any]:
    return {"error": {"message": words, "code": code, **more}}


@pytest.mark.parametrize(
    ("body", "status", "write", "kind", "code"),
    [
        (_error(190, error_subcode=463), 401, True, AuthExpired, "token_refused"),
        (_error(0, "AuthException"), 401, True, AuthExpired, "token_refused"),
        (_error(4), 400, True, RateLimited, "rate_limited"),
        (_error(17), 400, True, RateLimited, "rate_limited"),
        (_error(32), 400, True, RateLimited, "rate_limited"),
        (_error(613), 400, True, RateLimited, "rate_limited"),
        (_error(80007), 400, True, RateLimited, "rate_limited"),
        (_error(130429), 400, True, RateLimited, "rate_limited"),
        (_error(131056), 400, True, RateLimited, "rate_limited"),
        ({}, 429, True, RateLimited, "rate_limited"),
        (_error(10, error_subcode=2018278), 400, True, Refused, "window_closed"),
        (_error(10, "This message is sent outside of allowed window."), 400, True, Refused, "window_closed"),
        (_error(131047), 400, True, Refused, "window_closed"),
        (_error(10, "needs pages_messaging"), 403, True, AuthExpired, "scope_missing"),
        (_error(200, "needs pages_messaging"), 403, True, AuthExpired, "scope_missing"),
        (_error(1), 500, True, Ambiguous, "meta_1"),
        (_error(2), 500, True, Ambiguous, "meta_2"),
        (_error(131000), 500, True, Ambiguous, "meta_131000"),
        (_error(2), 500, False, Unavailable, "meta_2"),
        (_error(2), 503, True, Unavailable, "unavailable"),
        (_error(131016), 500, True, Unavailable, "unavailable"),
        ({}, 500, True, Ambiguous, "meta_-1"),
        ({}, 401, True, AuthExpired, "token_refused"),
        (_error(551), 400, True, Refused, "unavailable_person"),
        (_error(100, error_subcode=2018001), 400, True, Refused, "unknown_person"),
        (_error(100), 400, True, Refused, "meta_100"),
    ],
)
def test_a_refusal_says_what_to_do_next(
    body: dict[str, Any], status: int, write: bool, kind: type[ChannelError], code: str
) -> None:
    found = failure(body, status, write=write)
    assert (type(found), found.code) == (kind, code)


def test_a_missing_permission_is_named() -> None:
    words = "(#200) Requires pages_messaging permission to manage the object, and instagram_manage_messages"
    found = failure(_error(200, words), 403, write=False)
    assert isinstance(found, AuthExpired)
    assert found.missing == ("pages_messaging", "instagram_manage_messages")


def test_a_channel_knows_its_own_reasons_before_the_shared_ones() -> None:
    found = failure(
        _error(10, error_subcode=2018300), 400, write=True, reasons={(10, 2018300): ("other_app_answers", "Take it.")}
    )
    assert isinstance(found, Refused)
    assert (found.code, found.fix) == ("other_app_answers", "Take it.")


def test_whatsapp_words_stand_beside_metas() -> None:
    found = failure(_error(132000, "Mismatch", error_data={"details": "2 given, 1 expected"}), 400, write=True)
    assert found.detail == "Mismatch: 2 given, 1 expected"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"x-business-use-case-usage": '{"1": [{"type": "messenger", "estimated_time_to_regain_access": 3}]}'}, 180.0),
        ({"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 900}]}'}, 3600.0),
        ({"x-business-use-case-usage": "{"}, 0.0),
        ({}, 0.0),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float) -> None:
    assert wait_of(headers, NOW) == seconds


# Webhooks


def _get(**query: str) -> RawRequest:
    return RawRequest(method="GET", url=HOOK, headers=(), query=tuple(query.items()), body=b"")


def _post(body: bytes, signature: str | None = None) -> RawRequest:
    signed = f"sha256={digest_hex(SECRETS['app_secret'], body)}" if signature is None else signature
    headers = (("content-type", "application/json"), ("x-hub-signature-256", signed))
    return RawRequest(method="POST", url=HOOK, headers=headers, query=(), body=body)


def test_the_handshake_gives_the_challenge_back() -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "greet-me", "hub.challenge": "1158201444"}
    found = receive_hub(_get(**asked), SECRETS, NOW)
    assert (found.status, found.body, found.media_type) == (200, b"1158201444", "text/plain")


@pytest.mark.parametrize(
    ("asked", "secrets"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": "wrong", "hub.challenge": "1"}, SECRETS),
        ({"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}, {}),
        ({"hub.mode": "unsubscribe", "hub.verify_token": "greet-me"}, SECRETS),
        ({}, SECRETS),
        ({"confirmation": "0123456789abcdef0123456789abcdef"}, SECRETS),
        ({"confirmation": ""}, {}),
    ],
)
def test_a_stranger_is_not_greeted(asked: dict[str, str], secrets: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        receive_hub(_get(**asked), secrets, NOW)


def test_the_proof_is_over_the_bytes_as_they_came() -> None:
    body = b'{"object":"page","entry":[{"id":"1","messaging":[{"message":{"mid":"m_1","text":"caf\\u00e9"}}]}]}'
    (delivery,) = receive_hub(_post(body), SECRETS, NOW).deliveries
    assert delivery.body == b'{"message":{"mid":"m_1","text":"caf\\u00e9"}}'
    again = json.dumps(json.loads(body)).encode()
    with pytest.raises(BadSignature):
        receive_hub(_post(again, f"sha256={digest_hex(SECRETS['app_secret'], body)}"), SECRETS, NOW)


def test_without_a_secret_nothing_is_proven() -> None:
    with pytest.raises(BadSignature):
        receive_hub(_post(b"{}", f"sha256={digest_hex('', b'{}')}"), {}, NOW)


def test_one_post_of_several_pages_is_split() -> None:
    body = json.dumps(
        {
            "object": "page",
            "entry": [
                {"id": "11", "time": 1, "messaging": [{"message": {"mid": "a"}}, {"message": {"mid": "b"}}]},
                {"id": 22, "standby": [{"message": {"mid": "c"}}], "changes": [{"field": "feed", "value": {}}]},
                {"id": "33"},
                "not an entry",
            ],
        }
    ).encode()
    found = split(body, NOW)
    assert [(each.kind, each.account) for each in found] == [
        ("messaging", "11"),
        ("messaging", "11"),
        ("standby", "22"),
        ("feed", "22"),
        ("unreadable", ""),
        ("unreadable", ""),
    ]
    assert len({each.key for each in found}) == 6
    assert [each.key for each in split(body, NOW)] == [each.key for each in found]


def test_a_repeat_in_another_company_has_the_same_key() -> None:
    item = {"message": {"mid": "a"}}
    alone = split(json.dumps({"entry": [{"id": "1", "time": 5, "messaging": [item]}]}).encode(), NOW)
    among = split(json.dumps({"entry": [{"id": "1", "time": 9, "messaging": [item, {"read": {}}]}]}).encode(), NOW)
    assert among[0].key == alone[0].key


def test_a_number_is_told_from_its_business_account() -> None:
    change = {"field": "messages", "value": {"metadata": {"phone_number_id": "106"}}}
    (found,) = split(json.dumps({"entry": [{"id": "102", "changes": [change]}]}).encode(), NOW)
    assert (found.account, dict(found.headers)["owner"]) == ("106", "102")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"entry": {}}', b'{"entry": []}', b"\xff"])
def test_what_cannot_be_read_is_kept_whole(body: bytes) -> None:
    (found,) = split(body, NOW)
    assert (found.kind, found.body) == ("unreadable", body)


# A person leaves. The vector is of Meta's page on signed requests, made with our own secret.


def _signed(payload: dict[str, Any], secret: str = SECRETS["app_secret"]) -> str:
    text = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return f"{base64.urlsafe_b64encode(digest(secret, text.encode())).decode().rstrip('=')}.{text}"


def _callback(signed: str, query: tuple[tuple[str, str], ...] = ()) -> RawRequest:
    headers = (("content-type", "application/x-www-form-urlencoded; charset=utf-8"),)
    return RawRequest(method="POST", url=HOOK, headers=headers, query=query, body=urlencode({"signed_request": signed}).encode())


def test_a_deletion_is_confirmed_with_a_page_that_shows_it() -> None:
    signed = _signed({"user_id": "218471", "algorithm": "HMAC-SHA256", "issued_at": 1772442000})
    found = receive_hub(_callback(signed), SECRETS, NOW)
    told = json.loads(found.body)
    assert set(told) == {"url", "confirmation_code"}
    assert found.media_type == "application/json"
    assert [(each.kind, json.loads(each.body)["user_id"]) for each in found.deliveries] == [("erasure", "218471")]
    assert told["url"] == f"{HOOK}?confirmation={told['confirmation_code']}"
    shown = receive_hub(_get(**dict(parse_qsl(urlsplit(told["url"]).query))), SECRETS, NOW)
    assert told["confirmation_code"].encode() in shown.body


def test_a_deauthorisation_comes_on_the_same_address() -> None:
    signed = _signed({"user_id": "218471", "issued_at": 1772442000})
    found = receive_hub(_callback(signed, (("deauthorize", "1"),)), SECRETS, NOW)
    assert [each.kind for each in found.deliveries] == ["withdrawn"]
    assert found.body == b""


@pytest.mark.parametrize("signed", ["a.b", ".", _signed({"user_id": "1"}, "another secret"), _signed({"user_id": "1"}) + "A"])
def test_a_forged_deletion_is_refused(signed: str) -> None:
    with pytest.raises(BadSignature):
        receive_hub(_callback(signed), SECRETS, NOW)


def test_a_signed_request_that_is_no_json_is_malformed() -> None:
    text = base64.urlsafe_b64encode(b"{").decode().rstrip("=")
    signature = base64.urlsafe_b64encode(digest("x", text.encode())).decode().rstrip("=")
    with pytest.raises(Malformed):
        open_signed(f"{signature}.{text}", "x")
