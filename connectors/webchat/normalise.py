"""Remarks as facts. Pure. Who speaks and when stands in the delivery's headers; the rest is the visitor's own word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from connectors.base.contract import Delivery
from connectors.base.errors import BadSignature, Malformed
from connectors.base.events import Handle, Media, MessageReceived, MessageStatus, Outcome, Unsupported
from connectors.base.wire import integer, items, load, mapping, required, text, when
from connectors.webchat.manifest import FILES_MOST, TEXT_LIMIT
from connectors.webchat.render import Keeper, message_id
from connectors.webchat.webhooks import HOUSE, header_of

Told = Mapping[str, Any]
Kind = Callable[[Told, Delivery, Keeper], Sequence[Outcome]]


def normalise_remark(delivery: Delivery, keeper: Keeper) -> Sequence[Outcome]:
    kind = KINDS.get(delivery.kind)
    if kind is None:
        return [Unsupported(kind=delivery.kind, reason="not something a visitor's page says")]
    told = load(delivery.body)
    if not isinstance(told, Mapping):
        raise Malformed("a remark is an object", code="not_a_remark")
    return kind(told, delivery, keeper)


def _message(told: Told, delivery: Delivery, keeper: Keeper) -> Sequence[Outcome]:
    said, files = text(told.get("text")).strip()[:TEXT_LIMIT], _files(told, keeper)
    if not said and not files:
        return [Unsupported(kind=delivery.kind, reason="nothing was said")]
    return [_heard(told, delivery, said=said, direction="in", files=files)]


def _answer(told: Told, delivery: Delivery, keeper: Keeper) -> Sequence[Outcome]:
    """The house spoke by itself: it never counts as somebody's answer."""
    return [_heard(told, delivery, said=required(told.get("text"), "text")[:TEXT_LIMIT], direction="out", files=())]


def _left(told: Told, delivery: Delivery, keeper: Keeper) -> Sequence[Outcome]:
    """The form for hours when nobody is there: words and an address to answer to."""
    said = required(told.get("text"), "text").strip()[:TEXT_LIMIT]
    return [_heard(told, delivery, said=said, direction="in", files=())]


def _read(told: Told, delivery: Delivery, keeper: Keeper) -> Sequence[Outcome]:
    """All of ours up to now is seen: a watermark, because the page shows everything at once."""
    return [MessageStatus(external_id="", state="read", at=_at(delivery), thread=header_of(delivery, "thread"))]


def _heard(
    told: Told, delivery: Delivery, *, said: str, direction: Literal["in", "out"], files: tuple[Media, ...]
) -> MessageReceived:
    thread = header_of(delivery, "thread")
    return MessageReceived(
        thread=thread,
        external_id=message_id(thread, required(told.get("id"), "id")),
        direction=direction,
        sent_at=_at(delivery),
        customer=_handle(told, delivery),
        text=said,
        more_handles=_addresses(told, delivery),
        media=files,
        refs=_refs(told, delivery),
        automated=direction == "out",
        language=text(told.get("language"))[:8].split("-")[0].lower(),
    )


def _handle(told: Told, delivery: Delivery) -> Handle:
    vouched = header_of(delivery, "verified") == "yes"
    name = header_of(delivery, "name") or text(told.get("name")).strip()[:200]
    return Handle(
        kind="webchat_visitor",
        value=header_of(delivery, "thread"),
        label=name or header_of(delivery, "email"),
        name=name,
        strength="verified" if vouched else "provided",
    )


def _addresses(told: Told, delivery: Delivery) -> tuple[Handle, ...]:
    """An address the shop signed is proven. One a stranger typed is a guess: it may belong to somebody else."""
    proven, typed = header_of(delivery, "email"), text(told.get("email")).strip()[:320]
    if proven:
        return (Handle(kind="email", value=proven, strength="verified"),)
    return (Handle(kind="email", value=typed, strength="guessed"),) if _is_address(typed) else ()


def _is_address(typed: str) -> bool:
    name, _, host = typed.rpartition("@")
    return bool(name) and "." in host and not any(sign.isspace() for sign in typed)


def _files(told: Told, keeper: Keeper) -> tuple[Media, ...]:
    """Only what was really given at our door: a reference that was not signed there names nothing."""
    found = []
    for entry in items(told.get("files"))[:FILES_MOST]:
        file = mapping(entry)
        ref = text(file.get("ref"))
        try:
            keeper(ref)
        except BadSignature:
            continue
        size = min(max(integer(file.get("size")), 0), 2**31 - 1)
        found.append(Media(ref=ref, name=text(file.get("name"))[:200], media_type=text(file.get("media_type"))[:100], size=size))
    return tuple(found)


def _refs(told: Told, delivery: Delivery) -> dict[str, str]:
    """Where the visitor is and came from, and where an answer finds them once they are gone."""
    seen = {name: text(told.get(name))[:500] for name in ("page", "referrer")}
    found = {name: url for name, url in seen.items() if url.startswith(("https://", "http://"))}
    typed = header_of(delivery, "email") or text(told.get("email")).strip()[:320]
    return found | ({"email": typed.lower()} if _is_address(typed) else {})


def _at(delivery: Delivery) -> datetime:
    at = when(header_of(delivery, "seen-at"))
    if at is None:
        raise Malformed("the delivery does not say when it came", code="missing_field")
    return at


KINDS: dict[str, Kind] = {"message": _message, "left": _left, "read": _read, HOUSE: _answer}
