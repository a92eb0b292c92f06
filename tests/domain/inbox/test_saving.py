"""Saved replies: the text that fits, its variables filled, and nothing sent that is not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Unacceptable
from app.domain.catalog.schemas import VariantCreate
from app.domain.inbox import rules, variables
from app.domain.inbox.desk_schemas import FilledReply, MacroWrite, SavedReplyRead, SavedReplyWrite, SavedTextWrite
from app.domain.inbox.errors import NameTaken, ReplyBlocked, ReplyInUse, SavedReplyNotFound
from app.domain.inbox.schemas import ConversationRead
from app.domain.inbox.service import macros, saving
from app.domain.inbox.variables import SavedText
from app.domain.inventory.schemas import MovementCreate
from app.domain.inventory.service import moving
from app.domain.orders.service import add_variant, take_orders
from connectors.base.events import OrderLine, OrderSeen
from connectors.base.manifest import Sending
from tests.conftest import NOON
from tests.domain.inbox.desk import CHANNEL, Desk, buyer, message

WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="{}"), max_size=30)
NAME = st.sampled_from([*sorted(variables.NAMES), "stock.MUG-1", "stock.Tea 250 g"])
PIECES = st.lists(st.one_of(WORDS, NAME.map(lambda name: f"{{{{{name}}}}}")), max_size=8)
WAY = rules.Way(sending=Sending(text_limit=100_000), speaks=True, state="ready", last_in_at=NOON)


@given(pieces=PIECES, facts=st.dictionaries(NAME, WORDS, max_size=8))
def test_what_has_no_value_stays_named_and_blocks(pieces: list[str], facts: dict[str, str]) -> None:
    filled = variables.fill("".join(pieces), facts)
    named = [piece[2:-2] for piece in pieces if piece.startswith("{{")]
    missing = list(dict.fromkeys(name for name in named if not facts.get(name)))
    assert variables.names_in(filled) == missing
    verdict = rules.check(WAY, rules.Draft(text=f"Dear {filled}"), NOON)
    assert (verdict.level, verdict.where) == (("block", missing[0]) if missing else ("allow", ""))


@given(value=st.text(max_size=30))
def test_a_value_is_never_read_as_a_variable_again(value: str) -> None:
    assert variables.fill("{{customer.name}}", {"customer.name": value, "agent.name": "Ayu"}) == (value or "{{customer.name}}")


@pytest.mark.parametrize("text", ["{{ customer.name }}", "{{customer.name}}"])
def test_blanks_inside_the_braces_mean_nothing(text: str) -> None:
    assert variables.fill(text, {"customer.name": "Rina"}) == "Rina"


@pytest.mark.parametrize("text", ["{{1}}", "{{ product.title }}", "{customer.name}", "{{customer}}"])
def test_other_braces_are_the_writers_own_and_go_out(text: str) -> None:
    assert rules.check(WAY, rules.Draft(text=text), NOON).level == "allow"


TEXTS = [
    SavedText(text="every"),
    SavedText(text="id", language="id"),
    SavedText(text="here", channel="here"),
    SavedText(text="here id", channel="here", language="id"),
]


@pytest.mark.parametrize(
    ("texts", "channel", "language", "chosen"),
    [
        (TEXTS, "here", "id", "here id"),
        (TEXTS, "here", "id-ID", "here id"),
        (TEXTS, "here", "en", "here"),
        (TEXTS, "there", "id", "id"),
        (TEXTS, "there", "de", "every"),
        (TEXTS[1:2], "there", "de", "id"),
        (TEXTS[2:], "there", "id", None),
        ([], "there", "id", None),
    ],
)
def test_the_text_that_fits(texts: list[SavedText], channel: str, language: str, chosen: str | None) -> None:
    found = variables.best_text(texts, channel, language)
    assert (found and found.text) == chosen


@pytest.fixture
async def told(desk: Desk) -> ConversationRead:
    await desk.hear(message("where is it?", -30, language="id"))
    return await desk.only()


async def save(desk: Desk, name: str, *texts: str, **more: Any) -> SavedReplyRead:
    data = SavedReplyWrite(name=name, texts=[SavedTextWrite(text=text, **more) for text in texts])
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return await saving.add_reply(work, data)


async def filled(desk: Desk, conversation: UUID, thread: UUID | None = None) -> list[FilledReply]:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        return (await saving.fill_replies(work, conversation, thread)).items


async def order(desk: Desk, name: str, **more: Any) -> None:
    line = OrderLine(external_id="1", external_sku="MUG", quantity=1)
    seen = OrderSeen(
        external_id=name,
        version="1",
        placed_at=NOON,
        lines=(line,),
        currency="USD",
        customer=buyer(),
        **{"status": "open", **more},
    )
    async with desk.db.unit(desk.workspace) as work:
        await take_orders(work, connection_id=desk.source.connection_id, channel=CHANNEL, seen=[seen])


async def test_every_variable_is_filled_with_what_is_true_here(desk: Desk, told: ConversationRead) -> None:
    await order(desk, "ord-7", number="#7", status="shipped", tracking="JX4411")
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        await add_variant(work, VariantCreate(sku="TEA", title="Tea"))
        await moving.move_stock(work, MovementCreate(sku="TEA", delta=9, key="count"))
    names = ["customer.name", "order.number", "order.tracking", "order.status", "stock.tea", "agent.name"]
    await save(desk, "All", " / ".join(f"{{{{{name}}}}}" for name in names), language="id")
    (reply,) = await filled(desk, told.id)
    assert (reply.text, reply.missing) == ("Rina / #7 / JX4411 / dalam perjalanan / 9 / Ayu Lestari", [])


async def test_what_is_not_known_is_named_and_is_not_sent(desk: Desk, told: ConversationRead) -> None:
    await order(desk, "ord-7", number="#7")
    await save(desk, "Tracking", "{{customer.name}}: {{order.tracking}}, {{stock.NONE}}")
    (reply,) = await filled(desk, told.id)
    assert (reply.text, reply.missing) == ("Rina: {{order.tracking}}, {{stock.NONE}}", ["order.tracking", "stock.NONE"])
    with pytest.raises(ReplyBlocked) as refused:
        await desk.write(told.id, reply.text)
    assert (refused.value.code, refused.value.detail) == ("unfilled", "Nothing is known here for order.tracking.")
    assert await desk.texts(told.id) == ["where is it?"]


async def test_only_replies_for_the_channel_are_offered(desk: Desk, told: ConversationRead) -> None:
    await save(desk, "Here", "here", channel=CHANNEL)
    await save(desk, "Elsewhere", "elsewhere", channel="nowhere")
    await save(desk, "always", "always")
    assert [one.name for one in await filled(desk, told.id)] == ["always", "Here"]


async def test_a_name_is_taken_once(desk: Desk) -> None:
    first = await save(desk, "Thanks", "thank you")
    with pytest.raises(NameTaken):
        await save(desk, "Thanks", "again")
    other = await save(desk, "Sorry", "sorry")
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        with pytest.raises(NameTaken):
            await saving.write_reply(work, other.id, SavedReplyWrite(name="Thanks", texts=other.texts))
        kept = await saving.write_reply(
            work, first.id, SavedReplyWrite(name="Thanks", texts=[SavedTextWrite(text="thanks a lot")])
        )
    assert (kept.id, kept.texts[0].text, kept.version) == (first.id, "thanks a lot", 2)


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ([SavedTextWrite(text="{{order.colour}}")], "unknown variable order.colour"),
        ([SavedTextWrite(text="a"), SavedTextWrite(text="b")], "the same channel and language twice"),
    ],
)
async def test_what_could_never_be_filled_is_not_kept(desk: Desk, texts: list[SavedTextWrite], field: str) -> None:
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        with pytest.raises(Unacceptable) as refused:
            await saving.add_reply(work, SavedReplyWrite(name="Odd", texts=texts))
        assert refused.value.fields == {"texts": field}
        assert (await saving.list_replies(work)).items == []


async def test_a_reply_that_a_macro_sends_stays(desk: Desk) -> None:
    reply = await save(desk, "Thanks", "thank you")
    async with desk.db.unit(desk.workspace, desk.actor) as work:
        macro = await macros.add_macro(work, MacroWrite(name="Done", reply_id=reply.id))
        with pytest.raises(ReplyInUse, match="the macro Done sends it"):
            await saving.drop_reply(work, reply.id)
        await macros.drop_macro(work, macro.id)
        await saving.drop_reply(work, reply.id)
        with pytest.raises(SavedReplyNotFound):
            await saving.drop_reply(work, reply.id)
