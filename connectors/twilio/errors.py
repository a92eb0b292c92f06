"""Twilio's refusals, sorted by what the caller does next. https://www.twilio.com/docs/api/errors"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base.errors import AuthExpired, ChannelError, RateLimited, Refused
from connectors.base.wire import integer, text

OPTED_OUT = 21610
ASK_START = "They answered STOP. Only they can undo that, by texting START to your number. Write to them on another channel."
USE_TEMPLATE = "Send an approved template, or continue on another channel."

# Error number -> (code, what a person can do).
REASONS: dict[int, tuple[str, str]] = {
    21211: ("bad_number", "Check the customer's number: it needs + and the country code."),
    21212: ("bad_sender", "Check your number under Connections."),
    21265: ("bad_number", "The number is one of your own. Write to the customer's number."),
    21408: ("country_off", "Allow this country in the Twilio Console, Messaging, Settings, Geo permissions."),
    OPTED_OUT: ("opted_out", ASK_START),
    21602: ("empty", "Write a text or add a file."),
    21603: ("bad_sender", "Check your number under Connections."),
    21606: ("bad_sender", "This number cannot send texts. Choose one of your account that can."),
    21608: ("trial_account", "A trial account writes to proven numbers only. Upgrade it in the Twilio Console."),
    21609: ("bad_callback", "Give this server an address that the internet reaches."),
    21612: ("not_routable", "Your number cannot reach this one. Use another sender or another channel."),
    21614: ("not_mobile", "This is no mobile number. Call, or write on another channel."),
    21617: ("text_too_long", "Shorten the text to 1600 characters."),
    21620: ("bad_file", "The file must lie at an https address that the internet reaches."),
    21623: ("too_many_files", "Send at most 10 files at once."),
    21655: ("bad_template", "Choose a template whose ContentSid (HX...) exists in this account."),
    21656: ("bad_template", "Fill every gap of the template."),
    21910: ("mixed_channel", "Your number and the customer's must both be WhatsApp, or neither."),
    63007: ("bad_sender", "This WhatsApp sender is not of this account. Check your number under Connections."),
    63016: ("window_closed", USE_TEMPLATE),
    63018: ("too_fast", "WhatsApp takes no more from this sender for now. Try again later."),
}


def failure(body: Mapping[str, Any], status: int) -> ChannelError:
    """From the body of a refusal. Nothing was done in any of these cases."""
    number = integer(body.get("code"), status)
    words = text(body.get("message")) or f"Twilio answered {status}"
    if status == 401 or number in (20003, 20004):
        return AuthExpired(f"{words}. Copy the auth token from the Twilio Console and enter it here.", code="token_refused")
    if status == 429 or number in (20429, 14107):
        return RateLimited(words, code="rate_limited")
    code, fix = REASONS.get(number, (f"twilio_{number}", ""))
    return Refused(f"{words} ({number})", code=code, fix=fix)


def late_failure(number: int, words: str) -> str:
    """Why a message that Twilio first took did not arrive, in one line."""
    _, fix = REASONS.get(number, ("", ""))
    named = " ".join(filter(None, (words, f"({number})" if number else "")))
    return f"{named}. {fix}".strip(". ") + "." if fix else named
