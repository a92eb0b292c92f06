"""A page's messages and comments as facts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.base.contract import Delivery
from connectors.base.errors import Malformed
from connectors.base.events import Media, MessageChanged, MessageReceived, Outcome, Unsupported
from connectors.base.graph_page import TALK, normalise_conversation
from connectors.base.graph_person import KINDS as PERSON_KINDS
from connectors.base.graph_person import normalise_person
from connectors.base.graph_render import COMMENT
from connectors.base.graph_talk import normalise_messaging, person_handle, read_item, seen_at
from connectors.base.wire import mapping, required, text, when

HANDLE = "messenger_user"


def normalise_delivery(delivery: Delivery, page_id: str) -> Sequence[Outcome]:
    if delivery.kind in ("messaging", "standby"):
        return normalise_messaging(delivery, HANDLE)
    if delivery.kind == TALK:
        return normalise_conversation(delivery, HANDLE)
    if delivery.kind == "feed":
        return _feed(delivery, page_id)
    if delivery.kind in PERSON_KINDS:
        return normalise_person(delivery, HANDLE)
    if delivery.kind == "unreadable":
        raise Malformed("a post of Meta that is no list of entries", code="unreadable")
    return [Unsupported(kind=delivery.kind, reason="not about a customer's message")]


def _feed(delivery: Delivery, page_id: str) -> Sequence[Outcome]:
    """Comments under posts. https://developers.facebook.com/docs/graph-api/webhooks/reference/page/#feed"""
    told = mapping(read_item(delivery).get("value"))
    verb, item, owner = text(told.get("verb")), text(told.get("item")), delivery.account or page_id
    if item != "comment":
        return [Unsupported(kind="feed", reason=f"news of a post: {verb} {item}".strip())]
    author = mapping(told.get("from"))
    comment, person = required(told.get("comment_id"), "comment_id"), text(author.get("id"))
    if not person or person == owner:
        return [Unsupported(kind="feed", reason="a comment of the page itself, or of nobody named")]
    thread = _thread(told, comment, person)
    at = when(told.get("created_time")) or seen_at(delivery)
    if verb == "remove":
        return [MessageChanged(thread=thread, external_id=comment, changed_at=at, deleted=True)]
    said, files = text(told.get("message")), _files(told)
    if verb == "edited" and said:
        return [MessageChanged(thread=thread, external_id=comment, changed_at=at, text=said)]
    if verb != "add" or not (said or files):
        return [Unsupported(kind="feed", reason=f"a comment was changed: {verb or 'nothing to show'}")]
    name = text(author.get("name"))
    return [
        MessageReceived(
            thread=thread,
            external_id=comment,
            direction="in",
            sent_at=at,
            customer=person_handle(HANDLE, owner, person, label=name, name=name),
            text=said,
            media=files,
            kind="comment",
            refs=_refs(told, comment, str(int(at.timestamp()))),
        )
    ]


def _thread(told: Mapping[str, Any], comment: str, person: str) -> str:
    """What one person says under one comment, theirs or another's; the parent of a first comment is the post."""
    parent, post = text(told.get("parent_id")), text(told.get("post_id"))
    root = parent if parent and parent != post else comment
    return f"{COMMENT}{root}:{person}"


def _files(told: Mapping[str, Any]) -> tuple[Media, ...]:
    photo, video = text(told.get("photo")), text(told.get("video"))
    found = [Media(ref=photo, name="photo.jpg", media_type="image/jpeg")] if photo.startswith("https://") else []
    found += [Media(ref=video, name="video.mp4", media_type="video/mp4")] if video.startswith("https://") else []
    return tuple(found)


def _refs(told: Mapping[str, Any], comment: str, at: str) -> dict[str, str]:
    post = mapping(told.get("post"))
    found = {"comment_id": comment, "at": at, "post_id": text(told.get("post_id")), "post_url": text(post.get("permalink_url"))}
    return {name: value for name, value in found.items() if value}
