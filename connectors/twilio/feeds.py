"""Pulling the list of messages, so that no lost webhook loses one. https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from connectors.base.contract import Batch, Context, Delivery
from connectors.base.wire import integer, items, mapping, text
from connectors.twilio.client import TwilioClient
from connectors.twilio.manifest import OVERLAP_S
from connectors.twilio.normalise import LISTED, STATES

PAGE = 200
SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")


class Cursor(msgspec.Struct, omit_defaults=True):
    """`since` opens the window and `began` is when reading it began. Messages to us are listed first, then (`ours`) those we
    sent. `page` is the next page's address."""

    since: datetime | None = None
    began: datetime | None = None
    ours: bool = False
    page: str = ""

    def text(self) -> str:
        return msgspec.json.encode(self).decode()


def read_cursor(given: str) -> Cursor:
    """An empty or unreadable one begins anew."""
    try:
        return msgspec.json.decode(given, type=Cursor) if given else Cursor()
    except msgspec.MsgspecError:
        return Cursor()


class Feed:
    def __init__(self, client: TwilioClient, context: Context) -> None:
        self._client = client
        self._now = context.now
        self._first_import = timedelta(days=context.first_import_days)
        self._sender = context.secrets.get("from_number", "")
        self._service = context.secrets.get("messaging_service_sid", "")

    async def pull(self, cursor: str) -> Batch:
        at = read_cursor(cursor)
        began = at.began or self._now()
        since = at.since or began - self._first_import
        page = await self._client.messages(at.page or self.first_page(since, ours=at.ours))
        found = [message for message in map(mapping, items(page.get("messages"))) if self._is_of_here(message)]
        deliveries = tuple([await self._delivery(message) for message in found])
        following = text(page.get("next_page_uri"))
        if following:
            after = Cursor(since=since, began=began, ours=at.ours, page=following)
        elif not at.ours and not self._service:
            after = Cursor(since=since, began=began, ours=True)
        else:
            # What was on its way when we looked changes its state later: the next window reaches back over it.
            after = Cursor(since=max(since, began - timedelta(seconds=OVERLAP_S)))
        return Batch(deliveries=deliveries, cursor=after.text(), more=after.began is not None)

    def first_page(self, since: datetime, *, ours: bool) -> str:
        """By our number; the numbers of a service are many, so there the whole account is read and sorted out here."""
        asked = {"PageSize": str(PAGE), "DateSent>": f"{since:%Y-%m-%dT%H:%M:%SZ}"}
        if not self._service:
            asked["From" if ours else "To"] = self._sender
        return f"{self._client.account_path}/Messages.json?{urlencode(asked)}"

    def _is_of_here(self, message: Mapping[str, Any]) -> bool:
        ours = text(message.get("direction")).startswith("outbound")
        our_number = text(message.get("from" if ours else "to"))
        if not self._service:
            return our_number in ("", self._sender)
        return text(message.get("messaging_service_sid")) == self._service or our_number == self._sender

    async def _delivery(self, message: Mapping[str, Any]) -> Delivery:
        """Each state of a message is its own news."""
        sid, state = text(message.get("sid")), text(message.get("status"))
        files = []
        if integer(message.get("num_media")) > 0 and SID.fullmatch(sid):
            files = await self._client.media(sid)
        body = msgspec.json.encode({"message": message, "media": files})
        key = f"list:{sid}:{state if state in STATES else 'under-way'}:{text(message.get('error_code'))}"
        return Delivery(kind=LISTED, key=key, body=body)
