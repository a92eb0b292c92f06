"""The seller's consent at eBay: its sign-in page, and the code that comes back.

https://developer.ebay.com/api-docs/static/oauth-authorization-code-grant.html
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, unquote, urlencode

from connectors.base.client import ChannelHttp, decode
from connectors.base.errors import AuthExpired, Refused
from connectors.base.wire import mapping, text
from connectors.ebay.auth import TOKEN_URL
from connectors.ebay.errors import SCOPES
from connectors.ebay.manifest import SIGN_IN_HOST


def begin(given: Mapping[str, str], *, redirect_uri: str, state: str, challenge: str) -> str:
    """eBay wants the RuName in place of the address; the address behind it is set on eBay's page. It takes no PKCE."""
    for name, fix in (("client_id", "Enter the App ID."), ("ru_name", "Enter the RuName of your sign-in settings.")):
        if not given.get(name):
            raise Refused(f"{name} is missing", code="missing_secret", fix=fix)
    asked = {
        "client_id": given["client_id"],
        "redirect_uri": given["ru_name"],
        "response_type": "code",
        "scope": " ".join(sorted(set(SCOPES.values()))),
        "state": state,
    }
    return f"https://{SIGN_IN_HOST}/oauth2/authorize?{urlencode(asked, quote_via=quote)}"


async def finish(
    given: Mapping[str, str], query: Mapping[str, str], http: ChannelHttp, *, redirect_uri: str, verifier: str
) -> Mapping[str, str]:
    if not query.get("code"):
        reason = query.get("error_description") or query.get("error") or "eBay sent no code"
        raise Refused(reason, code="no_consent", fix="Start again and agree on eBay's page.")
    form = {"grant_type": "authorization_code", "code": plain_code(query["code"]), "redirect_uri": given.get("ru_name", "")}
    pair = (given.get("client_id", ""), given.get("client_secret", ""))
    response = await http.request("POST", TOKEN_URL, operation="token", expect=(400,), form=form, auth=pair)
    answer = mapping(decode(response))
    token = text(answer.get("refresh_token"))
    if not token:
        reason = f"{text(answer.get('error'))}: {text(answer.get('error_description'))}"
        raise AuthExpired(reason if response.status_code == 400 else "eBay gave no refresh token", code="no_refresh_token")
    return {"refresh_token": token}


def plain_code(code: str) -> str:
    """A code reads `v^1.1#i^1#...`. It comes encoded once; one that still is gets decoded, once and no more."""
    return unquote(code) if "#" not in code and "%23" in code else code
