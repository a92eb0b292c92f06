"""The pretend Telegram beyond what every channel shares: queues, files, and its word against a wrong call."""

from __future__ import annotations

import httpx
import pytest
from msgspec import structs

from connectors.base.commands import Upload
from connectors.base.contract import RawRequest
from connectors.base.errors import AuthExpired, Malformed, Refused
from connectors.base.world import File
from connectors.telegram.sandbox import PretendTelegram
from tests.connectors.rig import Rig

pytestmark = pytest.mark.parametrize("rig", ["telegram"], indirect=True)


async def test_what_came_while_the_hook_failed_comes_again_with_the_next_news(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    rig.strike("drop_webhook")
    rig.buyer_writes("number one")
    assert await rig.posted() == []
    rig.buyer_writes("second", buyer=1)
    deliveries = await rig.posted()
    assert sorted(b"number one" in each.body for each in deliveries) == [False, True]
    assert len(deliveries) == 2


async def test_taken_updates_are_not_posted_again(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    rig.buyer_writes("first")
    await rig.posted()
    await rig.connector.subscribe(rig.hook_url)
    assert len(await rig.posted()) == 1


async def test_after_the_hook_is_gone_the_feed_goes_on_without_what_was_taken(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    rig.buyer_writes("by hook")
    await rig.posted()
    await rig.connector.unsubscribe(rig.hook_url)
    rig.buyer_writes("by feed")
    found = await rig.pull_all("messages")
    assert [b"by feed" in each.body for each in found] == [True]


async def test_a_hundred_and_fifty_updates_come_in_two_pages(rig: Rig) -> None:
    for number in range(150):
        rig.buyer_writes(f"message {number}")
    first = await rig.connector.pull("messages", "")
    second = await rig.connector.pull("messages", first.cursor)
    assert (len(first.deliveries), first.more, len(second.deliveries), second.more) == (100, True, 50, False)


async def test_a_proven_body_that_is_no_json_is_kept_and_parked(rig: Rig) -> None:
    headers = (("x-telegram-bot-api-secret-token", rig.secrets["webhook_secret"]),)
    request = RawRequest(method="POST", url=rig.hook_url, headers=headers, query=(), body=b"\xff{")
    (delivery,) = (await rig.connector.receive(request)).deliveries
    assert delivery.body == b"\xff{"
    with pytest.raises(Malformed):
        rig.connector.normalise(delivery)


async def test_an_album_lands_whole_with_its_bytes(rig: Rig) -> None:
    message = await rig.buyer_message("May I see it?")
    files = tuple(Upload(name=f"{name}.jpg", media_type="image/jpeg", content=name.encode() * 9) for name in ("front", "back"))
    reply = rig.reply_to(message, "Here it is.")
    receipt = await rig.connector.execute(structs.replace(reply, files=files))
    thread = next(iter(rig.world.shelf("telegram").threads.values()))
    ours = [said for said in thread.messages if said.side == "seller"]
    assert [said.text for said in ours] == ["Here it is.", ""]
    assert [[file.content for file in said.files] for said in ours] == [[b"front" * 9], [b"back" * 9]]
    assert receipt.external_id == f"{thread.id}:{ours[0].number}"


async def test_a_document_is_fetched_byte_for_byte(rig: Rig) -> None:
    content = bytes(range(256))
    rig.buyer_writes("Bukti", files=[File(name="transfer.pdf", media_type="application/pdf", content=content)])
    (message,) = await rig.outcomes(await rig.pull_all("messages"))
    (media,) = message.media
    assert (media.name, media.size) == ("transfer.pdf", 256)
    assert await rig.connector.fetch_media(media.ref) == content


async def test_check_names_the_bot(rig: Rig) -> None:
    assert (await rig.connector.check()).account == "@sekarbatik_bot"


async def test_who_blocked_the_bot_is_written_to_no_more(rig: Rig) -> None:
    telegram = PretendTelegram(rig.world, rig.faults)
    rig.sandbox = telegram.box
    reply = rig.reply_to(await rig.buyer_message("Halo"), "Still there.")
    telegram.block(next(iter(rig.world.state.buyers)))
    for files in ((), (Upload(name="a.pdf", media_type="application/pdf", content=b"x"),) * 2):
        with pytest.raises(Refused) as refused:
            await rig.connector.execute(structs.replace(reply, files=files))
        assert refused.value.code == "blocked"
    assert rig.said_by_us("Still there.") == []


async def test_the_pretend_telegram_knows_one_bot_only(rig: Rig) -> None:
    other = rig.secrets["bot_token"][:-1] + "q"
    answer = await rig.http.post(f"https://api.telegram.org/bot{other}/getMe")
    assert (answer.status_code, answer.json()["description"]) == (401, "Unauthorized")


async def test_a_revoked_token_asks_for_a_new_one(rig: Rig) -> None:
    rig.strike("expire_token")
    with pytest.raises(AuthExpired) as expired:
        await rig.connector.check()
    assert "@BotFather" in expired.value.detail


@pytest.mark.parametrize(
    ("method", "body", "words"),
    [
        ("sendMessage", {"chat_id": "1", "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": "1", "text": ""}, "text is empty"),
        ("sendMessage", {"chat_id": "1", "text": "x" * 4097}, "too long"),
        ("sendPhoto", {"chat_id": "1"}, "no photo"),
        ("sendMediaGroup", {"chat_id": "1", "media": []}, "wrong number"),
        ("setWebhook", {"url": "http://shop.example/"}, "HTTPS URL"),
        ("setWebhook", {"url": "https://shop.example/", "secret_token": "a b"}, "unallowed"),
        ("getFile", {"file_id": "nothing"}, "invalid file_id"),
    ],
)
async def test_a_wrong_call_is_refused_in_telegrams_words(rig: Rig, method: str, body: dict[str, object], words: str) -> None:
    answer = await _call(rig, method, body)
    told = answer.json()
    assert (answer.status_code, told["ok"], told["error_code"]) == (400, False, 400)
    assert words in told["description"]


async def _call(rig: Rig, method: str, body: dict[str, object]) -> httpx.Response:
    return await rig.http.post(f"https://api.telegram.org/bot{rig.secrets['bot_token']}/{method}", json=body)
