"""How Meta is asked about a page's own talks. https://developers.facebook.com/docs/messenger-platform/webhooks"""

from __future__ import annotations

from urllib.parse import quote

from connectors.base.contract import Context, Delivery
from connectors.base.errors import Refused
from connectors.base.graph_page import PageTalk, Platform
from connectors.base.graph_person import found
from connectors.base.wire import items, mapping, text
from connectors.messenger.errors import REASONS
from connectors.messenger.normalise import HANDLE

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
    handle_kind=HANDLE,
    fields=FIELDS,
    page_fields=FIELDS,
    reasons=REASONS,
)


async def person_on_page(talk: PageTalk, context: Context, user: str) -> Delivery:
    """Meta names people by the app's id for them; this page has another, if they ever wrote to it.
    https://developers.facebook.com/docs/messenger-platform/identity/id-matching"""
    page = context.secrets.get("page_id", "")
    try:
        body = await talk.client.get(f"{quote(user, safe='')}/ids_for_pages", {"page": page})
    except Refused:
        return found(context, user)
    people = [text(mapping(each).get("id")) for each in items(body.get("data"))]
    return found(context, user, owner=page, person=people[0] if people else "")
