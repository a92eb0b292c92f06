"""What the Cloud API is asked, word for word, and what its answers and statuses turn into."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base.approved import ApprovedText, Approving
from connectors.base.commands import SendReply, Template, Upload
from connectors.base.errors import ChannelError, RateLimited, Refused
from connectors.base.events import Handle, MessageReceived, MessageStatus
from connectors.base.graph import failure
from connectors.whatsapp.errors import REASONS
from connectors.whatsapp.render import render_reply
from connectors.whatsapp.sandbox import ACCOUNT, NUMBER
from connectors.whatsapp.sandbox_shapes import hides_phone, user_id
from tests.connectors.rig import Exchange, Rig
from tests.connectors.whatsapp.wire import check

pytestmark = pytest.mark.parametrize("rig", ["whatsapp"], indirect=True)

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
THREAD = "US.13491208655302741918"
PERSON = Handle(kind="whatsapp_user", value=f"{ACCOUNT}:{THREAD}")
WORDS = {"biz_opaque_callback_data": "key-1", "messaging_product": "whatsapp", "recipient_type": "individual"}
PHONE = {"to": "16505551234"}


def reply(text: str = "Ready, kak.", **more: Any) -> SendReply:
    return SendReply(**{"key": "key-1", "thread": THREAD, "text": text, "customer": PERSON, "refs": PHONE, **more})


def upload(media_type: str, size: int = 3) -> Upload:
    return Upload(name="file", media_type=media_type, content=b"x" * size)


# Rendering


async def test_a_text(rig: Rig) -> None:
    assert render_reply(reply(reply_to="wamid.A"), NOW).body == {
        **WORDS,
        "to": "16505551234",
        "context": {"message_id": "wamid.A"},
        "type": "text",
        "text": {"body": "Ready, kak.", "preview_url": False},
    }


@pytest.mark.parametrize(
    ("command", "to"),
    [
        (reply(), {"to": "16505551234"}),
        (reply(refs={}), {"recipient": THREAD}),
        (reply(refs={}, thread="16505551234"), {"to": "16505551234"}),
        (reply(refs={}, thread="", customer=Handle(kind="phone", value="+16505551234")), {"to": "16505551234"}),
        (reply(refs={**PHONE, "group": "Y2Fw"}), {"recipient_type": "group", "to": "Y2Fw"}),
    ],
)
async def test_whom_it_is_addressed_to(rig: Rig, command: SendReply, to: dict[str, str]) -> None:
    body = render_reply(command, NOW).body
    assert {name: body[name] for name in to} == to
    assert ("to" in body) != ("recipient" in body)


async def test_a_template_goes_at_any_time_with_its_gaps_filled(rig: Rig) -> None:
    template = Template(name="order_update", language="id", variables=("A-17",))
    late = {**PHONE, "at": str(int((NOW - timedelta(days=40)).timestamp()))}
    assert render_reply(reply("", template=template, refs=late), NOW).body == {
        **WORDS,
        "to": "16505551234",
        "type": "template",
        "template": {
            "name": "order_update",
            "language": {"policy": "deterministic", "code": "id"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "A-17"}]}],
        },
    }


@pytest.mark.parametrize(
    ("media_type", "text", "media"),
    [
        ("image/jpeg", "This one", {"type": "image", "image": {"id": "9", "caption": "This one"}}),
        ("video/mp4", "", {"type": "video", "video": {"id": "9"}}),
        ("audio/ogg; codecs=opus", "", {"type": "audio", "audio": {"id": "9"}}),
        ("image/webp", "", {"type": "sticker", "sticker": {"id": "9"}}),
        ("image/webp", "A", {"type": "document", "document": {"id": "9", "caption": "A", "filename": "file"}}),
        ("application/pdf", "", {"type": "document", "document": {"id": "9", "filename": "file"}}),
    ],
)
async def test_a_file_in_the_kind_whatsapp_has_for_it(rig: Rig, media_type: str, text: str, media: dict[str, Any]) -> None:
    call = render_reply(reply(text, files=(upload(media_type),)), NOW)
    assert call.with_file("9", text) == {**WORDS, "to": "16505551234", **media}


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (reply(" "), "empty"),
        (reply("x" * 4097), "text_too_long"),
        (reply("x" * 1025, files=(upload("image/png"),)), "text_too_long"),
        (reply("words", files=(upload("audio/ogg"),)), "text_with_file"),
        (reply("", files=(upload("image/png", 5_000_001),)), "file_too_big"),
        (reply("", files=(upload("video/mp4", 16_000_001),)), "file_too_big"),
        (reply("", files=(upload("image/webp", 100_001),)), "file_too_big"),
        (reply("", files=(upload("image/png"), upload("image/png"))), "too_many_files"),
        (reply(refs={**PHONE, "at": str(int((NOW - timedelta(hours=25)).timestamp()))}), "window_closed"),
    ],
)
async def test_what_whatsapp_would_refuse_is_refused_before(rig: Rig, command: SendReply, code: str) -> None:
    with pytest.raises(Refused) as refused:
        render_reply(command, NOW)
    assert refused.value.code == code
    assert refused.value.fix


@pytest.mark.parametrize(
    ("code", "kind", "short"),
    [
        (131026, Refused, "undeliverable"),
        (131047, Refused, "window_closed"),
        (131049, Refused, "held_by_meta"),
        (131048, RateLimited, "rate_limited"),
        (132001, Refused, "template_unknown"),
        (131053, Refused, "file_refused"),
    ],
)
async def test_refusals_are_sorted(rig: Rig, code: int, kind: type[ChannelError], short: str) -> None:
    found = failure({"error": {"code": code, "message": "words"}}, 400, write=True, reasons=REASONS)
    assert (type(found), found.code) == (kind, short)


# At the pretend channel


def _buyer(rig: Rig, *, hiding: bool) -> int:
    return next(position for position, one in enumerate(rig.world.state.buyers.values()) if hides_phone(one) == hiding)


@pytest.mark.parametrize("hiding", [True, False])
async def test_an_answer_reaches_those_who_show_a_phone_and_those_who_do_not(rig: Rig, hiding: bool) -> None:
    position = _buyer(rig, hiding=hiding)
    buyer = list(rig.world.state.buyers.values())[position]
    message = await rig.buyer_message("Halo kak", buyer=position)
    assert message.customer.value == f"{ACCOUNT}:{user_id(buyer)}"
    assert [each.value for each in message.more_handles] == ([] if hiding else [buyer.phone])
    await rig.connector.execute(rig.reply_to(message, "Halo juga"))
    sent = json.loads(next(each.body for each in rig.exchanges if each.path.endswith(f"/{NUMBER}/messages")))
    assert ("recipient" in sent, "to" in sent) == (hiding, not hiding)
    assert len(rig.said_by_us("Halo juga")) == 1


async def test_statuses_bring_our_mark_back_even_when_the_answer_was_lost(rig: Rig) -> None:
    message = await rig.buyer_message("Halo kak")
    before = len(rig.received)
    rig.strike("swallow_reply", "send")
    with pytest.raises(ChannelError):
        await rig.connector.execute(rig.reply_to(message, "Masih"))
    told = [each for each in await rig.outcomes(await rig.posted(before)) if isinstance(each, MessageStatus)]
    (said,) = rig.said_by_us("Masih")
    assert sorted(each.state for each in told) == ["delivered", "sent"]
    assert {(each.echo_of, each.external_id) for each in told} == {("key-1", said.id)}


async def test_after_a_day_only_a_template_goes(rig: Rig) -> None:
    message = await rig.buyer_message("Halo kak")
    rig.clock.moment += timedelta(hours=25)
    to = {"to": message.refs["to"]} if "to" in message.refs else {}
    text = SendReply(key="key-1", thread=message.thread, text="Late", customer=message.customer, refs=to)
    with pytest.raises(Refused) as refused:
        await rig.connector.execute(text)
    assert refused.value.code == "window_closed"
    assert refused.value.fix.startswith("Send an approved template")
    template = Template(name="order_update", language="id", variables=("A-17",))
    await rig.connector.execute(
        SendReply(key="key-2", thread=message.thread, text="", customer=message.customer, refs=to, template=template)
    )
    assert len(rig.said_by_us("Your order A-17 is on its way.")) == 1


async def test_a_file_goes_and_comes(rig: Rig) -> None:
    file = upload("application/pdf")
    message = await rig.buyer_message("Bukti?")
    await rig.connector.execute(
        SendReply(key="key-1", thread=message.thread, text="Ini", customer=message.customer, refs=message.refs, files=(file,))
    )
    (said,) = rig.said_by_us("Ini")
    assert (said.files[0].name, said.files[0].content) == ("file", b"xxx")
    with pytest.raises(Refused):
        await rig.connector.fetch_media("19890000239999999990")


async def test_the_address_is_set_for_this_business_account_alone(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    (call,) = [each for each in rig.exchanges if each.path.endswith("/subscribed_apps")]
    assert json.loads(call.body) == {"override_callback_uri": rig.hook_url, "verify_token": rig.secrets["verify_token"]}
    await rig.connector.unsubscribe("https://shop.example/hooks/another")
    assert [each.method for each in rig.exchanges if each.path.endswith("/subscribed_apps")] == ["POST", "GET"]


async def test_what_was_not_taken_comes_again(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    rig.strike("drop_webhook")
    rig.buyer_writes("Halo kak")
    assert await rig.posted() == []
    await rig.connector.subscribe(rig.hook_url)
    seen = [each for each in await rig.outcomes(await rig.posted()) if isinstance(each, MessageReceived)]
    assert [each.text for each in seen] == ["Halo kak"]


# Templates


async def test_only_approved_templates_are_offered_with_all_their_gaps(rig: Rig) -> None:
    assert isinstance(rig.connector, Approving)
    offered = {each.name: each for each in await rig.connector.approved_texts()}
    assert sorted(offered) == ["hello_world", "order_receipt", "order_update"]
    assert offered["order_receipt"] == ApprovedText(
        name="order_receipt",
        language="en",
        text="Thank you, {{name}}. Here is the receipt of order {{order}}.",
        title="order receipt",
        gaps=("name", "order"),
        named=True,
        header="document",
        buttons=(("Follow the parcel", True),),
    )
    assert (offered["order_update"].gaps, offered["hello_world"].gaps) == (("1",), ())
    asked = calls_of(rig, "/message_templates")
    assert len(asked) == 2, "every page is read"
    for exchange in asked:
        check("templates", exchange)


def calls_of(rig: Rig, path: str) -> list[Exchange]:
    return [each for each in rig.exchanges if each.path.endswith(path)]


async def test_a_template_goes_with_its_document_names_and_button(rig: Rig) -> None:
    message = await rig.buyer_message("The receipt, please?")
    rig.clock.moment += timedelta(days=3)
    template = Template(
        name="order_receipt", language="en", variables=("727", "Rina"), names=("order", "name"), buttons=("JX12345",)
    )
    command = SendReply(
        key="key-9",
        thread=message.thread,
        text="",
        customer=message.customer,
        refs=message.refs,
        template=template,
        files=(Upload(name="receipt.pdf", media_type="application/pdf", content=b"%PDF-1.7"),),
    )
    await rig.connector.execute(command)
    (said,) = rig.said_by_us("Thank you, Rina. Here is the receipt of order 727.")
    assert [file.content for file in said.files] == [b"%PDF-1.7"]
    (sent,) = [each for each in calls_of(rig, "/messages") if b"template" in each.body]
    assert json.loads(sent.body)["template"]["components"] == [
        {
            "type": "header",
            "parameters": [{"type": "document", "document": {"id": "1988000023000000000", "filename": "receipt.pdf"}}],
        },
        {
            "type": "body",
            "parameters": [
                {"type": "text", "parameter_name": "order", "text": "727"},
                {"type": "text", "parameter_name": "name", "text": "Rina"},
            ],
        },
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "JX12345"}]},
    ]


@pytest.mark.parametrize(
    ("template", "files", "code"),
    [
        (Template(name="a", language="en", variables=("1",), names=("x", "y")), (), "template_gaps"),
        (Template(name="a", language="en"), (upload("image/png"), upload("image/png")), "too_many_files"),
        (Template(name="a", language="en"), (upload("audio/ogg"),), "file_type"),
    ],
)
async def test_a_template_that_cannot_be_right_is_refused_before(
    rig: Rig, template: Template, files: tuple[Upload, ...], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        render_reply(reply("", template=template, files=files), NOW)
    assert refused.value.code == code


async def test_without_the_accounts_id_templates_cannot_be_listed(rig: Rig) -> None:
    del rig.secrets["waba_id"]
    assert isinstance(rig.connector, Approving)
    with pytest.raises(Refused) as refused:
        await rig.connector.approved_texts()
    assert (refused.value.code, "business account" in refused.value.fix) == ("no_waba", True)
