"""Listings and counts of both models against the sandbox."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from connectors.base.commands import LineReceipt, SetStock, StockLine
from connectors.base.errors import RateLimited, Unavailable
from connectors.base.events import ListingSeen, Pointer, StockSeen
from connectors.base.faults import FaultKind, Faults
from connectors.ebay.render import rounds
from connectors.ebay.stocking import set_stock
from tests.connectors.ebay.line import open_line
from tests.connectors.rig import Rig

each_rig = pytest.mark.parametrize("rig", ["ebay"], indirect=True)


def _line(listing: str, item: str, sku: str, quantity: int = 1, model: str = "trading", **refs: str) -> StockLine:
    return StockLine(listing_id=listing, external_id=item, external_sku=sku, quantity=quantity, model=model, refs=refs)


def _of_model(seen: dict[str, ListingSeen], model: str) -> list[str]:
    return [sku for sku, listing in seen.items() if listing.model == model]


@each_rig
async def test_each_listing_shows_once_under_its_own_model(rig: Rig) -> None:
    found = [each for each in await rig.outcomes(await rig.pull_all("listings")) if isinstance(each, ListingSeen)]
    names = [(each.external_id, each.external_sku) for each in found]
    assert len(set(names)) == len(names) == len(rig.world.shelf("ebay").listings)
    shop = rig.sandbox.shop  # type: ignore[attr-defined]
    assert {each.external_sku for each in found if each.model == "inventory"} == set(shop.inventory_skus())
    assert all(each.refs.get("offer_id") for each in found if each.model == "inventory")
    assert {each.model for each in found} == {"inventory", "trading"}


@each_rig
async def test_what_was_sold_is_not_for_sale(rig: Rig) -> None:
    skus = rig.plenty(5)
    rig.world.place_order("ebay", next(iter(rig.world.state.buyers)), [(sku, 2) for sku in skus])
    counts = {sku: listing.quantity for sku, listing in rig.world.shelf("ebay").listings.items()}
    seen = await rig.listings()
    assert {sku: listing.quantity for sku, listing in seen.items()} == counts
    stock = [each for each in await rig.outcomes(await rig.pull_all("stock")) if isinstance(each, StockSeen)]
    assert {each.external_sku: each.quantity for each in stock} == counts


@each_rig
async def test_a_count_that_returns_to_an_old_value_is_news(rig: Rig) -> None:
    sku, *_ = rig.plenty(5)
    before = rig.world.shelf("ebay").listings[sku].quantity
    keys, cursor = [], ""
    for quantity in (before, 3, before, before):
        rig.world.set_quantity("ebay", sku, quantity, ours=False)
        keys_now = set()
        while True:
            batch = await rig.connector.pull("stock", cursor)
            cursor = batch.cursor
            keys_now |= {one.key for one in batch.deliveries}
            if not batch.more:
                break
        keys.append(keys_now)
    assert [len(after - known) for known, after in itertools.pairwise(keys)] == [1, 1, 0]
    assert len((keys[2] - keys[1]) - keys[0]) == 1


@each_rig
async def test_both_models_are_pushed_in_one_command(rig: Rig) -> None:
    seen = await rig.listings()
    wanted = {sku: 4 for model in ("inventory", "trading") for sku in _of_model(seen, model)[:9]}
    calls = len(rig.exchanges)
    receipt = await rig.connector.execute(rig.stock_command(wanted, seen))
    assert {one.outcome for one in receipt.lines} == {"accepted"}
    assert {sku: rig.world.shelf("ebay").listings[sku].quantity for sku in wanted} == wanted
    made = [one.headers.get("x-ebay-api-call-name", one.path) for one in rig.exchanges[calls:]]
    assert made == ["/sell/inventory/v1/bulk_update_price_quantity", *["ReviseInventoryStatus"] * 3]


@each_rig
async def test_the_model_is_asked_when_it_is_not_known(rig: Rig) -> None:
    seen = await rig.listings()
    bare = {sku: msgspec.structs.replace(one, model="", refs={}) for sku, one in seen.items()}
    wanted = {_of_model(seen, "inventory")[0]: 0, _of_model(seen, "trading")[0]: 0}
    receipt = await rig.connector.execute(rig.stock_command(wanted, bare))
    assert {one.outcome for one in receipt.lines} == {"accepted"}
    assert {sku: rig.world.shelf("ebay").listings[sku].quantity for sku in wanted} == wanted


@each_rig
async def test_each_line_is_judged_by_itself(rig: Rig) -> None:
    seen = await rig.listings()
    good, wrong = _of_model(seen, "trading")[0], _of_model(seen, "inventory")[0]
    lines = (
        _line("ended", "999", "GONE", 2),
        _line("good", seen[good].external_id, good, 2),
        _line("other", seen[wrong].external_id, wrong, 2),
        _line("auction", "5", "X", 2, model="auction"),
        _line("nameless", "6", "Colour=Red", 2, variation="yes"),
        _line("nowhere", "7", "NO-SUCH", 2, model="inventory", offer_id="1"),
    )
    receipt = await rig.connector.execute(SetStock(key="k", lines=lines))
    assert [(one.listing_id, one.outcome, one.code) for one in receipt.lines] == [
        ("ended", "refused", "21916750"),
        ("good", "accepted", ""),
        ("other", "refused", "21919474"),
        ("auction", "refused", "auction"),
        ("nameless", "refused", "no_sku"),
        ("nowhere", "refused", "25702"),
    ]
    assert rig.world.shelf("ebay").listings[good].quantity == 2


class SecondPush(Faults):
    """Turns the second push away."""

    pushes = 0

    def hit(self, kind: FaultKind, operation: str = "") -> bool:
        self.pushes += (kind, operation) == ("rate_limited", "stock")
        return (kind, operation, self.pushes) == ("rate_limited", "stock", 2)


@each_rig
async def test_a_later_failure_leaves_the_rest_to_be_tried_again(rig: Rig) -> None:
    seen = await rig.listings()
    wanted = {_of_model(seen, "inventory")[0]: 1, **dict.fromkeys(_of_model(seen, "trading")[:6], 1)}
    before = {sku: rig.world.shelf("ebay").listings[sku].quantity for sku in wanted}
    command = rig.stock_command(wanted, seen)
    rig.sandbox.faults = SecondPush()
    receipt = await rig.connector.execute(command)
    assert [one.outcome for one in receipt.lines] == ["accepted", *["retry"] * 6]
    after = {sku: rig.world.shelf("ebay").listings[sku].quantity for sku in wanted}
    assert after == {**before, next(iter(wanted)): 1}


@each_rig
@pytest.mark.parametrize(("kind", "error"), [("unavailable", Unavailable), ("rate_limited", RateLimited)])
async def test_a_first_failure_is_the_commands(rig: Rig, kind: str, error: type[Exception]) -> None:
    seen = await rig.listings()
    sku = _of_model(seen, "trading")[0]
    rig.strike(kind, on="stock")
    with pytest.raises(error):
        await rig.connector.execute(rig.stock_command({sku: 1}, seen))
    assert rig.world.shelf("ebay").listings[sku].pushes == 0


@each_rig
async def test_a_push_that_was_dropped_shows_when_read_back(rig: Rig) -> None:
    seen = await rig.listings()
    kept, lost = _of_model(seen, "trading")[0], _of_model(seen, "inventory")[0]
    rig.strike("silent_drop", on="stock")
    command = rig.stock_command({lost: 1, kept: 1}, seen)
    assert {one.outcome for one in (await rig.connector.execute(command)).lines} == {"accepted"}
    found = await rig.connector.look_up(command)
    assert found is not None
    was = seen[lost].quantity
    assert [(one.outcome, one.observed) for one in found.lines] == [("retry", was), ("accepted", 1)]
    assert await rig.connector.look_up(rig.stock_command({lost: 1}, seen)) is None


@each_rig
async def test_one_item_is_fetched_under_its_model(rig: Rig) -> None:
    seen = await rig.listings()
    for model, kind in (("trading", ListingSeen), ("inventory", StockSeen)):
        item = seen[_of_model(seen, model)[0]].external_id
        delivery = await rig.connector.fetch(Pointer(kind="item", id=item))
        assert delivery is not None
        assert {type(each) for each in rig.connector.normalise(delivery)} == {kind}


async def test_skus_refused_together_go_one_by_one() -> None:
    """eBay's own reference says 25 SKUs in one place and one in another."""
    ok = '{{"responses": [{{"sku": "{0}", "statusCode": 200}}]}}'
    async with open_line() as (line, client):
        line.say('{"errors": [{"errorId": 25709, "message": "one SKU only"}]}', "400 Bad Request", "application/json")
        line.say(ok.format("A"), media_type="application/json")
        line.say('{"errors": [{"errorId": 25002, "message": "not B"}]}', "400 Bad Request", "application/json")
        lines = tuple(_line(name, "1", name, model="inventory", offer_id="9") for name in ("A", "B"))
        receipt = await set_stock(client, SetStock(key="k", lines=lines))
        assert [(one.outcome, one.code) for one in receipt.lines] == [("accepted", ""), ("refused", "25002")]
        assert len(line.asked) == 3


@pytest.mark.parametrize(
    ("entries", "outcome"),
    [
        ('[{"sku": "A", "offerId": "9", "statusCode": 200, "warnings": [{"errorId": 1}]}]', "accepted"),
        (
            '[{"sku": "A", "statusCode": "200"}, {"sku": "A", "offerId": "9", "statusCode": 400, "errors": [{"errorId": 25002}]}]',
            "refused",
        ),
        ('[{"offerId": "9", "statusCode": 500, "errors": [{"errorId": 25001}]}]', "retry"),
        ('[{"sku": "Z", "statusCode": 200}]', "retry"),
        ("null", "retry"),
    ],
)
async def test_every_entry_of_the_answer_is_read(entries: str, outcome: str) -> None:
    async with open_line() as (line, client):
        line.say(f'{{"responses": {entries}}}', "207 Multi-Status", "application/json")
        receipt = await set_stock(client, SetStock(key="k", lines=(_line("A", "1", "A", model="inventory", offer_id="9"),)))
        assert [one.outcome for one in receipt.lines] == [outcome]


async def test_of_a_partial_failure_the_unnamed_are_tried_again() -> None:
    error = (
        "<Errors><LongMessage>ended</LongMessage><ErrorCode>21916750</ErrorCode><SeverityCode>Error</SeverityCode>"
        '<ErrorParameters ParamID="0"><Value>2</Value></ErrorParameters></Errors>'
    )
    done = "<InventoryStatus><SKU>A</SKU><ItemID>1</ItemID><Quantity>7</Quantity></InventoryStatus>"
    async with open_line() as (line, client):
        line.say_xml("ReviseInventoryStatus", f"<Ack>PartialFailure</Ack>{error}{done}")
        lines = (_line("a", "1", "A"), _line("b", "2", "B"), _line("c", "3", "C"))
        receipt = await set_stock(client, SetStock(key="k", lines=lines))
        assert list(receipt.lines) == [
            LineReceipt(listing_id="a", outcome="accepted"),
            LineReceipt(listing_id="b", outcome="refused", detail="eBay 21916750: ended", code="21916750"),
            LineReceipt(listing_id="c", outcome="retry", detail="ended", code="21916750"),
        ]


def test_no_call_names_the_same_thing_twice() -> None:
    lines = [
        _line("1", "i", "A"),
        _line("2", "i", "B"),
        _line("3", "i", "A"),
        _line("4", "j", ""),
        _line("5", "j", ""),
        _line("6", "i", ""),
    ]
    made = [[line.listing_id for line in part] for part in rounds(lines, size=4, by_sku=False)]
    assert made == [["1", "2", "4"], ["3", "5"], ["6"]]
    by_sku = [[line.listing_id for line in part] for part in rounds(lines[:3], size=25, by_sku=True)]
    assert by_sku == [["1", "2"], ["3"]]
    many = [replace_id(_line("", "", ""), number) for number in range(9)]
    assert [len(part) for part in rounds(many, size=4, by_sku=False)] == [4, 4, 1]


def replace_id(line: StockLine, number: int) -> StockLine:
    return msgspec.structs.replace(line, listing_id=str(number), external_id=f"item {number}")
