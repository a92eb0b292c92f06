"""What a message of Messenger or Instagram holds besides text: files to fetch, and words for what is no file. Pure.

Webhooks and the Conversations API write the same things differently; both are read here.
https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from connectors.base.events import Media
from connectors.base.wire import integer, items, mapping, text

FALLBACK = {"image": "image/jpeg", "audio": "audio/mp4", "video": "video/mp4", "reel": "video/mp4", "ig_reel": "video/mp4"}
FILED = ("image", "audio", "video", "file", "story_mention", "ephemeral", "ig_story", "animated_image")
# The thumb in its three sizes comes as a sticker.
THUMBS = ("369239263222822", "369239343222814", "369239383222810")

Part = Mapping[str, Any]


def attached(message: Part) -> tuple[Media, ...]:
    """Each file once; a story that was answered comes along as a file, because its address soon runs out."""
    found = [_of_webhook(part) for part in map(mapping, items(message.get("attachments"))) if not _is_thumb(part)]
    listed = items(mapping(message.get("attachments")).get("data"))
    found += [_of_conversation(part) for part in map(mapping, listed)]
    found.append(_file("image", text(message.get("sticker"))))
    found.append(_file("story", text(story_of(message).get("url")) or text(story_of(message).get("link"))))
    by_ref = {media.ref: media for media in found if media is not None}
    return tuple(by_ref.values())


def attached_words(message: Part) -> str:
    """For a thumb, a place, a shared post or a template: what a person needs to see of it."""
    parts = list(map(mapping, items(message.get("attachments"))))
    lines = ["👍" if _is_thumb(part) else _words(part) for part in parts]
    shares = items(mapping(message.get("shares")).get("data"))
    lines += [_link(text(part.get("name")), text(part.get("link"))) for part in map(mapping, shares)]
    return "\n".join(dict.fromkeys(line for line in lines if line))


def story_of(message: Part) -> Part:
    """The story this answers or mentions: `reply_to.story` in webhooks, `story` in conversations."""
    told = mapping(message.get("story"))
    return mapping(mapping(message.get("reply_to")).get("story")) or mapping(told.get("reply_to")) or mapping(told.get("mention"))


def _is_thumb(part: Part) -> bool:
    return text(mapping(part.get("payload")).get("sticker_id")) in THUMBS


def _of_webhook(part: Part) -> Media | None:
    kind, payload = text(part.get("type")), mapping(part.get("payload"))
    return _file(kind, text(payload.get("url"))) if kind in FILED else None


def _of_conversation(part: Part) -> Media | None:
    pictured = mapping(part.get("image_data")) or mapping(part.get("video_data"))
    url = text(part.get("file_url")) or text(pictured.get("url"))
    media_type = text(part.get("mime_type"))
    size = max(integer(part.get("size")), 0)
    return _file(media_type.partition("/")[0] or "file", url, name=text(part.get("name")), media_type=media_type, size=size)


def _file(kind: str, url: str, *, name: str = "", media_type: str = "", size: int = 0) -> Media | None:
    if not url.startswith("https://"):
        return None
    named = PurePosixPath(unquote(_path(url))).name
    guessed = mimetypes.guess_type(named)[0] or ""
    shown = name or (named if guessed else kind or "file")
    return Media(ref=url, name=shown, media_type=media_type or guessed or FALLBACK.get(kind, ""), size=size)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _words(part: Part) -> str:
    kind, payload = text(part.get("type")), mapping(part.get("payload"))
    if kind in FILED and text(payload.get("url")).startswith("https://"):
        return ""
    if kind == "location":
        place = mapping(payload.get("coordinates"))
        return f"📍 {text(place.get('lat'))}, {text(place.get('long'))}" if text(place.get("lat")) else ""
    if kind == "template":
        return _of_template(part, payload)
    title = text(payload.get("title")) or text(part.get("title"))
    return _link(title, text(payload.get("url")) or text(part.get("url")))


def _of_template(part: Part, payload: Part) -> str:
    """Cards of a shop's catalogue or of a program."""
    listed = items(mapping(payload.get("product")).get("elements")) or items(mapping(payload.get("generic")).get("elements"))
    cards = listed or items(payload.get("elements"))
    lines = [
        " ".join(filter(None, (text(card.get("title")), text(card.get("subtitle"))))).strip() for card in map(mapping, cards)
    ]
    return "\n".join(filter(None, (text(part.get("title")) or text(payload.get("text")), *lines)))


def _link(title: str, url: str) -> str:
    return "\n".join(filter(None, (title, url)))
