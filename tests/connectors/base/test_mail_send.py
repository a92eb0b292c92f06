"""Submission: what was certainly not sent, what was, and what nobody knows."""

from __future__ import annotations

import pytest

from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, RateLimited, Refused, Unavailable
from connectors.base.faults import Fault
from connectors.base.mail_send import submit
from connectors.base.reroute import Reroute
from tests.connectors.base.mailserver import PASSWORD, USER, mail_server, rerouted, scripted

HOST, TO = "smtp.example.org", "ann@example.net"
RAW = b"From: shop@example.org\r\nTo: ann@example.net\r\n\r\nHello\r\n.\r\n..two\r\nlast"
HELLO = b"250-hi\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n"
IN = (b"220 hi\r\n", HELLO, b"235 in\r\n")


async def send(
    reroute: Reroute, *, to: str = TO, sender: str = USER, raw: bytes = RAW, token: str = "", deadline_s: float = 20.0
) -> str:
    return await submit(HOST, user=USER, password=PASSWORD, token=token, reroute=reroute, sender=sender, recipients=[to], raw=raw)


async def test_a_mail_arrives_byte_for_byte_with_its_envelope() -> None:
    async with mail_server() as (mailbox, _, reroute):
        taken: list[tuple[str, list[str], bytes]] = []
        mailbox.on_sent(lambda sender, recipients, raw: taken.append((sender, recipients, raw)))
        await send(reroute)
        assert taken == [(USER, [TO], RAW + b"\r\n")]
        assert [mail.raw for mail in mailbox.sent.mails] == [RAW + b"\r\n"]


async def test_a_token_may_send_and_a_spent_one_may_not() -> None:
    async with mail_server() as (mailbox, _, reroute):
        mailbox.tokens.add("good")
        await send(reroute, token="good")
        with pytest.raises(AuthExpired):
            await send(reroute, token="spent")
        assert len(mailbox.sent.mails) == 1


@pytest.mark.parametrize(
    ("kind", "error"),
    [("unavailable", Unavailable), ("rate_limited", RateLimited), ("expire_token", AuthExpired)],
)
async def test_before_data_nothing_was_sent(kind: str, error: type[ChannelError]) -> None:
    async with mail_server() as (mailbox, _, reroute):
        mailbox.faults.order(Fault(kind=kind, count=1))  # type: ignore[arg-type]
        with pytest.raises(error):
            await send(reroute)
        assert mailbox.sent.mails == []


@pytest.mark.parametrize(("kind", "sent"), [("timeout", 0), ("swallow_reply", 1)])
async def test_silence_after_data_is_a_doubt(kind: str, sent: int) -> None:
    async with mail_server() as (mailbox, _, reroute):
        mailbox.faults.order(Fault(kind=kind, count=1, on="send"))  # type: ignore[arg-type]
        with pytest.raises(Ambiguous):
            await send(reroute, deadline_s=0.5)
        assert len(mailbox.sent.mails) == sent


@pytest.mark.parametrize(
    ("to", "sender"),
    [("ann@example.invalid", USER), (TO, "else@example.org"), ("", USER), ("a\r\nRCPT TO:<x@y>", USER), ("a b@c", USER)],
)
async def test_what_may_not_be_sent_is_refused(to: str, sender: str) -> None:
    async with mail_server() as (mailbox, _, reroute):
        with pytest.raises(Refused):
            await send(reroute, to=to, sender=sender)
        assert mailbox.sent.mails == []


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ((b"554 no service\r\n",), Refused),
        ((b"421 4.3.2 later\r\n",), Unavailable),
        ((b"HTTP/1.1 400\r\n",), Unavailable),
        ((b"220 hi\r\n", HELLO, b"535 5.7.8 no\r\n"), AuthExpired),
        ((b"220 hi\r\n", HELLO, b"454 4.7.0 temporary\r\n"), Unavailable),
        ((*IN, b"530 5.7.0 sign in\r\n"), AuthExpired),
        ((*IN, b"250 ok\r\n", b"550 5.1.1 unknown user\r\n"), Refused),
        ((*IN, b"250 ok\r\n", b"450 4.2.1 mailbox busy\r\n"), Unavailable),
        ((*IN, b"250 ok\r\n", b"250 ok\r\n"), Unavailable),
        ((*IN, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"), Ambiguous),
    ],
)
async def test_odd_servers_raise_only_errors_of_a_channel(answers: tuple[bytes, ...], error: type[ChannelError]) -> None:
    async with scripted(*answers) as (port, _):
        with pytest.raises(error):
            await send(rerouted(0, port), raw=b"one line")


@pytest.mark.parametrize(
    ("verdict", "error"),
    [(b"552 5.3.4 too big\r\n", Refused), (b"451 4.3.0 try later\r\n", Unavailable), (b"554 5.7.1 spam\r\n", Refused)],
)
async def test_a_refusal_in_words_after_data_is_no_doubt(verdict: bytes, error: type[ChannelError]) -> None:
    """The mail of one line and its closing dot are two lines to the script."""
    scene = (*IN, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"", verdict)
    async with scripted(*scene) as (port, _):
        with pytest.raises(error):
            await send(rerouted(0, port), raw=b"one line")


async def test_an_address_inside_is_never_reached_without_the_operators_word() -> None:
    with pytest.raises(Refused) as refused:
        await submit("127.0.0.1", user=USER, reroute=Reroute(), sender=USER, recipients=[TO], raw=RAW)
    assert refused.value.code == "private_address"
