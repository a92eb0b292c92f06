"""How Meta is asked about a page's own talks. https://developers.facebook.com/docs/messenger-platform/webhooks"""

from __future__ import annotations

from connectors.base.contract import Context
from connectors.base.graph_page import PageTalk, Platform
from connectors.messenger.errors import REASONS

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


def talk(context: Context) -> PageTalk:
    return PageTalk(context, PLATFORM)
