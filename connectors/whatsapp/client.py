"""Calls of the Cloud API for one number. https://developers.facebook.com/docs/whatsapp/cloud-api/reference"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from connectors.base.commands import Upload
from connectors.base.contract import Context
from connectors.base.errors import Refused
from connectors.base.graph import GraphClient
from connectors.base.wire import items, mapping, text
from connectors.whatsapp.errors import REASONS, WINDOW_FIX

TEMPLATE_FIELDS, TEMPLATE_PAGES = "name,language,status,parameter_format,components", 20
NUMBER_FIELDS = "id,display_phone_number,verified_name,quality_rating,code_verification_status,name_status"


class WhatsAppClient:
    def __init__(self, context: Context) -> None:
        self._number = quote(context.secrets.get("phone_number_id", ""), safe="")
        self._graph = GraphClient(
            context.http,
            context.now,
            token=context.secrets.get("access_token", ""),
            app_secret=context.secrets.get("app_secret", ""),
            reasons=REASONS,
            fix=WINDOW_FIX,
        )

    async def number(self) -> Mapping[str, Any]:
        return await self._graph.get(self._number, {"fields": NUMBER_FIELDS})

    async def send(self, body: Mapping[str, object]) -> str:
        """The id of the message made; "" when Meta names none."""
        made = await self._graph.send(f"{self._number}/messages", body)
        return next((text(mapping(each).get("id")) for each in items(made.get("messages"))), "")

    async def upload(self, file: Upload) -> str:
        """Nobody sees it yet, so it may be tried again."""
        made = await self._graph.call(
            "POST",
            f"{self._number}/media",
            form={"messaging_product": "whatsapp", "type": file.media_type},
            files={"file": (file.name, file.content, file.media_type)},
            operation="upload",
        )
        number = text(made.get("id"))
        if not number:
            raise Refused("Meta took the file and gave no id", code="file_refused", fix="Send the file again.")
        return number

    async def download(self, media_id: str) -> bytes:
        """The address lives for five minutes, so it is asked for each time."""
        found = await self._graph.get(quote(media_id, safe=""), {"phone_number_id": self._number})
        url = text(found.get("url"))
        if not url.startswith("https://"):
            raise Refused("Meta gives no address for this file", code="file_gone")
        return await self._graph.download(url)

    async def templates(self, account: str) -> list[Mapping[str, Any]]:
        """Every one of the account, page by page."""
        found, after = list[Mapping[str, Any]](), ""
        for _ in range(TEMPLATE_PAGES):
            asked = {"fields": TEMPLATE_FIELDS, "limit": "100", **({"after": after} if after else {})}
            body = await self._graph.get(f"{quote(account, safe='')}/message_templates", asked)
            found += map(mapping, items(body.get("data")))
            paging = mapping(body.get("paging"))
            after = text(mapping(paging.get("cursors")).get("after"))
            if not after or not paging.get("next"):
                break
        return found

    async def subscribe(self, account: str, hook_url: str, verify_token: str) -> None:
        """An address for this business account alone; the app's own stays as it is.
        https://developers.facebook.com/docs/whatsapp/embedded-signup/webhooks/override"""
        body = {"override_callback_uri": hook_url, "verify_token": verify_token} if hook_url else None
        await self._graph.call("POST", f"{quote(account, safe='')}/subscribed_apps", json=body)

    async def unsubscribe(self, account: str) -> None:
        await self._graph.call("DELETE", f"{quote(account, safe='')}/subscribed_apps")

    async def callbacks(self, account: str) -> list[str]:
        body = await self._graph.get(f"{quote(account, safe='')}/subscribed_apps")
        return [text(mapping(each).get("override_callback_uri")) for each in items(body.get("data"))]
