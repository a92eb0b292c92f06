"""What became of a message of ours. Pure. https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/reference/messages/status"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from connectors.base.contract import Delivery
from connectors.base.events import MessageStatus, Outcome, Unsupported
from connectors.base.graph_talk import seen_at
from connectors.base.wire import items, mapping, required, text, when

State = Literal["sent", "delivered", "read", "failed"]

# A voice message that was played was read.
STATES: dict[str, State] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}


def status_of(told: Mapping[str, Any], delivery: Delivery) -> Sequence[Outcome]:
    """Statuses come in any order; which one stands is not decided here. Our own mark comes back with each."""
    number, named = required(told.get("id"), "status.id"), text(told.get("status"))
    state = STATES.get(named)
    if state is None:
        return [Unsupported(kind=delivery.kind, reason=f"a status that is not known: {named}")]
    return [
        MessageStatus(
            external_id=number,
            state=state,
            at=when(told.get("timestamp")) or seen_at(delivery),
            detail=_words(told) if state == "failed" else "",
            echo_of=text(told.get("biz_opaque_callback_data")),
            thread=text(told.get("recipient_user_id")) or text(told.get("recipient_id")),
        )
    ]


def _words(told: Mapping[str, Any]) -> str:
    """Each error as Meta words it, with its code."""
    lines = []
    for error in map(mapping, items(told.get("errors"))):
        title = text(error.get("title")) or text(error.get("message"))
        details = text(mapping(error.get("error_data")).get("details"))
        words = f"{title}: {details}" if title and details and details != title else title or details
        lines.append(f"{words} ({text(error.get('code'))})" if text(error.get("code")) else words)
    return "; ".join(filter(None, lines))
