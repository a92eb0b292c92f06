"""How Meta is asked about the talks of an Instagram account. https://developers.facebook.com/docs/messenger-platform/instagram"""

from __future__ import annotations

from connectors.base.contract import Context
from connectors.base.graph_page import PageTalk, Platform
from connectors.instagram.errors import REASONS

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
    handle_kind="instagram_user",
    fields=FIELDS,
    page_fields=PAGE_FIELDS,
    reasons=REASONS,
)


def talk(context: Context) -> PageTalk:
    return PageTalk(context, PLATFORM)
