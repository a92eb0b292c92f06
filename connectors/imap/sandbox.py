"""The pretend mailbox of the shop: what buyers wrote lies in INBOX, what we sent in Sent; uids are the world's own numbers.

IMAP and SMTP answer at the doors all mail channels share; over HTTP only the token server of Google's shape answers.
https://developers.google.com/identity/protocols/oauth2/web-server#offline
"""

from __future__ import annotations

from functools import partial

from connectors.base.faults import Faults
from connectors.base.mail_read import Mail, file_content, read_mail
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.sandbox_consent import consent_page, way_back
from connectors.base.sandbox_mail import Mailbox, postbox
from connectors.base.world import Buyer, File, Good, Happening, Naming, Thread, World
from connectors.imap.sandbox_letters import SHOP, SHOP_NAME, buyer_letter, mail_id, seller_letter

APP = {"client_id": "pretend-app.apps.example", "client_secret": "pretend-app-secret"}
CREDENTIALS = {
    **APP,
    "address": SHOP,
    "imap_host": "imap.shop.example",
    "imap_user": SHOP,
    "imap_password": "pretend-app-password",
    "smtp_host": "smtp.shop.example",
    "smtp_user": SHOP,
    "smtp_password": "pretend-app-password",
    "sender_name": SHOP_NAME,
    "sent_copies": "server",
}
ASK = {"/o/oauth2/v2/auth": "Google", "/common/oauth2/v2.0/authorize": "Microsoft"}
WISHES = {
    "en": ("Read mail in this mailbox", "Send mail from its address"),
    "id": ("Membaca surel di kotak surat ini", "Mengirim surel dari alamatnya"),
}
CODE = "4/pretend-consent-code"
LASTING = "1//pretend-lasting-access"
CHANNEL = "imap"


def _no_order(number: int) -> str:
    return str(number)


def _thread_id(number: int, buyer: Buyer) -> str:
    return f"talk-{number}"


def _no_line(order: int, position: int) -> str:
    return f"{order}-{position}"


def _no_listing(good: Good, position: int) -> str:
    return good.sku


NAMING = Naming(
    currency="USD",
    order_id=_no_order,
    thread_id=_thread_id,
    message_id=str,
    listing_id=_no_listing,
    line_id=_no_line,
    sells=False,
)


class PretendMail:
    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.box = Sandbox(CHANNEL, world, faults)
        self.mailbox = Mailbox(SHOP, CREDENTIALS["imap_password"], world.now, faults, keeps_sent=False)
        self.mailbox.sort = self.sort
        self.mailbox.on_sent(self.take)
        self.sent_bytes: dict[str, bytes] = {}
        self._last = 0
        self._tokens = 0
        self._shelf = world.open(CHANNEL, NAMING)
        world.watch(CHANNEL, self._tell)
        postbox(world).add(self.mailbox)
        for path, provider in ASK.items():
            self.box.route("GET", path, "token")(partial(self.consent, provider))
        self.box.route("POST", "/token", "token")(self.token)
        self.box.route("POST", "/common/oauth2/v2.0/token", "token")(self.token)

    def sort(self) -> None:
        """Lays what was said since the last look into the folders. A world begun anew empties them; its numbers go on."""
        if self.world.shelf(CHANNEL) is not self._shelf:
            self._shelf, self._last = self.world.shelf(CHANNEL), 0
            for folder in self.mailbox.folders.values():
                folder.empty()
        new = [
            (said.number, thread, position)
            for thread in self.world.shelf(CHANNEL).threads.values()
            for position, said in enumerate(thread.messages)
            if said.number > self._last
        ]
        for number, thread, position in sorted(new, key=lambda entry: entry[0]):
            self._lay(thread, position)
            self._last = number

    def _lay(self, thread: Thread, position: int) -> None:
        said, buyer = thread.messages[position], self.world.state.buyers[thread.buyer]
        if said.side == "buyer":
            self.mailbox.inbox.store(buyer_letter(thread, buyer, position), said.at, said.number)
        else:
            raw = self.sent_bytes.get(said.key) or seller_letter(thread, buyer, position)
            self.mailbox.sent.store(raw, said.at, said.number)

    def _tell(self, happening: Happening) -> None:
        self.mailbox.arrived.set()

    def take(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """A mail of ours joins the talk it answers, else the newest with that buyer, else it begins one."""
        mail = read_mail(raw)
        self.sent_bytes[mail.message_id] = raw
        files = [
            File(name=file.name, media_type=file.media_type, content=file_content(raw, file.index) or b"") for file in mail.files
        ]
        for recipient in recipients:
            thread = self._thread(mail, recipient)
            self.world.reply(CHANNEL, thread.id, mail.whole_text, key=mail.message_id, files=files)

    def _thread(self, mail: Mail, recipient: str) -> Thread:
        buyer = self.world.buyer(recipient)
        theirs = [one for one in self.world.shelf(CHANNEL).threads.values() if one.buyer == buyer.key]
        chain = {mail.in_reply_to, *mail.references}
        answered = [one for one in theirs if chain & {mail_id(said) for said in one.messages}]
        return (answered or theirs or [self.world.begin(CHANNEL, buyer.key, subject=mail.subject)])[-1]

    def consent(self, provider: str, request: Request) -> Answer:
        """https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1"""
        asked = request.query
        if asked.get("client_id") != APP["client_id"] or asked.get("response_type") != "code":
            return answer({"error": "invalid_client", "error_description": "The OAuth client was not found."}, 401)
        address, state = asked.get("redirect_uri", ""), {"state": asked.get("state", "")}
        yes, no = way_back(address, {"code": CODE, **state}), way_back(address, {"error": "access_denied", **state})
        account = asked.get("login_hint") or SHOP
        return consent_page(request, name=provider, account=account, wishes=WISHES, yes=yes, no=no)

    def token(self, request: Request) -> Answer:
        """https://www.rfc-editor.org/rfc/rfc6749#section-5"""
        form = request.form()
        if {name: form.get(name) for name in APP} != APP:
            return answer({"error": "invalid_client", "error_description": "The OAuth client was not found."}, 401)
        granted = (form.get("grant_type"), form.get("code") or form.get("refresh_token"))
        if granted not in (("authorization_code", CODE), ("refresh_token", LASTING)):
            return answer({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400)
        self._tokens += 1
        made = f"ya29.pretend-{self._tokens}"
        self.mailbox.tokens.add(made)
        lasting = {"refresh_token": LASTING} if granted[0] == "authorization_code" else {}
        return answer(
            {"access_token": made, "expires_in": 3599, "token_type": "Bearer", "scope": "https://mail.google.com/", **lasting}
        )


def sandbox(world: World, faults: Faults) -> Sandbox:
    return PretendMail(world, faults).box
