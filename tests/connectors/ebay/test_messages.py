"""Messages both ways, by the Message API and by the older calls, against the sandbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.base.commands import SendReply, Upload
from connectors.base.errors import Ambiguous, AuthExpired, Refused
from connectors.base.events import Handle, MessageReceived, Pointer
from connectors.ebay.connector import EbayConnector
from tests.connectors.ebay.line import with_settings
from tests.connectors.rig import Rig

pytestmark = pytest.mark.parametrize("rig", ["ebay"], indirect=True)


def _connector(rig: Rig, **settings: str) -> EbayConnector:
    assert isinstance(rig.connector, EbayConnector)
    return EbayConnector(with_settings(rig.connector._client.context, settings))


async def _messages(connector: EbayConnector, cursor: str = "") -> tuple[list[MessageReceived], str]:
    found: list[MessageReceived] = []
    while True:
        batch = await connector.pull("messages", cursor)
        cursor = batch.cursor
        found += [each for one in batch.deliveries for each in connector.normalise(one) if isinstance(each, MessageReceived)]
        if not batch.more:
            return found, cursor


def _lack_messages(rig: Rig) -> None:
    rig.sandbox.shop.lacking.add("commerce.message")  # type: ignore[attr-defined]


def _sku(rig: Rig) -> str:
    return next(iter(rig.world.shelf("ebay").listings))


async def test_a_talk_about_an_item_comes_with_both_sides_in_order(rig: Rig) -> None:
    asked = rig.buyer_writes("Is <b>M</b> there?", sku=_sku(rig))
    thread = next(iter(rig.world.shelf("ebay").threads))
    given = rig.world.reply("ebay", thread, "It is.")
    found, _ = await _messages(_connector(rig))
    assert [(each.external_id, each.direction, each.text) for each in found] == [
        (asked.id, "in", "Is <b>M</b> there?"),
        (given.id, "out", "It is."),
    ]
    item = rig.world.shelf("ebay").listings[_sku(rig)].id
    assert {each.listing_ids for each in found} == {(item,)}
    assert len({each.customer for each in found}) == 1


async def test_long_talks_are_read_to_their_end_and_only_news_after(rig: Rig) -> None:
    for number in range(120):
        rig.buyer_writes(f"line {number}")
    rig.clock.moment += timedelta(minutes=10)
    connector = _connector(rig)
    found, cursor = await _messages(connector)
    assert [each.text for each in found] == [f"line {number}" for number in range(120)]
    rig.clock.moment += timedelta(minutes=10)
    rig.buyer_writes("and one more")
    assert [each.text for each in (await _messages(connector, cursor))[0]] == ["and one more"]


async def test_more_talks_than_a_page_are_all_found(rig: Rig) -> None:
    for number in range(25):
        rig.world.message("ebay", f"buyer number {number}", f"from {number}")
    found, _ = await _messages(_connector(rig))
    assert {each.text for each in found} == {f"from {number}" for number in range(25)}


async def test_being_read_makes_no_new_delivery(rig: Rig) -> None:
    message = rig.buyer_writes("Hello")
    connector = _connector(rig)
    before = await connector.pull("messages", "")
    message.read = True
    after = await connector.pull("messages", "")
    assert [one.key for one in before.deliveries] == [one.key for one in after.deliveries]


async def test_without_the_scope_questions_come_by_the_older_calls_and_not_twice(rig: Rig) -> None:
    _lack_messages(rig)
    rig.buyer_writes("Shipping to Ireland?", sku=_sku(rig))
    connector = _connector(rig)
    found, cursor = await _messages(connector)
    assert [(each.text, each.refs["model"]) for each in found] == [("Shipping to Ireland?", "trading")]
    calls = sum(one.path.startswith("/commerce/message") for one in rig.exchanges)
    again, _ = await _messages(connector, cursor)
    assert [each.external_id for each in again] == [found[0].external_id]
    assert sum(one.path.startswith("/commerce/message") for one in rig.exchanges) == calls
    rig.sandbox.shop.lacking.clear()  # type: ignore[attr-defined]
    rig.clock.moment += timedelta(hours=25)
    assert (await _messages(connector, cursor))[0] == []
    assert sum(one.path.startswith("/commerce/message") for one in rig.exchanges) == calls + 2


async def test_who_wants_the_new_calls_only_is_told_what_is_missing(rig: Rig) -> None:
    _lack_messages(rig)
    with pytest.raises(AuthExpired) as raised:
        await _connector(rig, messages="rest").pull("messages", "")
    assert raised.value.missing == ("https://api.ebay.com/oauth/api_scope/commerce.message",)
    health = await _connector(rig).check()
    assert (health.ok, health.account, health.missing) == (True, "harbour_and_hill", raised.value.missing)


async def test_an_old_question_is_answered_once_and_its_answer_recognised(rig: Rig) -> None:
    rig.buyer_writes("Shipping to Ireland?", sku=_sku(rig))
    connector = _connector(rig, messages="trading")
    (asked,), _ = await _messages(connector)
    command = rig.reply_to(asked, "Yes & <gladly>.\nTwo days.")
    assert await connector.look_up(command) is None
    receipt = await connector.execute(command)
    found = await connector.look_up(command)
    assert found is not None
    assert found.external_id == receipt.external_id
    assert [said.text for said in rig.said_by_us("gladly")] == ["Yes & <gladly>.\nTwo days."]
    (question, answer), _ = await _messages(connector)
    assert question == asked
    assert (answer.direction, answer.external_id) == ("out", receipt.external_id)


async def test_an_answer_that_was_swallowed_is_found_again(rig: Rig) -> None:
    rig.buyer_writes("Hello", sku=_sku(rig))
    connector = _connector(rig)
    (asked,), _ = await _messages(connector)
    command = rig.reply_to(asked, "Good morning!")
    rig.strike("swallow_reply")
    with pytest.raises(Ambiguous):
        await connector.execute(command)
    found = await connector.look_up(command)
    assert found is not None
    assert [said.id for said in rig.said_by_us("Good morning!")] == [found.external_id]


async def test_an_equal_text_of_earlier_is_not_taken_for_this_one(rig: Rig) -> None:
    rig.buyer_writes("Hello")
    connector = _connector(rig)
    (asked,), _ = await _messages(connector)
    await connector.execute(rig.reply_to(asked, "Thanks!"))
    rig.clock.moment += timedelta(seconds=30)
    assert await connector.look_up(rig.reply_to(asked, "Thanks!", key="key-2")) is None


async def test_order_talk_is_found_in_the_sent_folder(rig: Rig) -> None:
    sku = _sku(rig)
    rig.buyer_writes("Hello", sku=sku)
    buyer = next(iter(rig.world.state.buyers.values()))
    refs = {"model": "trading", "item_id": rig.world.shelf("ebay").listings[sku].id}
    customer = Handle(kind="ebay_user", value=buyer.user, label=buyer.user)
    command = SendReply(key="k", thread="", text="It left  today.", customer=customer, refs=refs, started_at=rig.clock.now())
    connector = _connector(rig)
    assert await connector.look_up(command) is None
    receipt = await connector.execute(command)
    found = await connector.look_up(command)
    assert found is not None
    assert found.external_id == receipt.external_id
    assert len(rig.said_by_us("It left  today.")) == 1


async def test_a_first_word_to_a_buyer_goes_by_name_and_about_the_item(rig: Rig) -> None:
    sku = _sku(rig)
    item = rig.world.shelf("ebay").listings[sku].id
    buyer = next(iter(rig.world.state.buyers.values()))
    customer = Handle(kind="ebay_user", value=buyer.user, label=buyer.user)
    command = SendReply(
        key="k", thread="", text="A word about your order", customer=customer, refs={"item_id": item}, started_at=rig.clock.now()
    )
    connector = _connector(rig)
    assert await connector.look_up(command) is None
    receipt = await connector.execute(command)
    found = await connector.look_up(command)
    assert found is not None
    assert found.external_id == receipt.external_id
    assert [thread.sku for thread in rig.world.shelf("ebay").threads.values()] == [sku]


@pytest.mark.parametrize(
    ("text", "files", "code"),
    [
        ("x" * 2001, 0, "355013"),
        ("  ", 0, "355015"),
        ("six", 6, "355010"),
        ("private", -1, "355014"),
    ],
)
async def test_what_ebay_would_refuse_is_never_sent(rig: Rig, text: str, files: int, code: str) -> None:
    message = await rig.buyer_message("Hello")
    url = "https://shop.example/f" if files >= 0 else "http://shop.example/f"
    uploads = tuple(Upload(name="a.png", media_type="image/png", content=b"", public_url=url) for _ in range(abs(files)))
    command = SendReply(key="k", thread=message.thread, text=text, customer=message.customer, refs=message.refs, files=uploads)
    calls = len(rig.exchanges)
    with pytest.raises(Refused) as raised:
        await rig.connector.execute(command)
    assert (raised.value.code, len(rig.exchanges)) == (code, calls)
    assert raised.value.fix


async def test_a_file_goes_by_its_public_address(rig: Rig) -> None:
    message = await rig.buyer_message("Hello")
    file = Upload(name="label.pdf", media_type="application/pdf", content=b"%PDF", public_url="https://shop.example/f/1")
    command = SendReply(
        key="k", thread=message.thread, text="Your label", customer=message.customer, refs=message.refs, files=(file,)
    )
    await rig.connector.execute(command)
    assert [[kept.name for kept in said.files] for said in rig.said_by_us("Your label")] == [["label.pdf"]]


async def test_an_unknown_talk_is_refused_in_ebays_words(rig: Rig) -> None:
    command = SendReply(
        key="k", thread="999", text="Hi", customer=Handle(kind="ebay_user", value="x"), started_at=rig.clock.now()
    )
    with pytest.raises(Refused) as raised:
        await rig.connector.execute(command)
    assert raised.value.code == "355007"


async def test_a_notice_leads_to_the_very_message(rig: Rig) -> None:
    message = rig.buyer_writes("First", sku=_sku(rig))
    rig.buyer_writes("Second", sku=_sku(rig))
    thread = next(iter(rig.world.shelf("ebay").threads))
    delivery = await rig.connector.fetch(Pointer(kind="message", id=f"{thread}/{message.id}"))
    assert delivery is not None
    (event,) = rig.connector.normalise(delivery)
    assert isinstance(event, MessageReceived)
    assert (event.text, event.listing_ids) == ("First", (rig.world.shelf("ebay").listings[_sku(rig)].id,))
    pulled = await rig.connector.pull("messages", "")
    assert delivery.key in {one.key for one in pulled.deliveries}


async def test_a_notice_about_something_gone_leads_nowhere(rig: Rig) -> None:
    assert await rig.connector.fetch(Pointer(kind="message", id="999/1")) is None
    assert await rig.connector.fetch(Pointer(kind="order", id="99-99999-99999")) is None
    assert await rig.connector.fetch(Pointer(kind="item", id="999")) is None
    assert await rig.connector.fetch(Pointer(kind="question", id="999")) is None


async def test_without_the_scope_a_buyer_of_an_item_is_still_written_to_and_found(rig: Rig) -> None:
    sku = _sku(rig)
    rig.buyer_writes("Hello", sku=sku)
    connector = _connector(rig)
    (asked,), _ = await _messages(connector)
    _lack_messages(rig)
    command = rig.reply_to(asked, "Still here.")
    assert await connector.look_up(command) is None
    receipt = await connector.execute(command)
    found = await connector.look_up(command)
    assert found is not None
    assert found.external_id == receipt.external_id
    assert len(rig.said_by_us("Still here.")) == 1
    plain = SendReply(key="k", thread=asked.thread, text="No item", customer=asked.customer, started_at=rig.clock.now())
    with pytest.raises(AuthExpired):
        await connector.execute(plain)


async def test_ebays_own_letters_are_automatic_and_come_each_quarter_of_an_hour(rig: Rig) -> None:
    letters = rig.sandbox.messages  # type: ignore[attr-defined]
    letters.write_from_ebay("Your payout is on its way", "<html><body><p>Hello</p><p>It is sent.</p></body></html>")
    rig.clock.moment += timedelta(minutes=5)
    found, cursor = await _messages(_connector(rig))
    (letter,) = found
    assert (letter.automated, letter.direction, letter.customer.value) == (True, "in", "eBay")
    assert (letter.subject, letter.text) == ("Your payout is on its way", "Hello\nIt is sent.")
    letters.write_from_ebay("A second one", "Soon")
    none, cursor = await _messages(_connector(rig), cursor)
    assert none == []
    rig.clock.moment += timedelta(minutes=16)
    later, _ = await _messages(_connector(rig), cursor)
    assert [each.text for each in later] == ["Soon"]
