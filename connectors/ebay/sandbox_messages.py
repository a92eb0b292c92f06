"""Pretend Message API: https://developer.ebay.com/api-docs/commerce/message/resources/methods"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.world import File, Message, Thread
from connectors.ebay.sandbox_shop import CHANNEL, SELLER, Shop, body_of, guarded, number_param, page_url, refusal, stamp

ROOT = "/commerce/message/v1"
SCOPE = "commerce.message"
DOMAIN = "API_MESSAGE"
TEXT_MAX = 2000
MEDIA_MAX = 5
MEDIA_KINDS = ("IMAGE", "PDF", "DOC", "TXT")


def fail(code: int, words: str) -> Answer:
    return refusal(400, code, words, domain=DOMAIN)


class Messages:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.letters: list[dict[str, Any]] = []

    def routes(self, box: Sandbox) -> None:
        box.route("GET", f"{ROOT}/conversation")(guarded(self.shop, self.conversations, scope=SCOPE))
        box.route("GET", f"{ROOT}/conversation/{{id}}")(guarded(self.shop, self.conversation, scope=SCOPE))
        box.route("POST", f"{ROOT}/send_message", "send")(guarded(self.shop, self.send, scope=SCOPE))
        box.route("POST", f"{ROOT}/update_conversation")(guarded(self.shop, self.update, scope=SCOPE))
        box.route("GET", "/images/g/{message}/{name}")(self.picture)

    def threads(self) -> list[Thread]:
        return [thread for thread in self.shop.world.shelf(CHANNEL).threads.values() if thread.messages]

    def item_of(self, thread: Thread) -> str:
        shelf = self.shop.world.shelf(CHANNEL)
        sku = thread.sku
        if not sku and thread.order in shelf.orders:
            sku = shelf.orders[thread.order].lines[0].sku
        return shelf.listings[sku].id if sku in shelf.listings else ""

    def write_from_ebay(self, subject: str, body: str) -> None:
        """A letter of eBay's own."""
        self.letters.append(
            {
                "messageId": str(190_000_000_000 + len(self.letters)),
                "messageBody": body,
                "senderUsername": "eBay",
                "recipientUsername": SELLER,
                "subject": subject,
                "createdDate": stamp(self.shop.world.now()),
                "readStatus": False,
            }
        )

    @staticmethod
    def letter_summary(letter: dict[str, Any]) -> dict[str, Any]:
        return {
            "conversationId": f"8{letter['messageId']}",
            "conversationType": "FROM_EBAY",
            "conversationStatus": "ACTIVE",
            "conversationTitle": letter["subject"],
            "createdDate": letter["createdDate"],
            "latestMessage": letter,
            "unreadCount": 1,
        }

    def letter(self, request: Request) -> Answer:
        number = request.parts["id"].removeprefix("8")
        found = [letter for letter in self.letters if letter["messageId"] == number]
        if not found:
            return fail(355007, "Invalid or unrecognized conversation_id value.")
        shown = {"conversationTitle": found[0]["subject"], "conversationStatus": "ACTIVE", "conversationType": "FROM_EBAY"}
        return answer({**shown, "messages": found, "href": page_url(request), "limit": 50, "offset": 0, "total": 1})

    def user(self, thread: Thread) -> str:
        return self.shop.world.state.buyers[thread.buyer].user

    def detail(self, thread: Thread, message: Message) -> dict[str, Any]:
        buyer = self.user(thread)
        names = (buyer, SELLER) if message.side == "buyer" else (SELLER, buyer)
        shown: dict[str, Any] = {
            "messageId": message.id,
            "messageBody": message.text,
            "senderUsername": names[0],
            "recipientUsername": names[1],
            "subject": thread.subject or f"{buyer} has sent a message",
            "createdDate": stamp(message.at),
            "readStatus": message.read,
        }
        if message.files:
            shown["messageMedia"] = [self.media(message, position, file) for position, file in enumerate(message.files)]
        return shown

    def media(self, message: Message, position: int, file: File) -> dict[str, str]:
        kind = "IMAGE" if file.media_type.startswith("image/") else "PDF" if "pdf" in file.media_type else "DOC"
        url = f"https://i.ebayimg.com/images/g/{message.id}-{position}/{file.name}"
        return {"mediaName": file.name, "mediaType": kind, "mediaUrl": url}

    def summary(self, thread: Thread) -> dict[str, Any]:
        item = self.item_of(thread)
        shown: dict[str, Any] = {
            "conversationId": thread.id,
            "conversationType": "FROM_MEMBERS",
            "conversationStatus": "ACTIVE",
            "conversationTitle": thread.subject or self.user(thread),
            "createdDate": stamp(thread.messages[0].at),
            "latestMessage": self.detail(thread, thread.messages[-1]),
            "unreadCount": sum(message.side == "buyer" and not message.read for message in thread.messages),
        }
        return {**shown, "referenceType": "LISTING", "referenceId": item} if item else shown

    def conversations(self, request: Request) -> Answer:
        query = request.query
        limit, offset = number_param(request, "limit", 25, 50), number_param(request, "offset", 0, 10**9)
        if query.get("conversation_type") not in ("FROM_MEMBERS", "FROM_EBAY"):
            return fail(355017, "The required conversation_type query parameter is either missing or has an invalid value.")
        if not limit:
            return fail(355009, "Invalid limit. The limit value must be a positive integer value that does not exceed 50")
        if offset is None or offset % limit:
            return fail(355008, "Invalid offset. The offset value must be synchronized up with the limit value.")
        try:
            start, end = (self.moment(query.get(name, "")) for name in ("start_time", "end_time"))
        except ValueError:
            return fail(355005, "Invalid date format used for one or both date filters.")
        if query["conversation_type"] == "FROM_EBAY":
            if start or end:
                return fail(355005, "Date filters are for conversations of members only.")
            found = [self.letter_summary(letter) for letter in reversed(self.letters)]
        else:
            found = [self.summary(thread) for thread in self.matching(request, start, end)]
        shown: dict[str, Any] = {
            "conversations": found[offset : offset + limit],
            "href": page_url(request),
            "limit": limit,
            "offset": offset,
            "total": len(found),
        }
        if offset + limit < len(found):
            shown["next"] = page_url(request, offset=offset + limit, limit=limit)
        return answer(shown)

    @staticmethod
    def moment(value: str) -> datetime | None:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC) if value else None

    def matching(self, request: Request, start: datetime | None, end: datetime | None) -> list[Thread]:
        other, item = request.query.get("other_party_username"), request.query.get("reference_id")

        def fits(thread: Thread) -> bool:
            said_then = any((start is None or said.at >= start) and (end is None or said.at <= end) for said in thread.messages)
            return said_then and other in (None, self.user(thread)) and item in (None, self.item_of(thread))

        return sorted(filter(fits, self.threads()), key=lambda thread: thread.messages[-1].at, reverse=True)

    def conversation(self, request: Request) -> Answer:
        limit, offset = number_param(request, "limit", 25, 50), number_param(request, "offset", 0, 10**9)
        if request.query.get("conversation_type") == "FROM_EBAY":
            return self.letter(request)
        thread = self.shop.world.shelf(CHANNEL).threads.get(request.parts["id"])
        if thread is None:
            return fail(355007, "Invalid or unrecognized conversation_id value.")
        if not limit:
            return fail(355009, "Invalid limit. The limit value must be a positive integer value that does not exceed 50")
        if offset is None or offset % limit:
            return fail(355008, "Invalid offset. The offset value must be synchronized up with the limit value.")
        newest_first = list(reversed(thread.messages))
        shown: dict[str, Any] = {
            "conversationTitle": thread.subject or self.user(thread),
            "conversationStatus": "ACTIVE",
            "conversationType": "FROM_MEMBERS",
            "messages": [self.detail(thread, message) for message in newest_first[offset : offset + limit]],
            "href": page_url(request),
            "limit": limit,
            "offset": offset,
            "total": len(newest_first),
        }
        if offset + limit < len(newest_first):
            shown["next"] = page_url(request, offset=offset + limit, limit=limit)
        return answer(shown)

    def refused(self, body: dict[str, Any]) -> Answer | None:
        words, media = body.get("messageText") or "", body.get("messageMedia") or []
        if not body.get("conversationId") and not body.get("otherPartyUsername"):
            return fail(355018, "conversationId and otherPartyUsername cannot both be empty.")
        if not words and not media:
            return fail(355015, "Please pass message text or upload one of more media attachments.")
        if len(words) > TEXT_MAX:
            return fail(355013, f"The messageText string exceeds the maximum character threshold of {TEXT_MAX}.")
        if len(media) > MEDIA_MAX:
            return fail(355010, f"The maximum amount of media that may be sent is {MEDIA_MAX}.")
        for one in media:
            if not all(one.get(name) for name in ("mediaName", "mediaType", "mediaUrl")):
                return fail(355012, "All fields under messageMedia are required.")
            if one["mediaType"] not in MEDIA_KINDS:
                return fail(355011, "Invalid mediaType value.")
            if not str(one["mediaUrl"]).startswith("https://"):
                return fail(355014, "Invalid mediaUrl.")
        return None

    def send(self, request: Request) -> Answer:
        body: dict[str, Any] = body_of(request)
        refused = self.refused(body)
        if refused is not None:
            return refused
        thread = self.thread_for(body)
        if isinstance(thread, Answer):
            return thread
        files = [File(name=one["mediaName"], media_type=one["mediaType"], content=b"") for one in body.get("messageMedia") or []]
        said = self.shop.world.reply(CHANNEL, thread.id, body.get("messageText") or "", files=files)
        shown = self.detail(thread, said)
        shown["senderUserName"], shown["recipientUserName"] = shown.pop("senderUsername"), shown.pop("recipientUsername")
        return answer(shown, 201)

    def thread_for(self, body: dict[str, Any]) -> Thread | Answer:
        world, shelf = self.shop.world, self.shop.world.shelf(CHANNEL)
        if body.get("conversationId"):
            found = shelf.threads.get(str(body["conversationId"]))
            return found or fail(355007, "Invalid or unrecognized conversation_id value.")
        buyer = world.buyer_by_user(str(body["otherPartyUsername"]))
        if buyer is None:
            return fail(355006, "Invalid or unrecognized otherPartyUsername value.")
        item = str((body.get("reference") or {}).get("referenceId") or "")
        sku = next((sku for sku, listing in shelf.listings.items() if listing.id == item), "")
        if item and not sku:
            return fail(355020, "The referenceId is invalid, no listing can be found by this referenceId.")
        for known in shelf.threads.values():
            if known.buyer == buyer.key and self.item_of(known) == item:
                return known
        number = shelf.next_number
        shelf.next_number += 1
        made = Thread(id=world.naming(CHANNEL).thread_id(number, buyer), number=number, buyer=buyer.key, sku=sku)
        shelf.threads[made.id] = made
        return made

    def update(self, request: Request) -> Answer:
        body: dict[str, Any] = body_of(request)
        thread = self.shop.world.shelf(CHANNEL).threads.get(str(body.get("conversationId")))
        if thread is None:
            return fail(355007, "Invalid or unrecognized conversation_id value.")
        for message in thread.messages:
            message.read = bool(body.get("read"))
        return Answer(status=204)

    def picture(self, request: Request) -> Answer:
        message_id, _, position = request.parts["message"].rpartition("-")
        for thread in self.threads():
            for message in thread.messages:
                if message.id == message_id and position.isdigit() and int(position) < len(message.files):
                    file = message.files[int(position)]
                    return Answer(file.content, media_type=file.media_type)
        return Answer(b"not found", 404, "text/plain")
