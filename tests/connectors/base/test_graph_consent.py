"""A seller lets us in to a page at Meta: what is asked, what the code buys, and what a person is told when it buys nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from importlib import import_module
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors.base.errors import ChannelError, Refused
from connectors.base.graph_manifest import SIGN_IN_HOST
from connectors.base.graph_sandbox_login import LoginApp, login
from connectors.base.reroute import Reroute
from connectors.registry import load, load_consent, load_sandbox, manifests
from tests.connectors.rig import Rig, context_for

KEYS = tuple(key for key, one in manifests().items() if SIGN_IN_HOST in one.hosts)
pytestmark = pytest.mark.parametrize("rig", KEYS, indirect=True)
BACK = "https://shop.example/connect/here"


def app_of(rig: Rig) -> LoginApp:
    (found,) = login(rig.world).apps.values()
    return found


def typed(rig: Rig, **more: str) -> dict[str, str]:
    app = app_of(rig)
    return {"app_id": app.id, "app_secret": app.secret, **more}


async def agree(rig: Rig, given: Mapping[str, str], *, yes: bool = True) -> dict[str, str]:
    """What Meta sends back with the browser of a seller."""
    url = load_consent(rig.key).begin(given, redirect_uri=BACK, state="once-only", challenge="")
    assert urlsplit(url).hostname == SIGN_IN_HOST
    page = await rig.http.get(url)
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', page.text)]
    assert [link.partition("?")[0] for link in links] == [BACK, BACK]
    return dict(parse_qsl(urlsplit(links[0 if yes else 1]).query))


async def finish(rig: Rig, given: Mapping[str, str], query: Mapping[str, str], back: str = BACK) -> Mapping[str, str]:
    return await load_consent(rig.key).finish(given, query, rig.calls, redirect_uri=back, verifier="")


async def refusal(rig: Rig, given: Mapping[str, str], query: Mapping[str, str], back: str = BACK) -> ChannelError:
    with pytest.raises(ChannelError) as raised:
        await finish(rig, given, query, back)
    return raised.value


async def test_the_code_buys_a_page_token_that_works(rig: Rig) -> None:
    query = await agree(rig, typed(rig))
    assert query["state"] == "once-only"
    yielded = await finish(rig, typed(rig), query)
    assert set(yielded) == {one.name for one in rig.manifest.secrets if one.by_consent}
    credentials = load_sandbox(rig.key)[1]
    assert (yielded["page_id"], yielded["page_token"]) == (credentials["page_id"], credentials["page_token"])
    assert re.fullmatch(r"[0-9a-f]{40}", yielded["verify_token"])
    secrets = {**typed(rig), **yielded}
    health = await load(rig.key)(context_for(rig.key, rig.http, Reroute(), secrets, rig.clock)).check()
    assert (health.ok, health.fix) == (True, "")


async def test_the_page_has_its_token_from_one_that_lasts(rig: Rig) -> None:
    """A page token that comes of an hour's token ends with it: the hour's is exchanged before the pages are asked for."""
    await finish(rig, typed(rig), await agree(rig, typed(rig)))
    asked = [(each.path.rpartition("/")[2], dict(parse_qsl(each.query))) for each in rig.exchanges]
    names = [name for name, _ in asked if name != "oauth"]
    wire = import_module(f"tests.connectors.{rig.key}.wire")
    for exchange in rig.exchanges[1:]:
        (operation,) = [name for name, is_one in wire.OPERATIONS.items() if is_one(exchange)]
        wire.check(operation, exchange)
    assert names == ["access_token", "access_token", "permissions", "accounts"]
    assert [query.get("grant_type", "") for name, query in asked if name == "access_token"] == ["", "fb_exchange_token"]


async def test_a_code_serves_once(rig: Rig) -> None:
    query = await agree(rig, typed(rig))
    await finish(rig, typed(rig), query)
    assert "has been used" in (await refusal(rig, typed(rig), query)).detail


async def test_a_code_serves_at_its_address_only(rig: Rig) -> None:
    query = await agree(rig, typed(rig))
    assert "redirect_uri" in (await refusal(rig, typed(rig), query, f"{BACK}/other")).detail


async def test_a_refusal_at_meta_comes_back_as_one(rig: Rig) -> None:
    query = await agree(rig, typed(rig), yes=False)
    assert query["error"] == "access_denied"
    assert (await refusal(rig, typed(rig), query)).code == "no_code"


async def test_another_secret_is_named_as_the_fault(rig: Rig) -> None:
    query = await agree(rig, typed(rig))
    error = await refusal(rig, typed(rig, app_secret="f" * 32), query)
    assert isinstance(error, Refused)
    assert (error.code, "app secret" in error.fix) == ("app_secret_refused", True)


async def test_a_permission_left_out_is_named(rig: Rig) -> None:
    app_of(rig).refuses = {"pages_messaging"}
    error = await refusal(rig, typed(rig), await agree(rig, typed(rig)))
    assert (error.code, error.detail) == ("scope_missing", "not granted: pages_messaging")
    assert [each for each in rig.exchanges if each.path.endswith("/accounts")] == []


async def test_of_several_pages_the_one_entered_is_taken_and_none_is_guessed(rig: Rig) -> None:
    app = app_of(rig)
    app.pages.append({**app.pages[0], "id": "104599", "name": "Kopi Kota", "access_token": "EAAother-page"})
    error = await refusal(rig, typed(rig), await agree(rig, typed(rig)))
    assert isinstance(error, Refused)
    assert (error.code, "Kopi Kota (104599)" in error.detail, "one page only" in error.fix) == ("several_pages", True, True)
    given = typed(rig, page_id="104599", verify_token="my-own-long-word")
    yielded = await finish(rig, given, await agree(rig, given))
    assert yielded == {"page_id": "104599", "page_token": "EAAother-page", "verify_token": "my-own-long-word"}
    gone = typed(rig, page_id="1")
    assert (await refusal(rig, gone, await agree(rig, gone))).code == "no_page"


async def test_no_page_at_all_says_who_must_sign_in(rig: Rig) -> None:
    app_of(rig).pages[0]["access_token"] = ""
    error = await refusal(rig, typed(rig), await agree(rig, typed(rig)))
    assert isinstance(error, Refused)
    assert error.code == "no_page"
    assert "full control" in error.fix


async def test_only_a_page_with_an_account_will_do_where_one_is_needed(rig: Rig) -> None:
    linked = app_of(rig).pages[0].pop("instagram_business_account", None)
    if linked is None:
        yielded = await finish(rig, typed(rig), await agree(rig, typed(rig)))
        assert yielded["page_id"] == app_of(rig).pages[0]["id"]
        return
    error = await refusal(rig, typed(rig), await agree(rig, typed(rig)))
    assert (error.code, "Kopi Tepi" in error.detail) == ("no_instagram", True)


async def test_without_the_apps_id_nobody_is_sent_to_meta(rig: Rig) -> None:
    with pytest.raises(Refused) as refused:
        load_consent(rig.key).begin({"app_secret": "x" * 32}, redirect_uri=BACK, state="s", challenge="")
    assert refused.value.code == "no_app_id"
