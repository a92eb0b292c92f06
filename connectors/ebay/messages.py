"""Feed of buyer messages: the Message API, or the Trading questions where the seller's token lacks the newer scope.

https://developer.ebay.com/api-docs/commerce/message/resources/methods
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

import msgspec
from msgspec import Struct

from connectors.base.client import decode
from connectors.base.contract import Batch, Delivery
from connectors.base.errors import AuthExpired, Malformed, Refused
from connectors.base.signing import fingerprint
from connectors.base.wire import integer, items, mapping, text, when
from connectors.ebay.account import Seller
from connectors.ebay.client import Client
from connectors.ebay.errors import SCOPE_MISSING
from connectors.ebay.manifest import OVERLAP_S
from connectors.ebay.markup import find_deep, serialise, text_at
from connectors.ebay.words import normal

CONVERSATIONS = "/commerce/message/v1/conversation"
FROM_MEMBERS = "FROM_MEMBERS"
FROM_EBAY = "FROM_EBAY"
LETTERS_EVERY = timedelta(minutes=15)
CONVERSATIONS_PAGE = 10
MESSAGES_PAGE = 50
PAGES_MAX = 40
QUESTIONS_PAGE = 100
TOGETHER = 4
# Answers given on the site appear on the old question, which is found by its creation only.
QUESTION_OVERLAP = timedelta(days=2)
RETRY_NEW_API = timedelta(hours=24)


class MessageCursor(Struct):
    """`until` is set while a window is being paged. `old_since`: when the Message API refused us for want of scope.
    `letters_at`: when eBay's own letters were last read."""

    since: str
    until: str = ""
    page: int = 0
    old_since: str = ""
    letters_at: str = ""


def stamp(moment: datetime) -> str:
    """As eBay writes times."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def pull_messages(client: Client, seller: Seller, cursor: str) -> Batch:
    now = client.context.now()
    try:
        place = msgspec.json.decode(cursor, type=MessageCursor) if cursor else MessageCursor(since="")
    except msgspec.MsgspecError as error:
        raise Malformed(f"the cursor of messages: {error}", code="bad_cursor") from error
    place.since = place.since or stamp(now - timedelta(days=client.context.first_import_days))
    place.until = place.until or stamp(now)
    if _uses_new_api(client.context.settings, place, now):
        overlapping = place.since
        if place.old_since:
            # The older calls have brought these under other ids.
            place.since = stamp((when(place.since) or now) + timedelta(seconds=OVERLAP_S))
        try:
            return await _pull_conversations(client, seller, place)
        except AuthExpired as error:
            if error.code != SCOPE_MISSING or client.context.settings.get("messages") == "rest":
                raise
            place.since, place.old_since, place.page = overlapping, stamp(now), 0
    return await _pull_questions(client, place)


def _uses_new_api(settings: Mapping[str, str], place: MessageCursor, now: datetime) -> bool:
    wanted = settings.get("messages", "auto")
    refused = when(place.old_since)
    return wanted != "trading" and (wanted == "rest" or refused is None or refused + RETRY_NEW_API < now)


async def _pull_conversations(client: Client, seller: Seller, place: MessageCursor) -> Batch:
    since = when(place.since) or client.context.now()
    answer = mapping(
        decode(
            await client.rest(
                "GET",
                CONVERSATIONS,
                operation="read_messages",
                params={
                    "conversation_type": FROM_MEMBERS,
                    "start_time": place.since,
                    "limit": str(CONVERSATIONS_PAGE),
                    "offset": str(place.page * CONVERSATIONS_PAGE),
                },
            )
        )
    )
    me = await seller.names()
    gate = asyncio.Semaphore(TOGETHER)

    async def read(conversation: Mapping[str, object]) -> list[Delivery]:
        async with gate:
            found = await read_conversation(client, text(conversation.get("conversationId")), since)
        return [message_delivery(conversation, message, me) for message in found]

    conversations = [mapping(entry) for entry in items(answer.get("conversations"))]
    nested = await asyncio.gather(*(read(one) for one in conversations if text(one.get("conversationId"))))
    deliveries = sorted((one for many in nested for one in many), key=_sent_order)
    place.old_since = ""
    if not place.page:
        deliveries += await _letters(client, me, place)
    more = bool(conversations) and has_more(answer, read=(place.page + 1) * CONVERSATIONS_PAGE)
    return Batch(deliveries=tuple(deliveries), cursor=_next(place, more, client), more=more)


async def _letters(client: Client, me: tuple[str, ...], place: MessageCursor) -> list[Delivery]:
    """What eBay itself wrote (FROM_EBAY). That list takes no times, so its newest talks are looked at four times an hour."""
    now = client.context.now()
    read_at = when(place.letters_at)
    if read_at is not None and now - read_at < LETTERS_EVERY:
        return []
    since = (read_at or now - timedelta(days=client.context.first_import_days)) - timedelta(seconds=OVERLAP_S)
    params = {"conversation_type": FROM_EBAY, "limit": str(MESSAGES_PAGE), "offset": "0"}
    answer = mapping(decode(await client.rest("GET", CONVERSATIONS, operation="read_messages", params=params)))
    found: list[Delivery] = []
    for talk in map(mapping, items(answer.get("conversations"))):
        newest = when(mapping(talk.get("latestMessage")).get("createdDate"))
        if newest is None or newest >= since:
            told = await read_conversation(client, text(talk.get("conversationId")), since, kind=FROM_EBAY)
            found += [message_delivery({**talk, "conversationType": FROM_EBAY}, message, me) for message in told]
    place.letters_at = stamp(now)
    return sorted(found, key=_sent_order)


def has_more(answer: Mapping[str, object], *, read: int) -> bool:
    """`next` says so; where it is left out, a total larger than what was read."""
    return bool(text(answer.get("next"))) or integer(answer.get("total")) > read


def _sent_order(delivery: Delivery) -> str:
    return text(mapping(mapping(msgspec.json.decode(delivery.body)).get("message")).get("createdDate"))


def _next(place: MessageCursor, more: bool, client: Client) -> str:
    if more:
        place.page += 1
    else:
        until = when(place.until) or client.context.now()
        place.since, place.until, place.page = stamp(until - timedelta(seconds=OVERLAP_S)), "", 0
    return msgspec.json.encode(place).decode()


async def read_conversation(
    client: Client, conversation_id: str, since: datetime, *, kind: str = FROM_MEMBERS
) -> list[Mapping[str, object]]:
    """Messages not older than `since`. The order of the pages is not promised, so reading goes on until a page is
    descending and has reached older ones, or there is no next page."""
    kept: list[Mapping[str, object]] = []
    for page in range(PAGES_MAX):
        answer = mapping(
            decode(
                await client.rest(
                    "GET",
                    f"{CONVERSATIONS}/{conversation_id}",
                    operation="read_messages",
                    params={
                        "conversation_type": kind,
                        "limit": str(MESSAGES_PAGE),
                        "offset": str(page * MESSAGES_PAGE),
                    },
                )
            )
        )
        found = [mapping(entry) for entry in items(answer.get("messages"))]
        times = [when(entry.get("createdDate")) or since for entry in found]
        kept += [entry for entry, at in zip(found, times, strict=True) if at >= since]
        is_last = not has_more(answer, read=(page + 1) * MESSAGES_PAGE)
        if is_last or not found or (times[0] >= times[-1] and times[-1] < since):
            break
    return kept


def message_delivery(conversation: Mapping[str, object], message: Mapping[str, object], me: tuple[str, ...]) -> Delivery:
    """`key` ignores whether the message was read; what identifies the talk travels along, its counters do not."""
    kept = ("conversationId", "conversationType", "conversationTitle", "referenceId", "referenceType")
    content = {name: value for name, value in message.items() if name != "readStatus"}
    body = msgspec.json.encode(
        {"conversation": {name: conversation[name] for name in kept if name in conversation}, "message": message, "seller": me}
    )
    identity = fingerprint(msgspec.json.encode(content, order="sorted"))
    return Delivery(kind="message", key=f"{text(message.get('messageId'))}:{identity}", body=body)


async def fetch_message(client: Client, seller: Seller, pointer_id: str) -> Delivery | None:
    """`pointer_id` is `conversation/message`; without a message, or when it is not there, the newest one is taken."""
    conversation_id, _, message_id = pointer_id.partition("/")
    since = client.context.now() - timedelta(days=client.context.first_import_days)
    try:
        found = await read_conversation(client, conversation_id, since)
    except AuthExpired as error:
        if error.code == SCOPE_MISSING:
            return None
        raise
    except Refused as error:
        if error.code in ("355007", "http_404"):
            return None
        raise
    if not found:
        return None
    newest = max(found, key=lambda entry: text(entry.get("createdDate")))
    message = next((entry for entry in found if text(entry.get("messageId")) == message_id), newest)
    conversation = await _conversation_of(client, conversation_id, message, await seller.names())
    return message_delivery(conversation, message, await seller.names())


async def _conversation_of(
    client: Client, conversation_id: str, message: Mapping[str, object], me: tuple[str, ...]
) -> Mapping[str, object]:
    """The talk as the list shows it, for its listing: reading one conversation does not tell that."""
    names = [text(message.get("senderUsername")), text(message.get("recipientUsername"))]
    other = next((name for name in names if name and name not in me), "")
    params = {"conversation_type": FROM_MEMBERS, "other_party_username": other, "limit": str(MESSAGES_PAGE)}
    answer = mapping(decode(await client.rest("GET", CONVERSATIONS, operation="read_messages", params=params)))
    listed = [mapping(entry) for entry in items(answer.get("conversations"))]
    bare = {"conversationId": conversation_id, "conversationType": FROM_MEMBERS}
    return next((one for one in listed if text(one.get("conversationId")) == conversation_id), bare)


async def conversations_with(client: Client, username: str, since: datetime) -> list[str]:
    params = {
        "conversation_type": FROM_MEMBERS,
        "other_party_username": username,
        "start_time": stamp(since),
        "limit": str(MESSAGES_PAGE),
    }
    answer = mapping(decode(await client.rest("GET", CONVERSATIONS, operation="read_messages", params=params)))
    return [text(mapping(entry).get("conversationId")) for entry in items(answer.get("conversations"))]


async def _pull_questions(client: Client, place: MessageCursor) -> Batch:
    since = (when(place.since) or client.context.now()) - QUESTION_OVERLAP
    root = await client.trading(
        "GetMemberMessages",
        {
            "MailMessageType": "All",
            "StartCreationTime": stamp(since),
            "EndCreationTime": place.until,
            "Pagination": {"EntriesPerPage": QUESTIONS_PAGE, "PageNumber": place.page + 1},
        },
    )
    deliveries = tuple(question_delivery(node) for node in root.findall("MemberMessage/MemberMessageExchange"))
    more = text_at(root, "HasMoreItems") == "true" and bool(deliveries)
    return Batch(deliveries=deliveries, cursor=_next(place, more, client), more=more)


def question_delivery(exchange: Element) -> Delivery:
    body = serialise(exchange)
    return Delivery(kind="question", key=f"{text_at(exchange, 'Question/MessageID')}:{fingerprint(body)}", body=body)


async def fetch_question(client: Client, message_id: str) -> Delivery | None:
    """None while the Message API is in use: the same words arrive there under another id."""
    if client.context.settings.get("messages", "auto") != "trading":
        return None
    root = await client.trading("GetMemberMessages", {"MailMessageType": "All", "MemberMessageID": message_id})
    found = root.find("MemberMessage/MemberMessageExchange")
    return question_delivery(found) if found is not None else None


async def sent_in_conversation(
    client: Client, seller: Seller, conversation_ids: list[str], *, words: str, since: datetime
) -> Mapping[str, object] | None:
    """Our own message with these words, not older than `since`."""
    me = await seller.names()
    for conversation_id in filter(None, conversation_ids):
        for entry in await read_conversation(client, conversation_id, since):
            if text(entry.get("senderUsername")) in me and normal(text(entry.get("messageBody"))) == normal(words):
                return entry
    return None


async def answered(client: Client, *, parent_id: str, words: str) -> bool:
    """Does the old question carry this answer?"""
    root = await client.trading("GetMemberMessages", {"MailMessageType": "All", "MemberMessageID": parent_id})
    answers = root.findall("MemberMessage/MemberMessageExchange/Response")
    return any(normal(text(answer.text)) == normal(words) for answer in answers)


async def in_sent_folder(client: Client, *, recipient: str, words: str, since: datetime) -> bool:
    """Order talk (AAQToPartner) shows in the sent folder only. Its text is an HTML page."""
    window = {"StartTime": stamp(since), "EndTime": stamp(client.context.now() + timedelta(minutes=5))}
    headers = await client.trading("GetMyMessages", {"DetailLevel": "ReturnHeaders", "FolderID": "1", **window})
    ids = [
        find_deep(node, "MessageID")
        for node in headers.findall("Messages/Message")
        if recipient in (text_at(node, "SendToName"), text_at(node, "RecipientUserID"))
    ]
    for start in range(0, len(ids), 10):
        tree = {"DetailLevel": "ReturnMessages", "MessageIDs": {"MessageID": ids[start : start + 10]}}
        page = await client.trading("GetMyMessages", tree)
        for node in page.findall("Messages/Message"):
            if normal(words) in normal(re.sub(r"<[^>]+>", " ", text_at(node, "Text"))):
                return True
    return False
