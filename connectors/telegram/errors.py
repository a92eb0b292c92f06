"""Telegram's refusals, sorted by what the caller does next. https://core.telegram.org/bots/api#making-requests"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base.errors import AuthExpired, ChannelError, RateLimited, Refused
from connectors.base.wire import integer, mapping, text

NEW_TOKEN = "Ask @BotFather for a new token and enter it under Connections."

# Telegram tells reasons apart by words only: part of the description -> (code, what a person can do).
REASONS: tuple[tuple[str, str, str], ...] = (
    ("bot was blocked", "blocked", "This person blocked the bot. Write to them on another channel."),
    ("user is deactivated", "account_gone", "This person's account is gone. Write to them on another channel."),
    ("can't initiate conversation", "not_started", "A bot cannot write first. The person must press Start."),
    ("bot was kicked", "left_group", "The bot was removed from this group. Add it again."),
    ("not a member", "left_group", "The bot is not in this group. Add it again."),
    ("chat not found", "chat_not_found", "Telegram does not know this chat. The person must press Start."),
    ("business connection", "business_ended", "The Business link is off. Switch the bot on in Telegram, Settings, Business."),
    ("not enough rights", "no_rights", "Give the bot the right to send in this group."),
    ("have no rights", "no_rights", "Give the bot the right to send in this group."),
    ("photo_invalid", "photo_refused", "Telegram cannot show this picture. Send it as a PDF or smaller."),
    ("too long", "text_too_long", "Shorten the text."),
    ("is empty", "empty", "Write a text or add a file."),
    ("too big", "file_too_big", "Send a smaller file, at most 50 MB."),
)


def failure(body: Mapping[str, Any], status: int) -> ChannelError:
    """From the body of an answer with `ok` false. Nothing was done at the channel in any of these cases."""
    code = integer(body.get("error_code"), status)
    words = text(body.get("description")) or f"Telegram answered {status}"
    if code in (401, 404):
        return AuthExpired(f"{words}. {NEW_TOKEN}", code="token_refused")
    if code == 429:
        wait = integer(mapping(body.get("parameters")).get("retry_after"))
        return RateLimited(words, after=float(min(max(wait, 0), 3600)), code="rate_limited")
    for part, reason, fix in REASONS:
        if part in words.lower():
            return Refused(words, code=reason, fix=fix)
    return Refused(words, code=f"http_{code}")


def moved_to(body: Mapping[str, Any]) -> str:
    """The new chat id when a group became a supergroup, else ""."""
    return text(mapping(body.get("parameters")).get("migrate_to_chat_id"))
