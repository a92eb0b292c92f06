"""How Meta is asked about the talks of an Instagram account. https://developers.facebook.com/docs/messenger-platform/instagram"""

from __future__ import annotations

from urllib.parse import quote

from connectors.base.contract import Context, Delivery
from connectors.base.errors import Refused
from connectors.base.graph_page import PageTalk, Platform
from connectors.base.graph_person import found
from connectors.base.wire import text
from connectors.instagram.errors import REASONS
from connectors.instagram.normalise import HANDLE

FIELDS = (
    "messages",
    "message_edit",
    "message_reactions",
    "messaging_seen",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_handover",
    "standby",
    "comments",
    "live_comments",
)

# Any one of the page lets the news of its Instagram account through.
PAGE_FIELDS = ("messages",)

PLATFORM = Platform(
    name="instagram",
    object="instagram",
    handle_kind=HANDLE,
    fields=FIELDS,
    page_fields=PAGE_FIELDS,
    reasons=REASONS,
)


async def person_of_account(talk: PageTalk, context: Context, user: str) -> Delivery:
    """Only an id that is a person's towards this very account leads to a customer: Meta matches no other ids of Instagram.
    https://developers.facebook.com/docs/messenger-platform/instagram/features/user-profile"""
    try:
        body = await talk.client.get(quote(user, safe=""), {"fields": "id,username"})
    except Refused:
        return found(context, user)
    known = bool(text(body.get("username"))) and text(body.get("id")) == user
    return found(context, user, owner=await talk.account(), person=user if known else "")
