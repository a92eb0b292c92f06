"""The talks of a Facebook page or of the Instagram account behind it: reading back, sending, and asking for webhooks.
https://developers.facebook.com/docs/graph-api/reference/page/conversations/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from connectors.base.commands import Receipt, SendReply, Upload
from connectors.base.contract import Batch, Context, Delivery, Health
from connectors.base.errors import Ambiguous, AuthExpired, Malformed, Refused
from connectors.base.events import MessageReceived, Outcome, Unsupported
from connectors.base.graph import HOST, GraphClient, Reasons
from connectors.base.graph_content import attached, attached_words
from connectors.base.graph_render import Limits, person_of, render_page_reply
from connectors.base.graph_talk import UNSHOWN, person_handle, read_item
from connectors.base.wire import items, mapping, required, text, when

LOOPBACK = ("localhost", "127.0.0.1", "::1")
PAGE, NEWEST = 10, 25
OVERLAP = timedelta(minutes=10)
CLOCK_SLACK = timedelta(seconds=5)
MESSAGE_FIELDS = (
    "id,created_time,from,to,message,sticker,shares,attachments{id,mime_type,name,size,file_url,image_data,video_data}"
)
TALK = "conversation_message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """`name` as the Conversations API says it, `object` as webhooks do. `fields` are asked of the app, `page_fields` of the page."""

    name: str
    object: str
    handle_kind: str
    fields: tuple[str, ...]
    page_fields: tuple[str, ...]
    more: str = ""
    reasons: Reasons | None = None


class Cursor(msgspec.Struct):
    """`since` is how far all is read; during a round `high` is where it will stand afterwards and `after` the next page."""

    since: datetime
    high: datetime | None = None
    after: str = ""


class PageTalk:
    """`page_id` holds the token; the account that customers talk to is the page, or its Instagram account."""

    def __init__(self, context: Context, platform: Platform) -> None:
        self._context = context
        self._platform = platform
        self._page = quote(context.secrets.get("page_id", ""), safe="")
        self._account = self._page if platform.object == "page" else ""
        self.client = GraphClient(
            context.http,
            context.now,
            token=context.secrets.get("page_token", ""),
            app_secret=context.secrets.get("app_secret", ""),
            reasons=platform.reasons,
        )

    async def check(self) -> Health:
        try:
            account = await self.account()
            await self._conversations({"limit": "1", "fields": "id"})
            apps = await self._apps()
        except AuthExpired as error:
            if not error.missing:
                raise
            return Health(ok=False, detail=error.detail, fix=f"Allow {', '.join(error.missing)}.", missing=error.missing)
        several = len(apps) > 1 and not self._context.secrets.get("app_id")
        return Health(
            ok=True,
            account=account,
            detail="Several apps read this page." if several else "",
            fix="Enter the app id, so that webhooks can be set." if several else "",
        )

    async def account(self) -> str:
        """Asked once: it is the page itself, or the Instagram account linked to it."""
        if not self._account:
            found = await self.client.get(self._page, {"fields": "id,name,instagram_business_account{id,username}"})
            self._account = text(mapping(found.get("instagram_business_account")).get("id"))
            if not self._account:
                raise Refused(
                    f"{text(found.get('name')) or 'This page'} has no Instagram account",
                    code="no_instagram",
                    fix="Link the Instagram professional account to the page in Meta Business Suite.",
                )
        return self._account

    # Reading

    async def pull(self, cursor: str) -> Batch:
        """Conversations come newest first: a round ends where the last one began. Meta shows the newest messages of each only."""
        at = self._cursor(cursor)
        fields = f"id,updated_time,participants,messages.limit({NEWEST}){{{MESSAGE_FIELDS}}}"
        asked = {"fields": fields, "limit": str(PAGE), **({"after": at.after} if at.after else {})}
        body = await self._conversations(asked)
        found = [mapping(each) for each in items(body.get("data"))]
        news = [each for each in found if (when(each.get("updated_time")) or at.since) >= at.since - OVERLAP]
        owner = await self.account()
        deliveries = [delivery for each in news for delivery in _messages(each, owner, at.since - OVERLAP)]
        newest = max((seen for each in news if (seen := when(each.get("updated_time")))), default=at.since)
        high = max(at.high or at.since, newest)
        after = text(mapping(mapping(body.get("paging")).get("cursors")).get("after"))
        if after and mapping(body.get("paging")).get("next") and len(news) == len(found):
            return Batch(deliveries=tuple(deliveries), cursor=_write(Cursor(since=at.since, high=high, after=after)), more=True)
        return Batch(deliveries=tuple(deliveries), cursor=_write(Cursor(since=high)))

    def _cursor(self, cursor: str) -> Cursor:
        start = Cursor(since=self._context.now() - timedelta(days=self._context.first_import_days))
        try:
            return msgspec.json.decode(cursor, type=Cursor) if cursor else start
        except msgspec.DecodeError:
            return start

    async def _conversations(self, params: Mapping[str, str]) -> Mapping[str, Any]:
        return await self.client.get(f"{self._page}/conversations", {"platform": self._platform.name, **params})

    async def find_reply(self, command: SendReply) -> Receipt | None:
        """Our newest message with the same words since the first attempt. Meta shows no mark of ours here."""
        since = (command.started_at or self._context.now() - timedelta(hours=1)) - CLOCK_SLACK
        fields = f"messages.limit({NEWEST}){{{MESSAGE_FIELDS}}}"
        body = await self._conversations({"user_id": person_of(command), "fields": fields})
        owner = await self.account()
        for talk in map(mapping, items(body.get("data"))):
            for said in map(mapping, items(mapping(talk.get("messages")).get("data"))):
                at = when(said.get("created_time"))
                ours = text(mapping(said.get("from")).get("id")) == owner
                if ours and at and at >= since.replace(microsecond=0) and _same(said, command):
                    return Receipt(key=command.key, external_id=text(said.get("id")), at=at)
        return None

    # Sending

    async def send(self, command: SendReply, limits: Limits) -> Receipt:
        reply = render_page_reply(command, self._context.now(), limits)
        if reply.upload is not None:
            reply = reply.with_file(await self._upload(reply.upload, reply.kind))
        made = await self.client.send(f"{self._page}/messages", reply.body)
        number = text(made.get("message_id"))
        if not number:
            raise Ambiguous("Meta said yes and named no message", code="no_message_id")
        return Receipt(key=command.key, external_id=number, at=self._context.now())

    async def _upload(self, upload: Upload, kind: str) -> str:
        """Nobody sees it yet, so it may be tried again.
        https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api"""
        message = {"attachment": {"type": kind, "payload": {"is_reusable": False}}}
        made = await self.client.call(
            "POST",
            f"{self._page}/message_attachments",
            params={} if self._platform.object == "page" else {"platform": self._platform.name},
            form={"message": msgspec.json.encode(message).decode()},
            files={"filedata": (upload.name, upload.content, upload.media_type)},
            operation="upload",
        )
        number = text(made.get("attachment_id"))
        if not number:
            raise Refused("Meta took the file and gave no id", code="file_refused", fix="Send the file again.")
        return number

    # Webhooks

    async def subscribe(self, hook_url: str) -> None:
        """The page gives its news to the app, and the app sends them here. Other fields and other pages' addresses stay."""
        before = await self._apps()
        ours = self._ours(before)
        held = [text(name) for name in items(mapping(ours).get("subscribed_fields"))]
        wanted = dict.fromkeys([*held, *self._platform.page_fields])
        await self.client.call("POST", f"{self._page}/subscribed_apps", params={"subscribed_fields": ",".join(wanted)})
        app = text(mapping(ours or self._ours(await self._apps())).get("id")) or self._context.secrets.get("app_id", "")
        if app and reachable(self._context, hook_url):
            await self._point(quote(app, safe=""), hook_url)

    async def unsubscribe(self, hook_url: str) -> None:
        """Leaves an address alone that points elsewhere."""
        app = text(mapping(self._ours(await self._apps())).get("id")) or self._context.secrets.get("app_id", "")
        if app and text((await self._callback(app)).get("callback_url")) == hook_url:
            token = self._app_token(app)
            await self.client.call("DELETE", f"{app}/subscriptions", params={"object": self._platform.object}, token=token)
        await self.client.call("DELETE", f"{self._page}/subscribed_apps")

    async def _apps(self) -> Sequence[Mapping[str, Any]]:
        body = await self.client.get(f"{self._page}/subscribed_apps", {"fields": "id,name,subscribed_fields"})
        return [mapping(each) for each in items(body.get("data"))]

    def _ours(self, apps: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """By the app id the seller entered; without one, the only app there is."""
        named = self._context.secrets.get("app_id", "")
        fitting = [app for app in apps if not named or text(app.get("id")) == named]
        return fitting[0] if len(fitting) == 1 else None

    async def _point(self, app: str, hook_url: str) -> None:
        """https://developers.facebook.com/docs/graph-api/reference/app/subscriptions: Meta greets the address at once."""
        now = await self._callback(app)
        there = text(now.get("callback_url"))
        asked = {text(mapping(field).get("name")) for field in items(now.get("fields"))}
        if _is_ours(there, hook_url) and now.get("active") is not False and set(self._platform.fields) <= asked:
            return
        await self.client.call(
            "POST",
            f"{app}/subscriptions",
            form={
                "object": self._platform.object,
                "callback_url": hook_url,
                "verify_token": self._context.secrets.get("verify_token", ""),
                "fields": ",".join(self._platform.fields),
                "include_values": "true",
            },
            token=self._app_token(app),
        )

    async def _callback(self, app: str) -> Mapping[str, Any]:
        body = await self.client.call("GET", f"{app}/subscriptions", token=self._app_token(app))
        found = [mapping(each) for each in items(body.get("data"))]
        return next((each for each in found if text(each.get("object")) == self._platform.object), {})

    def _app_token(self, app: str) -> str:
        return f"{app}|{self._context.secrets.get('app_secret', '')}"


def reachable(context: Context, hook_url: str) -> bool:
    """Meta posts to https only; a sandbox on this machine also to loopback."""
    parts = urlsplit(hook_url)
    return parts.scheme == "https" or (context.reroute.base_for(HOST) is not None and parts.hostname in LOOPBACK)


def _is_ours(there: str, hook_url: str) -> bool:
    """One app has one address: that of another connection of this installation serves as well."""
    return bool(there) and there.rpartition("/")[0] == hook_url.rpartition("/")[0]


def _write(cursor: Cursor) -> str:
    return msgspec.json.encode(cursor).decode()


def _messages(talk: Mapping[str, Any], owner: str, since: datetime) -> list[Delivery]:
    """Each message with those who take part, for the names."""
    people = items(mapping(talk.get("participants")).get("data"))
    return [
        Delivery(
            kind=TALK,
            key=f"{TALK}:{text(said.get('id'))}",
            body=msgspec.json.encode({"owner": owner, "participants": people, "message": said}),
        )
        for said in map(mapping, items(mapping(talk.get("messages")).get("data")))
        if (when(said.get("created_time")) or since) >= since and text(said.get("id"))
    ]


def _same(said: Mapping[str, Any], command: SendReply) -> bool:
    if command.files:
        return not text(said.get("message")) and bool(attached(said))
    return text(said.get("message")).strip() == command.text.strip()


def normalise_conversation(delivery: Delivery, handle_kind: str) -> Sequence[Outcome]:
    """A message read from the Conversations API; pure."""
    told = read_item(delivery)
    said, owner = mapping(told.get("message")), required(told.get("owner"), "owner")
    sender = required(mapping(said.get("from")).get("id"), "message.from.id")
    out = sender == owner
    receivers = map(mapping, items(mapping(said.get("to")).get("data")))
    people = {text(each.get("id")): each for each in map(mapping, items(told.get("participants"))) if text(each.get("id"))}
    others = [each for each in (*(text(one.get("id")) for one in receivers), *people) if each and each != owner]
    person = (others[0] if others else "") if out else sender
    if not person:
        return [Unsupported(kind=delivery.kind, reason="a message to nobody")]
    at = when(said.get("created_time"))
    if at is None:
        raise Malformed("message.created_time is missing", code="missing_field")
    shown = people.get(person) or mapping(said.get("from") if not out else None)
    user, name = text(shown.get("username")), text(shown.get("name"))
    files, words = attached(said), text(said.get("message")) or attached_words(said)
    return [
        MessageReceived(
            thread=person,
            external_id=required(said.get("id"), "message.id"),
            direction="out" if out else "in",
            sent_at=at,
            customer=person_handle(handle_kind, owner, person, label=f"@{user}" if user else name, name=name),
            text=words or ("" if files else UNSHOWN),
            media=files,
            refs={} if out else {"at": str(int(at.timestamp()))},
        )
    ]
