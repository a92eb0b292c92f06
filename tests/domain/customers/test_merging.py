"""Two customers merged and parted: every row is where it was, and what came since goes with the handle it came by."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import Actor, Database
from app.domain.customers import merging, rules, service, suggesting
from app.domain.customers.errors import CannotMerge, CustomerNotFound, MergedSince, StrongIdsDiffer
from app.domain.customers.rules import Strong
from app.domain.customers.schemas import CustomerMerge, CustomerRead, Suggestion
from app.domain.inbox.service import joining, receiving
from app.domain.inbox.service import merging as talks
from app.domain.inbox.service.receiving import Source
from app.domain.orders import matters
from app.domain.orders import service as orders
from connectors.base.events import CaseSeen, CheckoutSeen, Handle, MessageReceived, OrderLine, OrderSeen
from tests.conftest import Shop, open_shop
from tests.domain.customers.test_timeline import CHAT, SHOP, T0, link

BUYER = Handle(kind="shop_user", value="u1", label="rina.s", name="Rina Sari")
CHATTER = Handle(kind="chat_user", value="c1", name="rina sari")
TABLES = {
    "customer": "to_jsonb(x) - 'version' - 'updated_at'",
    "handle": "to_jsonb(x)",
    "sales_order": "to_jsonb(x) - 'version'",
    "conversation": "to_jsonb(x) - 'version' - 'updated_at'",
    "thread": "to_jsonb(x)",
    "message": "to_jsonb(x) - 'search'",
    "channel_case": "to_jsonb(x) - 'version'",
    "checkout": "to_jsonb(x)",
    "exact_key": "to_jsonb(x)",
    "trait": "to_jsonb(x)",
}


class Counter:
    """A shop and a chat of one workspace."""

    def __init__(self, db: Database, shop: Shop, selling: UUID, chat: UUID) -> None:
        self.db, self.shop, self.selling, self.chat = db, shop, selling, chat
        self.actor = Actor(shop.owner_id, "Ayu Lestari")

    async def buy(self, at: int, customer: Handle = BUYER, **more: object) -> None:
        told: dict[str, object] = {
            "external_id": f"700-100{at}", "version": "1", "status": "open", "placed_at": T0 + timedelta(hours=at), "currency": "USD",
            "total_minor": 500, "customer": customer, "lines": (OrderLine(external_id="1", external_sku="MUG", quantity=1),),
        }  # fmt: skip
        async with self.db.unit(self.shop.workspace_id) as work:
            seen = [OrderSeen(**(told | more))]  # type: ignore[arg-type]
            await orders.take_orders(work, connection_id=self.selling, channel=SHOP, seen=seen)

    async def matter(self, at: int) -> None:
        """A case and a basket of the buyer."""
        async with self.db.unit(self.shop.workspace_id) as work:
            case = CaseSeen(
                external_id=f"case-{at}", version="1", kind="return", open=True, customer=BUYER, seen_at=T0 + timedelta(hours=at)
            )
            await matters.take_cases(work, connection_id=self.selling, channel=SHOP, seen=[case])
            basket = CheckoutSeen(
                external_id=f"basket-{at}", customer=BUYER, at=T0 + timedelta(hours=at), total_minor=100, currency="USD"
            )
            await matters.take_checkouts(work, connection_id=self.selling, channel=SHOP, seen=[basket])

    async def say(
        self, at: int, text: str, thread: str = "t1", customer: Handle = CHATTER, more: tuple[Handle, ...] = ()
    ) -> None:
        message = MessageReceived(
            thread=thread, external_id=f"m{at}", direction="in", sent_at=T0 + timedelta(hours=at), text=text, customer=customer,
            more_handles=more,
        )  # fmt: skip
        source = Source(connection_id=self.chat, channel=CHAT, brand="", sending=None)
        async with self.db.unit(self.shop.workspace_id) as work:
            await receiving.receive_messages(work, source, [(message, None)])

    async def who(self, handle: Handle) -> UUID:
        async with self.db.unit(self.shop.workspace_id) as work:
            (found,) = await service.find_by_handle(work, handle)
            return found

    async def read(self, customer: UUID) -> CustomerRead:
        async with self.db.unit(self.shop.workspace_id) as work:
            return await service.read_customer(work, customer)

    async def merge(self, survivor: UUID, absorb: UUID, *confirm: str) -> UUID:
        async with self.db.unit(self.shop.workspace_id, self.actor) as work:
            return await joining.merge_customers(work, survivor, CustomerMerge(absorb_id=absorb, confirm=list(confirm)))

    async def undo(self, merge: UUID) -> None:
        async with self.db.unit(self.shop.workspace_id, self.actor) as work:
            await joining.undo(work, merge)

    async def suggested(self, customer: UUID) -> list[Suggestion]:
        async with self.db.look(self.shop.workspace_id) as work:
            return (await suggesting.suggest(work, customer)).items

    async def stops(self, customer: UUID) -> list[tuple[str, str]]:
        async with self.db.unit(self.shop.workspace_id) as work:
            page = await service.read_timeline(work, customer, cursor=None, limit=50)
        return [(one.kind, one.channel) for one in page.items]

    async def picture(self) -> dict[str, list[str]]:
        shown = {}
        async with self.db.unit(self.shop.workspace_id) as work:
            for table, columns in TABLES.items():
                where = " and kind <> 'event'" if table == "message" else ""
                rows = await work.fetch(
                    f"select ({columns})::text as row from {table} x where workspace_id = $1{where} order by 1", work.workspace_id
                )
                shown[table] = [row["row"] for row in rows]
        return shown


@pytest.fixture
async def counter(db: Database, shop: Shop) -> Counter:
    return Counter(db, shop, await link(db, shop.workspace_id, SHOP), await link(db, shop.workspace_id, CHAT))


async def both(counter: Counter) -> tuple[UUID, UUID]:
    await counter.buy(1)
    await counter.matter(2)
    await counter.say(3, "hello")
    return await counter.who(CHATTER), await counter.who(BUYER)


async def test_one_customer_with_everything_and_two_again_row_for_row(counter: Counter) -> None:
    chatter, buyer = await both(counter)
    before = await counter.picture()
    done = await counter.merge(chatter, buyer)
    one = await counter.read(chatter)
    assert ([handle.value for handle in one.handles], one.order_count, one.spent[0].minor) == (["u1", "c1"], 1, 500)
    assert await counter.stops(chatter) == [("conversation", CHAT), ("checkout", SHOP), ("case", SHOP), ("order", SHOP)]
    assert (await counter.read(buyer)).id == chatter
    assert await counter.stops(buyer) == await counter.stops(chatter)
    async with counter.db.unit(counter.shop.workspace_id) as work:
        assert [row.id for row in (await service.list_customers(work, q="", cursor=None, limit=10)).items] == [chatter]
        assert [row.id for row in (await service.list_customers(work, q="rina.s", cursor=None, limit=10)).items] == [chatter]
        listed = await merging.list_merges(work, chatter)
    assert [(row.id, row.names, row.by) for row in listed.items] == [(done, ["Rina Sari"], "Ayu Lestari")]
    await counter.undo(done)
    assert await counter.picture() == before
    assert await counter.stops(chatter) == [("conversation", CHAT)]


async def test_what_came_since_goes_back_with_the_handle_it_came_by(counter: Counter) -> None:
    chatter, buyer = await both(counter)
    done = await counter.merge(chatter, buyer)
    await counter.buy(4)
    await counter.matter(5)
    await counter.say(6, "from the shop", thread="t2", customer=BUYER)
    await counter.say(7, "from the chat", thread="t3")
    assert await counter.stops(chatter) == [
        ("conversation", CHAT), ("conversation", CHAT), ("checkout", SHOP), ("case", SHOP), ("order", SHOP), ("conversation", CHAT),
        ("checkout", SHOP), ("case", SHOP), ("order", SHOP),
    ]  # fmt: skip
    assert await counter.who(BUYER) == chatter
    await counter.undo(done)
    assert await counter.stops(chatter) == [("conversation", CHAT), ("conversation", CHAT)]
    assert await counter.stops(buyer) == [
        ("conversation", CHAT), ("checkout", SHOP), ("case", SHOP), ("order", SHOP), ("checkout", SHOP), ("case", SHOP), ("order", SHOP),
    ]  # fmt: skip
    async with counter.db.unit(counter.shop.workspace_id) as work:
        said = await work.fetch(
            "select text, customer_id from message where workspace_id = $1 and kind = 'message' order by sent_at",
            work.workspace_id,
        )
    assert [(row["text"], row["customer_id"]) for row in said] == [
        ("hello", chatter), ("from the shop", buyer), ("from the chat", chatter)
    ]  # fmt: skip
    assert await counter.who(BUYER) == buyer


async def test_merges_in_a_chain_come_apart_from_the_last_to_the_first(counter: Counter) -> None:
    chatter, buyer = await both(counter)
    await counter.say(4, "a third", thread="t9", customer=Handle(kind="third_user", value="x"))
    third = await counter.who(Handle(kind="third_user", value="x"))
    before = await counter.picture()
    inner = await counter.merge(buyer, third)
    outer = await counter.merge(chatter, buyer)
    assert {(await counter.read(one)).id for one in (chatter, buyer, third)} == {chatter}
    with pytest.raises(MergedSince):
        await counter.undo(inner)
    with pytest.raises(MergedSince):
        await counter.merge(chatter, third)
    await counter.undo(outer)
    assert (await counter.read(third)).id == buyer
    await counter.undo(inner)
    assert await counter.picture() == before


async def test_conversations_merged_across_the_two_come_apart_with_them(counter: Counter) -> None:
    await counter.say(1, "by chat")
    await counter.say(2, "by shop", thread="t2", customer=BUYER)
    chatter, buyer = await counter.who(CHATTER), await counter.who(BUYER)
    before = await counter.picture()
    done = await counter.merge(chatter, buyer)
    async with counter.db.unit(counter.shop.workspace_id, counter.actor) as work:
        found = await work.fetch("select id from conversation where workspace_id = $1 order by id", work.workspace_id)
        await talks.merge_conversations(work, found[0]["id"], [found[1]["id"]])
    assert await counter.stops(chatter) == [("conversation", CHAT)]
    await counter.undo(done)
    assert await counter.picture() == before


async def test_two_ids_of_one_provider_are_merged_only_when_it_is_said(counter: Counter) -> None:
    await counter.say(1, "one")
    await counter.say(2, "two", thread="t2", customer=Handle(kind="chat_user", value="c2"))
    one, two = await counter.who(CHATTER), await counter.who(Handle(kind="chat_user", value="c2"))
    before = await counter.picture()
    with pytest.raises(StrongIdsDiffer) as refused:
        await counter.merge(one, two)
    assert refused.value.extra["clashes"] == [{"kind": "chat_user", "one": "c1", "other": "c2"}]
    with pytest.raises(StrongIdsDiffer):
        await counter.merge(one, two, "shop_user")
    assert await counter.picture() == before
    await counter.merge(one, two, "chat_user")
    assert [handle.value for handle in (await counter.read(one)).handles] == ["c1", "c2"]


async def test_nobody_is_merged_into_themselves_or_a_neighbour(counter: Counter, db: Database) -> None:
    chatter, _ = await both(counter)
    with pytest.raises(CannotMerge, match="itself"):
        await counter.merge(chatter, chatter)
    neighbour = Counter(db, await open_shop(db), counter.selling, counter.chat)
    with pytest.raises(CustomerNotFound):
        await neighbour.merge(chatter, await counter.who(BUYER))


async def test_an_order_named_in_a_chat_suggests_its_buyer_and_merges_nothing(counter: Counter) -> None:
    await counter.buy(1)
    await counter.say(2, "hi, where is my order 700-1001 please?")
    chatter, buyer = await counter.who(CHATTER), await counter.who(BUYER)
    assert chatter != buyer
    (offered,) = await counter.suggested(chatter)
    assert (offered.customer.id, offered.strength, offered.clashes) == (buyer, "strong", [])
    assert [(one.kind, one.value) for one in offered.evidence] == [("order", "700-1001"), ("name", "Rina Sari")]
    assert [one.customer.id for one in await counter.suggested(buyer)] == [chatter]
    async with counter.db.unit(counter.shop.workspace_id, counter.actor) as work:
        await suggesting.keep_apart(work, buyer, chatter)
    assert await counter.suggested(chatter) == []
    assert await counter.suggested(buyer) == []


async def test_a_phone_on_a_parcel_suggests_whoever_wrote_from_it(counter: Counter) -> None:
    phone = Handle(kind="phone", value="+447700900412", strength="verified")
    await counter.say(1, "hello", more=(phone,))
    chatter = await counter.who(CHATTER)
    before = (await counter.read(chatter)).version
    buyer = Handle(kind="shop_user", value="u1", name="R. Sari")
    await counter.buy(2, buyer, ship_to={"name": "R. Sari", "phone": "07700 900412", "postcode": "LS6 3AB"})
    (offered,) = await counter.suggested(chatter)
    assert ([(one.kind, one.value) for one in offered.evidence], offered.strength) == ([("phone", "700900412")], "likely")
    assert (await counter.read(chatter)).version > before
    done = await counter.merge(chatter, await counter.who(BUYER))
    assert await counter.suggested(chatter) == []
    await counter.undo(done)
    assert len(await counter.suggested(chatter)) == 1


async def test_an_address_typed_in_a_chat_suggests_and_never_joins(counter: Counter) -> None:
    await counter.buy(1, more_handles=(Handle(kind="email", value="rina@mail.example"),))
    await counter.say(2, "hi", more=(Handle(kind="email", value="Rina@Mail.example", strength="guessed"),))
    chatter = await counter.who(CHATTER)
    (offered,) = await counter.suggested(chatter)
    assert [one.kind for one in offered.evidence] == ["email", "name"]
    assert offered.customer.id == await counter.who(BUYER) != chatter


@given(st.text(alphabet="0123456789 +-()", max_size=24))
def test_a_phone_is_known_by_its_last_digits(text: str) -> None:
    digits = "".join(one for one in text if one.isdigit())
    found = rules.trait_of("phone", text)
    assert (found is None) == (len(digits) < 8 or len(set(digits[-9:])) == 1)
    if found and len(digits) >= 9:
        assert found == rules.trait_of("phone", f"+62 {digits[-9:]}") == ("phone", digits[-9:])


STRONGS = st.lists(
    st.builds(
        Strong, st.sampled_from(("chat_user", "shop_user", "email")), st.sampled_from("abc"),
        st.frozensets(st.sampled_from([UUID(int=1), UUID(int=2)]), max_size=2),
    ),
    max_size=5,
)  # fmt: skip


@given(one=STRONGS, other=STRONGS)
def test_ids_clash_the_same_way_from_both_sides(one: list[Strong], other: list[Strong]) -> None:
    found = rules.clashes(one, other)
    assert {(b, a) for a, b in found} == set(rules.clashes(other, one))
    assert all(a.kind == b.kind != "email" and a.value != b.value for a, b in found)
    assert rules.clashes(one, [each for each in other if each.kind == "email"]) == []
