"""What a Telegram message holds, as text a person can read and files to fetch. https://core.telegram.org/bots/api#message"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.base.events import Handle, Media
from connectors.base.wire import integer, items, mapping, text

# Field of the message -> file name when Telegram gives none.
FILES = {
    "voice": "voice.ogg",
    "video": "video.mp4",
    "video_note": "video.mp4",
    "audio": "audio.mp3",
    "sticker": "sticker.webp",
    "document": "document",
}
MEDIA_TYPES = {
    "voice": "audio/ogg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "audio": "audio/mpeg",
    "sticker": "image/webp",
}


def readable_text(message: Mapping[str, Any]) -> str:
    """Text or caption; else the words for a thing that is no file (a place, a contact, a poll)."""
    said = text(message.get("text")) or text(message.get("caption"))
    if said:
        return said
    for name, words in WORDS.items():
        if (thing := mapping(message.get(name))) and (found := words(thing)):
            return found
    return ""


def media(message: Mapping[str, Any]) -> tuple[Media, ...]:
    found = [_photo(message)]
    # An animation comes with the same file again as `document`.
    found += [_file(name, mapping(message.get(name)), fallback) for name, fallback in FILES.items()]
    return tuple(file for file in found if file is not None)


def shared_phone(message: Mapping[str, Any], sender: str) -> tuple[Handle, ...]:
    """The sender's own number: Telegram names the owner of a shared contact."""
    contact = mapping(message.get("contact"))
    digits = "".join(sign for sign in text(contact.get("phone_number")) if sign.isdigit())
    if not digits or not sender or text(contact.get("user_id")) != sender:
        return ()
    return (Handle(kind="phone", value=f"+{digits}", strength="verified"),)


def full_name(person: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (text(person.get("first_name")).strip(), text(person.get("last_name")).strip())))


def _photo(message: Mapping[str, Any]) -> Media | None:
    """The largest of the sizes Telegram offers."""
    sizes = [size for size in map(mapping, items(message.get("photo"))) if text(size.get("file_id"))]
    if not sizes:
        return None
    best = max(sizes, key=lambda size: integer(size.get("width")) * integer(size.get("height")))
    return Media(ref=text(best.get("file_id")), name="photo.jpg", media_type="image/jpeg", size=_size(best))


def _file(name: str, file: Mapping[str, Any], fallback: str) -> Media | None:
    ref = text(file.get("file_id"))
    if not ref:
        return None
    return Media(
        ref=ref,
        name=text(file.get("file_name")) or fallback,
        media_type=text(file.get("mime_type")) or MEDIA_TYPES.get(name, ""),
        size=_size(file),
    )


def _size(file: Mapping[str, Any]) -> int:
    return max(integer(file.get("file_size")), 0)


def _place(location: Mapping[str, Any]) -> str:
    latitude, longitude = text(location.get("latitude")), text(location.get("longitude"))
    return f"📍 {latitude}, {longitude}" if latitude and longitude else ""


def _venue(venue: Mapping[str, Any]) -> str:
    name = ", ".join(filter(None, (text(venue.get("title")), text(venue.get("address")))))
    place = _place(mapping(venue.get("location")))
    return f"📍 {name} ({place.removeprefix('📍 ')})" if name and place else place or (f"📍 {name}" if name else "")


def _contact(contact: Mapping[str, Any]) -> str:
    number = text(contact.get("phone_number"))
    shown = number if number.startswith("+") or not number else f"+{number}"
    named = ", ".join(filter(None, (full_name(contact), shown)))
    return f"☎ {named}" if named else ""


def _dice(dice: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (text(dice.get("emoji")), text(dice.get("value")))))


# Order matters: a venue carries its location again as `location`.
WORDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "venue": _venue,
    "location": _place,
    "contact": _contact,
    "sticker": lambda sticker: text(sticker.get("emoji")),
    "poll": lambda poll: text(poll.get("question")),
    "dice": _dice,
    "game": lambda game: text(game.get("title")),
    "story": lambda story: "↪ story" if story else "",
}
