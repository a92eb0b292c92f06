"""What goes over the wire to Telegram, and what its refusals become."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from connectors.base.client import open_http
from connectors.base.commands import SendReply, Upload
from connectors.base.contract import Connector, RawRequest
from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, Malformed, RateLimited, Refused, Unavailable
from connectors.base.events import Handle
from connectors.base.reroute import Reroute
from connectors.registry import load
from connectors.telegram.render import render_reply
from tests.connectors.rig import Clock, context_for

KEY = "telegram"
SECRETS = {"bot_token": "7100200300:AAExampleExampleExampleExampleExamp", "webhook_secret": "pretend-hook-secret"}
YUKI = Handle(kind="telegram_user", value="6812345678")
SENT = {"ok": True, "result": {"message_id": 92, "date": 1772439300, "chat": {"id": 6812345678, "type": "private"}}}


class Script:
    """Answers of the channel in order; keeps what was asked."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answers.pop(0)

    def connector(self, **secrets: str) -> Connector:
        client = open_http(Reroute(), httpx.MockTransport(self))
        return load(KEY)(context_for(KEY, client, Reroute(), {**SECRETS, **secrets}, Clock()))


def said(status: int, words: str, **parameters: int) -> httpx.Response:
    return httpx.Response(status, json={"ok": False, "error_code": status, "description": words, "parameters": parameters})


def reply(text: str = "Yes, two are left.", **more: Any) -> SendReply:
    return SendReply(**{"key": "k1", "thread": "6812345678", "text": text, "customer": YUKI, **more})


def photo(size: int = 4, name: str = "seam.jpg") -> Upload:
    return Upload(name=name, media_type="image/jpeg", content=b"x" * size)


# Rendering


def test_a_text_goes_to_the_chat() -> None:
    call = render_reply(reply(refs={"message_id": "91"}))
    assert (call.method, call.fields, call.files) == ("sendMessage", {"chat_id": "6812345678", "text": "Yes, two are left."}, {})


def test_in_a_group_the_question_and_its_topic_are_named() -> None:
    call = render_reply(reply(thread="-1001987654321", refs={"message_id": "511", "topic": "12"}))
    assert call.fields == {
        "chat_id": "-1001987654321",
        "message_thread_id": 12,
        "reply_parameters": {"message_id": 511, "allow_sending_without_reply": True},
        "text": "Yes, two are left.",
    }


def test_a_business_chat_is_answered_through_its_link() -> None:
    call = render_reply(reply(thread="kQx7:6812345678"))
    assert call.fields["business_connection_id"] == "kQx7"
    assert call.fields["chat_id"] == "6812345678"


def test_a_picture_carries_the_text_as_caption() -> None:
    call = render_reply(reply(files=(photo(),)))
    assert call.method == "sendPhoto"
    assert call.fields["caption"] == "Yes, two are left."
    assert call.files == {"photo": ("seam.jpg", b"xxxx", "image/jpeg")}


def test_a_picture_too_large_for_a_photo_goes_as_document() -> None:
    assert render_reply(reply(files=(photo(10_000_001),))).method == "sendDocument"


@pytest.mark.parametrize(
    ("media_type", "method"),
    [("video/mp4", "sendVideo"), ("audio/mpeg", "sendAudio"), ("audio/ogg", "sendVoice"), ("text/plain", "sendDocument")],
)
def test_a_file_goes_as_what_it_is(media_type: str, method: str) -> None:
    upload = Upload(name="a", media_type=media_type, content=b"x")
    assert render_reply(reply(files=(upload,))).method == method


def test_a_photo_and_a_film_share_an_album() -> None:
    film = Upload(name="film.mp4", media_type="video/mp4", content=b"x")
    media = render_reply(reply(files=(photo(), film))).fields["media"]
    assert [each["type"] for each in media] == ["photo", "video"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("chosen", "quoted"), [("6812345678:88", 88), ("6812345678:press-2926", None), ("", None)])
def test_the_message_a_person_chose_is_quoted(chosen: str, quoted: int | None) -> None:
    fields = render_reply(reply(reply_to=chosen)).fields
    wanted = {"message_id": quoted, "allow_sending_without_reply": True} if quoted else None
    assert fields.get("reply_parameters") == wanted


def test_several_files_are_one_album_of_one_kind() -> None:
    pdf = Upload(name="invoice.pdf", media_type="application/pdf", content=b"%PDF")
    call = render_reply(reply(files=(photo(), pdf)))
    assert call.method == "sendMediaGroup"
    assert call.fields["media"] == [
        {"type": "document", "media": "attach://file0", "caption": "Yes, two are left."},
        {"type": "document", "media": "attach://file1"},
    ]
    assert "caption" not in call.fields


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (reply("  "), "empty"),
        (reply("x" * 4097), "text_too_long"),
        (reply("x" * 1025, files=(photo(),)), "text_too_long"),
        (reply(files=(photo(),) * 11), "too_many_files"),
        (reply(files=(Upload(name="film.mp4", media_type="video/mp4", content=b"x" * 50_000_001),)), "file_too_big"),
    ],
)
async def test_what_telegram_would_refuse_is_never_sent(command: SendReply, code: str) -> None:
    channel = Script()
    with pytest.raises(Refused) as refused:
        await channel.connector().execute(command)
    assert refused.value.code == code
    assert refused.value.fix
    assert channel.asked == []


def test_the_longest_text_fits() -> None:
    assert render_reply(reply("x" * 4096)).fields["text"] == "x" * 4096
    assert render_reply(reply("x" * 1024, files=(photo(),))).fields["caption"] == "x" * 1024


# Refusals


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (said(403, "Forbidden: bot was blocked by the user"), Refused, "blocked"),
        (said(403, "Forbidden: user is deactivated"), Refused, "account_gone"),
        (said(403, "Forbidden: bot can't initiate conversation with a user"), Refused, "not_started"),
        (said(403, "Forbidden: bot was kicked from the supergroup chat"), Refused, "left_group"),
        (said(400, "Bad Request: chat not found"), Refused, "chat_not_found"),
        (said(400, "Bad Request: something of tomorrow"), Refused, "http_400"),
        (said(401, "Unauthorized"), AuthExpired, "token_refused"),
        (said(404, "Not Found"), AuthExpired, "token_refused"),
        (said(429, "Too Many Requests: retry after 17", retry_after=17), RateLimited, "rate_limited"),
        (httpx.Response(502, text="<html>Bad Gateway</html>"), Ambiguous, "server_error"),
        (httpx.Response(503, text="Service Unavailable"), Unavailable, "unavailable"),
        (httpx.Response(200, text="<html>proxy login</html>"), Ambiguous, "not_json"),
        (httpx.Response(200, json={"ok": True, "result": {}}), Ambiguous, "no_message_id"),
    ],
)
async def test_each_answer_to_a_send_says_what_to_do_next(answer: httpx.Response, kind: type[ChannelError], code: str) -> None:
    channel = Script(answer)
    with pytest.raises(ChannelError) as error:
        await channel.connector().execute(reply())
    assert (type(error.value), error.value.code) == (kind, code)
    assert len(channel.asked) == 1


async def test_the_wait_telegram_asks_for_is_kept() -> None:
    with pytest.raises(RateLimited) as limited:
        await Script(said(429, "Too Many Requests: retry after 17", retry_after=17)).connector().execute(reply())
    assert limited.value.after == 17.0


async def test_the_token_appears_in_no_error() -> None:
    for answer in (said(400, "Bad Request: chat not found"), httpx.Response(502, text="x"), httpx.Response(500)):
        with pytest.raises(ChannelError) as error:
            await Script(answer).connector().execute(reply())
        assert SECRETS["bot_token"].split(":")[1] not in error.value.detail


# Sending


async def test_a_group_that_moved_gets_the_reply_once_at_its_new_id() -> None:
    made = {"ok": True, "result": {"message_id": 7, "date": 1772439300, "chat": {"id": -1001987654321, "type": "supergroup"}}}
    moved = said(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1001987654321)
    channel = Script(moved, httpx.Response(200, json=made))
    receipt = await channel.connector().execute(reply(thread="-498765"))
    assert [json.loads(request.content)["chat_id"] for request in channel.asked] == ["-498765", "-1001987654321"]
    assert receipt.external_id == "-1001987654321:7"


async def test_a_group_that_moves_forever_is_not_followed() -> None:
    moved = said(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001)
    channel = Script(moved, moved)
    with pytest.raises(Refused):
        await channel.connector().execute(reply(thread="-498765"))
    assert len(channel.asked) == 2


async def test_the_receipt_names_the_message_as_the_feed_would() -> None:
    receipt = await Script(httpx.Response(200, json=SENT)).connector().execute(reply())
    assert (receipt.key, receipt.external_id) == ("k1", "6812345678:92")
    assert receipt.at is not None
    assert receipt.at.isoformat() == "2026-03-02T08:15:00+00:00"


async def test_a_file_name_that_looks_like_a_header_stays_a_name() -> None:
    channel = Script(httpx.Response(200, json=SENT))
    name = 'a"\r\nX-Evil: 1.jpg'
    await channel.connector().execute(reply(files=(photo(name=name),)))
    assert b"\r\nX-Evil" not in channel.asked[0].content


# Reading


async def test_an_offset_confirms_and_a_quiet_feed_forgets_it() -> None:
    update = {"update_id": 41, "message": {"message_id": 1}}
    channel = Script(
        httpx.Response(200, json={"ok": True, "result": [update]}), httpx.Response(200, json={"ok": True, "result": []})
    )
    connector = channel.connector()
    first = await connector.pull("messages", "")
    second = await connector.pull("messages", first.cursor)
    assert [json.loads(request.content).get("offset") for request in channel.asked] == [None, 42]
    assert (first.cursor, first.more, second.cursor, second.deliveries) == ("42", False, "", ())


async def test_while_a_webhook_takes_the_updates_the_cursor_stays() -> None:
    conflict = said(409, "Conflict: can't use getUpdates method while webhook is active")
    batch = await Script(conflict).connector().pull("messages", "42")
    assert (batch.deliveries, batch.cursor, batch.more) == ((), "42", False)


async def test_updates_are_kept_byte_for_byte() -> None:
    raw = b'{"update_id":41, "message" : {"text":"\\u2615", "id": 9007199254740993}}'
    channel = Script(httpx.Response(200, content=b'{"ok":true,"result":[' + raw + b"]}"))
    batch = await channel.connector().pull("messages", "")
    assert [delivery.body for delivery in batch.deliveries] == [raw]
    assert [(delivery.kind, delivery.key) for delivery in batch.deliveries] == [("message", "41")]


@pytest.mark.parametrize("body", [b"<html>", b'{"ok":true,"result":{"a":1}}', b'{"ok":true,"result":"x"}'])
async def test_an_answer_that_holds_no_updates_is_not_an_empty_feed(body: bytes) -> None:
    with pytest.raises(Malformed):
        await Script(httpx.Response(200, content=body)).connector().pull("messages", "42")


async def test_updates_without_numbers_do_not_move_the_cursor() -> None:
    channel = Script(httpx.Response(200, json={"ok": True, "result": [{"message": {}}, None, 7]}))
    batch = await channel.connector().pull("messages", "42")
    assert (batch.cursor, batch.more, len(batch.deliveries)) == ("42", False, 3)


async def test_a_missing_token_asks_the_owner() -> None:
    with pytest.raises(AuthExpired):
        await Script(said(404, "Not Found")).connector(bot_token="").check()


async def test_a_file_that_is_gone_is_refused() -> None:
    got = httpx.Response(200, json={"ok": True, "result": {"file_id": "A", "file_path": "voice/file 1.oga"}})
    channel = Script(got, httpx.Response(404, json={"ok": False, "error_code": 404, "description": "Not Found"}))
    with pytest.raises(Refused) as refused:
        await channel.connector().fetch_media("A")
    assert refused.value.code == "file_gone"
    assert channel.asked[1].url.raw_path.decode().endswith("/voice/file%201.oga")


# Webhooks


def methods(channel: Script) -> list[str]:
    return [request.url.path.rsplit("/", 1)[1] for request in channel.asked]


def hooked(url: str) -> httpx.Response:
    return httpx.Response(200, json={"ok": True, "result": {"url": url}})


@pytest.mark.parametrize("url", ["http://shop.example/hooks/t", "http://127.0.0.1:8000/hooks/t"])
async def test_an_address_telegram_cannot_reach_is_not_registered(url: str) -> None:
    channel = Script(hooked("https://other.example/bot"))
    await channel.connector().subscribe(url)
    assert methods(channel) == ["getWebhookInfo"]
    quiet = Script()
    await quiet.connector().subscribe("")
    assert quiet.asked == []


async def test_our_hook_of_an_address_that_is_no_more_makes_way_for_the_feed() -> None:
    channel = Script(hooked("https://old.example/hooks/t"), httpx.Response(200, json={"ok": True, "result": True}))
    await channel.connector().subscribe("http://127.0.0.1:8000/hooks/t")
    assert methods(channel) == ["getWebhookInfo", "deleteWebhook"]


PRESS = {"update_id": 41, "callback_query": {"id": "2926", "from": {"id": 6812345678}, "data": "L"}}


async def test_a_pressed_button_is_answered_with_the_webhook() -> None:
    body = json.dumps(PRESS).encode()
    headers = (("x-telegram-bot-api-secret-token", "pretend-hook-secret"),)
    request = RawRequest(method="POST", url="https://shop.example/hooks/t", headers=headers, query=(), body=body)
    received = await Script().connector().receive(request)
    assert json.loads(received.body) == {"method": "answerCallbackQuery", "callback_query_id": "2926"}
    assert (received.media_type, len(received.deliveries)) == ("application/json", 1)


@pytest.mark.parametrize("answer", [httpx.Response(200, json={"ok": True, "result": True}), said(400, "query is too old")])
async def test_a_pressed_button_is_answered_from_the_feed_and_too_late_loses_nothing(answer: httpx.Response) -> None:
    channel = Script(httpx.Response(200, json={"ok": True, "result": [PRESS]}), answer)
    batch = await channel.connector().pull("messages", "")
    assert (methods(channel), batch.cursor) == (["getUpdates", "answerCallbackQuery"], "42")
    assert [delivery.kind for delivery in batch.deliveries] == ["callback_query"]


async def test_reactions_are_asked_for_by_name() -> None:
    channel = Script(httpx.Response(200, json={"ok": True, "result": []}))
    await channel.connector().pull("messages", "")
    assert "message_reaction" in json.loads(channel.asked[0].content)["allowed_updates"]


async def test_the_webhook_is_registered_with_its_secret_and_kinds() -> None:
    channel = Script(httpx.Response(200, json={"ok": True, "result": True, "description": "Webhook was set"}))
    await channel.connector().subscribe("https://shop.example/hooks/t")
    asked = json.loads(channel.asked[0].content)
    assert (asked["url"], asked["secret_token"]) == ("https://shop.example/hooks/t", "pretend-hook-secret")
    assert {"message", "edited_message", "business_message", "callback_query"} <= set(asked["allowed_updates"])


async def test_a_webhook_of_another_program_is_left_alone() -> None:
    channel = Script(httpx.Response(200, json={"ok": True, "result": {"url": "https://other.example/bot"}}))
    await channel.connector().unsubscribe("https://shop.example/hooks/t")
    assert [request.url.path.rsplit("/", 1)[1] for request in channel.asked] == ["getWebhookInfo"]
