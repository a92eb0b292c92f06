"""The pretend page: its talks by the Conversations and Send API, for Messenger and Instagram alike, over the shared world.
https://developers.facebook.com/docs/messenger-platform/reference/send-api
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from connectors.base.faults import Faults
from connectors.base.graph import HOST
from connectors.base.graph_sandbox import ROOT, AppDesk, Courier, Gatekeeper, failed, multipart, refused
from connectors.base.graph_sandbox_login import LoginApp, login
from connectors.base.graph_talk import INBOXES
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.wire import integer, mapping, when
from connectors.base.world import Buyer, Comment, File, Good, Happening, Message, Naming, Thread, World

DAY, WEEK = timedelta(hours=24), timedelta(days=7)
SHOWN = 25
WISHES = {
    "en": ("Read and answer messages of your page", "Read comments under your posts", "Be told of news at once"),
    "id": ("Membaca dan membalas pesan halaman Anda", "Membaca komentar di kiriman Anda", "Langsung diberi tahu bila ada kabar"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageIds:
    """Who this pretend page is. `account` is what customers talk to: the page, or the Instagram account behind it."""

    channel: str
    platform: str
    object: str
    page: str
    account: str
    app: str
    token: str
    app_secret: str
    file_host: str
    file_path: str
    message_prefix: str
    text_limit: int
    comment_field: str
    in_bytes: bool = False

    @property
    def post(self) -> str:
        return f"{self.account}0"

    def person(self, buyer: Buyer) -> str:
        """A person has another id on each page; above 2^53, as newer ones are."""
        return str(24_000_000_000_000_000 + zlib.crc32(f"{self.page}:{buyer.key}".encode()))


def naming(ids: PageIds) -> Naming:
    def listing(good: Good, position: int) -> str:
        return good.sku

    return Naming(
        currency="USD",
        order_id=lambda number: str(number),
        thread_id=lambda number, buyer: ids.person(buyer),
        message_id=lambda number: f"{ids.message_prefix}{number:010d}",
        listing_id=listing,
        line_id=lambda order, position: f"{order}-{position}",
        one_thread_per_buyer=True,
        sells=False,
        comment_id=lambda number: f"{ids.post}_{number:010d}",
    )


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


UnderPost = Callable[[Comment, Buyer], dict[str, Any]]
"""A comment as this platform's webhook tells it."""


class PretendPage:
    """State of one page, and one method per call."""

    def __init__(
        self, world: World, faults: Faults, ids: PageIds, profile: Callable[[Buyer], dict[str, str]], under_post: UnderPost
    ) -> None:
        self.world = world
        self.ids = ids
        self.box = Sandbox(ids.channel, world, faults, failed)
        self.courier = Courier(faults, ids.app_secret)
        self.box.poster = self.courier
        self.desk = AppDesk(self.box, ids.app, ids.app_secret, ids.object, self._bring)
        self.fields: list[str] = []
        self.uploads: dict[str, File] = {}
        self._profile = profile
        self._under_post = under_post
        self.keeper = Gatekeeper(self.box, ids.token, ids.app_secret)
        self.app = LoginApp(id=ids.app, secret=ids.app_secret, name=ids.channel, wishes=WISHES, pages=[self._listed()])
        login(world).join(self.box, self.app)
        world.open(ids.channel, naming(ids))
        world.watch(ids.channel, self._tell)
        self._add_routes()

    def _add_routes(self) -> None:
        keeper = self.keeper
        page = f"{ROOT}/{self.ids.page}"
        self.box.route("GET", page)(keeper.guarded(self.get_page))
        self.box.route("GET", f"{page}/subscribed_apps")(keeper.guarded(self.list_apps))
        self.box.route("POST", f"{page}/subscribed_apps")(keeper.guarded(self.subscribe))
        self.box.route("DELETE", f"{page}/subscribed_apps")(keeper.guarded(self.unsubscribe))
        self.box.route("GET", f"{page}/conversations")(keeper.guarded(self.conversations))
        self.box.route("POST", f"{page}/messages", "send")(keeper.guarded(self.send))
        self.box.route("POST", f"{page}/message_attachments", "upload")(keeper.guarded(self.upload))
        self.box.route("GET", f"{self.ids.file_path}/{{name}}")(self.download)

    # The page and its apps

    def _listed(self) -> dict[str, Any]:
        """As `me/accounts` lists it to its owner."""
        linked = {"instagram_business_account": {"id": self.ids.account}} if self.ids.account != self.ids.page else {}
        return {"id": self.ids.page, "name": "Kopi Tepi", "access_token": self.ids.token, **linked}

    def get_page(self, request: Request) -> Answer:
        found: dict[str, Any] = {"id": self.ids.page, "name": "Kopi Tepi"}
        if "instagram_business_account" in request.query.get("fields", "") and self.ids.account != self.ids.page:
            found["instagram_business_account"] = {"id": self.ids.account, "username": "kopitepi"}
        return answer(found)

    def list_apps(self, request: Request) -> Answer:
        if not self.fields:
            return answer({"data": []})
        return answer({"data": [{"id": self.ids.app, "name": "Onecounter", "subscribed_fields": self.fields}]})

    def subscribe(self, request: Request) -> Answer:
        named = request.query.get("subscribed_fields") or request.form().get("subscribed_fields", "")
        if not named:
            return refused(400, 100, "Param subscribed_fields[0] is required")
        self.fields = named.split(",")
        self._bring()
        return answer({"success": True})

    def unsubscribe(self, request: Request) -> Answer:
        self.fields = []
        return answer({"success": True})

    # Reading

    def conversations(self, request: Request) -> Answer:
        query = request.query
        if query.get("platform", self.ids.platform) != self.ids.platform:
            return answer({"data": []})
        talks = sorted(self.world.shelf(self.ids.channel).threads.values(), key=_place, reverse=True)
        if person := query.get("user_id"):
            talks = [talk for talk in talks if talk.id == person]
        if after := query.get("after"):
            talks = [talk for talk in talks if _place(talk) < after]
        most = max(integer(query.get("limit"), 25), 1)
        page = talks[:most]
        body: dict[str, Any] = {"data": [self._conversation(talk, query.get("fields", "id")) for talk in page]}
        if page:
            body["paging"] = {"cursors": {"before": _place(page[0]), "after": _place(page[-1])}}
            if len(talks) > most:
                body["paging"]["next"] = f"https://{HOST}{request.path}?after={_place(page[-1])}"
        return answer(body)

    def _conversation(self, talk: Thread, fields: str) -> dict[str, Any]:
        found: dict[str, Any] = {"id": f"t_{self.ids.page}{talk.number}"}
        if "updated_time" in fields:
            found["updated_time"] = moment(talk.messages[-1].at)
        if "participants" in fields:
            found["participants"] = {"data": [self._customer(talk), self._self()]}
        if "messages" in fields:
            newest = list(reversed(talk.messages))[:SHOWN]
            found["messages"] = {"data": [self._said(talk, said) for said in newest]}
        return found

    def _customer(self, talk: Thread) -> dict[str, str]:
        buyer = self.world.state.buyers[talk.buyer]
        return {**self._profile(buyer), "id": talk.id}

    def _self(self) -> dict[str, str]:
        if self.ids.account == self.ids.page:
            return {"name": "Kopi Tepi", "email": f"{self.ids.page}@facebook.com", "id": self.ids.page}
        return {"username": "kopitepi", "id": self.ids.account}

    def _said(self, talk: Thread, said: Message) -> dict[str, Any]:
        sides = (self._customer(talk), self._self())
        sender, receiver = sides if said.side == "buyer" else (sides[1], sides[0])
        found: dict[str, Any] = {
            "id": said.id,
            "created_time": moment(said.at),
            "from": sender,
            "to": {"data": [receiver]},
            "message": said.text,
        }
        if said.files:
            found["attachments"] = {"data": [self._attachment(said, index) for index in range(len(said.files))]}
        return found

    def _attachment(self, said: Message, index: int) -> dict[str, Any]:
        file = said.files[index]
        found: dict[str, Any] = {"id": f"{said.number}{index}", "mime_type": file.media_type, "name": file.name}
        if file.media_type.startswith("image/"):
            picture = {"width": 1280, "height": 960, "max_width": 1280, "max_height": 960}
            return {**found, "image_data": {**picture, "url": self.file_url(said, index), "render_as_sticker": False}}
        return {**found, "size": len(file.content), "file_url": self.file_url(said, index)}

    def file_url(self, said: Message, index: int) -> str:
        return f"https://{self.ids.file_host}{self.ids.file_path}/{said.number}_{index}_n{_ending(said.files[index])}?oh=00_Af"

    def download(self, request: Request) -> Answer:
        number, _, rest = request.parts["name"].partition("_")
        for talk in self.world.shelf(self.ids.channel).threads.values():
            for said in talk.messages:
                if str(said.number) == number and integer(rest.partition("_")[0], -1) in range(len(said.files)):
                    file = said.files[integer(rest.partition("_")[0])]
                    return Answer(file.content, 200, file.media_type)
        return Answer(b"URL signature expired", 403, "text/plain")

    # Sending

    def upload(self, request: Request) -> Answer:
        parts = multipart(request)
        file = parts.get("filedata")
        if not isinstance(file, File) or not isinstance(parts.get("message"), str):
            return refused(400, 100, "Upload attachment failure.", subcode=2018047)
        number = str(987_000_000_000_000 + len(self.uploads))
        self.uploads[number] = file
        return answer({"attachment_id": number})

    def send(self, request: Request) -> Answer:
        try:
            given = mapping(request.json())
        except msgspec.DecodeError:
            return refused(400, 100, "Invalid JSON")
        recipient = mapping(given.get("recipient"))
        if comment := self.world.shelf(self.ids.channel).comments.get(str(recipient.get("comment_id", ""))):
            return self._answer_comment(comment, given)
        talk = self.world.shelf(self.ids.channel).threads.get(str(recipient.get("id", "")))
        if talk is None:
            return refused(400, 100, "No matching user found", subcode=2018001)
        return self._too_late(talk, given) or self._say(talk, given)

    def _answer_comment(self, comment: Comment, given: Any) -> Answer:
        """https://developers.facebook.com/docs/messenger-platform/discovery/private-replies: one, in private, within a week."""
        if comment.answer:
            return refused(400, 10900, "Activity already replied to")
        if self.world.now() - comment.at > WEEK:
            return refused(400, 10, "This message is sent outside of allowed window.", subcode=2018278)
        made = self._say(self.world.begin(self.ids.channel, comment.buyer), given)
        comment.answer = str(mapping(msgspec.json.decode(made.body)).get("message_id") or "")
        return made

    def _say(self, talk: Thread, given: Any) -> Answer:
        message = mapping(given.get("message"))
        attachment = mapping(mapping(message.get("attachment")).get("payload"))
        text, file = str(message.get("text") or ""), self.uploads.get(str(attachment.get("attachment_id", "")))
        size = len(text.encode()) if self.ids.in_bytes else len(text)
        if size > self.ids.text_limit:
            return refused(400, 100, f"Length of param message[text] must be less than or equal to {self.ids.text_limit}")
        if not text.strip() and file is None:
            return refused(400, 100, "Message cannot be empty, must provide valid attachment or text")
        key = str(message.get("metadata") or "")
        made = self.world.reply(self.ids.channel, talk.id, text, key=key, files=[file] if file else [])
        return answer({"recipient_id": talk.id, "message_id": made.id})

    def _too_late(self, talk: Thread, given: Any) -> Answer | None:
        heard = [said.at for said in talk.messages if said.side == "buyer"]
        age = self.world.now() - max(heard) if heard else WEEK * 2
        allowed = WEEK if given.get("tag") == "HUMAN_AGENT" and given.get("messaging_type") == "MESSAGE_TAG" else DAY
        if age <= allowed:
            return None
        return refused(400, 10, "This message is sent outside of allowed window.", subcode=2018278)

    # Telling

    def _tell(self, happening: Happening) -> None:
        if happening.kind == "comment":
            self._bring_comments()
        else:
            self._bring(happening.thread)

    def _bring(self, thread_id: str = "") -> None:
        """All of the last week that was not taken, or what is new in one talk."""
        if not self.desk.hook.url or not self.fields:
            return
        if not thread_id:
            self._bring_comments()
        threads = self.world.shelf(self.ids.channel).threads
        for talk in [threads[thread_id]] if thread_id in threads else list(threads.values()):
            for said in talk.messages:
                if said.at >= self.world.now() - WEEK and self.courier.wants(said.id):
                    self.courier.bring(self.desk.hook.url, said.id, self._envelope(talk, said))

    def _app_of(self, said: Message) -> int:
        """Ours when our call made it, else the inbox at Meta: the seller's own hand."""
        answers = {comment.answer for comment in self.world.shelf(self.ids.channel).comments.values()}
        return int(self.ids.app if said.key or said.id in answers else INBOXES[0])

    def _bring_comments(self) -> None:
        if not self.desk.hook.url or not self.fields:
            return
        for comment in self.world.shelf(self.ids.channel).comments.values():
            if comment.at >= self.world.now() - WEEK and self.courier.wants(comment.id):
                value = self._under_post(comment, self.world.state.buyers[comment.buyer])
                entry = {"id": self.ids.account, "time": int(comment.at.timestamp())}
                changes = [{"field": self.ids.comment_field, "value": value}]
                whole = {"object": self.ids.object, "entry": [{**entry, "changes": changes}]}
                self.courier.bring(self.desk.hook.url, comment.id, whole)

    def _envelope(self, talk: Thread, said: Message) -> dict[str, Any]:
        message: dict[str, Any] = {"mid": said.id}
        if said.text:
            message["text"] = said.text
        if said.files:
            message["attachments"] = [
                {"type": _kind(file), "payload": {"url": self.file_url(said, index)}} for index, file in enumerate(said.files)
            ]
        if said.side == "seller":
            message |= {"is_echo": True, "app_id": self._app_of(said)} | ({"metadata": said.key} if said.key else {})
        sides = ({"id": talk.id}, {"id": self.ids.account})
        sender, receiver = sides if said.side == "buyer" else (sides[1], sides[0])
        stamp = int((when(said.at) or said.at).timestamp() * 1000)
        item = {"sender": sender, "recipient": receiver, "timestamp": stamp, "message": message}
        return {"object": self.ids.object, "entry": [{"id": self.ids.account, "time": stamp, "messaging": [item]}]}


def _place(talk: Thread) -> str:
    """Sorts by the newest message; also the cursor."""
    return f"{talk.messages[-1].at.timestamp():017.6f}-{talk.number:09d}"


def _kind(file: File) -> str:
    first = file.media_type.partition("/")[0]
    return first if first in ("image", "audio", "video") else "file"


def _ending(file: File) -> str:
    return f".{file.name.rpartition('.')[2]}" if "." in file.name else ""
