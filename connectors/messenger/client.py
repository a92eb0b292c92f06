"""How Meta is asked about a page's own talks. https://developers.facebook.com/docs/messenger-platform/webhooks"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from connectors.base.contract import Context, Delivery
from connectors.base.errors import Refused
from connectors.base.graph import GraphClient
from connectors.base.graph_page import PageTalk, Platform
from connectors.base.wire import items, mapping, text
from connectors.messenger.errors import REASONS
from connectors.messenger.normalise import ON_THIS_PAGE

FIELDS = (
    "messages",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_deliveries",
    "message_reads",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_handovers",
    "standby",
    "feed",
)

PLATFORM = Platform(
    name="messenger",
    object="page",
    handle_kind="messenger_user",
    fields=FIELDS,
    page_fields=FIELDS,
    reasons=REASONS,
)


async def person_on_page(client: GraphClient, context: Context, user: str) -> Delivery | None:
    """Who a person of the app is on this page; None when they never wrote to it. Meta names them in erasures by the app's id.
    https://developers.facebook.com/docs/messenger-platform/identity/id-matching"""
    page = context.secrets.get("page_id", "")
    try:
        body = await client.get(f"{quote(user, safe='')}/ids_for_pages", {"page": page})
    except Refused:
        return None
    found = [text(mapping(each).get("id")) for each in items(body.get("data"))]
    if not found or not found[0]:
        return None
    told = {"user_id": found[0], "issued_at": int(context.now().timestamp())}
    return Delivery(kind=ON_THIS_PAGE, key=f"{ON_THIS_PAGE}:{found[0]}", body=msgspec.json.encode(told))


def talk(context: Context) -> PageTalk:
    return PageTalk(context, PLATFORM)
