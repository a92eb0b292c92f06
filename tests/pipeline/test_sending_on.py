"""Order within a thread, what cannot be had, acts on orders, and files that go along."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.core.clock import HeldClock
from app.core.db import Actor
from app.domain.connections import service as connections
from app.domain.inbox.errors import ActNotOffered, ReplyBlocked
from app.domain.inbox.schemas import ActCreate, MessageCreate, MessageRead, TemplateUse
from app.domain.inbox.service import acting, filing, replying
from app.pipeline.execute import send_round
from connectors.base.commands import OrderAct, SendReply, Template
from connectors.base.contract import Offer
from connectors.base.errors import Ambiguous, Refused, Unavailable
from connectors.base.events import OrderLine, OrderSeen
from connectors.base.manifest import Sending
from tests.conftest import NOON
from tests.pipeline.belt import SENDING, Belt, event, message, told

WORDS = "select text, state, error_code from message where workspace_id = $1 and direction = 'out' order by id"


async def write(belt: Belt, data: MessageCreate, sending: Sending = SENDING) -> MessageRead:
    conversation = await belt.value("select id from conversation where workspace_id = $1")
    async with belt.db.unit(belt.workspace, Actor(belt.shop.owner_id, "Ayu")) as work:
        return await replying.write_message(work, conversation, data, lambda _: sending)


async def file(belt: Belt, content: bytes = b"a receipt") -> UUID:
    sha256 = await belt.house.files.keep(content)
    async with belt.db.unit(belt.workspace) as work:
        made = await filing.add_file(work, name="receipt.txt", media_type="text/plain", size=len(content), sha256=sha256)
    return made.id


async def test_a_reply_that_waits_is_not_overtaken(belt: Belt, clock: HeldClock) -> None:
    await belt.reply("first")
    belt.channel.answers = [Unavailable("down", after=40.0)]
    await send_round(belt.house)
    await belt.reply("second")
    await send_round(belt.house)
    assert belt.said() == ["first"]
    clock.advance(seconds=60)
    for _ in range(3):
        belt.channel.found = [None]
        await send_round(belt.house)
    assert belt.said() == ["first", "first", "second"]


async def test_another_thread_does_not_wait_for_it(belt: Belt) -> None:
    await belt.reply("first")
    belt.channel.answers = [Unavailable("down", after=40.0)]
    await send_round(belt.house)
    await belt.deliver(told("me too", thread="t2", name="budi"))
    await belt.ingest()
    other = await belt.value("select conversation_id from thread where workspace_id = $1 and external_id = 't2'")
    async with belt.db.unit(belt.workspace, Actor(belt.shop.owner_id, "Ayu")) as work:
        await replying.write_message(work, other, MessageCreate(client_msg_id="other", text="yours"), lambda _: SENDING)
    await send_round(belt.house)
    assert belt.said() == ["first", "yours"]


async def test_what_never_arrives_is_sent_three_times_and_then_has_failed(belt: Belt, clock: HeldClock) -> None:
    reply = await belt.reply("into the void")
    belt.channel.answers = [Ambiguous("lost") for _ in range(9)]
    for _ in range(12):
        belt.channel.found = [None, None]
        await send_round(belt.house)
        clock.advance(minutes=6)
    assert belt.said() == ["into the void"] * 3
    (row,) = await belt.rows("select state, error_code, due_at from message where workspace_id = $1 and id = $2", reply)
    assert row == ("failed", "never_arrived", None)


async def test_what_waits_on_a_removed_connection_has_failed(belt: Belt) -> None:
    await belt.reply("too late")
    async with belt.db.unit(belt.workspace) as work:
        await connections.remove_connection(work, belt.connection)
    await send_round(belt.house)
    await send_round(belt.house)
    assert await belt.rows(WORDS) == [("too late", "failed", "connection_removed")]
    assert await belt.value("select awaiting_since from conversation where workspace_id = $1") == NOON


async def test_files_go_along_once(belt: Belt) -> None:
    await belt.deliver(told("send me the receipt"))
    await belt.ingest()
    terms = Sending(text_limit=1000, files_max=1, file_types=("text/plain",))
    receipt = await file(belt)
    await write(belt, MessageCreate(client_msg_id="f1", text="here", attachment_ids=[receipt]), terms)
    await send_round(belt.house)
    (sent,) = belt.channel.asked
    assert isinstance(sent, SendReply)
    assert [(one.name, one.media_type, one.content) for one in sent.files] == [("receipt.txt", "text/plain", b"a receipt")]
    with pytest.raises(ReplyBlocked) as refused:
        await write(belt, MessageCreate(client_msg_id="f2", text="again", attachment_ids=[receipt]), terms)
    assert refused.value.code == "attachment"
    with pytest.raises(ReplyBlocked) as refused:
        await write(belt, MessageCreate(client_msg_id="f3", attachment_ids=[await file(belt)]), SENDING)
    assert refused.value.code == "too_many_files"


async def test_a_file_that_is_gone_is_said_so(belt: Belt) -> None:
    await belt.deliver(told("send me the receipt"))
    await belt.ingest()
    async with belt.db.unit(belt.workspace) as work:
        lost = await filing.add_file(work, name="a.txt", media_type="text/plain", size=1, sha256="0" * 64)
    await write(belt, MessageCreate(client_msg_id="f1", attachment_ids=[lost.id]), Sending(text_limit=10, files_max=1))
    await send_round(belt.house)
    assert (await belt.rows(WORDS), belt.channel.asked) == ([("", "failed", "file_gone")], [])


async def test_what_a_reply_says_of_itself(belt: Belt) -> None:
    """Who typed it, what it quotes, which approved text it is."""
    await belt.deliver(event(message("which one?", external_id="x9")))
    await belt.ingest()
    heard = await belt.value("select id from message where workspace_id = $1 and external_id = 'x9'")
    await write(belt, MessageCreate(client_msg_id="q1", text="the blue one", reply_to_id=heard))
    template = TemplateUse(name="order_update", language="id", variables=["1001"])
    await write(belt, MessageCreate(client_msg_id="q2", template=template), Sending(text_limit=10, templates=True))
    for _ in range(2):
        await send_round(belt.house)
    first, second = belt.channel.asked
    assert isinstance(first, SendReply)
    assert isinstance(second, SendReply)
    assert (first.reply_to, first.by_person, first.template) == ("x9", True, None)
    assert second.template == Template(name="order_update", language="id", variables=("1001",))


REFUND = Offer(name="refund", label={"en": "Refund"}, text_limit=20, once=True)


async def order(belt: Belt) -> UUID:
    line = OrderLine(external_id="1", external_sku="MUG", quantity=1)
    seen = OrderSeen(external_id="o1", version="1", status="open", placed_at=NOON, lines=(line,), currency="USD")
    await belt.deliver(event(seen))
    await belt.ingest()
    found: UUID = await belt.value("select id from sales_order where workspace_id = $1")
    return found


async def act(belt: Belt, order_id: UUID, key: str = "a1", text: str = "sorry", offer: Offer = REFUND) -> MessageRead:
    async with belt.db.unit(belt.workspace, Actor(belt.shop.owner_id, "Ayu")) as work:
        return await acting.write_act(work, order_id, ActCreate(client_key=key, name=offer.name, text=text), offer)


async def test_an_act_is_done_once_and_its_line_tells_so(belt: Belt) -> None:
    order_id = await order(belt)
    made = await act(belt, order_id)
    assert (await act(belt, order_id)).id == made.id
    with pytest.raises(ActNotOffered):
        await act(belt, order_id, key="a2")
    with pytest.raises(ReplyBlocked):
        await act(belt, order_id, key="a3", text="x" * 21)
    for _ in range(2):
        await send_round(belt.house)
    (asked,) = belt.channel.asked
    assert isinstance(asked, OrderAct)
    assert (asked.key, asked.name, asked.order_id, asked.text) == ("a1", "refund", "o1", "sorry")
    async with belt.db.unit(belt.workspace) as work:
        shown = await replying.read_message(work, made.id)
    assert shown.act is not None
    assert (shown.kind, shown.state, shown.act.name, shown.act.label, shown.act.order) == (
        "act", "sent", "refund", {"en": "Refund"}, "o1",
    )  # fmt: skip


async def test_an_act_in_doubt_is_looked_up_and_a_refused_one_has_failed(belt: Belt, clock: HeldClock) -> None:
    order_id = await order(belt)
    belt.channel.answers = [Ambiguous("lost"), Refused("too late for a refund", fix="Send a coupon.")]
    await act(belt, order_id)
    await send_round(belt.house)
    assert [row[1] for row in await belt.rows(WORDS)] == ["unknown"]
    clock.advance(seconds=21)
    belt.channel.found = [None]
    await send_round(belt.house)
    assert [type(one) for one in belt.channel.looked] == [OrderAct]
    again = await act(belt, order_id, key="a2", offer=Offer(name="coupon", label={"en": "Coupon"}, text_limit=20))
    await send_round(belt.house)
    async with belt.db.unit(belt.workspace) as work:
        shown = await replying.read_message(work, again.id)
    assert shown.error is not None
    assert (shown.state, shown.error.detail, shown.error.fix) == ("failed", "too late for a refund", "Send a coupon.")
    assert await belt.value("select count(*) from send_attempt where workspace_id = $1") == 2
    assert clock.now() < NOON + timedelta(minutes=1)
