"""The pretend Twilio: one account with one number over the shared world. https://www.twilio.com/docs/messaging/api"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from connectors.base.faults import Faults
from connectors.base.sandbox import Answer, Handler, Poster, Request, Sandbox, answer
from connectors.base.wire import integer, when
from connectors.base.world import Buyer, File, Good, Happening, Message, Naming, Thread, World
from connectors.twilio.sandbox_shapes import (
    ACCOUNT,
    ACCOUNT_PATH,
    NUMBER,
    NUMBER_SID,
    SERVICE,
    TOKEN,
    account_shape,
    content_shape,
    incoming,
    media_shape,
    media_sid,
    message_shape,
    number_shape,
    service_shape,
    signed,
    status_told,
)

CREDENTIALS = {"account_sid": ACCOUNT, "auth_token": TOKEN, "from_number": NUMBER}

OPENED = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
PHONE = re.compile(r"\+[1-9]\d{6,14}")
FILE_PATH = "/files"
WHATSAPP = "whatsapp:"
CONTENT, CONTENT_TEXT = "HX" + "0a1b2c3d" * 4, "Halo {{1}}, your order {{2}} is on its way."
STOPS, STARTS = ("STOP", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"), ("START", "UNSTOP")
# HTTP status -> Twilio's own number and words, for faults.
WORDS = {401: (20003, "Authenticate"), 404: (20404, "The requested resource was not found"), 429: (20429, "Too Many Requests")}


def _listing(good: Good, position: int) -> str:
    return good.sku


NAMING = Naming(
    currency="USD",
    order_id=lambda number: str(number),
    thread_id=lambda number, buyer: buyer.phone,
    message_id=lambda number: f"SM{number:032x}",
    listing_id=_listing,
    line_id=lambda order, position: f"{order}-{position}",
    one_thread_per_buyer=True,
    sells=False,
)


def refused(status: int, code: int, words: str) -> Answer:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return answer({"code": code, "message": words, "more_info": more, "status": status}, status)


def failed(status: int, words: str) -> Answer:
    return refused(status, *WORDS.get(status, (20500 if status < 503 else 20503, words)))


class PretendTwilio:
    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.number: dict[str, str] = {}
        self.service: dict[str, str] = {}
        self.box = Sandbox("twilio", world, faults, failed)
        self.box.poster = Poster(faults, tries=1)
        world.open("twilio", NAMING)
        world.watch("twilio", self._tell)
        self._add_routes()

    def _add_routes(self) -> None:
        routes: Iterable[tuple[str, str, str, Callable[[Request], Answer]]] = (
            ("GET", "/2010-04-01/Accounts/{account}.json", "read", self.get_account),
            ("GET", f"{ACCOUNT_PATH}/IncomingPhoneNumbers.json", "read", self.list_numbers),
            ("POST", f"{ACCOUNT_PATH}/IncomingPhoneNumbers/{NUMBER_SID}.json", "read", self.change_number),
            ("GET", f"/v1/Services/{SERVICE}", "read", self.get_service),
            ("POST", f"/v1/Services/{SERVICE}", "read", self.change_service),
            ("GET", "/v1/ContentAndApprovals", "read", self.list_contents),
            ("GET", "/v1/Content/{sid}", "read", self.get_content),
            ("POST", f"{ACCOUNT_PATH}/Messages.json", "send", self.send),
            ("GET", f"{ACCOUNT_PATH}/Messages.json", "read", self.list_messages),
            ("GET", f"{ACCOUNT_PATH}/Messages/{{sid}}/Media.json", "read", self.list_media),
            ("GET", f"{ACCOUNT_PATH}/Messages/{{sid}}/Media/{{media}}", "read", self.point_to_file),
        )
        for method, path, operation, handler in routes:
            self.box.route(method, path, operation)(self._guarded(handler))
        self.box.route("GET", f"{FILE_PATH}/{{media}}")(self.give_file)

    def _guarded(self, handler: Callable[[Request], Answer]) -> Handler:
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()

        def handle(request: Request) -> Answer:
            if request.headers.get("authorization") != expected or self.box.faults.hit("expire_token"):
                return failed(401, "")
            return handler(request)

        return handle

    # The account and its settings

    def get_account(self, request: Request) -> Answer:
        return answer(account_shape(OPENED)) if request.parts["account"] == ACCOUNT else failed(404, "")

    def list_numbers(self, request: Request) -> Answer:
        asked = request.query.get("PhoneNumber", "")
        found = [number_shape(OPENED, self.number)] if asked in ("", NUMBER) else []
        path = f"{ACCOUNT_PATH}/IncomingPhoneNumbers.json"
        return answer({**_page(path, len(found), 0, 50), "incoming_phone_numbers": found})

    def change_number(self, request: Request) -> Answer:
        return self._change(self.number, request) or answer(number_shape(OPENED, self.number))

    def get_service(self, request: Request) -> Answer:
        return answer(service_shape(OPENED, self.service))

    def get_content(self, request: Request) -> Answer:
        if request.parts["sid"] != CONTENT:
            return failed(404, "")
        return answer(content_shape(OPENED, CONTENT, CONTENT_TEXT))

    def list_contents(self, request: Request) -> Answer:
        shape = content_shape(OPENED, CONTENT, CONTENT_TEXT)
        asked = {"name": "order_update", "category": "UTILITY", "content_type": "twilio/text", "rejection_reason": ""}
        waiting = {**shape, "sid": "HX" + "f" * 32, "approval_requests": {**asked, "status": "pending"}}
        found = [{**shape, "approval_requests": {**asked, "status": "approved"}}, waiting]
        meta = {"page": 0, "page_size": 100, "next_page_url": None, "key": "contents"}
        return answer({"contents": found, "meta": meta})

    def change_service(self, request: Request) -> Answer:
        return self._change(self.service, request) or answer(service_shape(OPENED, self.service))

    def _change(self, settings: dict[str, str], request: Request) -> Answer | None:
        given = request.form()
        wrong = [name for name, value in given.items() if name.endswith("Url") and value and not urlsplit(value).hostname]
        if wrong:
            return refused(400, 21402, f"{wrong[0]} is not a valid URL")
        settings.update(given)
        return None

    # Messages

    def _all(self) -> Iterator[tuple[Thread, Message]]:
        for thread in self.world.shelf("twilio").threads.values():
            for said in thread.messages:
                yield thread, said

    def _buyer(self, thread: Thread) -> Buyer:
        return self.world.state.buyers[thread.buyer]

    def list_messages(self, request: Request) -> Answer:
        asked = request.query
        since, until = when(asked.get("DateSent>")), when(asked.get("DateSent<"))
        found = []
        for thread, said in self._all():
            shape = message_shape(thread, said)
            named = all(asked.get(name) in (None, shape[name.lower()]) for name in ("To", "From"))
            if named and (since is None or said.at >= since) and (until is None or said.at <= until):
                found.append((said.number, shape))
        found.sort(key=lambda entry: entry[0], reverse=True)
        # A page begins where its token says, so news in between move nothing.
        first = integer(asked.get("PageToken", "")[4:], -1)
        rest = [shape for number, shape in found if first < 0 or number <= first]
        size, page = min(max(integer(asked.get("PageSize"), 50), 1), 1000), integer(asked.get("Page"))
        following = None
        if len(rest) > size:
            token = f"PASM{int(rest[size]['sid'][2:], 16)}"
            kept = {name: value for name, value in asked.items() if name not in ("Page", "PageToken")}
            following = f"{ACCOUNT_PATH}/Messages.json?" + urlencode({**kept, "Page": str(page + 1), "PageToken": token})
        whole = _page(f"{ACCOUNT_PATH}/Messages.json", len(rest[:size]), page, size)
        return answer({**whole, "next_page_uri": following, "messages": rest[:size]})

    def send(self, request: Request) -> Answer:
        given = parse_qsl(request.body.decode(), keep_blank_values=True)
        fields = dict(given)
        to, said = fields.get("To", ""), fields.get("Body", "")
        urls = [value for name, value in given if name == "MediaUrl"]
        wrong = self._wrong(to, fields, said, urls)
        if wrong is not None:
            return wrong
        thread = self._open(to)
        text = _filled(fields) if "ContentSid" in fields else said
        made = self.world.reply("twilio", thread.id, text, files=[_file(url) for url in urls])
        for state in ("sent", "delivered"):
            self._post(fields.get("StatusCallback", ""), status_told(thread, made, state))
        return answer(message_shape(thread, made, "queued"), 201)

    def _wrong(self, to: str, fields: dict[str, str], said: str, urls: Sequence[str]) -> Answer | None:
        """The first rule that is broken."""
        sender, templated, by_whatsapp = fields.get("From", NUMBER), "ContentSid" in fields, to.startswith(WHATSAPP)
        ours = sender.removeprefix(WHATSAPP) == NUMBER and fields.get("MessagingServiceSid", SERVICE) == SERVICE
        rules: Iterable[tuple[bool, int, str]] = (
            (bool(PHONE.fullmatch(to.removeprefix(WHATSAPP))), 21211, f"The 'To' number {to} is not a valid phone number."),
            (by_whatsapp == sender.startswith(WHATSAPP), 21910, "From and To should be of the same channel"),
            (ours, 21606, "The 'From' phone number provided is not a valid message-capable Twilio phone number."),
            (fields.get("ContentSid", CONTENT) == CONTENT, 21655, "The ContentSid is Invalid."),
            (templated or not by_whatsapp or not self._is_late(to), 63016, "You are outside the allowed window."),
            (bool(said or urls or templated), 21602, "Message body is required."),
            (len(said) <= 1600, 21617, "The concatenated message body exceeds the 1600 character limit."),
            (len(urls) <= 10, 21623, "Number of media files exceeds allowed limit."),
            (all(urlsplit(url).scheme.startswith("http") for url in urls), 21620, "Invalid media URL(s)."),
            (not self._stopped(to), 21610, "Attempt to send to unsubscribed recipient"),
        )
        return next((refused(400, code, words) for kept, code, words in rules if not kept), None)

    def _is_late(self, to: str) -> bool:
        """WhatsApp lets a free text through for a day after the customer's last word."""
        talk = self.world.shelf("twilio").threads.get(to)
        heard = [said.at for said in (talk.messages if talk else []) if said.side == "buyer"]
        return not heard or self.world.now() - max(heard) > timedelta(hours=24)

    def _stopped(self, to: str) -> bool:
        talk = self.world.shelf("twilio").threads.get(to)
        heard = [said.text.strip().upper() for said in (talk.messages if talk else []) if said.side == "buyer"]
        words = [word for word in heard if word in STOPS or word in STARTS]
        return bool(words) and words[-1] in STOPS

    def _open(self, to: str) -> Thread:
        """Anybody with a phone may be written to first."""
        shelf = self.world.shelf("twilio")
        if to not in shelf.threads:
            shelf.next_number += 1
            buyer = self.world.buyer(to.removeprefix(WHATSAPP))
            buyer.phone = to.removeprefix(WHATSAPP)
            shelf.threads[to] = Thread(id=to, number=shelf.next_number - 1, buyer=buyer.key)
        return shelf.threads[to]

    # Files

    def list_media(self, request: Request) -> Answer:
        said = next((said for _, said in self._all() if said.id == request.parts["sid"]), None)
        if said is None:
            return failed(404, "")
        found = [media_shape(said, index) for index in range(len(said.files))]
        path = f"{ACCOUNT_PATH}/Messages/{said.id}/Media.json"
        return answer({**_page(path, len(found), 0, 50), "media_list": found})

    def point_to_file(self, request: Request) -> Answer:
        if self._file(request.parts["media"]) is None:
            return failed(404, "")
        return Answer(status=307, headers=(("location", f"https://mms.twiliocdn.com{FILE_PATH}/{request.parts['media']}"),))

    def give_file(self, request: Request) -> Answer:
        """A signed address needs no password, and one that comes along is refused, as at the real place."""
        file = self._file(request.parts["media"])
        if file is None or "authorization" in request.headers:
            return Answer(b"<Error><Code>AccessDenied</Code></Error>", 403, "application/xml")
        return Answer(file.content, 200, file.media_type)

    def _file(self, sid: str) -> File | None:
        for _, said in self._all():
            for index, file in enumerate(said.files):
                if media_sid(said, index) == sid:
                    return file
        return None

    # Webhooks

    def _tell(self, happening: Happening) -> None:
        if happening.kind != "message":
            return
        thread = self.world.shelf("twilio").threads[happening.thread]
        said = next(said for said in thread.messages if said.id == happening.id)
        url = self.number.get("SmsUrl", "") or self.service.get("InboundRequestUrl", "")
        self._post(url, incoming(thread, self._buyer(thread), said))

    def _post(self, url: str, fields: Sequence[tuple[str, str]]) -> None:
        if url:
            self.box.poster.post(url, *signed(url, fields))


def _filled(fields: Mapping[str, str]) -> str:
    gaps = {name: str(value) for name, value in msgspec.json.decode(fields.get("ContentVariables") or "{}").items()}
    return re.sub(r"\{\{(\w+)\}\}", lambda gap: gaps.get(gap[1], ""), CONTENT_TEXT)


def _file(url: str) -> File:
    name = urlsplit(url).path.rpartition("/")[2] or "file"
    return File(name=name, media_type=mimetypes.guess_type(name)[0] or "application/octet-stream", content=b"")


def _page(path: str, count: int, page: int, size: int) -> dict[str, Any]:
    here = f"{path}?PageSize={size}&Page={page}"
    return {
        "end": page * size + max(count - 1, 0),
        "first_page_uri": f"{path}?PageSize={size}&Page=0",
        "next_page_uri": None,
        "page": page,
        "page_size": size,
        "previous_page_uri": None,
        "start": page * size,
        "uri": here,
    }


def sandbox(world: World, faults: Faults) -> Sandbox:
    return PretendTwilio(world, faults).box
