"""Replies as mails, copies, checks, and access by consent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest

from connectors.base.client import ChannelHttp
from connectors.base.commands import OrderAct, SendReply, Template, Upload
from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, NotSupported, Refused, Unavailable
from connectors.base.events import Handle
from connectors.base.mail_read import Mail, read_mail
from connectors.base.sandbox_mail import Mailbox, postbox
from connectors.base.world import World
from connectors.imap import consent
from connectors.imap.connector import ImapConnector
from connectors.imap.sandbox import APP, CODE, LASTING, PretendMail
from connectors.imap.sandbox_letters import SHOP
from tests.connectors.consenting import way
from tests.connectors.rig import Rig

pytestmark = pytest.mark.parametrize("rig", ["imap"], indirect=True)
ANN = Handle(kind="email", value="ann@example.net", name="Ann")


def mailbox(rig: Rig) -> Mailbox:
    return postbox(rig.world).mailboxes[SHOP]


def sent(rig: Rig) -> list[Mail]:
    mailbox(rig).sort()
    return [read_mail(mail.raw) for mail in mailbox(rig).sent.mails]


def command(**more: Any) -> SendReply:
    return msgspec.structs.replace(SendReply(key="key-1", thread="", text="Hello Ann", customer=ANN), **more)


async def test_a_reply_is_a_proper_answer(rig: Rig) -> None:
    message = await rig.buyer_message("Is the L still there?", subject="Size L")
    await rig.connector.execute(rig.reply_to(message, "Yes."))
    (mail,) = sent(rig)
    assert mail.in_reply_to == message.refs["message_id"]
    assert mail.references == (message.refs["message_id"],)
    assert (mail.subject, mail.from_name, mail.from_address) == ("Re: Size L", "Sekar Batik", SHOP)
    assert [each.address for each in mail.to] == [message.customer.value]
    assert not mail.auto_submitted


async def test_a_repeat_is_the_same_mail(rig: Rig) -> None:
    message = await rig.buyer_message("Is the L still there?")
    reply = rig.reply_to(message, "Yes.")
    first, second = await rig.connector.execute(reply), await rig.connector.execute(reply)
    assert first.external_id == second.external_id
    assert len({mail.message_id for mail in sent(rig)}) == 1


async def test_we_may_write_first_and_the_answer_joins(rig: Rig) -> None:
    receipt = await rig.connector.execute(command(subject="Your parcel"))
    (mail,) = sent(rig)
    assert (mail.subject, mail.message_id, mail.in_reply_to) == ("Your parcel", receipt.external_id, "")
    thread = next(iter(rig.world.shelf("imap").threads.values()))
    rig.world.message("imap", thread.buyer, "Thank you")
    answers = await rig.outcomes(await rig.pull_all("messages"))
    assert len({each.thread for each in answers if hasattr(each, "thread")}) == 1


async def test_files_go_along(rig: Rig) -> None:
    files = (Upload(name="tagihan.pdf", media_type="application/pdf", content=b"%PDF"),)
    await rig.connector.execute(command(text="", files=files))
    assert [(file.name, file.size) for file in sent(rig)[0].files] == [("tagihan.pdf", 4)]


async def test_an_answer_goes_where_the_sender_wants_it(rig: Rig) -> None:
    await rig.connector.execute(command(refs={"reply_to": "desk@example.net", "message_id": "1@x", "subject": "Q"}))
    (mail,) = sent(rig)
    assert [each.address for each in mail.to] == ["desk@example.net"]


async def test_a_programs_answer_says_so_and_never_answers_a_program(rig: Rig) -> None:
    await rig.connector.execute(command(by_person=False))
    assert sent(rig)[0].auto_submitted
    with pytest.raises(Refused) as refused:
        await rig.connector.execute(command(by_person=False, refs={"automatic": "1"}))
    assert refused.value.code == "loop_guard"
    await rig.connector.execute(command(by_person=True, refs={"automatic": "1"}))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"text": " "}, "empty"),
        ({"text": "x" * 100_001}, "text_too_long"),
        ({"files": (Upload(name="x", media_type="", content=b"x" * 18_000_001),)}, "file_too_big"),
        ({"files": (Upload(name="x", media_type="", content=b"x"),) * 11}, "too_many_files"),
        ({"customer": Handle(kind="phone", value="+62811")}, "no_address"),
        ({"template": Template(name="t", language="en")}, "no_templates"),
    ],
)
async def test_what_cannot_be_sent_is_refused_before_any_connection(rig: Rig, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        await rig.connector.execute(command(**more))
    assert refused.value.code == code
    assert refused.value.fix
    assert postbox(rig.world).exchanges == []


async def test_a_missing_copy_proves_nothing_where_the_server_keeps_none(rig: Rig) -> None:
    rig.secrets["sent_copies"] = ""
    message = await rig.buyer_message("Is the L still there?")
    reply = rig.reply_to(message, "Yes.")
    rig.strike("timeout", "send")
    with pytest.raises(Ambiguous):
        await rig.connector.execute(reply)
    with pytest.raises(NotSupported):
        await rig.connector.look_up(reply)
    await rig.connector.execute(reply)
    receipt = await rig.connector.look_up(reply)
    assert receipt is not None


async def test_without_sent_folder_nothing_can_be_looked_up(rig: Rig) -> None:
    del mailbox(rig).folders["Sent"]
    with pytest.raises(NotSupported):
        await rig.connector.look_up(command())


async def test_we_lay_the_copy_where_the_server_does_not(rig: Rig) -> None:
    rig.secrets["sent_copies"] = "us"
    receipt = await rig.connector.execute(command())
    appended = [each for each in postbox(rig.world).exchanges if each.command == "APPEND"]
    assert len(appended) == 1
    assert receipt.external_id.encode() in mailbox(rig).sent.mails[0].raw
    del mailbox(rig).folders["Sent"]
    assert (await rig.connector.execute(command(key="key-2"))).external_id


async def test_acts_on_orders_are_not_of_mail(rig: Rig) -> None:
    act = OrderAct(key="k", name="x", order_id="1")
    for asked in (rig.connector.execute, rig.connector.look_up):
        with pytest.raises(NotSupported):
            await asked(act)


# Checks


@pytest.mark.parametrize(
    ("changed", "door"),
    [
        ({"imap_password": "wrong"}, "Receiving (IMAP)"),
        ({"imap_host": ""}, "Receiving (IMAP)"),
        ({"folder": "Nowhere"}, "Folder"),
        ({"smtp_password": "wrong"}, "Sending (SMTP)"),
        ({"smtp_host": ""}, "Sending (SMTP)"),
    ],
)
async def test_a_check_names_the_door_that_is_closed(rig: Rig, changed: dict[str, str], door: str) -> None:
    rig.secrets.update(changed)
    health = await rig.connector.check()
    assert (health.ok, health.detail.partition(":")[0]) == (False, door)
    assert health.fix


async def test_a_server_inside_our_own_network_is_not_reached(rig: Rig) -> None:
    rig.secrets["imap_host"] = "127.0.0.1"
    health = await rig.connector.check()
    assert (health.ok, "private" in health.detail) == (False, True)


async def test_users_and_passwords_fall_back_on_each_other(rig: Rig) -> None:
    rig.secrets.update(imap_user="", smtp_user="", smtp_password="")
    assert (await rig.connector.check()).ok


# Consent

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
GIVEN = {**APP, "provider": "google", "address": SHOP}
BACK = "https://shop.example/connect/imap"


def http_of(rig: Rig) -> ChannelHttp:
    connector = rig.connector
    assert isinstance(connector, ImapConnector)
    return connector._context.http


@pytest.mark.parametrize("provider", ["google", "microsoft"])
def test_consent_begins_at_the_provider_with_what_it_needs(rig: Rig, provider: str) -> None:
    url = consent.begin({**GIVEN, "provider": provider}, redirect_uri=BACK, state="st", challenge="ch")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert urlsplit(url).hostname in rig.manifest.hosts
    assert (asked["client_id"], asked["redirect_uri"], asked["state"]) == (APP["client_id"], BACK, "st")
    assert (asked["code_challenge"], asked["code_challenge_method"], asked["response_type"]) == ("ch", "S256", "code")
    assert asked.get("access_type") == "offline" or "offline_access" in asked["scope"]


@pytest.mark.parametrize(
    ("provider", "language", "agree", "refuse"),
    [("google", "en-GB", "Allow", "Cancel"), ("microsoft", "id-ID,id;q=0.9,en;q=0.5", "Izinkan", "Batal")],
)
async def test_the_pretend_provider_asks_and_both_ways_lead_back(
    rig: Rig, provider: str, language: str, agree: str, refuse: str
) -> None:
    url = consent.begin({**GIVEN, "provider": provider}, redirect_uri=BACK, state="s 1", challenge="ch")
    page = await http_of(rig).request("GET", url, operation="ask", headers={"accept-language": language})
    assert provider.capitalize() in page.text
    assert way(page, agree) == (BACK, {"code": CODE, "state": "s 1"})
    assert way(page, refuse) == (BACK, {"error": "access_denied", "state": "s 1"})
    stranger = consent.begin({**GIVEN, "provider": provider, "client_id": "other"}, redirect_uri=BACK, state="s", challenge="ch")
    refused = await http_of(rig).request("GET", stranger, operation="ask", expect=(401,))
    assert (refused.status_code, "Allow" in refused.text) == (401, False)


def test_without_a_provider_there_is_nobody_to_ask(rig: Rig) -> None:
    with pytest.raises(Refused):
        consent.begin({}, redirect_uri=BACK, state="", challenge="")


async def test_a_mailbox_opened_by_consent_reads_and_sends_and_renews(rig: Rig) -> None:
    bought = await consent.finish(GIVEN, {"code": CODE}, http_of(rig), redirect_uri=BACK, verifier="v")
    assert set(bought) == {"access_token", "access_until", "refresh_token"}
    rig.secrets.update(
        {**GIVEN, **bought, "imap_password": "", "smtp_password": "", "access_token": "", "imap_host": "imap.gmail.com"}
    )
    assert (await rig.connector.check()).ok
    tokens = len(mailbox(rig).tokens)
    await rig.connector.execute(command())
    assert len(mailbox(rig).tokens) == tokens
    assert await rig.connector.look_up(command()) is not None
    rig.clock.moment += timedelta(days=2000)
    await rig.connector.execute(command(key="key-2"))
    assert len(mailbox(rig).tokens) == tokens + 1


@pytest.mark.parametrize(
    ("given", "query", "error"),
    [
        (GIVEN, {"code": "old"}, AuthExpired),
        ({**GIVEN, "client_secret": "wrong"}, {"code": CODE}, AuthExpired),
        (GIVEN, {"error": "access_denied"}, Refused),
    ],
)
async def test_consent_that_was_not_given_is_told(
    rig: Rig, given: dict[str, str], query: dict[str, str], error: type[ChannelError]
) -> None:
    with pytest.raises(error):
        await consent.finish(given, query, http_of(rig), redirect_uri=BACK, verifier="v")


async def test_a_token_that_another_process_renewed_is_not_renewed_again(rig: Rig) -> None:
    held = {**GIVEN, "access_token": "t", "access_until": str(int((NOW + timedelta(hours=1)).timestamp()))}
    assert await consent.renew(held, http_of(rig), NOW) == {}
    late = {**held, "refresh_token": LASTING}
    renewed = await consent.renew(late, http_of(rig), NOW + timedelta(minutes=59))
    assert set(renewed) == {"access_token", "access_until"}


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"{}", ChannelError),
        (200, b"<html>", ChannelError),
        (503, b"", Unavailable),
        (400, b'{"error": "temporarily_unavailable"}', Unavailable),
        (400, b'{"error": "redirect_uri_mismatch"}', Refused),
        (200, b'{"access_token": "t", "expires_in": "soon"}', Refused),
    ],
)
async def test_odd_token_servers_raise_only_errors_of_a_channel(
    rig: Rig, status: int, body: bytes, error: type[ChannelError]
) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, content=body))
    async with httpx.AsyncClient(transport=transport) as client:
        http = ChannelHttp(client, rig.manifest.hosts, lambda: NOW)
        with pytest.raises(error):
            await consent.finish(GIVEN, {"code": CODE}, http, redirect_uri=BACK, verifier="v")


async def test_after_a_restart_the_mailbox_is_the_same(rig: Rig) -> None:
    message = await rig.buyer_message("Is the L still there?")
    receipt = await rig.connector.execute(rig.reply_to(message, "Yes, two are left."))
    before = mailbox(rig).inbox.mails
    again = World(seed=7, now=rig.clock.now)
    PretendMail(again, rig.faults)
    again.load(rig.world.dump())
    restarted = postbox(again).mailboxes[SHOP]
    restarted.sort()
    assert [(mail.uid, mail.raw) for mail in restarted.inbox.mails] == [(mail.uid, mail.raw) for mail in before]
    assert [read_mail(mail.raw).message_id for mail in restarted.sent.mails] == [receipt.external_id]
