"""What Messenger is asked, word for word, and what its answers turn into."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from connectors.base.commands import SendReply, Template, Upload
from connectors.base.contract import Delivery
from connectors.base.errors import AuthExpired, Refused
from connectors.base.events import AccountErased, Handle, MessageReceived, Unsupported
from connectors.base.graph import failure
from connectors.base.graph_person import STRANGER
from connectors.base.graph_render import render_page_reply
from connectors.base.reroute import Reroute
from connectors.base.signing import digest_hex
from connectors.messenger.errors import REASONS
from connectors.messenger.render import LIMITS
from connectors.messenger.sandbox import IDS
from connectors.registry import load
from tests.connectors.rig import Exchange, Rig, context_for

pytestmark = pytest.mark.parametrize("rig", ["messenger"], indirect=True)

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
PERSON = Handle(kind="messenger_user", value=f"{IDS.page}:24000000123456789")


def reply(thread: str = "24000000123456789", text: str = "Yes, two are left.", **more: Any) -> SendReply:
    return SendReply(key="key-1", thread=thread, text=text, customer=PERSON, **more)


def at(age: timedelta) -> dict[str, str]:
    return {"at": str(int((NOW - age).timestamp()))}


def calls(rig: Rig, path: str, method: str = "POST") -> list[Exchange]:
    return [each for each in rig.exchanges if each.method == method and each.path.endswith(path)]


# Sending


async def test_a_reply_is_one_call_that_carries_our_mark(rig: Rig) -> None:
    message = await rig.buyer_message("Is the L still there?")
    await rig.connector.execute(rig.reply_to(message, "Yes, two are left."))
    (call,) = calls(rig, f"/{IDS.page}/messages")
    assert json.loads(call.body) == {
        "recipient": {"id": message.thread},
        "messaging_type": "RESPONSE",
        "message": {"text": "Yes, two are left.", "metadata": "onecounter:key-1"},
    }
    assert call.headers["authorization"] == f"Bearer {IDS.token}"
    assert parse_qs(call.query) == {"appsecret_proof": [digest_hex(IDS.app_secret, IDS.token.encode())]}


async def test_the_echo_of_our_reply_names_our_key(rig: Rig) -> None:
    message = await rig.buyer_message("Is the L still there?")
    await rig.connector.subscribe(rig.hook_url)
    before = len(rig.received)
    receipt = await rig.connector.execute(rig.reply_to(message, "Yes, two are left."))
    seen = [each for each in await rig.outcomes(await rig.posted(before)) if isinstance(each, MessageReceived)]
    (echo,) = [each for each in seen if each.direction == "out"]
    assert (echo.echo_of, echo.external_id, echo.thread) == ("key-1", receipt.external_id, message.thread)
    assert not echo.automated


async def test_a_file_is_brought_first_and_then_named(rig: Rig) -> None:
    message = await rig.buyer_message("A picture?")
    file = Upload(name="L.jpg", media_type="image/jpeg", content=b"\xff\xd8pixels")
    command = SendReply(key="key-2", thread=message.thread, text="", customer=message.customer, refs=message.refs, files=(file,))
    receipt = await rig.connector.execute(command)
    (sent,) = calls(rig, f"/{IDS.page}/messages")
    attachment = json.loads(sent.body)["message"]["attachment"]
    assert attachment["type"] == "image"
    assert attachment["payload"]["attachment_id"].isdigit()
    (said,) = [each for each in rig.said_by_us("") if each.files]
    assert said.files[0].content == file.content
    found = await rig.connector.look_up(command)
    assert found is not None
    assert found.external_id == receipt.external_id


async def test_a_person_may_answer_for_seven_days(rig: Rig) -> None:
    message = await rig.buyer_message("Is the L still there?")
    rig.clock.moment += timedelta(days=3)
    await rig.connector.execute(rig.reply_to(message, "Sorry for the wait."))
    body = json.loads(calls(rig, f"/{IDS.page}/messages")[0].body)
    assert (body["messaging_type"], body["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    assert len(rig.said_by_us("Sorry")) == 1


async def test_meta_has_the_last_word_on_the_window(rig: Rig) -> None:
    message = await rig.buyer_message("Is the L still there?")
    rig.clock.moment += timedelta(days=2)
    command = SendReply(key="key-1", thread=message.thread, text="Late", customer=message.customer)
    with pytest.raises(Refused) as refused:
        await rig.connector.execute(command)
    assert (refused.value.code, refused.value.fix) == ("window_closed", "Wait until the customer writes again.")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (reply(refs=at(timedelta(hours=25)), by_person=False), "window_closed"),
        (reply(refs=at(timedelta(days=7, hours=1))), "window_closed"),
        (reply(refs={"standby": "1"}, by_person=False), "other_app_answers"),
        (reply(text="x" * 2001), "text_too_long"),
        (reply(text="  "), "empty"),
        (reply(files=(Upload(name="a.pdf", media_type="application/pdf", content=b"x"),)), "text_with_file"),
        (reply(text="", files=(Upload(name="a.png", media_type="image/png", content=b"x" * 8_000_001),)), "file_too_big"),
        (reply(template=Template(name="hello", language="en")), "no_templates"),
        (reply(thread="comment:44_55:24"), "no_comment"),
        (reply(thread="comment:44_55:24", refs={"comment_id": "44_55", **at(timedelta(days=8))}), "window_closed"),
    ],
)
async def test_what_meta_would_refuse_is_refused_before(rig: Rig, command: SendReply, code: str) -> None:
    with pytest.raises(Refused) as refused:
        render_page_reply(command, NOW, LIMITS)
    assert refused.value.code == code
    assert refused.value.fix


async def test_a_comment_has_one_private_reply(rig: Rig) -> None:
    refs = {"comment_id": "44_55", **at(timedelta(days=6))}
    made = render_page_reply(reply(thread="comment:44_55:24000000123456789", refs=refs), NOW, LIMITS)
    assert made.body == {"recipient": {"comment_id": "44_55"}, "message": {"text": "Yes, two are left."}}
    again = failure({"error": {"code": 10900, "message": "Activity already replied to"}}, 400, write=True, reasons=REASONS)
    assert isinstance(again, Refused)
    assert (again.code, bool(again.fix)) == ("already_answered", True)


async def test_a_quoted_message_is_named(rig: Rig) -> None:
    made = render_page_reply(reply(reply_to="m_1", refs={"standby": "1"}), NOW, LIMITS)
    assert (made.body["reply_to"], made.body["messaging_type"]) == ({"mid": "m_1"}, "RESPONSE")


# Reading


async def test_a_round_reads_every_page_and_the_next_one_only_what_is_new(rig: Rig) -> None:
    names = list(rig.world.state.buyers)[:12] + [f"guest{number}" for number in range(35)]
    for name in names:
        rig.world.message(rig.channel, name, f"Halo dari {name}")
    first = await rig.pull_all("messages")
    assert len(first) == len(names)
    assert len(calls(rig, "/conversations", "GET")) == 2 * 5
    cursor = ""
    for text in ("Halo lagi", "Masih ada?"):
        rig.clock.moment += timedelta(hours=1)
        more = text != "Masih ada?"
        rig.buyer_writes(text)
        while more:
            batch = await rig.connector.pull("messages", cursor)
            cursor, more = batch.cursor, batch.more
    batch = await rig.connector.pull("messages", cursor)
    seen = [each for each in await rig.outcomes(batch.deliveries) if isinstance(each, MessageReceived)]
    assert [each.text for each in seen] == ["Masih ada?", "Halo lagi"], "the newest of the last round is shown again"
    assert not batch.more


async def test_a_stored_cursor_that_cannot_be_read_starts_anew(rig: Rig) -> None:
    rig.buyer_writes("Halo")
    assert len((await rig.connector.pull("messages", "{nonsense")).deliveries) == 1


async def test_an_erasure_finds_the_person_as_this_page_knows_them(rig: Rig) -> None:
    message = await rig.buyer_message("Halo")
    user = next(iter(rig.world.state.buyers.values())).user
    body = json.dumps({"user_id": user, "issued_at": 1772442000}).encode()
    (erased,) = await rig.outcomes([Delivery(kind="erasure", key="1", body=body)])
    assert isinstance(erased, AccountErased)
    assert (erased.handle.kind, erased.handle.value) == (message.customer.kind, message.customer.value)
    stranger = Delivery(kind="erasure", key="2", body=b'{"user_id": "1", "issued_at": 1}')
    (told,) = await rig.outcomes([stranger])
    assert told == Unsupported(kind="erasure", reason=STRANGER.format(person="1"))


async def test_an_older_message_with_the_same_words_is_no_proof(rig: Rig) -> None:
    message = await rig.buyer_message("Ready?")
    await rig.connector.execute(rig.reply_to(message, "Yes"))
    rig.clock.moment += timedelta(minutes=5)
    assert await rig.connector.look_up(rig.reply_to(message, "Yes", key="key-2")) is None


async def test_a_file_of_another_host_is_not_fetched(rig: Rig) -> None:
    with pytest.raises(Refused) as refused:
        await rig.connector.fetch_media("https://evil.example/x.jpg")
    assert refused.value.code == "host_not_allowed"
    with pytest.raises(Refused) as gone:
        await rig.connector.fetch_media(f"https://{IDS.file_host}{IDS.file_path}/999_0_n.jpg")
    assert gone.value.code == "file_gone"


# Credentials and webhooks


async def test_a_wrong_token_asks_for_a_new_one(rig: Rig) -> None:
    secrets = {**rig.secrets, "page_token": "EAAWrong-Token"}
    wrong = load("messenger")(context_for("messenger", rig.http, Reroute(), secrets, rig.clock))
    with pytest.raises(AuthExpired) as refused:
        await wrong.check()
    assert refused.value.code == "token_refused"


async def test_the_address_is_set_once_and_others_fields_stay(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    await rig.connector.subscribe(rig.hook_url)
    (call,) = calls(rig, f"/{IDS.app}/subscriptions")
    given = parse_qs(call.body.decode())
    assert (given["object"], given["callback_url"], given["verify_token"]) == (
        ["page"],
        [rig.hook_url],
        [rig.secrets["verify_token"]],
    )
    assert call.headers["authorization"] == f"Bearer {IDS.app}|{IDS.app_secret}"
    (greeting,) = [request for request in rig.hooks if request.method == "GET"]
    assert greeting.param("hub.mode") == "subscribe"


async def test_the_address_of_another_connection_here_serves_as_well(rig: Rig) -> None:
    await rig.connector.subscribe(f"{rig.hook_url}-of-another")
    await rig.connector.subscribe(rig.hook_url)
    await rig.connector.unsubscribe(rig.hook_url)
    assert len(calls(rig, f"/{IDS.app}/subscriptions")) == 1
    assert calls(rig, f"/{IDS.app}/subscriptions", "DELETE") == []


async def test_an_address_meta_cannot_reach_is_not_offered(rig: Rig) -> None:
    await rig.connector.subscribe("http://shop.example/hooks/x")
    assert calls(rig, f"/{IDS.app}/subscriptions") == []
