"""SP-API and the queue: what Amazon does that a simple client gets wrong."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from connectors.amazon.errors import failure
from connectors.amazon.feeds import read_report, unpacked
from connectors.amazon.looks import Looks
from connectors.amazon.sandbox_shop import WAREHOUSED
from connectors.amazon.sqs import sign
from connectors.base.commands import OrderAct, SetStock, StockLine
from connectors.base.errors import AuthExpired, Malformed, NotSupported, RateLimited, Refused, Unavailable
from connectors.base.events import ListingSeen, OrderSeen
from tests.connectors.amazon.line import QUEUE, box_of, calls, connector_of, opened
from tests.connectors.amazon.wire import schema_problems
from tests.connectors.rig import Gate, Rig

AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
AWS_KEY, AWS_SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
FBA_SKU = "SB-TRS-IND-FBA"


def signature(method: str, url: str, headers: dict[str, str], body: bytes, service: str) -> str:
    made = sign(method, url, headers, body, key=AWS_KEY, secret=AWS_SECRET, region="us-east-1", service=service, at=AT)
    return made["authorization"].rpartition("Signature=")[2]


def test_signature_is_the_one_aws_publishes() -> None:
    """get-vanilla and post-x-www-form-urlencoded of AWS's test suite, and the ListUsers example of its guide.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""
    host = {"host": "example.amazonaws.com"}
    vanilla = signature("GET", "https://example.amazonaws.com/", host, b"", "service")
    assert vanilla == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    form = {**host, "content-type": "application/x-www-form-urlencoded"}
    posted = signature("POST", "https://example.amazonaws.com/", form, b"Param1=value1", "service")
    assert posted == "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
    iam = {"host": "iam.amazonaws.com", "content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    users = signature("GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", iam, b"", "iam")
    assert users == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"


# Counts


def line(sku: str, quantity: int = 5, model: str = "merchant") -> StockLine:
    return StockLine(listing_id=f"listing-{sku}", external_id="B0", external_sku=sku, quantity=quantity, model=model)


async def push(rig: Rig, *lines: StockLine, key: str = "push-1") -> list[tuple[str, str]]:
    receipt = await rig.connector.execute(SetStock(key=key, lines=lines))
    return [(one.outcome, one.code) for one in receipt.lines]


async def test_goods_in_amazons_warehouse_are_refused_without_any_call(gate: Gate) -> None:
    async with opened(gate) as rig:
        assert await push(rig, line(FBA_SKU, model="fba")) == [("refused", "fba")]
        assert rig.exchanges == []


async def test_goods_that_moved_to_the_warehouse_since_are_read_and_not_written(gate: Gate) -> None:
    async with opened(gate) as rig:
        assert await push(rig, line(FBA_SKU), line("KT-MUG-01")) == [("refused", "fba"), ("accepted", "")]
        assert [path for path in calls(rig, "PATCH", "/items/") if FBA_SKU in path] == []


async def test_warehouse_goods_are_listings_of_the_channel_and_leftover_summaries_are_not(gate: Gate) -> None:
    async with opened(gate) as rig:
        seen = [one for one in await rig.outcomes(await rig.pull_all("stock")) if isinstance(one, ListingSeen)]
        assert [(one.external_sku, one.quantity, one.fulfilment) for one in seen] == [
            (FBA_SKU, 31, "channel"),
            ("KT-DRP-10-FBA", 84, "channel"),
        ]
        listed = [one for one in await rig.outcomes(await rig.pull_all("listings")) if isinstance(one, ListingSeen)]
        assert FBA_SKU not in {one.external_sku for one in listed}


async def test_an_unknown_sku_and_a_slash_in_one_open_no_other_path(gate: Gate) -> None:
    async with opened(gate) as rig:
        assert await push(rig, line("A/../B"), line("a,b")) == [("refused", "unknown_sku")] * 2
        assert calls(rig, "PATCH", "/") == []


async def test_many_counts_go_as_one_feed_and_its_issues_are_read_by_message(gate: Gate) -> None:
    async with opened(gate) as rig:
        skus = rig.plenty(1)[:24]
        lines = [line(sku, 3) for sku in skus[:-1]] + [line(skus[-1], 99_999_999)]
        outcomes = await push(rig, *lines)
        assert outcomes == [("accepted", "")] * 23 + [("refused", "90117")]
        assert {rig.world.shelf("amazon").listings[sku].quantity for sku in skus[:-1]} == {3}
        assert (len(calls(rig, "POST", "/feeds/2021-06-30/feeds")), calls(rig, "PATCH", "/")) == (1, [])


async def test_while_feeds_are_rationed_the_first_counts_go_one_by_one(gate: Gate) -> None:
    async with opened(gate) as rig:
        skus = rig.plenty(1)[:22]
        rig.strike("rate_limited", "stock")
        assert await push(rig, *(line(sku, 2) for sku in skus)) == [("accepted", "")] * 20 + [("retry", "rate_limited")] * 2


async def test_a_feed_that_works_on_is_asked_about_again_and_not_made_twice(gate: Gate) -> None:
    async with opened(gate) as rig:
        box_of(rig).listings.looks_until_done = 1
        connector_of(rig)._feeds.looks_s = (0.0,)
        lines = [line(sku, 4) for sku in rig.plenty(1)[:22]]
        assert {code for _, code in await push(rig, *lines)} == {"feed_open"}
        assert set(await push(rig, *lines)) == {("accepted", "")}
        assert len(calls(rig, "POST", "/feeds/2021-06-30/feeds")) == 1


def test_a_report_that_accepted_fewer_than_it_blames_leaves_all_to_be_tried_again() -> None:
    ready = [(line("A"), "SHIRT"), (line("B"), "SHIRT")]
    report = {"issues": [], "summary": {"messagesAccepted": 1}}
    assert [one.code for one in read_report(report, ready)] == ["feed_unclear"] * 2
    warned = {"issues": [{"messageId": 1, "severity": "WARNING"}], "summary": {"messagesAccepted": 2}}
    assert [one.outcome for one in read_report(warned, ready)] == ["accepted"] * 2


def test_a_report_is_unpacked_once_and_never_without_end() -> None:
    assert unpacked(gzip.compress(b"{}")) == b"{}"
    assert unpacked(b"{}") == b"{}"
    with pytest.raises(Malformed):
        unpacked(b"\x1f\x8bnonsense")
    with pytest.raises(Malformed):
        unpacked(gzip.compress(b"0" * (65 * 1024 * 1024), 1))


async def test_a_count_that_was_taken_is_found_when_read_back(gate: Gate) -> None:
    async with opened(gate) as rig:
        command = SetStock(key="k", lines=(line("KT-MUG-01", 6),))
        assert await rig.connector.look_up(command) is None
        await rig.connector.execute(command)
        found = await rig.connector.look_up(command)
        assert found is not None
        assert [(one.outcome, one.observed) for one in found.lines] == [("accepted", 6)]


def test_a_count_that_returns_to_an_old_value_is_news() -> None:
    looks = Looks("")
    first, second = looks.key("A", b"5"), looks.key("A", b"4")
    third = Looks(looks.packed()).key("A", b"5")
    assert len({first, second, third}) == 3
    assert Looks(looks.packed()).key("A", b"4") == second
    assert Looks("torn").key("A", b"5") == first


# Orders and the queue


async def test_the_queue_tells_of_an_order_and_is_emptied_only_after_the_cursor_is_stored(gate: Gate) -> None:
    async with opened(gate, **QUEUE) as rig:
        await rig.connector.subscribe("")
        order = rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)])
        batch = await rig.connector.pull("messages", "")
        assert len(box_of(rig).queue.kept) == len(batch.deliveries) == 2
        again = await rig.connector.pull("messages", "")
        assert [one.key for one in again.deliveries] == [one.key for one in batch.deliveries]
        seen = await rig.outcomes(batch.deliveries)
        assert [(type(one), getattr(one, "external_id", "")) for one in seen if isinstance(one, OrderSeen)] == [
            (OrderSeen, order.id)
        ]
        counted = next(one for one in seen if isinstance(one, ListingSeen))
        assert counted.quantity == rig.world.shelf("amazon").listings["KT-MUG-01"].quantity
        await rig.connector.pull("messages", batch.cursor)
        assert box_of(rig).queue.kept == {}


async def test_notices_of_the_pretend_queue_have_the_published_shape(gate: Gate) -> None:
    async with opened(gate, **QUEUE) as rig:
        await rig.connector.subscribe("")
        rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)])
        assert len(box_of(rig).queue.kept) == 2
        for body in box_of(rig).queue.kept.values():
            told = json.loads(body)
            name = {"ORDER_CHANGE": "OrderChangeNotification"}.get(told["NotificationType"], "ListingsItemMfnQuantityChange")
            assert schema_problems(told, name) == []


async def test_a_queue_that_refuses_does_not_hold_up_the_mail(gate: Gate) -> None:
    async with opened(gate, **{**QUEUE, "aws_secret": "wrong"}) as rig:
        with pytest.raises(AuthExpired):
            await rig.connector.pull("messages", "")
        rig.buyer_writes("Is the L still there?")
        batch = await rig.connector.pull("messages", "")
        assert [one.kind for one in batch.deliveries] == ["mail"]


async def test_a_first_import_reads_the_newest_week_before_the_rest(gate: Gate) -> None:
    async with opened(gate) as rig:
        placed = {}
        for days in (80, 8, 6, 1):
            order = rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)], at=rig.clock.now() - timedelta(days=days))
            placed[order.id] = days
        too_old = rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)], at=rig.clock.now() - timedelta(days=91))
        cursor, told, more = "", [], True
        while more:
            batch = await rig.connector.pull("orders", cursor)
            seen = [one for one in await rig.outcomes(batch.deliveries) if isinstance(one, OrderSeen)]
            told.append([placed[one.external_id] for one in seen if one.external_id in placed])
            cursor, more = batch.cursor, batch.more
            assert too_old.id not in [one.external_id for one in seen]
        assert told == [[6, 1], [80, 8]]
        late = rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)])
        batch = await rig.connector.pull("orders", cursor)
        seen = [one for one in await rig.outcomes(batch.deliveries) if isinstance(one, OrderSeen)]
        assert ([one.external_id for one in seen], batch.more) == ([late.id], False)


async def test_a_first_import_says_how_many_listings_there_are(gate: Gate) -> None:
    async with opened(gate) as rig:
        batch = await rig.connector.pull("listings", "")
        assert batch.about is not None
        assert batch.about >= len(batch.deliveries) > 0
        assert batch.about == len(rig.world.shelf("amazon").listings) + len(WAREHOUSED)


async def test_a_page_token_that_died_starts_the_window_anew(gate: Gate) -> None:
    async with opened(gate) as rig:
        rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)])
        batch = await rig.connector.pull("orders", '{"since":"2026-01-01T00:00:00.000Z","page":"ZGVhZA=="}')
        assert (len(batch.deliveries), batch.more) == (1, False)


async def test_a_torn_cursor_is_named(gate: Gate) -> None:
    async with opened(gate) as rig:
        for feed in ("orders", "listings", "stock", "messages"):
            with pytest.raises(Malformed):
                await rig.connector.pull(feed, "{")


async def test_an_empty_429_and_a_page_of_html_are_no_success(gate: Gate) -> None:
    answers = iter((httpx.Response(429), httpx.Response(503, html="<h1>Busy</h1>"), httpx.Response(200, html="<h1>Hi</h1>")))
    async with opened(gate) as rig:
        await rig.connector.check()
        rig.http._transport = httpx.MockTransport(lambda request: next(answers))
        for kind in (RateLimited, Unavailable, Malformed):
            with pytest.raises(kind):
                await rig.connector.pull("orders", "")


def test_an_ended_token_comes_as_403_and_a_missing_role_too() -> None:
    ended = b'{"errors":[{"code":"Unauthorized","message":"The access token you provided has expired."}]}'
    assert failure(403, ended, path="/orders/2026-01-01/orders").code == "token_expired"
    lacking = failure(403, b'{"errors":[{"code":"Unauthorized","message":"Access is denied."}]}', path="/fba/inventory/v1")
    assert isinstance(lacking, AuthExpired)
    assert (lacking.code, lacking.missing) == ("role_missing", ("Amazon Fulfillment",))


async def test_check_names_the_missing_role_and_the_refused_mailbox(gate: Gate) -> None:
    async with opened(gate) as rig:
        box_of(rig).shop.lacking.add("/sellers/")
        assert (await rig.connector.check()).missing == ("Selling Partner Insights",)
    async with opened(gate, imap_password="wrong") as rig:
        health = await rig.connector.check()
        assert (health.ok, health.detail.startswith("Mailbox:")) == (False, True)
    async with opened(gate, refresh_token="revoked") as rig:
        assert not (await rig.connector.check()).ok
    async with opened(gate, marketplace_id="A1PA6795UKMFR9", region="na") as rig:
        assert "ATVPDKIKX0DER" in (await rig.connector.check()).fix


# Acts on an order


async def test_only_what_amazon_allows_now_is_offered_and_a_review_is_asked_for_once(gate: Gate) -> None:
    async with opened(gate) as rig:
        order = rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)])
        connector = connector_of(rig)
        assert [one.name for one in await connector.offers(order.id, {})] == [
            "confirmShipment",
            "confirmDeliveryDetails",
            "confirmOrderDetails",
            "unexpectedProblem",
        ]
        rig.world.change_order("amazon", order.id, "delivered")
        review = OrderAct(key="a1", name="productReviewAndSellerFeedback", order_id=order.id)
        assert review.name in [one.name for one in await connector.offers(order.id, {})]
        await connector.execute(review)
        assert review.name not in [one.name for one in await connector.offers(order.id, {})]
        with pytest.raises(AuthExpired):
            await connector.execute(review)
        assert await connector.offers("", {}) == ()


async def test_a_message_of_a_fixed_kind_goes_once_and_forbidden_words_never(gate: Gate) -> None:
    async with opened(gate) as rig:
        order = rig.world.place_order("amazon", "b001", [("KT-MUG-01", 1)])
        connector = connector_of(rig)

        def act(text: str, name: str = "unexpectedProblem") -> OrderAct:
            return OrderAct(key="a1", name=name, order_id=order.id, text=text)

        await connector.execute(act("The glaze cracked; may we send blue?"))
        assert box_of(rig).orders.sent == [(order.id, "unexpectedProblem", "The glaze cracked; may we send blue?")]
        for words in ("", "x" * 2001, "<b>Hi</b>", "write to me@shop.example"):
            with pytest.raises(Refused):
                await connector.execute(act(words))
        with pytest.raises(NotSupported):
            await connector.execute(act("Hi", "sendFlowers"))
        assert len(box_of(rig).orders.sent) == 1
