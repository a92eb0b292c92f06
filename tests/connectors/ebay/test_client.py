"""Traps of the wire: what eBay and its gateway really answer, and what the SDK makes of it."""

from __future__ import annotations

import pytest

from connectors.base.contract import Delivery
from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, Malformed, RateLimited, Refused, Unavailable
from connectors.ebay.markup import parse, serialise, text_at, write
from connectors.ebay.normalise import normalise
from tests.connectors.ebay.line import open_line


def _fault(code: str, *, kind: str = "RequestError", severity: str = "Error") -> str:
    return (
        f"<Errors><ShortMessage>no</ShortMessage><LongMessage>No.</LongMessage><ErrorCode>{code}</ErrorCode>"
        f"<SeverityCode>{severity}</SeverityCode><ErrorClassification>{kind}</ErrorClassification></Errors>"
    )


async def test_a_warning_is_success() -> None:
    async with open_line() as (line, client):
        line.say_xml("GetUser", "<Ack>Warning</Ack>" + _fault("21917103", severity="Warning") + "<User><UserID>x</UserID></User>")
        assert text_at(await client.trading("GetUser", {}), "User/UserID") == "x"


@pytest.mark.parametrize(
    ("code", "kind", "is_write", "error", "says"),
    [
        ("21916750", "RequestError", True, Refused, "21916750"),
        ("518", "RequestError", True, RateLimited, "518"),
        ("20957", "RequestError", True, RateLimited, "20957"),
        ("10007", "SystemError", True, Ambiguous, "10007"),
        ("10007", "SystemError", False, Unavailable, "10007"),
        ("21916984", "RequestError", False, AuthExpired, "scope_missing"),
        ("932", "RequestError", True, AuthExpired, "token_expired"),
        ("AB1", "RequestError", False, Refused, "AB1"),
    ],
)
async def test_a_failure_within_200_is_sorted(code: str, kind: str, is_write: bool, error: type[ChannelError], says: str) -> None:
    async with open_line() as (line, client):
        line.say_xml("ReviseInventoryStatus", "<Ack>Failure</Ack>" + _fault(code, kind=kind))
        with pytest.raises(error) as raised:
            await client.trading("ReviseInventoryStatus", {}, write=is_write)
        assert raised.value.code == says


async def test_an_expired_token_is_renewed_once_and_the_call_repeated() -> None:
    async with open_line() as (line, client):
        line.say_xml("GetUser", "<Ack>Failure</Ack>" + _fault("21917053"))
        line.say_xml("GetUser", "<Ack>Success</Ack><User><UserID>x</UserID></User>")
        await client.trading("GetUser", {}, write=True)
        assert len(line.asked) == 2


@pytest.mark.parametrize(
    ("status", "is_write", "error"),
    [
        ("500 Internal Server Error", False, Unavailable),
        ("500 Internal Server Error", True, Ambiguous),
        ("502 Bad Gateway", True, Ambiguous),
        ("503 Service Unavailable", True, Unavailable),
        ("429 Too Many Requests", True, RateLimited),
        ("403 Forbidden", True, Refused),
    ],
)
async def test_a_page_instead_of_xml_is_sorted_by_its_status(status: str, is_write: bool, error: type[ChannelError]) -> None:
    async with open_line() as (line, client):
        line.say("<html><body><h1>Oops]]> &nbsp;</h1><br></body></html>", status, "text/html")
        with pytest.raises(error):
            await client.trading("GetUser", {}, write=is_write)
        assert len(line.asked) == 1


@pytest.mark.parametrize("body", ["", "<html><br></html>", "<GetUserResponse><Ack>Maybe</Ack></GetUserResponse>", "\x00\xff"])
async def test_a_200_that_is_no_answer_is_no_success(body: str) -> None:
    async with open_line() as (line, client):
        line.say(body)
        with pytest.raises(Malformed):
            await client.trading("GetUser", {})
        with pytest.raises(Ambiguous):
            await client.trading("AddMemberMessageRTQ", {}, write=True)


async def test_a_lost_answer_is_ambiguous_for_a_write_and_sent_once() -> None:
    async with open_line() as (line, client):
        line.answers.append(None)
        with pytest.raises(Ambiguous):
            await client.trading("AddMemberMessageRTQ", {}, write=True)
        assert len(line.asked) == 1
        with pytest.raises(Unavailable):
            await client.trading("GetUser", {})


async def test_a_redirect_is_not_followed_with_the_token() -> None:
    async with open_line() as (line, client):
        line.say("", "307 Temporary Redirect", head=f"location: {line.base}/elsewhere\r\n")
        with pytest.raises(Ambiguous):
            await client.trading("AddMemberMessageRTQ", {}, write=True)
        assert [b"/elsewhere" in asked for asked in line.asked] == [False]


async def test_nothing_listening_means_nothing_done() -> None:
    async with open_line() as (line, client):
        line.say_xml("GetUser", "<Ack>Success</Ack>")
        await client.tokens.user()
        port = line.base.rpartition(":")[2]
    with pytest.raises(Unavailable) as raised:
        await client.trading("AddMemberMessageRTQ", {}, write=True)
    assert port.isdigit()
    assert raised.value.code == "unreachable"


async def test_the_call_carries_host_token_level_and_clean_text() -> None:
    async with open_line() as (line, client):
        line.say_xml("AddMemberMessageRTQ", "<Ack>Success</Ack>")
        body = '<![CDATA[ 1 < 2 & \x0b"3" ]]> čaj ☕'
        await client.trading(
            "AddMemberMessageRTQ", {"ItemID": "1", "MemberMessage": {"Body": body, "RecipientID": ["a&b"]}}, write=True
        )
        head, _, sent = line.asked[0].partition(b"\r\n\r\n")
        assert b"POST /ws/api.dll HTTP/1.1" in head
        assert b"Host: api.ebay.com" in head
        assert b"X-EBAY-API-IAF-TOKEN: v^1.1#t" in head
        assert b"X-EBAY-API-COMPATIBILITY-LEVEL: 1379" in head
        root = parse(sent)
        assert root.tag == "AddMemberMessageRTQRequest"
        assert text_at(root, "MemberMessage/Body") == '<![CDATA[ 1 < 2 & "3" ]]> čaj ☕'
        assert text_at(root, "MemberMessage/RecipientID") == "a&b"


async def test_control_characters_in_an_answer_are_dropped_and_one_entry_is_a_list() -> None:
    exchange = (
        "<MemberMessage><MemberMessageExchange><Item><ItemID>1</ItemID></Item><Question><SenderID>b</SenderID>"
        "<Body>a\x0bb&#x1;c &amp; d</Body><MessageID>7</MessageID></Question><CreationDate>2026-07-20T09:00:00.000Z</CreationDate>"
        "</MemberMessageExchange></MemberMessage>"
    )
    async with open_line() as (line, client):
        line.say_xml("GetMemberMessages", "<Ack>Success</Ack>" + exchange)
        root = await client.trading("GetMemberMessages", {})
        nodes = root.findall("MemberMessage/MemberMessageExchange")
        assert len(nodes) == 1
        (event,) = normalise(Delivery(kind="question", key="k", body=serialise(nodes[0])))
        assert event.text == "abc & d"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        b"<x>&unknown;</x>",
        b"<x><y></x>",
        b"",
        b"<" + b"x>" * 5,
        "<x/>".encode("utf-16")[:5],
    ],
)
def test_what_is_no_plain_xml_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body)


def test_xml_keeps_the_order_given_and_leaves_out_what_is_none() -> None:
    assert write({"B": 1, "A": [{"X": "<"}, {"X": None}]}) == "<B>1</B><A><X>&lt;</X></A><A></A>"


@pytest.mark.parametrize(
    ("status", "error_id", "is_write", "error"),
    [
        ("400 Bad Request", 355013, True, Refused),
        ("403 Forbidden", 1100, False, AuthExpired),
        ("400 Bad Request", 25001, True, Ambiguous),
        ("409 Conflict", 25001, False, Unavailable),
        ("401 Unauthorized", 1001, True, AuthExpired),
        ("429 Too Many Requests", 2001, True, RateLimited),
        ("500 Internal Server Error", 335000, True, Ambiguous),
        ("503 Service Unavailable", 2003, True, Unavailable),
    ],
)
async def test_rest_failures_are_sorted(status: str, error_id: int, is_write: bool, error: type[ChannelError]) -> None:
    async with open_line() as (line, client):
        line.say(f'{{"errors": [{{"errorId": {error_id}, "message": "no"}}]}}', status, "application/json")
        with pytest.raises(error):
            await client.rest("POST", "/commerce/message/v1/send_message", write=is_write)
