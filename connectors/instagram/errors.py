"""Refusals that only an Instagram talk knows. https://developers.facebook.com/docs/messenger-platform/error-codes"""

from __future__ import annotations

from connectors.base.graph import Reasons

REASONS: Reasons = {
    (10, 2018300): ("other_app_answers", "Another app has this talk. Make Onecounter the default app of the account at Meta."),
    (10900, 0): ("already_answered", "This comment has had its one private reply. Wait until the person answers it."),
    (100, 2018047): ("file_refused", "Meta could not take this file. Send it in another format."),
    (100, 2534014): ("unknown_person", "This person cannot be reached any more. Write to them on another channel."),
    (1545041, 0): ("unavailable_person", "This person takes no messages now. Write to them on another channel."),
}
