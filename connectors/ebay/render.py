"""Commands into wire shapes. Pure.

https://developer.ebay.com/api-docs/commerce/message/resources/conversation/methods/sendMessage
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connectors.base.commands import SendReply, StockLine, Upload
from connectors.base.errors import Refused
from connectors.ebay.manifest import FILES_LIMIT, TEXT_LIMIT
from connectors.ebay.markup import Tree

TRADING_THREAD = "trading:"
STATUS_NODES = 4
DEFAULT_SUBJECT = "Your question"


def is_old_thread(command: SendReply) -> bool:
    return command.refs.get("model") == "trading" or command.thread.startswith(TRADING_THREAD)


def check_text(words: str, files: tuple[Upload, ...]) -> None:
    if len(words) > TEXT_LIMIT:
        raise Refused(
            f"{len(words)} characters; eBay takes {TEXT_LIMIT}", code="355013", fix="Shorten the text to 2,000 characters."
        )
    if not words.strip() and not files:
        raise Refused("there is nothing to send", code="355015", fix="Write a text.")
    if len(files) > FILES_LIMIT:
        raise Refused(f"{len(files)} files; eBay takes {FILES_LIMIT}", code="355010", fix="Send at most five files.")


def send_message(command: SendReply) -> dict[str, object]:
    """Into the talk when it is known, else to the buyer by name, about the listing when one is known."""
    check_text(command.text, command.files)
    conversation = command.refs.get("conversation_id") or command.thread
    body: dict[str, object] = {"messageText": command.text, "emailCopyToSender": False}
    if conversation:
        body["conversationId"] = conversation
    else:
        body["otherPartyUsername"] = recipient(command)
        if command.refs.get("item_id"):
            body["reference"] = {"referenceType": "LISTING", "referenceId": command.refs["item_id"]}
    if command.files:
        body["messageMedia"] = [message_media(file) for file in command.files]
    return body


def recipient(command: SendReply) -> str:
    return command.refs.get("other_party") or command.customer.label or command.customer.value


def message_media(file: Upload) -> dict[str, str]:
    """eBay fetches the file from us."""
    if not file.public_url.startswith("https://"):
        raise Refused(
            f"{file.name} has no public https address",
            code="355014",
            fix="eBay fetches files from a public https address; set one for this installation.",
        )
    kinds = {"application/pdf": "PDF", "text/plain": "TXT"}
    kind = "IMAGE" if file.media_type.startswith("image/") else kinds.get(file.media_type, "DOC")
    return {"mediaName": file.name, "mediaType": kind, "mediaUrl": file.public_url}


def answer_question(command: SendReply) -> tuple[str, Tree]:
    """Name and content of the Trading call: an answer to a question, or talk about an order without one."""
    check_text(command.text, ())
    if command.files:
        raise Refused("the older messages of eBay take no files of ours", code="no_files", fix="Send the text alone.")
    item_id = command.refs.get("item_id", "")
    if not item_id:
        raise Refused("the listing of this talk is not known", code="no_item", fix="Answer from the eBay site.")
    parent = command.refs.get("parent_message_id", "")
    if parent:
        return "AddMemberMessageRTQ", {
            "ItemID": item_id,
            "MemberMessage": {
                "EmailCopyToSender": "false",
                "DisplayToPublic": "false",
                "RecipientID": recipient(command),
                "Body": command.text,
                "ParentMessageID": parent,
            },
        }
    return "AddMemberMessageAAQToPartner", {
        "ItemID": item_id,
        "MemberMessage": {
            "QuestionType": "General",
            "RecipientID": recipient(command),
            "Subject": command.subject or DEFAULT_SUBJECT,
            "Body": command.text,
        },
    }


def price_quantity(lines: Iterable[StockLine]) -> dict[str, object]:
    """Both numbers are set, because a buyer sees the smaller one."""
    return {"requests": [_price_quantity(line) for line in lines]}


def _price_quantity(line: StockLine) -> dict[str, object]:
    request: dict[str, object] = {"sku": line.external_sku, "shipToLocationAvailability": {"quantity": line.quantity}}
    if line.refs.get("offer_id"):
        request["offers"] = [{"offerId": line.refs["offer_id"], "availableQuantity": line.quantity}]
    return request


def inventory_status(lines: Iterable[StockLine]) -> Tree:
    return {
        "InventoryStatus": [
            {"SKU": line.external_sku or None, "ItemID": line.external_id, "Quantity": line.quantity} for line in lines
        ]
    }


def rounds(lines: Iterable[StockLine], *, size: int, by_sku: bool) -> Iterator[list[StockLine]]:
    """Calls of at most `size` lines, none of which names the same thing twice. By SKU alone, or by item, where several
    variations of an item may share a call if each has a SKU."""
    waiting = list(lines)
    while waiting:
        taken: list[StockLine] = []
        left: list[StockLine] = []
        for line in waiting:
            fits = len(taken) < size and not any(_collide(line, other, by_sku) for other in taken)
            (taken if fits else left).append(line)
        yield taken
        waiting = left


def _collide(line: StockLine, other: StockLine, by_sku: bool) -> bool:
    if by_sku:
        return line.external_sku == other.external_sku
    same_sku = line.external_sku == other.external_sku or not line.external_sku or not other.external_sku
    return line.external_id == other.external_id and same_sku
