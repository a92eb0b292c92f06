"""The seller's consent for a page's talks. https://developers.facebook.com/docs/messenger-platform/app-review"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base.client import ChannelHttp
from connectors.base.graph_consent import Wish, begin_page, finish_page

# `pages_read_user_content` is for comments, the rest for messages and their webhooks.
WISH = Wish(
    scopes=("pages_show_list", "pages_messaging", "pages_manage_metadata", "pages_read_engagement", "pages_read_user_content")
)


def begin(given: Mapping[str, str], *, redirect_uri: str, state: str, challenge: str) -> str:
    return begin_page(given, WISH, redirect_uri=redirect_uri, state=state)


async def finish(
    given: Mapping[str, str], query: Mapping[str, str], http: ChannelHttp, *, redirect_uri: str, verifier: str
) -> Mapping[str, str]:
    return await finish_page(given, query, http, WISH, redirect_uri=redirect_uri)
