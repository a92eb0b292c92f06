"""What goes over the wire to a shop, and how it answers when it is unwell."""

from __future__ import annotations

import httpx
import pytest

from connectors.base.commands import SendReply, Upload
from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, Refused, Unavailable
from connectors.woocommerce.client import shop_base
from connectors.woocommerce.render import plain, render_reply
from connectors.woocommerce.sandbox import CREDENTIALS
from tests.connectors.rig import Clock
from tests.connectors.woocommerce.scripted import Script, line, page, push, refusal, reply, rows

# The address


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("https://shop.example.com", "https://shop.example.com"),
        (" shop.example.com/ ", "https://shop.example.com"),
        ("https://example.com/shop/", "https://example.com/shop"),
        ("https://example.com/shop/wp-admin/admin.php?page=x", "https://example.com/shop"),
        ("https://example.com:8443/wp-json/wc/v3", "https://example.com:8443"),
        ("https://user:pass@example.com", "https://example.com"),
    ],
)
def test_any_of_a_shops_addresses_will_do(typed: str, expected: str) -> None:
    assert shop_base(typed) == expected


@pytest.mark.parametrize("typed", ["http://shop.example.com", "ftp://shop.example.com", "", "https://"])
def test_an_address_without_https_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        shop_base(typed)
    assert refused.value.code == "bad_address"


async def test_another_shop_than_the_sellers_is_not_asked() -> None:
    script = Script()
    with pytest.raises(Refused) as refused:
        await script.connector(url="https://elsewhere.example.net").pull("orders", "")
    assert (refused.value.code, script.asked) == ("host_not_allowed", [])


# How a shop answers


async def test_a_server_that_drops_the_header_is_asked_with_the_key_in_the_query() -> None:
    script = Script(refusal(401, "woocommerce_rest_cannot_view"), rows(), rows())
    connector = script.connector()
    await connector.pull("orders", "")
    await connector.pull("orders", "")
    headers = ["authorization" in request.headers for request in script.asked]
    keys = [request.url.params.get("consumer_key") for request in script.asked]
    assert headers == [True, False, False]
    assert keys == [None, CREDENTIALS["consumer_key"], CREDENTIALS["consumer_key"]]
    assert {request.url.scheme for request in script.asked} == {"https"}


async def test_a_key_that_is_wrong_either_way_must_be_made_anew() -> None:
    script = Script(*[refusal(401, "woocommerce_rest_cannot_view")] * 2)
    with pytest.raises(AuthExpired):
        await script.connector().pull("orders", "")
    bad = Script(refusal(401, "woocommerce_rest_authentication_error", "Consumer key is invalid."))
    with pytest.raises(AuthExpired) as expired:
        await bad.connector().pull("orders", "")
    assert "key" in expired.value.detail
    assert len(bad.asked) == 1


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (page(), Unavailable, "not_json"),
        (page("<br /><b>Warning</b>: foo in bar.php on line 3<br />[]"), Unavailable, "not_json"),
        (httpx.Response(200, json={"a": 1}), Unavailable, "no_list"),
        (page(status=403), Refused, "firewall"),
        (page(status=404), Refused, "no_route"),
        (page(status=503), Unavailable, "unavailable"),
        (page(status=502), Unavailable, "server_error"),
        (refusal(404, "rest_no_route"), Refused, "no_route"),
        (refusal(403, "rest_forbidden"), Refused, "rest_forbidden"),
        (httpx.Response(301, headers={"location": "https://www.shop.example/wp-json"}), Refused, "moved"),
    ],
)
async def test_a_page_is_no_success(answer: httpx.Response, error: type[ChannelError], code: str) -> None:
    with pytest.raises(error) as raised:
        await Script(answer).connector().pull("orders", "")
    assert raised.value.code == code
    assert not isinstance(raised.value, Refused) or raised.value.fix


async def test_a_page_after_a_write_leaves_it_in_doubt() -> None:
    with pytest.raises(Ambiguous):
        await Script(page()).connector().execute(reply())
    with pytest.raises(Ambiguous):
        await Script(page(status=504)).connector().execute(push(line("a", 3, 93)))


async def test_a_byte_order_mark_before_the_answer_is_passed_over() -> None:
    marked = httpx.Response(200, content=b"\xef\xbb\xbf[]", headers={"x-wp-totalpages": "0"})
    assert not (await Script(marked).connector().pull("orders", "")).more


async def test_check_names_plain_permalinks() -> None:
    routes = httpx.Response(200, json={"namespace": "wc/v3", "routes": {"/wc/v3": {}}})
    health = await Script(page(status=404), routes).connector().check()
    assert (health.ok, health.detail) == (False, "WordPress uses plain permalinks.")
    assert "Permalinks" in health.fix
    nothing = await Script(page(status=404), page()).connector().check()
    assert (nothing.ok, nothing.detail) == (False, "There is no REST API at this address.")


async def test_check_names_a_key_that_may_only_read() -> None:
    """The words come in the shop's own language, so the act tells: it read, and could not write."""
    words = "Kunci API tidak punya izin menulis."
    script = Script(rows(), refusal(401, "woocommerce_rest_authentication_error", words))
    health = await script.connector().check()
    assert (health.ok, health.missing) == (False, ("write",))
    assert "Read/Write" in health.fix
    assert script.bodies[1] == {"update": []}


async def test_check_works_where_the_currency_is_hidden() -> None:
    health = await Script(rows(), httpx.Response(200, json={}), refusal(403, "woocommerce_rest_cannot_view")).connector().check()
    assert (health.ok, health.account) == (True, "shop.woo.example")
    assert "currency" in health.detail


# Notes


def test_a_note_is_text_also_where_the_shop_reads_markup() -> None:
    note = render_reply(reply("Is 3 < 5 & <b>bold</b>?"))
    assert note == {"note": "Is 3 &lt; 5 &amp; &lt;b&gt;bold&lt;/b&gt;?", "customer_note": True, "added_by_user": True}
    assert plain(str(note["note"])) == "Is 3 < 5 & <b>bold</b>?"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (reply(" "), "empty"),
        (reply("a" * 5001), "text_too_long"),
        (reply(thread="../products/1"), "no_order"),
        (reply(thread=""), "no_order"),
        (reply(files=(Upload(name="a", media_type="text/plain", content=b""),)), "too_many_files"),
    ],
)
async def test_what_a_note_cannot_be_is_refused_before_it_is_sent(command: SendReply, code: str) -> None:
    script = Script()
    with pytest.raises(Refused) as refused:
        await script.connector().execute(command)
    assert (refused.value.code, bool(refused.value.fix), script.asked) == (code, True, [])


async def test_a_lost_note_is_found_by_its_words_and_time() -> None:
    started = Clock().now()
    words = {"note": "<p>It left  today.</p>", "customer_note": True}
    old = {"id": 280, "date_created_gmt": "2026-03-02T08:00:00", **words}
    right = {"id": 281, "date_created_gmt": "2026-03-02T09:00:01", **words}
    receipt = await Script(rows(right, old)).connector().look_up(reply(started_at=started))
    assert receipt is not None
    assert receipt.external_id == "727:note-281"
    assert await Script(rows(old)).connector().look_up(reply(started_at=started)) is None


async def test_an_answer_that_names_no_note_is_in_doubt() -> None:
    with pytest.raises(Ambiguous):
        await Script(httpx.Response(201, json={"ok": True})).connector().execute(reply())
