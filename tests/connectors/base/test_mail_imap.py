"""The IMAP client against the pretend server, and against servers that answer oddly."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from connectors.base.errors import AuthExpired, ChannelError, Malformed, RateLimited, Refused, Unavailable
from connectors.base.faults import Fault
from connectors.base.mail_answers import Untagged, decode_folder, encode_folder, internal_date, tokens
from connectors.base.mail_imap import HEAD_OF_LARGE, MAIL_LIMIT, open_mailbox
from connectors.base.reroute import Reroute
from tests.connectors.base.mailserver import HOST, NOON, PASSWORD, USER, mail_server, rerouted, scripted

RAW = b"From: a@b.example\r\nMessage-ID: <%d@b.example>\r\n\r\nHello )\r\n* OK {5}\r\n"


async def test_mails_come_byte_for_byte_and_stay_unread() -> None:
    async with mail_server() as (mailbox, box, reroute):
        for number in range(3):
            mailbox.deliver(RAW % number)
        async with open_mailbox(HOST, user=USER, password=PASSWORD, reroute=reroute) as opened:
            folder = await opened.examine("INBOX")
            uids = await opened.uids()
            letters = await opened.fetch(uids)
        assert (folder.uid_validity, folder.uid_next, folder.exists) == (1_700_000_001, 4, 3)
        assert [(letter.uid, letter.raw, letter.arrived_at) for letter in letters] == [
            (uid, RAW % number, NOON) for number, uid in enumerate((1, 2, 3))
        ]
        assert not any(b"SELECT" in each.given or b"BODY[" in each.given for each in box.exchanges)


async def test_only_what_is_new_is_named_although_a_star_names_the_last() -> None:
    async with mail_server() as (mailbox, _, reroute):
        mailbox.deliver(RAW % 1)
        async with open_mailbox(HOST, user=USER, password=PASSWORD, reroute=reroute) as opened:
            await opened.examine("inbox")
            assert await opened.uids(2) == []
            mailbox.deliver(RAW % 2)
            assert await opened.uids(2) == [2]
            assert await opened.with_message_id("2@b.example") == [2]
            assert await opened.since(date(2026, 3, 2)) == [1, 2]
            assert await opened.since(date(2026, 3, 3)) == []
            assert [letter.uid for letter in await opened.fetch([1, 7])] == [1]


async def test_a_page_holds_so_many_bytes_and_at_least_one_mail() -> None:
    async with mail_server() as (mailbox, _, reroute):
        for _ in range(3):
            mailbox.deliver(b"From: a@b.example\r\n\r\n" + b"x" * 1000)
        async with open_mailbox(HOST, user=USER, password=PASSWORD, reroute=reroute) as opened:
            await opened.examine("INBOX")
            assert [letter.uid for letter in await opened.fetch([1, 2, 3], at_once=2100)] == [1, 2]
            assert [letter.uid for letter in await opened.fetch([1, 2, 3], at_once=10)] == [1]


async def test_of_a_mail_over_30_mb_the_beginning_comes() -> None:
    async with mail_server() as (mailbox, _, reroute):
        mailbox.deliver(b"From: a@b.example\r\n\r\n" + b"x" * MAIL_LIMIT)
        async with open_mailbox(HOST, user=USER, password=PASSWORD, reroute=reroute) as opened:
            await opened.examine("INBOX")
            (letter,) = await opened.fetch([1])
        assert (letter.cut, len(letter.raw), letter.size > MAIL_LIMIT) == (True, HEAD_OF_LARGE, True)


async def test_a_token_opens_the_mailbox_and_a_spent_one_does_not() -> None:
    async with mail_server() as (mailbox, _, reroute):
        mailbox.tokens.add("good")
        async with open_mailbox(HOST, user=USER, token="good", reroute=reroute) as opened:
            assert [(each.name, "\\sent" in each.uses) for each in await opened.folders()] == [("INBOX", False), ("Sent", True)]
        with pytest.raises(AuthExpired):
            async with open_mailbox(HOST, user=USER, token="spent", reroute=reroute):
                pass


async def test_a_password_beyond_ascii_is_sent_too() -> None:
    async with mail_server() as (mailbox, _, reroute):
        mailbox.passwords = {"sändi"}
        async with open_mailbox(HOST, user=USER, password="sändi", reroute=reroute) as opened:
            assert (await opened.examine("INBOX")).exists == 0


@pytest.mark.parametrize("password", ["wrong", "", "a\r\nb"])
async def test_a_wrong_password_is_refused(password: str) -> None:
    async with mail_server() as (_, _, reroute):
        with pytest.raises((AuthExpired, Refused)):
            async with open_mailbox(HOST, user=USER, password=password, reroute=reroute):
                pass


async def test_a_folder_that_is_not_there_is_refused_by_name() -> None:
    async with mail_server() as (_, _, reroute):
        async with open_mailbox(HOST, user=USER, password=PASSWORD, reroute=reroute) as opened:
            with pytest.raises(Refused) as refused:
                await opened.examine("Nowhere")
        assert refused.value.code == "no_folder"


async def test_a_copy_is_laid_into_a_folder() -> None:
    async with mail_server() as (mailbox, _, reroute):
        async with open_mailbox(HOST, user=USER, password=PASSWORD, reroute=reroute) as opened:
            await opened.append("Sent", RAW % 9)
        assert [mail.raw for mail in mailbox.sent.mails] == [RAW % 9]


async def test_news_end_the_waiting() -> None:
    scene = (b"* OK hi\r\n", b"A1 OK in\r\n", b"+ idling\r\n* 4 EXISTS\r\n", b"A2 OK done\r\n")
    async with scripted(*scene) as (port, heard):
        async with open_mailbox(HOST, user=USER, password="x", reroute=rerouted(port)) as opened:
            assert await opened.idle(5) is True
        assert heard[1:3] == [b"A2 IDLE\r\n", b"DONE\r\n"]


async def test_silence_ends_the_waiting_too() -> None:
    async with (
        mail_server() as (mailbox, _, reroute),
        open_mailbox(HOST, user=USER, password=PASSWORD, reroute=reroute, deadline_s=2) as opened,
    ):
        await opened.examine("INBOX")
        assert await opened.idle(0.05) is False
        mailbox.deliver(RAW % 1)
        assert await opened.uids() == [1]


@pytest.mark.parametrize(
    ("kind", "error"), [("unavailable", Unavailable), ("rate_limited", RateLimited), ("timeout", Unavailable)]
)
async def test_bad_luck_has_a_name(kind: str, error: type[ChannelError]) -> None:
    async with mail_server() as (mailbox, _, reroute):
        mailbox.faults.order(Fault(kind=kind, count=1, on="read"))  # type: ignore[arg-type]
        with pytest.raises(error):
            async with open_mailbox(HOST, user=USER, password=PASSWORD, reroute=reroute, deadline_s=0.1) as opened:
                await opened.examine("INBOX")


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ((b"* BYE too many\r\n",), Unavailable),
        ((b"220 I am SMTP\r\n",), Malformed),
        ((b"",), Unavailable),
        ((b"* OK hi\r\n", b"* BYE [UNAVAILABLE] going down\r\n"), Unavailable),
        ((b"* OK hi\r\n", b"A1 NO [UNAVAILABLE] later\r\n"), Unavailable),
        ((b"* OK hi\r\n", b"A1 NO [THROTTLED] Account exceeded command or bandwidth limits\r\n"), RateLimited),
        ((b"* OK hi\r\n", b"A1 NO Too many simultaneous connections\r\n"), RateLimited),
        ((b"* OK hi\r\n", b"A1 NO [ALERT] Application-specific password required\r\n"), AuthExpired),
        ((b"* OK hi\r\n", b"A1 BAD what\r\n"), AuthExpired),
        ((b"* OK hi\r\n", b"A1 OK in\r\n", b"* 1 EXISTS\r\nA2 BAD no\r\n"), Refused),
        ((b"* OK hi\r\n", b"A1 OK in\r\n", b"* X {99999999999}\r\n"), Unavailable),
        ((b"* OK hi\r\n", b"A1 OK in\r\n", b"* X {40}\r\nhalf"), Unavailable),
    ],
)
async def test_odd_servers_raise_only_errors_of_a_channel(answers: tuple[bytes, ...], error: type[ChannelError]) -> None:
    async with scripted(*answers) as (port, _):
        with pytest.raises(error):
            async with open_mailbox(HOST, user=USER, password="x", reroute=rerouted(port), deadline_s=0.5) as opened:
                await opened.examine("INBOX")


async def test_an_unasked_answer_between_is_passed_over() -> None:
    found = b"* 9 EXISTS\r\n* 4 FETCH (FLAGS (\\Seen))\r\n* SEARCH 5 3\r\n* SEARCH\r\nA2 OK done\r\n"
    async with (
        scripted(b"* PREAUTH hi\r\n", b"A1 OK in\r\n", found) as (port, _),
        open_mailbox(HOST, user=USER, password="x", reroute=rerouted(port)) as opened,
    ):
        assert await opened.search("ALL") == [3, 5]


async def test_an_address_inside_is_never_reached_without_the_operators_word() -> None:
    with pytest.raises(Refused) as refused:
        async with open_mailbox("127.0.0.1", user=USER, password="x", reroute=Reroute()):
            pass
    assert refused.value.code == "private_address"


def test_answers_are_taken_apart() -> None:
    text = rb'* 1 FETCH (UID 7 BODY[HEADER.FIELDS (FROM)]<0> {3} FLAGS (\Seen $x) ENVELOPE ("a \"b\"" NIL))'
    assert tokens(Untagged(text, (b"a)b",))) == [
        b"1",
        b"FETCH",
        [b"UID", b"7", b"BODY[HEADER.FIELDS (FROM)]<0>", b"a)b", b"FLAGS", [b"\\Seen", b"$x"], b"ENVELOPE", [b'a "b"', b"NIL"]],
    ]
    for odd in (b"* (((", b"* )))", b'* "open', b"* {9", b"* {3}", b""):
        tokens(Untagged(odd))


@pytest.mark.parametrize(
    ("name", "wire"), [("INBOX", b"INBOX"), ("Entwürfe", b"Entw&APw-rfe"), ("A & B", b"A &- B"), ("台北", b"&U,BTFw-")]
)
def test_names_of_folders_go_both_ways(name: str, wire: bytes) -> None:
    assert (encode_folder(name), decode_folder(wire)) == (wire, name)


def test_times_of_arrival() -> None:
    assert internal_date(b" 7-Jul-2026 02:44:25 -0700") == datetime(2026, 7, 7, 9, 44, 25, tzinfo=UTC)
    assert internal_date(b"soon") is internal_date(None) is None


async def test_the_proof_of_a_token_is_shaped_as_asked() -> None:
    """https://developers.google.com/workspace/gmail/imap/xoauth2-protocol"""
    user, token = "someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"
    async with (
        scripted(b"* OK hi\r\n", b"+ \r\n", b"A1 OK in\r\n") as (port, heard),
        open_mailbox(HOST, user=user, token=token, reroute=rerouted(port)),
    ):
        pass
    assert heard[0] == b"A1 AUTHENTICATE XOAUTH2\r\n"
    assert heard[1].strip() == (
        b"dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
    )
