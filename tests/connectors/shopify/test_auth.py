"""Consent, its signed return, and tokens that are spent once."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from connectors.base.client import ChannelHttp, open_http
from connectors.base.errors import AuthExpired, BadSignature, Refused, Unavailable
from connectors.base.reroute import Reroute
from connectors.shopify import consent
from connectors.shopify.auth import consent_url, exchange, prove_callback, renew, shop_host
from connectors.shopify.manifest import MANIFEST
from connectors.shopify.sandbox import CREDENTIALS
from tests.connectors.consenting import way


def http_to(desk, transport=None) -> ChannelHttp:
    return ChannelHttp(open_http(Reroute(), transport or httpx.ASGITransport(desk.store)), MANIFEST.hosts, desk.clock)


def test_the_consent_page_is_the_stores_own():
    url = urlsplit(consent_url("Kawung-Demo.myshopify.com", client_id="c", redirect_uri="https://a.example/r", state="s1"))
    assert (url.scheme, url.netloc, url.path) == ("https", "kawung-demo.myshopify.com", "/admin/oauth/authorize")
    asked = parse_qs(url.query)
    assert (asked["client_id"], asked["redirect_uri"], asked["state"]) == (["c"], ["https://a.example/r"], ["s1"])
    assert "write_inventory" in asked["scope"][0].split(",")


BAD_SHOPS = [
    "",
    "evil.example",
    "-a.myshopify.com",
    "a.myshopify.com/x",
    "a.myshopify.com.evil.example",
    "a_b.myshopify.com",
    "a" * 62 + ".myshopify.com",
    "a.myshopify.com\n.evil.example",
]


@pytest.mark.parametrize("shop", BAD_SHOPS)
def test_only_a_store_address_gets_the_apps_secret(shop):
    with pytest.raises(Refused):
        shop_host(shop)


def test_the_return_from_consent_is_proven():
    pairs = [
        ("code", "0907a61c0c8d55e99db179b68161bc00"),
        ("shop", "some-shop.myshopify.com"),
        ("state", "0.69"),
        ("timestamp", "1337178173"),
    ]
    message = "&".join(f"{name}={value}" for name, value in pairs)
    signature = hmac.new(b"hush", message.encode(), hashlib.sha256).hexdigest()
    prove_callback([*reversed(pairs), ("hmac", signature)], "hush")
    refused = [([*pairs[1:], ("hmac", signature)], "hush"), ([*pairs, ("hmac", signature)], ""), (pairs, "hush")]
    refused.append(([*pairs[:-1], ("timestamp", "1337178174"), ("hmac", signature)], "hush"))
    for query, secret in refused:
        with pytest.raises(BadSignature):
            prove_callback(query, secret)


async def test_a_code_buys_a_token_that_can_be_renewed(desk):
    desk.store.tokens.codes.add("abc")
    app = {"client_id": CREDENTIALS["client_id"], "client_secret": CREDENTIALS["client_secret"]}
    found = await exchange(http_to(desk), CREDENTIALS["shop"], **app, code="abc")
    assert set(found) == {"access_token", "refresh_token"}
    assert desk.store.calls[-1].form()["expiring"] == "1"
    renewed = await renew(http_to(desk), {**CREDENTIALS, **found}, found["access_token"])
    assert renewed["access_token"] != found["access_token"]
    with pytest.raises(AuthExpired):
        await renew(http_to(desk), {**CREDENTIALS, **found}, found["access_token"])


async def test_a_token_renewed_by_another_is_taken_without_spending(desk):
    secrets = {**CREDENTIALS, "access_token": "shpat_newer"}
    assert await renew(http_to(desk), secrets, "shpat_older") == secrets
    assert desk.store.calls == []


async def test_an_unreachable_token_endpoint_does_not_ask_for_the_owner(desk):
    with pytest.raises(Unavailable):
        await renew(
            http_to(desk, httpx.MockTransport(lambda request: httpx.Response(502))), CREDENTIALS, CREDENTIALS["access_token"]
        )


async def test_an_answer_without_a_token_is_no_grant(desk):
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"access_token": None}))
    with pytest.raises(AuthExpired):
        await renew(http_to(desk, transport), CREDENTIALS, CREDENTIALS["access_token"])


APP = {name: CREDENTIALS[name] for name in ("shop", "client_id", "client_secret")}
BACK = "https://app.example/back"


async def agree(desk) -> dict[str, str]:
    """The owner's browser goes to the consent page and comes back."""
    url = consent.begin(APP, redirect_uri=BACK, state="s-1", challenge="")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(desk.store)) as browser:
        address, fields = way(await browser.get(url), "Allow")
    assert address == BACK
    return fields


async def test_consent_ends_in_a_token_the_store_takes(desk, reconnect):
    back = await agree(desk)
    found = await consent.finish(APP, back, http_to(desk), redirect_uri=BACK, verifier="")
    assert (back["state"], set(found)) == ("s-1", {"access_token", "refresh_token"})
    assert (await reconnect({**APP, **found}).check()).ok
    with pytest.raises(AuthExpired):
        await consent.finish(APP, back, http_to(desk), redirect_uri=BACK, verifier="")


async def test_a_way_back_that_was_touched_or_is_of_another_store_buys_nothing(desk):
    back = await agree(desk)
    other = {**back, "shop": "other.myshopify.com"}
    signed = "&".join(f"{name}={other[name]}" for name in sorted(other) if name != "hmac")
    resigned = {**other, "hmac": hmac.new(APP["client_secret"].encode(), signed.encode(), hashlib.sha256).hexdigest()}
    for query in ({**back, "code": "x"}, other, resigned, {}):
        with pytest.raises(BadSignature):
            await consent.finish(APP, query, http_to(desk), redirect_uri=BACK, verifier="")
    with pytest.raises(Refused):
        consent.begin({"shop": APP["shop"]}, redirect_uri=BACK, state="s", challenge="")


@pytest.mark.parametrize("token", ["shpat_other", "shpat_sandboX", ""])
async def test_the_pretend_store_knows_its_own_tokens_only(desk, reconnect, token):
    with pytest.raises(AuthExpired):
        await reconnect({"shop": APP["shop"], "access_token": token}).pull("orders", "")
    wrong = {**CREDENTIALS, "client_secret": "guess", "access_token": "shpat_other"}
    with pytest.raises(AuthExpired):
        await reconnect(wrong).pull("orders", "")
