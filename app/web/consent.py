"""A seller lets us in at the channel itself: their browser goes there with a word that serves once, and comes back with a
code that is exchanged for the secrets. It stands above the room because it needs the network and the screen's address."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from app.core.errors import AppError
from app.core.logs import log
from app.core.security import new_token
from app.core.vault import Vault, VaultLocked
from app.domain.connections import consents, service
from app.domain.connections.consents import Taken
from app.domain.connections.errors import BadSecrets, CannotDoThat, ConsentGone
from app.domain.connections.schemas import ConsentRead, ConsentStart, ConsentStarted
from app.domain.workspaces.guards import Caller, require
from app.pipeline.house import House
from app.pipeline.opening import allowed_hosts
from app.web.connection_acts import try_access
from app.web.entry import resolve
from connectors.base.client import ChannelHttp
from connectors.base.contract import Consent
from connectors.base.errors import Ambiguous, AuthExpired, BadSignature, ChannelError, RateLimited, Refused, Unavailable

ConsentOf = Callable[[str], Consent]
DENIED = frozenset({"access_denied", "user_denied", "declined"})
WORD_MOST = 200
START_AGAIN = "Start again."
COMPARE = "Compare the app's key and secret with the channel's own page, and see that it names {redirect} as the address to come back to."


class Failed(Struct, frozen=True):
    code: str
    detail: str
    fix: str


def redirect_uri(public_url: str, channel: str) -> str:
    return f"{public_url}/connect/{channel}"


class ConsentController(Controller):
    path = "/api/v1/connections/consent"
    tags = ("connections",)

    @post("/", guards=[require("connections.write")], status_code=201)
    async def begin(
        self,
        house: NamedDependency[House],
        vault: NamedDependency[Vault],
        caller: NamedDependency[Caller],
        consent_of: NamedDependency[ConsentOf],
        data: JSONBody[ConsentStart],
    ) -> ConsentStarted:
        """Where the seller's browser goes to let us in. The answer comes to `/connect/{channel}` in the same browser."""
        if caller.member_id is None:
            raise CannotDoThat("only a member can be sent to the channel; this key acts for nobody")
        state, verifier = new_token(), secrets.token_urlsafe(48)
        back = redirect_uri(house.settings.public_url, data.channel)
        async with house.db.unit(caller.workspace_id, caller.actor) as work:
            manifest, given = await consents.judge_start(work, vault, data)
            url = _address(consent_of(data.channel), given, allowed_hosts(manifest, given), back, state, challenge_of(verifier))
            consent_id, until = await consents.keep(
                work, vault, data, member_id=caller.member_id, state=state, given=given, verifier=verifier
            )
        return ConsentStarted(id=consent_id, url=house.settings.reroute.address(url), redirect_uri=back, expires_at=until)

    @get("/{consent_id:uuid}", guards=[require("connections.read")])
    async def read(
        self, house: NamedDependency[House], caller: NamedDependency[Caller], consent_id: FromPath[UUID]
    ) -> ConsentRead:
        async with house.db.unit(caller.workspace_id) as work:
            return await consents.read(work, consent_id, caller.member_id)


def challenge_of(verifier: str) -> str:
    """S256 of RFC 7636."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _address(consent: Consent, given: Mapping[str, str], hosts: tuple[str, ...], back: str, state: str, challenge: str) -> str:
    """Of the channel and of nobody else."""
    try:
        url = consent.begin(given, redirect_uri=back, state=state, challenge=challenge)
    except ChannelError as error:
        fix = error.fix if isinstance(error, Refused) else ""
        raise BadSecrets(" ".join(filter(None, (error.detail, fix))), code=error.code) from error
    parts = urlsplit(url)
    if parts.scheme != "https" or not any(fnmatchcase(parts.hostname or "", pattern) for pattern in hosts):
        raise BadSecrets(f"{parts.hostname or url!r} is not an https host of this channel", code="host_not_allowed")
    return url


@get("/connect/{channel:str}", opt={"anyone": True}, include_in_schema=False)
async def come_back(
    request: Request[Any, Any, State],
    house: NamedDependency[House],
    consent_of: NamedDependency[ConsentOf],
    channel: FromPath[str],
) -> Response[None]:
    """The browser returns. Whatever became of it, the screen tells it by the word after `consent`."""
    caller = await resolve(request, house.settings, request.app.state.callers)
    pairs = request.query_params.multi_items()
    try:
        told = await _come_back(house, consent_of, caller, channel, [(name, str(value)) for name, value in pairs])
    except ConsentGone as error:
        told = error.code
    headers = {"location": f"/connections?consent={told}", "cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(None, status_code=303, headers=headers)


async def _come_back(
    house: House, consent_of: ConsentOf, caller: Caller | None, channel: str, pairs: list[tuple[str, str]]
) -> str:
    """The consent's id. Raises ConsentGone."""
    if caller is None:
        raise ConsentGone("nobody is signed in", code="consent_signed_out")
    if not caller.may("connections.write"):
        raise ConsentGone("this role may not connect channels", code="consent_forbidden")
    query = dict(pairs)
    state = query.get("state", "")
    if not state or len(state) > WORD_MOST:
        raise ConsentGone("the answer names nothing that was begun")
    async with house.db.unit(caller.workspace_id, caller.actor) as work:
        taken = await consents.take(work, house.vault, channel=channel, state=state, member_id=caller.member_id)
    failed = _said_no(pairs) or await _finish(house, consent_of, caller, taken, query)
    if failed is not None:
        log.warning("consent failed", channel=channel, code=failed.code, detail=failed.detail)
        async with house.db.unit(caller.workspace_id, caller.actor) as work:
            await consents.note_failed(work, taken.id, code=failed.code, detail=failed.detail, fix=failed.fix)
    return str(taken.id)


def _said_no(pairs: list[tuple[str, str]]) -> Failed | None:
    query = dict(pairs)
    if len(query) != len(pairs):
        return Failed("malformed", "The answer names something twice, which the channel does not do.", START_AGAIN)
    error = query.get("error", "")
    words = query.get("error_description", "") or error
    if error in DENIED:
        return Failed(
            "denied", f"The channel was not allowed to let us in: {words}", "Start again, and press accept at the channel."
        )
    return Failed("channel_error", f"The channel answered: {words}", START_AGAIN) if error else None


async def _finish(house: House, consent_of: ConsentOf, caller: Caller, taken: Taken, query: Mapping[str, str]) -> Failed | None:
    """Code to secrets to connection to a first word from the channel; or what went wrong and what to do."""
    back = redirect_uri(house.settings.public_url, taken.channel)
    hosts = allowed_hosts(service.manifest_of(taken.channel), taken.kept.given)
    http = ChannelHttp(house.http, hosts, house.db.clock.now)
    try:
        yielded = await consent_of(taken.channel).finish(
            taken.kept.given, query, http, redirect_uri=back, verifier=taken.kept.verifier
        )
        await _connect(house, caller, taken, yielded)
    except ChannelError as error:
        return Failed(error.code, error.detail, _fix_of(error, back))
    except VaultLocked as error:
        return Failed("vault_locked", str(error), "Put the old key back into ONECOUNTER_SECRET_KEY, then start again.")
    except AppError as error:
        named = ", ".join(f"{name.removeprefix('secrets.')} {words}" for name, words in error.fields.items())
        return Failed(error.code, f"{error.detail}: {named}" if named else error.detail, START_AGAIN)
    except Exception as error:
        log.error("connector raised", channel=taken.channel, error=f"{type(error).__name__}: {error}")
        return Failed("connector_error", "The answer could not be used; the log says more.", START_AGAIN)
    return None


def _fix_of(error: ChannelError, back: str) -> str:
    if isinstance(error, Refused) and error.fix:
        return error.fix
    if isinstance(error, BadSignature):
        return "The answer did not come from the channel, or the app's secret is another one. " + COMPARE.format(redirect=back)
    if isinstance(error, AuthExpired | Refused):
        return COMPARE.format(redirect=back)
    if isinstance(error, RateLimited | Unavailable | Ambiguous):
        return "The channel did not answer as it should. Start again in a minute."
    return START_AGAIN


async def _connect(house: House, caller: Caller, taken: Taken, yielded: Mapping[str, str]) -> None:
    """The channel's first word to the new access stands at the connection. Another account than before may do nothing yet."""
    async with house.db.unit(caller.workspace_id, caller.actor) as work:
        was = "" if taken.connection_id is None else await service.account_of(work, taken.connection_id)
        connection_id = await consents.complete(work, house.vault, taken, yielded)
    checked = await try_access(house, caller, connection_id)
    if checked.ok and was and checked.account and checked.account != was:
        async with house.db.unit(caller.workspace_id, caller.actor) as work:
            await consents.note_other_account(work, house.vault, taken, connection_id, was, checked.account)


ROUTES = [ConsentController, come_back]
