"""The seller's consent at Meta for a page: its sign-in page, and the code that buys a page token without an end.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow and .../guides/access-tokens/get-long-lived
Meta takes a PKCE verifier only in the place of the app's secret, and a token without an end wants the secret: `state` stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from connectors.base.client import ChannelHttp
from connectors.base.errors import AuthExpired, ChannelError, Refused
from connectors.base.graph import VERSION, GraphClient
from connectors.base.graph_manifest import SIGN_IN_HOST
from connectors.base.signing import digest_hex
from connectors.base.wire import items, mapping, text

PAGES_MOST = 20
PAGE_FIELDS = "id,name,access_token,instagram_business_account{id}"
ONE_PAGE = "Start again, and on Meta's page choose to let us in to one page only."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of Meta. `linked`: only a page with an Instagram account will do."""

    scopes: tuple[str, ...]
    linked: bool = False


def begin_page(given: Mapping[str, str], wish: Wish, *, redirect_uri: str, state: str) -> str:
    """`auth_type` has Meta ask again for what was refused before."""
    if not given.get("app_id"):
        raise Refused("the app id is missing", code="no_app_id", fix="Enter the id of your app at Meta.")
    asked = {
        "client_id": given["app_id"],
        "redirect_uri": redirect_uri,
        "state": state,
        "response_type": "code",
        "scope": ",".join(wish.scopes),
        "auth_type": "rerequest",
    }
    return f"https://{SIGN_IN_HOST}/{VERSION}/dialog/oauth?{urlencode(asked)}"


async def finish_page(
    given: Mapping[str, str], query: Mapping[str, str], http: ChannelHttp, wish: Wish, *, redirect_uri: str
) -> Mapping[str, str]:
    if not query.get("code"):
        reason = query.get("error_message") or query.get("error_reason") or "Meta sent no code"
        raise Refused(reason, code="no_code", fix="Start again and agree on Meta's page.")
    person = await _person_token(given, query["code"], http, redirect_uri)
    client = _client(http, person, given)
    await _require_granted(client, wish)
    page = _chosen(await _pages(client), given.get("page_id", ""), wish)
    number = text(page.get("id"))
    word = given.get("verify_token") or digest_hex(given.get("app_secret", ""), f"verify:{number}".encode())[:40]
    return {"page_id": number, "page_token": text(page.get("access_token")), "verify_token": word}


def _client(http: ChannelHttp, token: str, given: Mapping[str, str]) -> GraphClient:
    return GraphClient(http, lambda: datetime.now(UTC), token=token, app_secret=given.get("app_secret", ""))


async def _person_token(given: Mapping[str, str], code: str, http: ChannelHttp, redirect_uri: str) -> str:
    """The code buys an hour; only from a token of sixty days do the page's tokens have no end."""
    app = {"client_id": given.get("app_id", ""), "client_secret": given.get("app_secret", "")}
    short = await _buy(http, given, {**app, "redirect_uri": redirect_uri, "code": code})
    return await _buy(http, given, {**app, "grant_type": "fb_exchange_token", "fb_exchange_token": short})


async def _buy(http: ChannelHttp, given: Mapping[str, str], asked: Mapping[str, str]) -> str:
    app = f"{given.get('app_id', '')}|{given.get('app_secret', '')}"
    try:
        answer = await _client(http, app, given).call("GET", "oauth/access_token", params=asked, operation="token", token=app)
    except ChannelError as error:
        if "client secret" not in error.detail:
            raise
        fix = "Enter the app secret anew: your app at Meta for Developers, Settings, Basic."
        raise Refused(error.detail, code="app_secret_refused", fix=fix) from error
    token = text(answer.get("access_token"))
    if not token:
        raise AuthExpired("Meta gave no token for the code", code="no_token")
    return token


async def _require_granted(client: GraphClient, wish: Wish) -> None:
    """A person can leave out single permissions on Meta's page."""
    listed = [mapping(each) for each in items((await client.get("me/permissions")).get("data"))]
    granted = {text(each.get("permission")) for each in listed if text(each.get("status")) == "granted"}
    missing = [scope for scope in wish.scopes if scope not in granted]
    if missing:
        raise Refused(
            f"not granted: {', '.join(missing)}",
            code="scope_missing",
            fix="Start again and leave every permission switched on. Meta grants them to others than you after its app review.",
        )


async def _pages(client: GraphClient) -> Sequence[Mapping[str, Any]]:
    found, after = list[Mapping[str, Any]](), ""
    for _ in range(PAGES_MOST):
        asked = {"fields": PAGE_FIELDS, "limit": "100", **({"after": after} if after else {})}
        body = await client.get("me/accounts", asked)
        found += [mapping(each) for each in items(body.get("data"))]
        paging = mapping(body.get("paging"))
        after = text(mapping(paging.get("cursors")).get("after"))
        if not after or not paging.get("next"):
            break
    return found


def _chosen(pages: Sequence[Mapping[str, Any]], wanted: str, wish: Wish) -> Mapping[str, Any]:
    """The page entered before, else the only one that fits."""
    fitting = [page for page in pages if text(page.get("access_token")) and not (wish.linked and not _is_linked(page))]
    fitting = [page for page in fitting if wanted in ("", text(page.get("id")))]
    if len(fitting) == 1:
        return fitting[0]
    named = ", ".join(f"{text(page.get('name'))} ({text(page.get('id'))})" for page in fitting or pages)
    if fitting:
        raise Refused(f"Meta lets us in to several pages: {named}", code="several_pages", fix=ONE_PAGE)
    if wish.linked and pages and not any(map(_is_linked, pages)):
        fix = "Link the Instagram professional account to the page in Meta Business Suite, then start again."
        raise Refused(f"no Instagram account is linked to {named}", code="no_instagram", fix=fix)
    fix = "Sign in at Meta as somebody who has full control of the page, and choose it there."
    raise Refused(f"page {wanted} is not among {named or 'the pages let in'}" if wanted else "no page", code="no_page", fix=fix)


def _is_linked(page: Mapping[str, Any]) -> bool:
    return bool(text(mapping(page.get("instagram_business_account")).get("id")))
