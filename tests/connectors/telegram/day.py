"""What only a bot has: one call for each kind of file, and buttons."""

from __future__ import annotations

import json

from connectors.base.commands import SendReply, Upload
from connectors.telegram.connector import TelegramConnector
from connectors.telegram.webhooks import as_delivery
from tests.connectors.rig import Rig

FILES = ("image/jpeg", "video/mp4", "audio/mpeg", "audio/ogg", "image/gif", "application/pdf")
PRESS = {"update_id": 41, "callback_query": {"id": "2926", "from": {"id": 6812345678}, "data": "L"}}


async def beyond(rig: Rig) -> None:
    message = await rig.buyer_message("Ada fotonya?")
    uploads = [Upload(name=f"file{number}", media_type=kind, content=b"xxx") for number, kind in enumerate(FILES)]
    for files in (*((upload,) for upload in uploads), tuple(uploads[:2])):
        reply = rig.reply_to(message, "Ini, kak.", key=f"{files[0].name}-{len(files)}")
        await rig.connector.execute(SendReply(key=reply.key, thread=reply.thread, text="", customer=reply.customer, files=files))
    assert isinstance(rig.connector, TelegramConnector)
    await rig.connector._answer_presses([as_delivery(json.dumps(PRESS).encode(), rig.clock.now())])
