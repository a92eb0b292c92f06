"""Replies: sent once, and found again when their answer was lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.base.client import decode
from connectors.base.commands import Receipt, SendReply
from connectors.base.errors import AuthExpired
from connectors.base.wire import mapping, text, when
from connectors.ebay import render
from connectors.ebay.account import Seller
from connectors.ebay.client import Client
from connectors.ebay.errors import SCOPE_MISSING
from connectors.ebay.messages import answered, conversations_with, in_sent_folder, sent_in_conversation
from connectors.ebay.normalise_trading import answer_id

SEND = "/commerce/message/v1/send_message"
# eBay's clock against ours. Longer would take an earlier equal text for this one.
CLOCK_SLACK = timedelta(seconds=5)


async def send_reply(client: Client, command: SendReply) -> Receipt:
    if render.is_old_thread(command):
        return await _answer(client, command)
    body = render.send_message(command)
    try:
        response = await client.rest("POST", SEND, write=True, operation="send", json=body)
    except AuthExpired as error:
        if not _goes_the_old_way(command, error):
            raise
        return await _answer(client, command)
    made = mapping(decode(response, write=True))
    return Receipt(key=command.key, external_id=text(made.get("messageId")), at=when(made.get("createdDate")))


def _goes_the_old_way(command: SendReply, error: AuthExpired) -> bool:
    """Without the message scope a buyer of a known listing can still be written to; the refusal did nothing."""
    return error.code == SCOPE_MISSING and bool(command.refs.get("item_id")) and not command.files


async def _answer(client: Client, command: SendReply) -> Receipt:
    call, tree = render.answer_question(command)
    root = await client.trading(call, tree, write=True)
    return Receipt(key=command.key, external_id=_old_id(command), at=when(root.findtext("Timestamp")))


def _old_id(command: SendReply) -> str:
    parent = command.refs.get("parent_message_id", "")
    return answer_id(parent or f"sent-{command.refs.get('item_id', '')}-{render.recipient(command)}", command.text)


async def find_reply(client: Client, seller: Seller, command: SendReply) -> Receipt | None:
    """Searches from the first attempt on; without its time, from the newest hour."""
    since = (command.started_at or client.context.now() - timedelta(hours=1)) - CLOCK_SLACK
    if render.is_old_thread(command):
        return await _find_answer(client, command, since)
    try:
        return await _find_message(client, seller, command, since)
    except AuthExpired as error:
        if not _goes_the_old_way(command, error):
            raise
        return await _find_answer(client, command, since)


async def _find_message(client: Client, seller: Seller, command: SendReply, since: datetime) -> Receipt | None:
    conversation = command.refs.get("conversation_id") or command.thread
    talks = [conversation] if conversation else await conversations_with(client, render.recipient(command), since)
    found = await sent_in_conversation(client, seller, talks, words=command.text, since=since)
    if found is None:
        return None
    return Receipt(key=command.key, external_id=text(found.get("messageId")), at=when(found.get("createdDate")))


async def _find_answer(client: Client, command: SendReply, since: datetime) -> Receipt | None:
    parent = command.refs.get("parent_message_id", "")
    if parent:
        was_sent = await answered(client, parent_id=parent, words=command.text)
    else:
        was_sent = await in_sent_folder(client, recipient=render.recipient(command), words=command.text, since=since)
    return Receipt(key=command.key, external_id=_old_id(command)) if was_sent else None
