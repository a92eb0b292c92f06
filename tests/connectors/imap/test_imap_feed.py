"""What is read when: cursors, outages, new numbering, both folders, files."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest

from connectors.base.contract import Delivery, RawRequest
from connectors.base.errors import BadSignature, NotSupported, Refused
from connectors.base.events import MessageReceived, MessageStatus, Pointer
from connectors.base.sandbox_mail import Mailbox, postbox
from connectors.base.world import File
from connectors.imap.connector import ImapConnector, read_cursor, write_cursor
from connectors.imap.sandbox_letters import SHOP
from tests.connectors.rig import Rig, connector_alone

only_imap = pytest.mark.parametrize("rig", ["imap"], indirect=True)
pytestmark = only_imap


def mailbox(rig: Rig) -> Mailbox:
    return postbox(rig.world).mailboxes[SHOP]


def raw(number: int, body: str = "Hello", head: str = "") -> bytes:
    return (
        f"{head}From: Ann <ann@example.net>\r\nTo: {SHOP}\r\nMessage-ID: <{number}@example.net>\r\nSubject: Q{number}\r\n\r\n{body}\r\n"
    ).encode()


async def received(rig: Rig) -> list[MessageReceived]:
    found = await rig.outcomes(await rig.pull_all("messages"))
    return [each for each in found if isinstance(each, MessageReceived)]


async def test_after_an_outage_of_any_length_each_mail_comes_once(rig: Rig) -> None:
    mailbox(rig).deliver(raw(1))
    cursor = (await rig.connector.pull("messages", "")).cursor
    rig.clock.moment += timedelta(days=200)
    for number in range(2, 125):
        mailbox(rig).deliver(raw(number))
    keys, more = list[str](), True
    while more:
        batch = await rig.connector.pull("messages", cursor)
        keys += [delivery.key for delivery in batch.deliveries]
        cursor, more = batch.cursor, batch.more
    assert [key.partition("@")[0] for key in keys] == [str(number) for number in range(2, 125)]


async def test_the_first_look_goes_ninety_days_back(rig: Rig) -> None:
    mailbox(rig).deliver(raw(1), at=rig.clock.now() - timedelta(days=100))
    mailbox(rig).deliver(raw(2), at=rig.clock.now() - timedelta(days=80))
    assert [each.subject for each in await received(rig)] == ["Q2"]


async def test_new_numbering_brings_the_same_keys_again_and_then_only_news(rig: Rig) -> None:
    for number in (1, 2):
        mailbox(rig).deliver(raw(number))
    before = await rig.connector.pull("messages", "")
    mailbox(rig).inbox.renumber()
    again = await rig.connector.pull("messages", before.cursor)
    assert [each.key for each in again.deliveries] == [each.key for each in before.deliveries]
    mailbox(rig).deliver(raw(3))
    news = await rig.connector.pull("messages", again.cursor)
    assert [each.key.partition("@")[0] for each in news.deliveries] == ["3"]
    assert (await rig.connector.pull("messages", news.cursor)).deliveries == ()


async def test_new_numbering_after_a_long_outage_loses_nothing_and_reaches_no_further_back(rig: Rig) -> None:
    mailbox(rig).deliver(raw(1), at=rig.clock.now() - timedelta(days=95))
    mailbox(rig).deliver(raw(2))
    before = await rig.connector.pull("messages", "")
    assert [each.key.partition("@")[0] for each in before.deliveries] == ["2"]
    for number in range(3, 80):
        rig.clock.moment += timedelta(days=4)
        mailbox(rig).deliver(raw(number))
    mailbox(rig).inbox.renumber()
    cursor, keys, more = before.cursor, list[str](), True
    while more:
        batch = await rig.connector.pull("messages", cursor)
        keys += [each.key for each in batch.deliveries]
        cursor, more = batch.cursor, batch.more
    assert keys[0] == before.deliveries[0].key
    assert [key.partition("@")[0] for key in keys] == [str(number) for number in range(2, 80)]


async def test_an_id_used_twice_loses_no_mail(rig: Rig) -> None:
    mailbox(rig).deliver(raw(1, "Parcel one"))
    mailbox(rig).deliver(raw(1, "Parcel two"))
    found = await received(rig)
    assert [each.text for each in found] == ["Parcel one", "Parcel two"]
    assert len({each.external_id for each in found}) == 2


async def test_a_copy_of_the_same_mail_counts_once(rig: Rig) -> None:
    mailbox(rig).deliver(raw(1))
    mailbox(rig).deliver(raw(1, head="Delivered-To: another@sekarbatik.example\r\n"))
    assert len({each.external_id for each in await received(rig)}) == 1


async def test_answers_from_the_sellers_own_mail_program_are_ours(rig: Rig) -> None:
    said = rig.buyer_writes("Is the L still there?")
    thread = next(one for one in rig.world.shelf("imap").threads.values() if said in one.messages)
    rig.world.reply("imap", thread.id, "Written in my phone's mail program.")
    theirs, ours = await received(rig)
    assert (theirs.direction, ours.direction) == ("in", "out")
    assert theirs.thread == ours.thread
    assert theirs.customer.value == ours.customer.value


async def test_without_a_sent_folder_the_inbox_is_read(rig: Rig) -> None:
    del mailbox(rig).folders["Sent"]
    mailbox(rig).deliver(raw(1))
    assert len(await received(rig)) == 1


async def test_files_are_fetched_in_a_second_step(rig: Rig) -> None:
    rig.buyer_writes("Look", files=[File(name="seam.jpg", media_type="image/jpeg", content=b"\xff\xd8pixels")])
    (message,) = await received(rig)
    (media,) = message.media
    assert (media.name, media.media_type, media.size) == ("seam.jpg", "image/jpeg", 8)
    assert await rig.connector.fetch_media(media.ref) == b"\xff\xd8pixels"
    mailbox(rig).inbox.renumber()
    for gone in (media.ref, "", "x:y:z", "1:2", "1700000002:99:0", media.ref + ":sent"):
        with pytest.raises(Refused):
            await rig.connector.fetch_media(gone)


async def test_a_talk_stays_one_over_answers_of_both_sides(rig: Rig) -> None:
    first = await rig.buyer_message("Is the L still there?")
    await rig.connector.execute(rig.reply_to(first, "Yes, two are left.", "0192f0c1-7d55-7e3a-9b1e-3f0c2a9d4e11"))
    second = await rig.buyer_message("Then I take both.")
    assert second.thread == first.thread
    assert second.text == "Then I take both."
    assert "two are left" in second.html
    echo = next(each for each in await received(rig) if each.direction == "out")
    assert (echo.echo_of, echo.thread) == ("0192f0c1-7d55-7e3a-9b1e-3f0c2a9d4e11", first.thread)


async def test_a_returned_mail_marks_the_reply_as_failed(rig: Rig) -> None:
    message = await rig.buyer_message("Is the L still there?")
    receipt = await rig.connector.execute(rig.reply_to(message, "Yes."))
    report = (
        "From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{receipt.external_id}>\r\n\r\n--x--\r\n"
    )
    mailbox(rig).deliver(report.encode())
    found = [each for each in await rig.outcomes(await rig.pull_all("messages")) if isinstance(each, MessageStatus)]
    assert [(each.external_id, each.state, each.detail) for each in found] == [(receipt.external_id, "failed", "5.2.2")]


async def test_what_cannot_be_is_said(rig: Rig) -> None:
    with pytest.raises(NotSupported):
        await rig.connector.pull("orders", "")
    with pytest.raises(BadSignature):
        await rig.connector.receive(RawRequest(method="POST", url=rig.hook_url, headers=(), query=(), body=b"{}"))
    assert await rig.connector.fetch(Pointer(kind="mail", id="1")) is None


async def test_a_world_begun_anew_has_an_empty_mailbox_and_the_feed_goes_on(rig: Rig) -> None:
    rig.buyer_writes("Before")
    cursor = (await rig.connector.pull("messages", "")).cursor
    rig.world.reset("imap")
    assert (await rig.connector.pull("messages", "")).deliveries == ()
    rig.buyer_writes("After")
    (news,) = (await rig.connector.pull("messages", cursor)).deliveries
    assert b"After" in news.body


OWN = f"From: Shop <{SHOP}>\nMessage-ID: <1@x>\nSubject: Hi\n"


@pytest.mark.parametrize(
    ("head", "direction", "held"),
    [
        (f"{OWN}To: ann@example.net", "out", False),
        (f"Authentication-Results: mx; spf=pass; dkim=pass; dmarc=pass\n{OWN}To: ann@example.net", "out", False),
        (f"Authentication-Results: mx; spf=softfail; dkim=none\n{OWN}To: ann@example.net", "in", True),
        (f"Authentication-Results: mx; spf=pass; dkim=fail; dmarc=fail\n{OWN}To: ann@example.net", "in", True),
        (f"{OWN}To: {SHOP}", "in", False),
    ],
)
def test_our_own_address_is_believed_only_unless_the_server_doubts_it(rig: Rig, head: str, direction: str, held: bool) -> None:
    told = (("arrived", "2026-03-02T08:00:00+00:00"), ("folder", "main"))
    body = head.replace("\n", "\r\n").encode() + b"\r\n\r\nx"
    (found,) = rig.connector.normalise(Delivery(kind="mail", key="k", body=body, headers=told))
    assert isinstance(found, MessageReceived)
    assert (found.direction, bool(found.held)) == (direction, held)


def test_a_cursor_is_read_back_and_nonsense_starts_anew(rig: Rig) -> None:
    place = {"main": (1_700_000_001, 41), "sent": (7, 0)}
    assert write_cursor(place) == "main=1700000001:41;sent=7:0"
    assert read_cursor(write_cursor(place)) == place
    assert read_cursor("") == read_cursor("x;y=;z=1") == {}


def threads(*heads: str) -> list[str]:
    found = []
    for position, head in enumerate(heads):
        body = f"{head}\nMessage-ID: <m{position}@x>".strip().replace("\n", "\r\n").encode() + b"\r\n\r\nx"
        told = (("arrived", "2026-03-02T08:00:00+00:00"),)
        (outcome,) = connector_alone("imap").normalise(Delivery(kind="mail", key="k", body=body, headers=told))
        assert isinstance(outcome, MessageReceived)
        found.append(outcome.thread)
    return found


def test_threads_follow_the_chain_then_the_order_then_the_subject(rig: Rig) -> None:
    ann = "From: ann@example.net\nTo: halo@sekarbatik.example\n"
    first, second, third = threads(
        f"{ann}Subject: Size?",
        f"{ann}Subject: Re: Size?\nReferences: <m0@x>\nIn-Reply-To: <m0@x>",
        f"{ann}Subject: Re: Size?\nReferences: <m0@x> <m1@x>",
    )
    assert first == second == third
    one, two, other = threads(f"{ann}Subject: Order #1042 is late", f"{ann}Subject: Re: order 1042", f"{ann}Subject: Order 1043")
    assert one == two != other
    bare = threads(f"{ann}Subject: Re: Size?", f"{ann}Subject: AW: Size?", f"{ann}Subject: Size?")
    assert bare[0] == bare[1] != bare[2]


def test_two_customers_never_share_a_thread(rig: Rig) -> None:
    heads = ("Subject: Size?\nReferences: <m0@x>", "Subject: Order 1042", "Subject: Re: Size?")
    for head in heads:
        ann, bo = threads(f"From: ann@example.net\n{head}", f"From: bo@example.net\n{head}")
        assert ann != bo


async def test_pictures_inside_a_mail_are_named_by_their_file(rig: Rig) -> None:
    letter = (
        f"From: Ann <ann@example.net>\r\nTo: {SHOP}\r\nMessage-ID: <1@example.net>\r\n"
        "Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n"
        "<p>See cid:seam@1</p><img src=\"cid:seam%401\"><img src='cid:other'>\r\n"
        "--x\r\nContent-Type: image/png\r\nContent-ID: <seam@1>\r\n\r\nPNG\r\n--x--\r\n"
    )
    mailbox(rig).deliver(letter.encode())
    (message,) = await received(rig)
    (media,) = message.media
    assert message.html == f"<p>See cid:seam@1</p><img src=\"media:{media.ref}\"><img src='cid:other'>"
    assert message.text == "See cid:seam@1"
    assert await rig.connector.fetch_media(media.ref) == b"PNG"


async def test_new_mail_is_told_while_the_line_is_held(rig: Rig) -> None:
    connector = rig.connector
    assert isinstance(connector, ImapConnector)
    async with aclosing(connector.listen("messages")) as news:
        await anext(news)
        told = asyncio.ensure_future(anext(news))
        await rig.buyer_message("Is the L still there?")
        async with asyncio.timeout(10):
            await told
        told = asyncio.ensure_future(anext(news))
        mailbox(rig).deliver(raw(2))
        async with asyncio.timeout(10):
            await told
