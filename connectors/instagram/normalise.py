"""An Instagram account's messages and comments as facts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import MessageReceived, Outcome, Unsupported
from connectors.base.graph_hooks import TOLD_AT
from connectors.base.graph_page import TALK, normalise_conversation
from connectors.base.graph_person import KINDS as PERSON_KINDS
from connectors.base.graph_person import normalise_person
from connectors.base.graph_render import COMMENT
from connectors.base.graph_talk import normalise_messaging, person_handle, read_item, seen_at
from connectors.base.wire import mapping, required, text, when

HANDLE = "instagram_user"
COMMENTS = ("comments", "live_comments")


def normalise_delivery(delivery: Delivery, page_id: str) -> Sequence[Outcome]:
    if delivery.kind in ("messaging", "standby"):
        return normalise_messaging(delivery, HANDLE)
    if delivery.kind == TALK:
        return normalise_conversation(delivery, HANDLE)
    if delivery.kind in COMMENTS:
        return _comment(delivery)
    if delivery.kind in PERSON_KINDS:
        return normalise_person(delivery, HANDLE)
    if delivery.kind == "unreadable":
        raise Malformed("a post of Meta that is no list of entries", code="unreadable")
    return [Unsupported(kind=delivery.kind, reason="not about a customer's message")]


def _comment(delivery: Delivery) -> Sequence[Outcome]:
    """Instagram dates no comment: the time of the notice stands in.
    https://developers.facebook.com/docs/instagram-platform/webhooks"""
    told = mapping(read_item(delivery).get("value"))
    author, media = mapping(told.get("from")), mapping(told.get("media"))
    owner, person, said = delivery.account, text(author.get("id")), text(told.get("text"))
    if not person or person == owner or text(author.get("self_ig_scoped_id")) == person:
        return [Unsupported(kind=delivery.kind, reason="a comment of the account itself, or of nobody named")]
    if not said:
        return [Unsupported(kind=delivery.kind, reason="a comment without words")]
    comment, at = required(told.get("id"), "id"), when(dict(delivery.headers).get(TOLD_AT)) or seen_at(delivery)
    user = text(author.get("username"))
    found = {
        "comment_id": comment,
        "at": str(int(at.timestamp())),
        "media_id": text(media.get("id")),
        "live": "1" if delivery.kind == "live_comments" else "",
    }
    return [
        MessageReceived(
            thread=f"{COMMENT}{text(told.get('parent_id')) or comment}:{person}",
            external_id=comment,
            direction="in",
            sent_at=at,
            customer=person_handle(HANDLE, owner, person, label=f"@{user}" if user else ""),
            text=said,
            kind="comment",
            refs={name: value for name, value in found.items() if value},
        )
    ]
