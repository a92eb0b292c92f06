"""A reply of ours as a note on the order, which the shop mails to its customer. Pure.
https://woocommerce.github.io/woocommerce-rest-api-docs/#order-notes"""

from __future__ import annotations

import html
import re

from connectors.base.commands import SendReply
from connectors.base.errors import Refused
from connectors.woocommerce.manifest import TEXT_LIMIT

BREAK = re.compile(r"(?i)<(?:br\s*/?|/p|/div|/li)>")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def render_reply(command: SendReply) -> dict[str, object]:
    """Raises Refused for what the shop could not do, before anything is sent. The shop prints a note as HTML."""
    if not command.thread.isdigit():
        raise Refused(f"{command.thread} is no order", code="no_order", fix="Reply to a conversation about an order.")
    if command.files:
        raise Refused("a note carries no files", code="too_many_files", fix="Send the text alone, or answer by e-mail.")
    if not command.text.strip():
        raise Refused("The reply is empty.", code="empty", fix="Write a text.")
    if len(command.text) > TEXT_LIMIT:
        raise Refused(f"{len(command.text)} characters, {TEXT_LIMIT} allowed", code="text_too_long", fix="Shorten the text.")
    return {"note": html.escape(command.text, quote=False), "customer_note": True, "added_by_user": True}


def plain(markup: str) -> str:
    """What a person reads of text that may be HTML."""
    return html.unescape(TAG.sub("", BREAK.sub("\n", markup))).strip()


def same_words(one: str, other: str) -> bool:
    return one.split() == other.split()


def note_id(order: str, note: str) -> str:
    return f"{order}:note-{note}"


def checkout_id(order: str) -> str:
    return f"{order}:checkout"
