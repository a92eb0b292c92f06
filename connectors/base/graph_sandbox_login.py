"""The pretend Facebook Login: one for all pretend pages of a world, whichever of their doors is knocked at.
https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from connectors.base.graph_sandbox import ROOT, bearer, refused
from connectors.base.sandbox import Answer, Request, Sandbox, answer
from connectors.base.sandbox_consent import consent_page, way_back
from connectors.base.signing import digest_hex
from connectors.base.world import World


@dataclass(slots=True, kw_only=True)
class LoginApp:
    """`pages` are what its seller lets it in to, as `me/accounts` lists them; `refuses` the permissions they leave out."""

    id: str
    secret: str
    name: str
    wishes: Mapping[str, Sequence[str]]
    pages: list[dict[str, Any]]
    refuses: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Grant:
    """`back` is the address the code was given to: it serves there only."""

    app: LoginApp
    scopes: tuple[str, ...]
    back: str
    lasting: bool = False


class Login:
    def __init__(self) -> None:
        self.apps: dict[str, LoginApp] = {}
        self.codes: dict[str, Grant] = {}
        self.tokens: dict[str, Grant] = {}

    def join(self, box: Sandbox, app: LoginApp) -> None:
        self.apps[app.id] = app
        box.route("GET", f"{ROOT}/dialog/oauth", "token")(self.ask)
        box.route("GET", f"{ROOT}/oauth/access_token", "token")(self.sell)
        box.route("GET", f"{ROOT}/me/permissions")(self.permissions)
        box.route("GET", f"{ROOT}/me/accounts")(self.accounts)

    def ask(self, request: Request) -> Answer:
        asked = request.query
        app, back = self.apps.get(asked.get("client_id", "")), asked.get("redirect_uri", "")
        if app is None or not back:
            return refused(400, 101, "Invalid Client ID")
        code = uuid4().hex
        self.codes[code] = Grant(app, tuple(filter(None, asked.get("scope", "").split(","))), back)
        state = asked.get("state", "")
        no = {"error": "access_denied", "error_reason": "user_denied", "error_description": "Permissions error", "state": state}
        return consent_page(
            request, name="Facebook", account=str(app.pages[0]["name"]), wishes=app.wishes,
            yes=way_back(back, {"code": code, "state": state}), no=way_back(back, no),
        )  # fmt: skip

    def sell(self, request: Request) -> Answer:
        """A code for a token of an hour, and that for one of sixty days."""
        asked = request.query
        app = self.apps.get(asked.get("client_id", ""))
        if app is None:
            return refused(400, 101, "Error validating application. Cannot get application info due to a system error.")
        if asked.get("client_secret") != app.secret:
            return refused(400, 1, "Error validating client secret.")
        exchanged = asked.get("grant_type") == "fb_exchange_token"
        held = self.tokens.get(asked.get("fb_exchange_token", "")) if exchanged else self.codes.pop(asked.get("code", ""), None)
        if held is None or held.app is not app:
            return refused(400, 100, "This authorization code has been used.", subcode=36009)
        if not exchanged and asked.get("redirect_uri") != held.back:
            words = "Error validating verification code. Please make sure your redirect_uri is identical to the one you used"
            return refused(400, 100, words, subcode=36008)
        token = f"EAAPretendPerson{uuid4().hex}"
        self.tokens[token] = Grant(app, held.scopes, held.back, lasting=exchanged)
        return answer(
            {"access_token": token, "token_type": "bearer", "expires_in": 60 * 86_400 if exchanged else 3_600},
        )

    def permissions(self, request: Request) -> Answer:
        grant = self._grant(request)
        if isinstance(grant, Answer):
            return grant
        listed = [
            {"permission": scope, "status": "declined" if scope in grant.app.refuses else "granted"} for scope in grant.scopes
        ]
        return answer({"data": listed})

    def accounts(self, request: Request) -> Answer:
        """One page of the list at a time. Only a lasting token's pages have tokens without an end; others' are not given here."""
        grant = self._grant(request)
        if isinstance(grant, Answer):
            return grant
        pages = grant.app.pages if grant.lasting else []
        first = next((place + 1 for place, page in enumerate(pages) if page["id"] == request.query.get("after")), 0)
        shown, more = pages[first : first + 1], len(pages) > first + 1
        if not shown:
            return answer({"data": []})
        paging: dict[str, Any] = {"cursors": {"before": shown[0]["id"], "after": shown[-1]["id"]}}
        if more:
            paging["next"] = f"https://graph.facebook.com{request.path}?after={shown[-1]['id']}"
        return answer({"data": shown, "paging": paging})

    def _grant(self, request: Request) -> Grant | Answer:
        grant = self.tokens.get(bearer(request))
        if grant is None:
            return refused(400, 190, "Invalid OAuth access token - Cannot parse access token")
        proof = request.query.get("appsecret_proof")
        if proof is not None and proof != digest_hex(grant.app.secret, bearer(request).encode()):
            return refused(400, 100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")
        return grant


_LOGINS: weakref.WeakKeyDictionary[World, Login] = weakref.WeakKeyDictionary()


def login(world: World) -> Login:
    """The one of this world; made when first asked for."""
    return _LOGINS.setdefault(world, Login())
