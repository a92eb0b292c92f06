"""The mail connector: its parts joined behind the contract."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from datetime import date, timedelta

from connectors.base.commands import Command, Receipt, SendReply
from connectors.base.contract import Batch, Connector, Context, Delivery, Health, RawRequest, Received
from connectors.base.errors import ChannelError, NotSupported, Refused
from connectors.base.events import Outcome, Pointer
from connectors.base.mail_imap import Folder, Letter, Mailbox
from connectors.base.mail_read import file_content, letter_key, read_mail
from connectors.base.manifest import Manifest
from connectors.base.signing import fingerprint
from connectors.base.wire import integer
from connectors.imap.client import MailClient, sent_folder
from connectors.imap.errors import unwell
from connectors.imap.manifest import MANIFEST
from connectors.imap.normalise import KIND, SENT, normalise_mail
from connectors.imap.render import message_id, recipient, render_reply
from connectors.imap.webhooks import receive_nothing

PAGE = 50
# Shorter than the patience of the routers on the way.
LINE_S = 9 * 60.0
MAIN = "main"

BEGUN = "begun"

# Folder (`main`, `sent`) -> (its UIDVALIDITY, the last uid that was read); `begun` -> (the first day of the first look, 0).
Place = dict[str, tuple[int, int]]


class ImapConnector:
    manifest: Manifest = MANIFEST

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client = MailClient(context)

    async def check(self) -> Health:
        account = self._client.account
        door = "imap"
        try:
            async with self._client.mailbox() as box:
                door = "folder"
                await box.examine(account.folder)
            door = "smtp"
            async with self._client.submission():
                pass
        except ChannelError as error:
            return unwell(door, account.address, error)
        return Health(ok=True, account=account.address)

    async def pull(self, feed: str, cursor: str) -> Batch:
        """The next mails of the folder, then of Sent. No time window: what lay there during an outage is found by its uid."""
        if self.manifest.feed(feed) is None:
            raise NotSupported(f"mail has no feed {feed!r}")
        place, deliveries, more = read_cursor(cursor), list[Delivery](), False
        earliest = (self._context.now() - timedelta(days=self._context.first_import_days)).date()
        begun = date.fromordinal(min(max(place.setdefault(BEGUN, (earliest.toordinal(), 0))[0], 1), date.max.toordinal()))
        async with self._client.mailbox() as box:
            for role, name in (await self._folders(box)).items():
                folder = await box.examine(name)
                found, last, rest = await self._page(box, folder, place.get(role), begun)
                deliveries += [as_delivery(letter, folder, role) for letter in found]
                place[role] = (folder.uid_validity, last)
                more = more or rest
        return Batch(deliveries=tuple(_once(deliveries)), cursor=write_cursor(place), more=more)

    async def listen(self, feed: str) -> AsyncGenerator[None]:
        """https://www.rfc-editor.org/rfc/rfc2177 ; of the main folder, for what we send is ours to know. What came before the line
        was up is told first."""
        async with self._client.mailbox() as box:
            await box.examine(self._client.account.folder)
            yield
            while True:
                if await box.idle(LINE_S):
                    yield

    async def _folders(self, box: Mailbox) -> dict[str, str]:
        folders = {MAIN: self._client.account.folder}
        with suppress(NotSupported):
            folders[SENT] = await sent_folder(box)
        return folders

    async def _page(
        self, box: Mailbox, folder: Folder, place: tuple[int, int] | None, begun: date
    ) -> tuple[list[Letter], int, bool]:
        """(mails, last uid read, whether there are more). New numbers at the server: all since the day this feed began with comes
        once more, under its old delivery key; what came in an outage before is among it."""
        if place is None or place[0] != folder.uid_validity:
            waiting = await box.since(begun)
        else:
            waiting = await box.uids(place[1] + 1)
        if not waiting:
            return [], place[1] if place and place[0] == folder.uid_validity else max(folder.uid_next - 1, 0), False
        letters = await box.fetch(waiting[:PAGE])
        last = letters[-1].uid if letters else waiting[:PAGE][-1]
        return letters, last, waiting[-1] > last

    async def fetch(self, pointer: Pointer) -> Delivery | None:
        """Mails come whole; nothing points at one."""
        return None

    async def fetch_media(self, ref: str) -> bytes:
        validity, uid, index, role = [*ref.split(":"), MAIN][:4] if ref.count(":") >= 2 else ("", "", "", "")
        async with self._client.mailbox() as box:
            name = await sent_folder(box) if role == SENT else self._client.account.folder
            folder = await box.examine(name)
            letters = await box.fetch([integer(uid)]) if folder.uid_validity == integer(validity, -1) else []
        content = file_content(letters[0].raw, integer(index, -1)) if letters else None
        if content is None:
            raise Refused("the mail with this file is no longer there", code="file_gone")
        return content

    async def receive(self, request: RawRequest) -> Received:
        return receive_nothing(request)

    def normalise(self, delivery: Delivery) -> Sequence[Outcome]:
        return normalise_mail(delivery, self._client.account.address)

    async def execute(self, command: Command) -> Receipt:
        if not isinstance(command, SendReply):
            raise NotSupported("mail knows replies only")
        account, now = self._client.account, self._context.now()
        raw = render_reply(command, account.address, self._context.secrets.get("sender_name", "").strip(), now)
        async with self._client.submission() as opened:
            await opened.send(account.address, [recipient(command)], raw)
        if account.we_keep_copies:
            await self._keep_copy(raw)
        return Receipt(key=command.key, external_id=message_id(command, account.address), at=now)

    async def _keep_copy(self, raw: bytes) -> None:
        """The mail is on its way whatever becomes of the copy."""
        with suppress(ChannelError):
            async with self._client.mailbox() as box:
                await box.append(await sent_folder(box), raw)

    async def look_up(self, command: Command) -> Receipt | None:
        """A mail in Sent was sent. One that is missing was not, where the server itself lays copies there."""
        if not isinstance(command, SendReply):
            raise NotSupported("mail knows replies only")
        sought = message_id(command, self._client.account.address)
        async with self._client.mailbox() as box:
            await box.examine(await sent_folder(box))
            found = await box.with_message_id(sought)
        if found:
            return Receipt(key=command.key, external_id=sought, at=command.started_at)
        if not self._client.account.server_keeps_copies:
            raise NotSupported("this server keeps no copies of sent mail by itself", code="no_copies")
        return None

    async def subscribe(self, hook_url: str) -> None:
        """Mail is fetched, not brought."""

    async def unsubscribe(self, hook_url: str) -> None:
        """Nothing was subscribed."""


def as_delivery(letter: Letter, folder: Folder, role: str) -> Delivery:
    told = {
        "folder": role,
        "validity": str(folder.uid_validity),
        "uid": str(letter.uid),
        "arrived": letter.arrived_at.isoformat() if letter.arrived_at else "",
        "cut": "1" if letter.cut else "",
    }
    key = letter_key(read_mail(letter.raw), letter.raw)
    return Delivery(
        kind=KIND, key=_short(key), body=letter.raw, headers=tuple((name, value) for name, value in told.items() if value)
    )


def _short(key: str) -> str:
    return key if len(key) <= 200 else fingerprint(key)


def _once(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """A mail to oneself lies in both folders."""
    return list({delivery.key: delivery for delivery in deliveries}.values())


def read_cursor(cursor: str) -> Place:
    """`begun=DAY:0;main=VALIDITY:UID;sent=VALIDITY:UID`; what cannot be read starts anew."""
    place: Place = {}
    for piece in filter(None, cursor.split(";")):
        role, _, numbers = piece.partition("=")
        validity, _, uid = numbers.partition(":")
        if validity.isdigit() and uid.isdigit():
            place[role] = (int(validity), int(uid))
    return place


def write_cursor(place: Place) -> str:
    return ";".join(f"{role}={validity}:{uid}" for role, (validity, uid) in sorted(place.items()))


def connect(context: Context) -> Connector:
    return ImapConnector(context)
