"""Returns, inquiries and cancellations, and the seller's consent, against the sandbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest

from connectors.base.client import ChannelHttp
from connectors.base.commands import OrderAct
from connectors.base.contract import Offering
from connectors.base.errors import AuthExpired, NotSupported, Refused
from connectors.base.events import CaseSeen
from connectors.ebay import cases, consent
from connectors.ebay.manifest import MANIFEST
from connectors.ebay.sandbox import CREDENTIALS
from tests.connectors.consenting import way
from tests.connectors.rig import Rig

each_rig = pytest.mark.parametrize("rig", ["ebay"], indirect=True)


def _order(rig: Rig) -> Any:
    return rig.world.place_order(rig.channel, next(iter(rig.world.state.buyers)), [(rig.plenty(3)[0], 1)])


def _asked(rig: Rig) -> Any:
    return rig.sandbox.cases  # type: ignore[attr-defined]


async def _seen(rig: Rig) -> list[CaseSeen]:
    return [each for each in await rig.outcomes(await rig.pull_all("orders")) if isinstance(each, CaseSeen)]


@each_rig
async def test_each_matter_is_a_case_with_its_clock(rig: Rig) -> None:
    order = _order(rig)
    _asked(rig).ask_cancel(order)
    _asked(rig).ask_return(order, "The seam is open.")
    _asked(rig).ask_where(order)
    _asked(rig).escalate(order)
    _asked(rig).dispute(order)
    found = {each.kind: each for each in await _seen(rig)}
    assert set(found) == {"cancellation", "inquiry", "return", "claim", "dispute"}
    assert all(each.open and each.respond_by and each.customer for each in found.values())
    item = _asked(rig).shop.shelf_listings[order.lines[0].sku].id
    assert {kind: (each.order_id, each.listing_id) for kind, each in found.items()} == {
        "cancellation": (order.id, ""),
        "return": (order.id, ""),
        "dispute": (order.id, ""),
        "inquiry": ("", item),
        "claim": ("", item),
    }
    assert found["return"].detail == "Not as described: The seam is open."


@each_rig
async def test_cases_are_read_again_after_ten_minutes_and_only_what_changed_is_new(rig: Rig) -> None:
    _asked(rig).ask_cancel(_order(rig))
    first = await rig.connector.pull("orders", "")
    soon = await rig.connector.pull("orders", first.cursor)
    assert [each.kind for each in soon.deliveries if each.kind.startswith("case")] == []
    rig.clock.moment += timedelta(minutes=11)
    later = await rig.connector.pull("orders", soon.cursor)
    key = next(each.key for each in first.deliveries if each.kind.startswith("case"))
    assert [each.key for each in later.deliveries if each.kind.startswith("case")] == [key]


@each_rig
async def test_orders_do_not_wait_for_cases(rig: Rig) -> None:
    order = _order(rig)
    rig.sandbox._routes[:] = [each for each in rig.sandbox._routes if "post-order" not in each[1].pattern]
    batch = await rig.connector.pull("orders", "")
    assert [each.kind for each in batch.deliveries] == ["order"]
    assert order.id in batch.deliveries[0].key


@each_rig
async def test_a_dispute_that_is_decided_is_closed_and_asks_for_nothing(rig: Rig) -> None:
    shown = _asked(rig).dispute(_order(rig), "UNRECOGNIZED_TRANSACTION")
    (open_one,) = await _seen(rig)
    shown |= {"paymentDisputeStatus": "CLOSED", "closedDate": "2026-03-05T09:00:00.000Z"}
    rig.clock.moment += timedelta(minutes=11)
    (closed,) = await _seen(rig)
    assert (open_one.external_id, open_one.version < closed.version) == (closed.external_id, True)
    assert (closed.open, closed.respond_by, closed.detail.partition(" transaction")[0]) == (False, None, "Unrecognized")


@each_rig
async def test_a_kind_that_may_not_be_read_holds_up_no_other(rig: Rig) -> None:
    rig.sandbox.shop.lacking.add("sell.payment.dispute")  # type: ignore[attr-defined]
    order = _order(rig)
    _asked(rig).dispute(order)
    _asked(rig).ask_return(order, "Too small.")
    assert [each.kind for each in await _seen(rig)] == ["return"]


@each_rig
async def test_more_than_a_page_is_read_whole(rig: Rig) -> None:
    order = _order(rig)
    for _ in range(230):
        _asked(rig).ask_where(order)
        rig.clock.moment += timedelta(hours=2)
    found = await cases.read_cases(rig.connector._client)  # type: ignore[attr-defined]
    assert len({each.key for each in found}) == len(found) == 230


@each_rig
async def test_a_wish_to_cancel_is_approved_once(rig: Rig) -> None:
    order = _order(rig)
    number = _asked(rig).ask_cancel(order)
    assert isinstance(rig.connector, Offering)
    offers = await rig.connector.offers(order.id, {})
    assert [offer.name for offer in offers] == [f"cancellation.approve.{number}", f"cancellation.reject.{number}"]
    command = OrderAct(key="a1", name=offers[0].name, order_id=order.id)
    assert await rig.connector.look_up(command) is None
    receipt = await rig.connector.execute(command)
    assert (receipt.key, rig.world.shelf("ebay").orders[order.id].status) == ("a1", "cancelled")
    assert await rig.connector.look_up(command) is not None
    assert await rig.connector.offers(order.id, {}) == []
    with pytest.raises(Refused):
        await rig.connector.execute(command)
    (case,) = await _seen(rig)
    assert (case.open, case.respond_by) == (False, None)


@each_rig
async def test_a_wish_to_cancel_is_declined_with_the_parcels_number(rig: Rig) -> None:
    order = _order(rig)
    name = f"cancellation.reject.{_asked(rig).ask_cancel(order)}"
    with pytest.raises(Refused) as refused:
        await rig.connector.execute(OrderAct(key="a1", name=name, order_id=order.id))
    assert refused.value.code == "no_tracking"
    await rig.connector.execute(OrderAct(key="a1", name=name, order_id=order.id, text=" JX1 "))
    assert rig.world.shelf("ebay").orders[order.id].status == "open"
    for odd in ("refund", "cancellation.approve.x", "cancellation.burn.1", "return.approve.1"):
        with pytest.raises(NotSupported):
            await rig.connector.execute(OrderAct(key="a1", name=odd, order_id=order.id))


# Consent

APP = {name: CREDENTIALS[name] for name in ("client_id", "client_secret", "ru_name")}
BACK = "https://app.example/back"


async def _agree(rig: Rig) -> dict[str, str]:
    url = consent.begin(APP, redirect_uri=BACK, state="s 1", challenge="")
    return way(await rig.http.get(url), "Allow")[1]


def _http(rig: Rig) -> ChannelHttp:
    return ChannelHttp(rig.http, MANIFEST.hosts, rig.clock.now)


@each_rig
async def test_consent_ends_in_a_refresh_token_that_works(rig: Rig) -> None:
    back = await _agree(rig)
    found = await consent.finish(APP, back, _http(rig), redirect_uri=BACK, verifier="")
    assert (back["state"], set(found)) == ("s 1", {"refresh_token"})
    rig.secrets.update(found)
    assert (await rig.connector.check()).ok
    with pytest.raises(AuthExpired):
        await consent.finish(APP, back, _http(rig), redirect_uri=BACK, verifier="")


@each_rig
async def test_a_code_that_is_still_encoded_is_decoded_once(rig: Rig) -> None:
    back = await _agree(rig)
    encoded = {**back, "code": quote(back["code"])}
    assert "%23" in encoded["code"]
    assert await consent.finish(APP, encoded, _http(rig), redirect_uri=BACK, verifier="")
    assert consent.plain_code("v^1.1#t^a%23b") == "v^1.1#t^a%23b"


@each_rig
async def test_a_seller_who_says_no_is_told_so(rig: Rig) -> None:
    with pytest.raises(Refused) as refused:
        await consent.finish(APP, {"error": "access_denied"}, _http(rig), redirect_uri=BACK, verifier="")
    assert refused.value.detail == "access_denied"


def test_the_sign_in_page_is_asked_with_the_runame() -> None:
    url = urlsplit(consent.begin(APP, redirect_uri=BACK, state="s", challenge="c"))
    asked = parse_qs(url.query)
    assert (url.netloc, asked["redirect_uri"], asked["response_type"]) == ("auth.ebay.com", [CREDENTIALS["ru_name"]], ["code"])
    assert "https://api.ebay.com/oauth/api_scope/commerce.message" in asked["scope"][0].split(" ")
    with pytest.raises(Refused):
        consent.begin({"client_id": "x"}, redirect_uri=BACK, state="s", challenge="")


@each_rig
@pytest.mark.parametrize("wrong", [{"client_secret": "PRD-guess"}, {"client_id": "x"}, {"refresh_token": "v^1.1#guess"}])
async def test_wrong_credentials_are_refused(rig: Rig, wrong: dict[str, str]) -> None:
    given = {**CREDENTIALS, **wrong}
    form = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    url = "https://api.ebay.com/identity/v1/oauth2/token"
    answer = await rig.http.post(url, data=form, auth=httpx.BasicAuth(given["client_id"], given["client_secret"]))
    assert answer.status_code in (400, 401)
    rig.secrets.update(wrong)
    with pytest.raises(AuthExpired):
        await rig.connector.pull("orders", "")
