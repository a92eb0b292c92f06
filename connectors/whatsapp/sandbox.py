"""The pretend WhatsApp: one business number over the shared world. https://developers.facebook.com/docs/whatsapp/cloud-api/reference"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from connectors.base.faults import Faults
from connectors.base.graph_sandbox import ROOT, Courier, Gatekeeper, failed, greet, multipart, refused
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.wire import integer, mapping
from connectors.base.world import Buyer, File, Good, Happening, Message, Naming, Thread, World
from connectors.whatsapp.manifest import CAPTION_LIMIT, TEXT_LIMIT
from connectors.whatsapp.sandbox_shapes import change, status_change, user_id

NUMBER, ACCOUNT, APP = "106500000000023", "102290000000023", "2100000000000023"
TOKEN, APP_SECRET = "EAAPretendAccessTokenOfWhatsApp000000000000000023", "23d0c0ffee23d0c0ffee23d0c0ffee23"
DISPLAY = "62215550023"
FILE_PATH = "/whatsapp_business/attachments"
# Ids of files: ours sent, and theirs by message number and position.
SENT_FILE, THEIR_FILE = "1988000023", "1989000023"
DAY, WEEK = timedelta(hours=24), timedelta(days=7)
HELLO = {"type": "BODY", "text": "Welcome to our shop."}
UPDATE = {"type": "BODY", "text": "Your order {{1}} is on its way.", "example": {"body_text": [["727"]]}}
RECEIPT = (
    {"type": "HEADER", "format": "DOCUMENT", "example": {"header_handle": ["4::aW1"]}},
    {"type": "BODY", "text": "Thank you, {{name}}. Here is the receipt of order {{order}}."},
    {"type": "FOOTER", "text": "Kopi Tepi"},
    {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Follow the parcel", "url": "https://kopitepi.example/p/{{1}}"}]},
)
TEMPLATES: dict[str, tuple[str, str, tuple[dict[str, Any], ...]]] = {
    "order_update": ("APPROVED", "POSITIONAL", (UPDATE,)),
    "hello_world": ("APPROVED", "POSITIONAL", (HELLO,)),
    "order_receipt": ("APPROVED", "NAMED", RECEIPT),
    "winter_sale": ("PENDING", "POSITIONAL", ({"type": "BODY", "text": "Half price until Sunday."},)),
}
GAP = re.compile(r"\{\{(\w+)\}\}")

CREDENTIALS = {
    "phone_number_id": NUMBER,
    "access_token": TOKEN,
    "app_secret": APP_SECRET,
    "verify_token": "pretend-verify-whatsapp",
    "waba_id": ACCOUNT,
}


def _listing(good: Good, position: int) -> str:
    return good.sku


NAMING = Naming(
    currency="USD",
    order_id=lambda number: str(number),
    thread_id=lambda number, buyer: user_id(buyer),
    message_id=lambda number: f"wamid.HBgLPretend{number:010d}AA==",
    listing_id=_listing,
    line_id=lambda order, position: f"{order}-{position}",
    one_thread_per_buyer=True,
    sells=False,
    remembers=False,
)


class PretendWhatsApp:
    """State of one number, and one method per call."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.box = Sandbox("whatsapp", world, faults, failed)
        self.courier = Courier(faults, APP_SECRET)
        self.box.poster = self.courier
        self.hook = ""
        self.subscribed = False
        self.uploads: dict[str, File] = {}
        world.open("whatsapp", NAMING)
        world.watch("whatsapp", self._tell)
        self._add_routes()

    def _add_routes(self) -> None:
        guarded = Gatekeeper(self.box, TOKEN, APP_SECRET).guarded
        self.box.route("GET", f"{ROOT}/{NUMBER}")(guarded(self.get_number))
        self.box.route("POST", f"{ROOT}/{NUMBER}/messages", "send")(guarded(self.send))
        self.box.route("POST", f"{ROOT}/{NUMBER}/media", "upload")(guarded(self.upload))
        self.box.route("GET", f"{ROOT}/{ACCOUNT}/message_templates")(guarded(self.list_templates))
        self.box.route("GET", f"{ROOT}/{ACCOUNT}/subscribed_apps")(guarded(self.list_apps))
        self.box.route("POST", f"{ROOT}/{ACCOUNT}/subscribed_apps")(guarded(self.subscribe))
        self.box.route("DELETE", f"{ROOT}/{ACCOUNT}/subscribed_apps")(guarded(self.unsubscribe))
        for prefix in (SENT_FILE, THEIR_FILE):
            self.box.route("GET", f"{ROOT}/{prefix}{{rest}}")(guarded(self.get_media))
        self.box.route("GET", FILE_PATH)(guarded(self.download))

    def get_number(self, request: Request) -> Answer:
        return answer(
            {
                "id": NUMBER,
                "display_phone_number": f"+{DISPLAY}",
                "verified_name": "Kopi Tepi",
                "quality_rating": "GREEN",
                "code_verification_status": "VERIFIED",
                "name_status": "APPROVED",
            }
        )

    def list_templates(self, request: Request) -> Answer:
        """Two at a time, however many were asked for."""
        listed = [
            {
                "name": name,
                "language": "en",
                "status": status,
                "parameter_format": form,
                "category": "UTILITY",
                "components": list(parts),
                "id": f"10229{place:06d}",
            }
            for place, (name, (status, form, parts)) in enumerate(TEMPLATES.items())
        ]
        first = integer(request.query.get("after"))
        shown = listed[first : first + 2]
        paging: dict[str, Any] = {"cursors": {"before": str(first), "after": str(first + len(shown))}}
        if first + len(shown) < len(listed):
            paging["next"] = f"https://graph.facebook.com{request.path}?after={first + len(shown)}"
        return answer({"data": shown, "paging": paging})

    # Webhooks

    def list_apps(self, request: Request) -> Answer:
        if not self.subscribed:
            return answer({"data": []})
        found = {"whatsapp_business_api_data": {"id": APP, "name": "Onecounter"}}
        return answer({"data": [{**found, **({"override_callback_uri": self.hook} if self.hook else {})}]})

    async def subscribe(self, request: Request) -> Answer:
        given = mapping(request.json())
        url = str(given.get("override_callback_uri") or "")
        if url and not await greet(url, str(given.get("verify_token") or "")):
            return refused(400, 2200, "Callback verification failed: the address did not return the challenge.")
        self.hook, self.subscribed = url, True
        self._bring()
        return answer({"success": True})

    def unsubscribe(self, request: Request) -> Answer:
        self.hook, self.subscribed = "", False
        return answer({"success": True})

    def _tell(self, happening: Happening) -> None:
        self._bring(happening.thread)

    def _bring(self, thread_id: str = "") -> None:
        """All of the last week that was not taken, or what is new in one talk."""
        if not self.hook:
            return
        threads = self.world.shelf("whatsapp").threads
        for talk in [threads[thread_id]] if thread_id in threads else list(threads.values()):
            for said in talk.messages:
                if said.at >= self.world.now() - WEEK:
                    self._bring_one(talk, said)

    def _bring_one(self, talk: Thread, said: Message) -> None:
        buyer = self.world.state.buyers[talk.buyer]
        if said.side == "buyer":
            files = [(f"{THEIR_FILE}{said.number:08d}{index}", file) for index, file in enumerate(said.files)]
            self._post(said.id, change(buyer, said, files))
            return
        for state in ("sent", "delivered"):
            self._post(f"{said.id}:{state}", status_change(buyer, said, state))

    def _post(self, name: str, value: dict[str, Any]) -> None:
        if not self.courier.wants(name):
            return
        metadata = {"display_phone_number": DISPLAY, "phone_number_id": NUMBER}
        whole = {"messaging_product": "whatsapp", "metadata": metadata, **value}
        entry = {"id": ACCOUNT, "changes": [{"field": "messages", "value": whole}]}
        self.courier.bring(self.hook, name, {"object": "whatsapp_business_account", "entry": [entry]})

    # Files

    def upload(self, request: Request) -> Answer:
        file = multipart(request).get("file")
        if not isinstance(file, File):
            return refused(400, 100, "The parameter file is required.")
        number = f"{SENT_FILE}{len(self.uploads):09d}"
        self.uploads[number] = file
        return answer({"id": number})

    def get_media(self, request: Request) -> Answer:
        number = request.path.rpartition("/")[2]
        file = self._file(number)
        if file is None:
            return refused(400, 100, f"Unsupported get request. Object with ID '{number}' does not exist", subcode=33)
        return answer(
            {
                "url": f"https://lookaside.fbsbx.com{FILE_PATH}/?mid={number}&source=getMedia&ext=1772445600&hash=ARp".replace(
                    "/?", "?"
                ),
                "mime_type": file.media_type,
                "sha256": f"{zlib.crc32(file.content):064x}",
                "file_size": str(len(file.content)),
                "id": number,
                "messaging_product": "whatsapp",
            }
        )

    def download(self, request: Request) -> Answer:
        file = self._file(request.query.get("mid", ""))
        return Answer(file.content, 200, file.media_type) if file else Answer(b"URL expired", 404, "text/plain")

    def _file(self, number: str) -> File | None:
        if number in self.uploads or not number.startswith(THEIR_FILE):
            return self.uploads.get(number)
        place = number.removeprefix(THEIR_FILE)
        wanted, index = integer(place[:8], -1), integer(place[8:], -1)
        for talk in self.world.shelf("whatsapp").threads.values():
            for said in talk.messages:
                if said.number == wanted and 0 <= index < len(said.files):
                    return said.files[index]
        return None

    # Sending

    def send(self, request: Request) -> Answer:
        try:
            given = mapping(request.json())
        except msgspec.DecodeError:
            return refused(400, 100, "Invalid JSON")
        if given.get("status") == "read":
            return answer({"success": True})
        asked = str(given.get("to") or given.get("recipient") or "")
        talk = self._talk(asked)
        if given.get("messaging_product") != "whatsapp" or not asked:
            return refused(400, 100, "Invalid parameter", details="The parameters messaging_product and to are required.")
        if talk is None:
            return refused(400, 131026, "Message undeliverable", details="Message Undeliverable.")
        said, file, wrong = self._said(given)
        if wrong is None and given.get("type") != "template":
            wrong = self._too_late(talk)
        if wrong is not None:
            return wrong
        key = str(given.get("biz_opaque_callback_data") or "")
        made = self.world.reply("whatsapp", talk.id, said, key=key, files=[file] if file else [])
        buyer = self.world.state.buyers[talk.buyer]
        contact = {"input": asked, "wa_id": buyer.phone.removeprefix("+")} if given.get("to") else {"input": asked}
        sent = {"id": made.id, **({"message_status": "accepted"} if given.get("type") == "template" else {})}
        return answer({"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]})

    def _talk(self, asked: str) -> Thread | None:
        """By the id of a person or by phone. A known phone may be written to first (with a template)."""
        threads = self.world.shelf("whatsapp").threads
        if asked in threads:
            return threads[asked]
        return next((talk for talk in threads.values() if self._phone(talk) == asked.removeprefix("+")), None)

    def _phone(self, talk: Thread) -> str:
        buyer: Buyer = self.world.state.buyers[talk.buyer]
        return buyer.phone.removeprefix("+")

    def _said(self, given: Any) -> tuple[str, File | None, Answer | None]:
        """The words and the file of a call, or why not."""
        kind = str(given.get("type") or "text")
        inner = mapping(given.get(kind))
        if kind == "template":
            return self._template(inner)
        if kind == "text":
            said = str(inner.get("body") or "")
            allowed = bool(said.strip()) and len(said) <= TEXT_LIMIT
            return said, None, None if allowed else refused(400, 131009, "Parameter value is not valid", details="text.body")
        file, caption = self.uploads.get(str(inner.get("id") or "")), str(inner.get("caption") or "")
        if file is None or len(caption) > CAPTION_LIMIT:
            return "", None, refused(400, 131009, "Parameter value is not valid", details=f"{kind}.id or {kind}.caption")
        return caption, file, None

    def _template(self, inner: Any) -> tuple[str, File | None, Answer | None]:
        name = str(inner.get("name") or "")
        status, form, described = TEMPLATES.get(name, ("", "", ()))
        if status != "APPROVED":
            return "", None, refused(404, 132001, "Template name does not exist in the translation", details=name)
        parts = [mapping(part) for part in inner.get("components") or []]
        given = {kind: _parameters(parts, kind) for kind in ("header", "body", "button")}
        words = next(str(part["text"]) for part in described if part["type"] == "BODY")
        file = next((self.uploads.get(str(mapping(each.get("document")).get("id"))) for each in given["header"]), None)
        gaps = GAP.findall(words)
        named = (
            [str(each.get("parameter_name") or "") for each in given["body"]] if form == "NAMED" else gaps[: len(given["body"])]
        )
        wants_file, wants_button = (any(part["type"] == kind for part in described) for kind in ("HEADER", "BUTTONS"))
        if sorted(named) != sorted(gaps) or wants_file != (file is not None) or wants_button != bool(given["button"]):
            return "", None, refused(400, 132000, "Number of parameters does not match the expected number of params")
        filled = dict(zip(named, (str(each.get("text", "")) for each in given["body"]), strict=True))
        return GAP.sub(lambda gap: filled[gap[1]], words), file, None

    def _too_late(self, talk: Thread) -> Answer | None:
        heard = [said.at for said in talk.messages if said.side == "buyer"]
        if heard and self.world.now() - max(heard) <= DAY:
            return None
        details = "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
        return refused(400, 131047, "Re-engagement message", details=details)


def _parameters(parts: list[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [mapping(each) for part in parts if part.get("type") == kind for each in part.get("parameters") or []]


def sandbox(world: World, faults: Faults) -> Sandbox:
    return PretendWhatsApp(world, faults).box
