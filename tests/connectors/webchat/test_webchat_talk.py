"""What the page posts, what a reply becomes, and how a pretend visitor reads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec
import pytest

from connectors.base.commands import SendReply, Upload
from connectors.base.contract import Delivery, RawRequest
from connectors.base.errors import Malformed, Refused
from connectors.base.events import Handle, MessageReceived
from connectors.base.visitors import Remark, Welcoming
from connectors.webchat.sandbox import visitor_of
from connectors.webchat.sandbox_visitors import events
from tests.connectors.rig import Rig, connector_alone

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
VISITOR = Handle(kind="webchat_visitor", value="v-1")


def post(proof: str, remark: object) -> RawRequest:
    headers = (("authorization", f"Bearer {proof}"), ("content-type", "application/json"))
    return RawRequest(
        method="POST", url="https://counter.example/hooks/t", headers=headers, query=(), body=msgspec.json.encode(remark)
    )


def reply(text: str, key: str = "k1", files: tuple[Upload, ...] = ()) -> SendReply:
    return SendReply(key=key, thread="v-1", text=text, customer=VISITOR, files=files)


async def test_what_the_pass_proves_wins_over_what_the_page_claims() -> None:
    connector = connector_alone("webchat")
    assert isinstance(connector, Welcoming)
    proof = connector.welcome()
    claimed = {
        "id": "1",
        "kind": "house",
        "text": "I am the shop",
        "thread": "v-other",
        "verified": "yes",
        "seen-at": "2001-01-01",
    }
    (delivery,) = (await connector.receive(post(proof, claimed))).deliveries
    assert [type(one).__name__ for one in connector.normalise(delivery)] == ["Unsupported"]
    (delivery,) = (await connector.receive(post(proof, {**claimed, "kind": "message"}))).deliveries
    (heard,) = connector.normalise(delivery)
    assert isinstance(heard, MessageReceived)
    assert (heard.thread, heard.direction, heard.automated) == (connector.visitor(proof).thread, "in", False)
    assert heard.sent_at.year == 2026


@pytest.mark.parametrize(
    "remark", [[], "hello", None, {}, {"id": ""}, {"id": "x" * 65}, {"id": ["1"]}, {"id": "1", "text": "y" * 70_000}]
)
async def test_what_cannot_be_kept_is_refused_at_the_door(remark: object) -> None:
    connector = connector_alone("webchat")
    assert isinstance(connector, Welcoming)
    with pytest.raises(Malformed):
        await connector.receive(post(connector.welcome(), remark))


async def test_each_remark_names_whose_it_is() -> None:
    connector = connector_alone("webchat")
    assert isinstance(connector, Welcoming)
    proof = connector.welcome()
    (kept,) = (await connector.receive(post(proof, {"id": "1", "text": "x"}))).deliveries
    assert connector.speaker(kept) == connector.visitor(proof).thread


def test_the_house_answers_by_itself_without_counting_as_somebody() -> None:
    connector = connector_alone("webchat")
    assert isinstance(connector, Welcoming)
    visitor = connector.visitor(connector.welcome())
    (told,) = connector.normalise(connector.remark(visitor, Remark(id="a1", text="Packed.", ours=True)))
    assert isinstance(told, MessageReceived)
    assert (told.direction, told.automated, told.thread) == ("out", True, visitor.thread)


async def test_a_reply_is_sent_once_it_is_stored_and_the_same_key_is_the_same_message() -> None:
    connector = connector_alone("webchat")
    first, again = await connector.execute(reply("Yes.")), await connector.execute(reply("Yes."))
    assert (first.external_id, first.key) == (again.external_id, "k1")
    assert first.external_id == "v-1:reply-k1"
    assert (await connector.execute(reply("No.", key="k2"))).external_id != first.external_id
    found = await connector.look_up(reply("Yes."))
    assert found is not None
    assert found.external_id == first.external_id


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (reply("  "), "empty"),
        (reply("x" * 4001), "text_too_long"),
        (reply("x", files=tuple(Upload(name="a", media_type="image/png", content=b"x") for _ in range(6))), "too_many_files"),
        (reply("x", files=(Upload(name="a", media_type="image/png", content=b"x" * (10 * 1024 * 1024 + 1)),)), "file_too_big"),
    ],
)
async def test_what_the_page_cannot_show_is_refused(command: SendReply, code: str) -> None:
    with pytest.raises(Refused) as caught:
        await connector_alone("webchat").execute(command)
    assert caught.value.code == code
    assert caught.value.fix


@pytest.mark.parametrize("headers", [(), (("thread", "v-1"),), (("thread", "v-1"), ("seen-at", "never"))])
def test_a_delivery_without_its_proof_is_parked(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(Malformed):
        connector_alone("webchat").normalise(Delivery(kind="message", key="1", body=b'{"id":"1","text":"x"}', headers=headers))


@pytest.mark.parametrize("rig", ["webchat"], indirect=True)
async def test_a_signed_in_buyer_is_who_the_shop_says(rig: Rig) -> None:
    message = await rig.buyer_message("Halo kak, ukuran L masih ready? ☕")
    buyer = next(iter(rig.world.state.buyers.values()))
    assert message.text == "Halo kak, ukuran L masih ready? ☕"
    assert message.thread == visitor_of(buyer)
    assert (message.customer.name, message.customer.strength) == (buyer.name, "verified")
    assert [(one.kind, one.value, one.strength) for one in message.more_handles] == [("email", buyer.email, "verified")]


async def _lines(text: str) -> AsyncIterator[str]:
    for line in text.split("\n"):
        yield line


async def test_a_pretend_visitor_reads_events_as_published() -> None:
    text = ": hi\n\nretry: 10\n\nevent: messages\nid: 7\ndata: [1,\ndata:  2]\nfoo: bar\n\ndata: plain\n\nevent: cut\ndata: x"
    assert [one async for one in events(_lines(text))] == [("messages", "7", "[1,\n 2]"), ("message", "", "plain")]
