"""The pretend Telegram: the Bot API over the shared world. https://core.telegram.org/bots/api

Updates are derived from what buyers wrote in the last day (Telegram keeps no longer): `update_id` is a fixed start plus the
message's number. An update waits until getUpdates confirms it or a webhook answers 2xx to it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import msgspec

from connectors.base.faults import Faults
from connectors.base.sandbox import Answer, Handler, Request, Sandbox, answer
from connectors.base.wire import integer
from connectors.base.world import Buyer, File, Good, Happening, Message, Naming, Thread, World
from connectors.telegram.sandbox_hooks import Bot, Courier
from connectors.telegram.sandbox_parts import arguments

CREDENTIALS = {"bot_token": "7100200300:AAExampleExampleExampleExampleExamp", "webhook_secret": "pretend-hook-secret-5f2c"}

FIRST_UPDATE = 730_000_000
KEPT = timedelta(hours=24)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
METHODS = ("GET", "POST")


def user_id(buyer: Buyer) -> int:
    """Above 2^32, as newer accounts are."""
    return 6_000_000_000 + zlib.crc32(buyer.key.encode())


def _no_order(number: int) -> str:
    return str(number)


def _no_line(order: int, position: int) -> str:
    return f"{order}-{position}"


def _no_listing(good: Good, position: int) -> str:
    return good.sku


NAMING = Naming(
    currency="USD",
    order_id=_no_order,
    thread_id=lambda number, buyer: str(user_id(buyer)),
    message_id=str,
    listing_id=_no_listing,
    line_id=_no_line,
    one_thread_per_buyer=True,
    sells=False,
    remembers=False,
)


def failed(status: int, words: str) -> Answer:
    parameters = {"parameters": {"retry_after": 1}} if status == 429 else {}
    return answer({"ok": False, "error_code": status, "description": words, **parameters}, status)


def done(result: object) -> Answer:
    return answer({"ok": True, "result": result})


class PretendTelegram:
    """State of the bots, and one method per call of the API."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.bots: dict[str, Bot] = {}
        self.blocked: set[str] = set()
        self.box = Sandbox("telegram", world, faults, failed)
        self.courier = Courier(faults)
        self.box.poster = self.courier
        world.open("telegram", NAMING)
        world.watch("telegram", self._tell)
        self._add_routes()

    def _add_routes(self) -> None:
        calls: dict[str, tuple[str, Callable[[Bot, dict[str, Any]], Answer]]] = {
            "getMe": ("read", self.get_me),
            "getUpdates": ("read", self.get_updates),
            "setWebhook": ("read", self.set_webhook),
            "deleteWebhook": ("read", self.delete_webhook),
            "getWebhookInfo": ("read", self.get_webhook_info),
            "getFile": ("read", self.get_file),
            "sendMessage": ("send", self.send_message),
            "answerCallbackQuery": ("read", self.answer_press),
            "sendMediaGroup": ("send", self.send_media_group),
        }
        for kind in ("photo", "document", "video", "audio", "voice", "animation"):
            calls[f"send{kind.title()}"] = ("send", partial(self.send_file, kind))
        for name, (operation, call) in calls.items():
            for method in METHODS:
                self.box.route(method, f"/bot{{token}}/{name}", operation)(self._as_bot(call))
        self.box.route("GET", "/file/bot{token}/{path:path}")(self._download)

    def _as_bot(self, call: Callable[[Bot, dict[str, Any]], Answer]) -> Handler:
        def handle(request: Request) -> Answer:
            bot = self._bot(request.parts["token"])
            if bot is None:
                return failed(401, "Unauthorized")
            return call(bot, arguments(request))

        return handle

    def _bot(self, token: str) -> Bot | None:
        """One bot is known here, unless its token was just revoked."""
        if token != CREDENTIALS["bot_token"] or self.box.faults.hit("expire_token"):
            return None
        return self.bots.setdefault(token, Bot(id=int(token.split(":")[0])))

    # Updates

    def _waiting(self, bot: Bot) -> list[tuple[int, dict[str, Any]]]:
        oldest = self.world.now() - KEPT
        found = [
            (FIRST_UPDATE + said.number, thread, said)
            for thread in self.world.shelf("telegram").threads.values()
            for said in thread.messages
            if said.side == "buyer" and said.at > oldest
        ]
        return [
            (number, {"update_id": number, "message": self._message(thread, said)})
            for number, thread, said in sorted(found, key=lambda entry: entry[0])
            if number >= bot.confirmed and number not in bot.taken
        ]

    def get_updates(self, bot: Bot, given: dict[str, Any]) -> Answer:
        if bot.url:
            return failed(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        offset, limit = integer(given.get("offset")), min(max(integer(given.get("limit"), 100), 1), 100)
        waiting = self._waiting(bot)
        if offset < 0:
            offset = waiting[offset][0] if len(waiting) >= -offset else 0
        bot.confirmed = max(bot.confirmed, offset)
        return done([update for number, update in waiting if number >= offset][:limit])

    def set_webhook(self, bot: Bot, given: dict[str, Any]) -> Answer:
        url, secret = str(given.get("url", "")), str(given.get("secret_token", ""))
        parts = urlsplit(url)
        if url and parts.scheme != "https" and parts.hostname not in LOOPBACK:
            return failed(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            return failed(400, "Bad Request: secret token contains unallowed characters")
        bot.url, bot.secret, bot.allowed = url, secret, [str(kind) for kind in given.get("allowed_updates") or []]
        self._post(bot)
        return answer({"ok": True, "result": True, "description": "Webhook was set" if url else "Webhook was deleted"})

    def delete_webhook(self, bot: Bot, given: dict[str, Any]) -> Answer:
        if str(given.get("drop_pending_updates", "")).lower() == "true":
            bot.taken.update(number for number, _ in self._waiting(bot))
        words = "Webhook was deleted" if bot.url else "Webhook is already deleted"
        bot.url, bot.secret = "", ""
        return answer({"ok": True, "result": True, "description": words})

    def get_webhook_info(self, bot: Bot, given: dict[str, Any]) -> Answer:
        info: dict[str, Any] = {
            "url": bot.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._waiting(bot)),
        }
        if bot.url:
            info |= {"max_connections": 40, "allowed_updates": bot.allowed}
        if bot.trouble:
            info |= {"last_error_date": int(self.world.now().timestamp()), "last_error_message": bot.trouble}
        return done(info)

    def _tell(self, happening: Happening) -> None:
        if happening.kind == "message":
            for bot in self.bots.values():
                self._post(bot)

    def _post(self, bot: Bot) -> None:
        """All that waits, also what an earlier post could not bring."""
        if bot.url and (not bot.allowed or "message" in bot.allowed):
            for number, update in self._waiting(bot):
                self.courier.bring(bot, number, msgspec.json.encode(update))

    # Reading

    def get_me(self, bot: Bot, given: dict[str, Any]) -> Answer:
        abilities = {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": True,
            "has_main_web_app": False,
        }
        return done({**_self(bot), **abilities})

    def get_file(self, bot: Bot, given: dict[str, Any]) -> Answer:
        file_id = str(given.get("file_id", ""))
        file = self._file(file_id)
        if file is None:
            return failed(400, "Bad Request: invalid file_id")
        path = f"documents/{file_id}"
        unique = f"U{zlib.crc32(file_id.encode()):08x}"
        return done({"file_id": file_id, "file_unique_id": unique, "file_size": len(file.content), "file_path": path})

    def _download(self, request: Request) -> Answer:
        file = self._file(request.parts["path"].removeprefix("documents/"))
        if self._bot(request.parts["token"]) is None or file is None:
            return failed(404, "Not Found")
        return Answer(file.content, 200, "application/octet-stream")

    def _file(self, file_id: str) -> File | None:
        for thread in self.world.shelf("telegram").threads.values():
            for said in thread.messages:
                for index, file in enumerate(said.files):
                    if _file_id(said, index) == file_id:
                        return file
        return None

    # Sending

    def send_message(self, bot: Bot, given: dict[str, Any]) -> Answer:
        said = str(given.get("text") or "")
        if not said.strip():
            return failed(400, "Bad Request: message text is empty")
        if len(said) > 4096:
            return failed(400, "Bad Request: message is too long")
        return self._say(bot, given, said, [])

    def answer_press(self, bot: Bot, given: dict[str, Any]) -> Answer:
        """Nobody presses buttons here, so every press is one of long ago."""
        return failed(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")

    def send_file(self, kind: str, bot: Bot, given: dict[str, Any]) -> Answer:
        file = given.get(kind)
        if not isinstance(file, File):
            return failed(400, f"Bad Request: there is no {kind} in the request")
        return self._say(bot, given, str(given.get("caption") or ""), [file])

    def send_media_group(self, bot: Bot, given: dict[str, Any]) -> Answer:
        """One message per file, as Telegram does; the world keeps the album's text with its first file."""
        media = given.get("media")
        if not isinstance(media, list) or not 2 <= len(media) <= 10:
            return failed(400, "Bad Request: wrong number of messages in the album")
        files = [given.get(str(entry.get("media", "")).removeprefix("attach://")) for entry in media]
        if not all(isinstance(file, File) for file in files):
            return failed(400, "Bad Request: can't parse media: attached file is missing")
        thread = self._thread(given)
        if isinstance(thread, Answer):
            return thread
        made = [
            self.world.reply("telegram", thread.id, str(entry.get("caption") or ""), files=[file])
            for entry, file in zip(media, files, strict=True)
            if isinstance(file, File)
        ]
        group = str(made[0].number)
        return done([{**self._message(thread, said, bot), "media_group_id": group} for said in made])

    def _say(self, bot: Bot, given: dict[str, Any], said: str, files: list[File]) -> Answer:
        if files and len(said) > 1024:
            return failed(400, "Bad Request: message caption is too long")
        thread = self._thread(given)
        if isinstance(thread, Answer):
            return thread
        made = self.world.reply("telegram", thread.id, said, files=files)
        return done(self._message(thread, made, bot))

    def block(self, customer: str) -> None:
        """A person blocks the bot; it may no longer write to them."""
        self.blocked.add(str(user_id(self.world.buyer(customer))))

    def _thread(self, given: dict[str, Any]) -> Thread | Answer:
        chat = str(given.get("chat_id", ""))
        if chat in self.blocked:
            return failed(403, "Forbidden: bot was blocked by the user")
        return self.world.shelf("telegram").threads.get(chat) or failed(400, "Bad Request: chat not found")

    # Shapes

    def _message(self, thread: Thread, said: Message, bot: Bot | None = None) -> dict[str, Any]:
        buyer = self.world.state.buyers[thread.buyer]
        first, _, last = buyer.name.partition(" ")
        person = {"id": user_id(buyer), "first_name": first, "last_name": last, "username": buyer.user}
        sender = _self(bot) if bot else {**person, "is_bot": False, "language_code": buyer.language}
        message: dict[str, Any] = {
            "message_id": said.number,
            "from": sender,
            "chat": {**person, "type": "private"},
            "date": int(said.at.timestamp()),
        }
        if not said.files:
            return {**message, "text": said.text}
        caption = {"caption": said.text} if said.text else {}
        return {**message, **_media(said), **caption}


def _self(bot: Bot) -> dict[str, Any]:
    return {"id": bot.id, "is_bot": True, "first_name": "Sekar Batik", "username": "sekarbatik_bot"}


def _file_id(said: Message, index: int) -> str:
    return f"BQACAgUAAxkBAAIB{said.number:06d}{index}"


def _media(said: Message) -> dict[str, Any]:
    """The first file; a message of the Bot API carries one."""
    file, file_id = said.files[0], _file_id(said, 0)
    known = {"file_id": file_id, "file_unique_id": f"U{zlib.crc32(file_id.encode()):08x}", "file_size": len(file.content)}
    if file.media_type in ("image/jpeg", "image/png"):
        return {"photo": [{**known, "width": 1280, "height": 960}]}
    if file.media_type == "video/mp4":
        return {"video": {**known, "width": 1280, "height": 720, "duration": 12, "file_name": file.name}}
    if file.media_type == "audio/ogg":
        return {"voice": {**known, "duration": 7, "mime_type": file.media_type}}
    if file.media_type in ("audio/mpeg", "audio/mp4"):
        return {"audio": {**known, "duration": 95, "file_name": file.name, "mime_type": file.media_type}}
    return {"document": {**known, "file_name": file.name, "mime_type": file.media_type}}


def sandbox(world: World, faults: Faults) -> Sandbox:
    return PretendTelegram(world, faults).box
