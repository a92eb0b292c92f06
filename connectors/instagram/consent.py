"""The seller's consent for an Instagram account's talks, by its page. https://developers.facebook.com/docs/messenger-platform/instagram/get-started"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base.client import ChannelHttp
from connectors.base.graph_consent import Wish, begin_page, finish_page

WISH = Wish(
    scopes=(
        "pages_show_list",
        "pages_messaging",
        "pages_manage_metadata",
        "pages_read_engagement",
        "instagram_basic",
        "instagram_manage_messages",
        "instagram_manage_comments",
    ),
    linked=True,
)


def begin(given: Mapping[str, str], *, redirect_uri: str, state: str, challenge: str) -> str:
    return begin_page(given, WISH, redirect_uri=redirect_uri, state=state)


async def finish(
    given: Mapping[str, str], query: Mapping[str, str], http: ChannelHttp, *, redirect_uri: str, verifier: str
) -> Mapping[str, str]:
    return await finish_page(given, query, http, WISH, redirect_uri=redirect_uri)
