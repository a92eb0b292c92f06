"""The relay mailbox: who may be believed, what goes where, and what comes back."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest

from connectors.amazon.normalise_mail import mail_seen
from connectors.amazon.relay import is_amazon, is_relay, looks_like_amazon, order_in
from connectors.amazon.sandbox_mail import USER
from connectors.base.commands import SendReply, Upload
from connectors.base.contract import Delivery
from connectors.base.errors import AuthExpired, Refused
from connectors.base.events import Handle, MessageReceived, MessageStatus, Unsupported
from connectors.base.mail_read import read_mail
from connectors.base.world import File
from tests.connectors.amazon.line import box_of, opened
from tests.connectors.rig import Gate, Rig

RELAY = "k3q8z7c1m4x9v2b@marketplace.amazon.com"


@pytest.mark.parametrize(
    ("address", "relay", "amazon", "alike"),
    [
        (RELAY, True, True, False),
        ("k3q8z7c1m4x9v2b+5f0c1a9e-7d22@marketplace.amazon.co.uk", True, True, False),
        ("k3q8z7c1m4x9v2b@marketplace.amazon.eg", True, True, False),
        ("donotreply@amazon.com.br", False, True, False),
        ("k3q8z7c1m4x9v2b@marketplace.amazon.com.evil.example", False, False, True),
        ("k3q8z7c1m4x9v2b@marketplace-amazon.com", False, False, True),
        ("help@amaz0n.com", False, False, True),
        ("maya@notamazon.com", False, False, True),
        ("maya@mail.example", False, False, False),
        ("short@marketplace.amazon.com", False, True, False),
    ],
)
def test_only_addresses_that_end_as_amazons_are_amazons(address: str, relay: bool, amazon: bool, alike: bool) -> None:
    assert (is_relay(address), is_amazon(address), looks_like_amazon(address)) == (relay, amazon, alike)


def test_an_order_number_is_found_in_the_subject_first_and_never_inside_another_number() -> None:
    assert order_in("(Order: 111-2222222-3333333)", "222-2222222-3333333") == "111-2222222-3333333"
    assert order_in("no number", "# 222-2222222-3333333:") == "222-2222222-3333333"
    assert order_in("9111-2222222-3333333", "111-2222222-33333334", "1-111-2222222-3333333") == ""


def mail(sender: str = f"Maya <{RELAY}>", body: str = "Hello", **heads: str) -> bytes:
    made = EmailMessage()
    made["Message-ID"], made["From"], made["To"] = "<m1@x>", sender, USER
    for name, value in heads.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    return made.as_bytes()


def seen(raw: bytes) -> object:
    return mail_seen(Delivery(kind="mail", key="1", body=raw), USER)[0]


def test_a_server_that_says_nothing_of_the_sender_leaves_the_address_to_count() -> None:
    plain = seen(mail())
    assert isinstance(plain, MessageReceived)
    assert (plain.held, plain.customer.kind, plain.customer.value) == ("", "amazon_relay", RELAY)


def test_a_forged_sender_is_shown_held_and_becomes_no_known_buyer() -> None:
    forged = seen(mail(Authentication_Results="mx.shop.example; spf=fail; dkim=fail; dmarc=fail"))
    assert isinstance(forged, MessageReceived)
    assert forged.held
    assert (forged.customer.kind, forged.order_ids, forged.refs.get("relay"), forged.thread) == (
        "amazon_unproven",
        (),
        None,
        f"held|{RELAY}",
    )


def test_a_forged_case_and_a_forged_opt_out_open_nothing() -> None:
    bad = "mx.shop.example; spf=fail; dkim=fail; dmarc=fail"
    case = seen(
        mail("Amazon <no-reply@amazon.com>", X_Space_Notification_Type="A_Z_CLAIM_RESPONDENT_NOTIFY", Authentication_Results=bad)
    )
    assert isinstance(case, MessageReceived)
    assert case.held
    words = f"We were unable to deliver the message you sent. {RELAY} opted out."
    outcomes = mail_seen(
        Delivery(kind="mail", key="1", body=mail("a@amazon.com", words, In_Reply_To="<oc.1@x>", Authentication_Results=bad)), USER
    )
    assert [type(one) for one in outcomes] == [MessageReceived]
    unasked = seen(mail("maya@mail.example", "Hello"))
    assert isinstance(unasked, Unsupported)


def test_our_own_mail_that_lies_in_the_inbox_is_ours() -> None:
    made = EmailMessage()
    made["Message-ID"], made["From"], made["To"], made["Subject"] = "<o1@x>", USER, RELAY, "Re: (Order: 111-2222222-3333333)"
    made.set_content("Yes, two are left.")
    ours = seen(made.as_bytes())
    assert isinstance(ours, MessageReceived)
    assert (ours.direction, ours.thread, ours.text) == ("out", f"{RELAY}|111-2222222-3333333", "Yes, two are left.")


def test_a_mail_server_that_still_tries_has_not_failed() -> None:
    delayed = mail(
        "mailer-daemon@shop.example", f"Will keep trying to reach {RELAY}", Subject="Delivery delayed: undeliverable yet"
    )
    assert isinstance(seen(delayed), Unsupported)
    failed = seen(mail("mailer-daemon@shop.example", "No such user", Subject="Undelivered Mail", In_Reply_To="<oc.1@x>"))
    assert isinstance(failed, MessageStatus)
    assert (failed.external_id, failed.state) == ("oc.1@x", "failed")


# Sending


def reply(message: MessageReceived, text: str = "Yes", files: tuple[Upload, ...] = ()) -> SendReply:
    return SendReply(
        key="k1",
        thread=message.thread,
        text=text,
        customer=message.customer,
        refs=message.refs,
        subject=message.subject,
        files=files,
    )


def last_sent(rig: Rig) -> bytes:
    return box_of(rig).relay.mailbox.sent.mails[-1].raw


async def test_an_answer_goes_to_the_alias_from_the_listed_address_in_the_same_talk(gate: Gate) -> None:
    async with opened(gate) as rig:
        order = rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)])
        message = await rig.buyer_message("Is it blue?", order=order.id)
        assert message.order_ids == (order.id,)
        picture = Upload(name="blue.jpg", media_type="image/jpeg", content=b"\xff\xd8pixels")
        receipt = await rig.connector.execute(reply(message, "As the sea.", files=(picture,)))
        sent = read_mail(last_sent(rig))
        assert (sent.from_address, [one.address for one in sent.to]) == (USER, [message.refs["relay"]])
        assert (sent.in_reply_to, sent.message_id) == (message.external_id, receipt.external_id)
        assert message.external_id in sent.references
        assert order.id in sent.subject
        assert not sent.auto_submitted
        assert [one.content for one in rig.said_by_us("As the sea.")[0].files] == [b"\xff\xd8pixels"]


async def test_the_part_after_a_plus_belongs_to_the_address(gate: Gate) -> None:
    async with opened(gate) as rig:
        whole = "k3q8z7c1m4x9v2b+5f0c1a9e-7d22@marketplace.amazon.com"
        customer = Handle(kind="amazon_relay", value=RELAY)
        command = SendReply(key="k", thread=RELAY, text="Hi", customer=customer, refs={"relay": whole}, by_person=False)
        await rig.connector.execute(command)
        sent = read_mail(last_sent(rig))
        assert ([one.address for one in sent.to], sent.auto_submitted) == ([whole], True)


async def test_files_of_more_than_ten_megabytes_together_are_not_sent(gate: Gate) -> None:
    async with opened(gate) as rig:
        message = await rig.buyer_message("Is it blue?")
        half = Upload(name="a.bin", media_type="application/octet-stream", content=b"0" * 5_000_001)
        with pytest.raises(Refused):
            await rig.connector.execute(reply(message, files=(half, half)))
        assert rig.said_by_us("Yes") == []


async def test_nothing_goes_to_an_address_that_is_not_amazons_relay(gate: Gate) -> None:
    async with opened(gate) as rig:
        for kind, value in (
            ("amazon_relay", "k3q8z7c1m4x9v2b@marketplace.amazon.com.evil.example"),
            ("amazon_unproven", RELAY),
            ("email", "maya@mail.example"),
        ):
            with pytest.raises(Refused):
                await rig.connector.execute(SendReply(key="k", thread="t", text="Hi", customer=Handle(kind=kind, value=value)))
        assert box_of(rig).relay.mailbox.sent.mails == []


async def test_a_mail_from_an_unlisted_address_comes_back_as_failed(gate: Gate) -> None:
    async with opened(gate, address="other@harbourandhill.example") as rig:
        box_of(rig).relay.mailbox.addresses.add("other@harbourandhill.example")
        message = await rig.buyer_message("Is it blue?")
        receipt = await rig.connector.execute(reply(message))
        states = [one for one in await rig.outcomes(await rig.pull_all("messages")) if isinstance(one, MessageStatus)]
        assert [(one.external_id, one.state) for one in states] == [(receipt.external_id, "failed")]
        assert rig.said_by_us("Yes") == []


async def test_a_refused_login_asks_for_new_credentials(gate: Gate) -> None:
    async with opened(gate, imap_password="wrong") as rig:
        with pytest.raises(AuthExpired):
            await rig.connector.pull("messages", "")


# Reading


async def test_of_a_shared_mailbox_only_what_concerns_amazon_is_read(gate: Gate) -> None:
    async with opened(gate) as rig:
        box = box_of(rig).relay.mailbox
        box.deliver(mail("Ines <ines@friends.example>", "Lunch?"))
        rig.buyer_writes("Is it blue?")
        batch = await rig.connector.pull("messages", "")
        assert len(batch.deliveries) == 1
        box.deliver(mail("Ines <ines@friends.example>", "Dinner?"))
        assert (await rig.connector.pull("messages", batch.cursor)).deliveries == ()


async def test_mails_older_than_the_first_import_stay_where_they_are(gate: Gate) -> None:
    async with opened(gate) as rig:
        box_of(rig).relay.mailbox.deliver(mail(body="Long ago"), rig.clock.now() - timedelta(days=200))
        batch = await rig.connector.pull("messages", "")
        assert (batch.deliveries, batch.more) == ((), False)
        rig.buyer_writes("New")
        assert len((await rig.connector.pull("messages", batch.cursor)).deliveries) == 1


async def test_uids_given_anew_bring_the_same_mails_under_the_same_keys(gate: Gate) -> None:
    async with opened(gate) as rig:
        rig.buyer_writes("One")
        rig.buyer_writes("Two", buyer=1)
        first = await rig.connector.pull("messages", "")
        box_of(rig).relay.mailbox.inbox.renumber()
        again = await rig.connector.pull("messages", first.cursor)
        assert [one.key for one in again.deliveries] == [one.key for one in first.deliveries]


async def test_a_file_is_found_after_uids_were_given_anew(gate: Gate) -> None:
    async with opened(gate) as rig:
        rig.buyer_writes("See", files=[File(name="seam.jpg", media_type="image/jpeg", content=b"\xff\xd8pixels")])
        messages = [one for one in await rig.outcomes(await rig.pull_all("messages")) if isinstance(one, MessageReceived)]
        ref = messages[0].media[0].ref
        assert await rig.connector.fetch_media(ref) == b"\xff\xd8pixels"
        box_of(rig).relay.mailbox.inbox.renumber()
        assert await rig.connector.fetch_media(ref) == b"\xff\xd8pixels"
        box_of(rig).relay.mailbox.inbox.mails.clear()
        for wrong in (ref, "nonsense", "1:2:x:y"):
            with pytest.raises(Refused):
                await rig.connector.fetch_media(wrong)


async def test_a_backlog_comes_in_pages_and_the_rest_is_not_lost(gate: Gate) -> None:
    async with opened(gate) as rig:
        for number in range(60):
            rig.buyer_writes(f"Message {number}")
        deliveries = await rig.pull_all("messages")
        texts = [one.text for one in await rig.outcomes(deliveries) if isinstance(one, MessageReceived)]
        assert texts == [f"Message {number}" for number in range(60)]
