"""The two doors of one mail account: who logs in where, with what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from connectors.base.contract import Context
from connectors.base.errors import NotSupported, Refused
from connectors.base.mail_imap import IMAPS, Listed, Mailbox, open_mailbox
from connectors.base.mail_send import SUBMISSION, Submission, open_submission
from connectors.imap.consent import PROVIDERS, Provider, is_fresh, renew

# Names of the folder where no server marks it. https://www.rfc-editor.org/rfc/rfc6154 is the mark.
SENT_NAMES = ("sent", "sent items", "sent messages", "sent mail", "inbox.sent", "inbox/sent", "gesendet", "gesendete objekte",
              "envoyés", "éléments envoyés", "enviados", "elementos enviados", "posta inviata", "inviata", "terkirim")  # fmt: skip
# They lay what is submitted into Sent by themselves.
KEEPING = (".gmail.com", ".googlemail.com", ".office365.com", ".outlook.com")


@dataclass(frozen=True, slots=True)
class Account:
    """What the form says, with its defaults."""

    secrets: Mapping[str, str]

    def _of(self, *names: str, otherwise: str = "") -> str:
        return next((value for name in names if (value := self.secrets.get(name, "").strip())), otherwise)

    @property
    def address(self) -> str:
        return self._of("address").lower()

    @property
    def provider(self) -> Provider | None:
        """None: the account works by password."""
        return PROVIDERS.get(self._of("provider").lower()) if self._of("refresh_token") else None

    @property
    def imap(self) -> tuple[str, int]:
        host = self._of("imap_host", otherwise=self.provider.imap_host if self.provider else "")
        return _required(host, "IMAP server"), _port(self._of("imap_port"), IMAPS)

    @property
    def smtp(self) -> tuple[str, int]:
        host = self._of("smtp_host", otherwise=self.provider.smtp_host if self.provider else "")
        return _required(host, "SMTP server"), _port(self._of("smtp_port"), SUBMISSION)

    @property
    def imap_user(self) -> str:
        return self._of("imap_user", "address")

    @property
    def smtp_user(self) -> str:
        return self._of("smtp_user", "imap_user", "address")

    @property
    def imap_password(self) -> str:
        return self._of("imap_password")

    @property
    def smtp_password(self) -> str:
        return self._of("smtp_password", "imap_password")

    @property
    def folder(self) -> str:
        return self._of("folder", otherwise="INBOX")

    @property
    def server_keeps_copies(self) -> bool:
        told = self._of("sent_copies")
        return (
            told == "server" or (not told and f".{self._of('smtp_host')}".endswith(KEEPING)) or (not told and bool(self.provider))
        )

    @property
    def we_keep_copies(self) -> bool:
        return self._of("sent_copies") == "us"


class MailClient:
    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def account(self) -> Account:
        """Read anew each time: consent and renewal change the secrets."""
        return Account(self._context.secrets)

    @asynccontextmanager
    async def mailbox(self) -> AsyncIterator[Mailbox]:
        account, token = self.account, await self._token()
        host, port = account.imap
        keys = {"user": account.imap_user, "password": account.imap_password, "token": token}
        limits = self._context.http.deadline_s
        async with open_mailbox(host, port, **keys, reroute=self._context.reroute, deadline_s=limits) as opened:
            yield opened

    @asynccontextmanager
    async def submission(self) -> AsyncIterator[Submission]:
        account, token = self.account, await self._token()
        host, port = account.smtp
        keys = {"user": account.smtp_user, "password": account.smtp_password, "token": token}
        limits = self._context.http.deadline_s
        async with open_submission(host, port, **keys, reroute=self._context.reroute, deadline_s=limits) as opened:
            yield opened

    async def _token(self) -> str:
        """An access token that still holds, or "" for an account by password."""
        secrets = self._context.secrets
        if self.account.provider is None:
            return ""
        if not is_fresh(secrets, self._context.now()):
            secrets = await self._context.refresh(lambda held: renew(held, self._context.http, self._context.now()))
        return secrets.get("access_token", "")


async def sent_folder(box: Mailbox) -> str:
    """By its mark, else by its name. NotSupported when there is none."""
    listed = await box.folders()
    found = next((each.name for each in listed if "\\sent" in each.uses), "") or _by_name(listed)
    if not found:
        raise NotSupported("this mailbox has no folder of sent mail", code="no_sent_folder")
    return found


def _by_name(listed: list[Listed]) -> str:
    return next((each.name for each in listed if each.name.lower() in SENT_NAMES), "")


def _required(host: str, what: str) -> str:
    if not host:
        raise Refused(f"the {what} is not given", code="no_host", fix=f"Enter the {what} of your mail provider.")
    return host


def _port(given: str, usual: int) -> int:
    return int(given) if given.isdigit() and 0 < int(given) < 65536 else usual
