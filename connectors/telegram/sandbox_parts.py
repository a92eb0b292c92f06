"""Arguments of a Bot API call as Telegram takes them: query, form, JSON or multipart.
https://core.telegram.org/bots/api#making-requests
"""

from __future__ import annotations

import email
import email.policy
from typing import Any

import msgspec

from connectors.base.sandbox import Request
from connectors.base.world import File

# Arguments that are JSON inside a form field.
ENCODED = ("media", "allowed_updates", "reply_parameters")


def arguments(request: Request) -> dict[str, Any]:
    """By name; a file is a `File`. What cannot be read counts as not given."""
    media_type = request.headers.get("content-type", "")
    given: dict[str, Any] = dict(request.query)
    try:
        if media_type.startswith("application/json"):
            body = request.json()
            given |= body if isinstance(body, dict) else {}
        elif media_type.startswith("multipart/form-data"):
            given |= _multipart(media_type, request.body)
        elif media_type.startswith("application/x-www-form-urlencoded"):
            given |= request.form()
        return {name: _decoded(name, value) for name, value in given.items()}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}


def _multipart(media_type: str, body: bytes) -> dict[str, Any]:
    head = f"content-type: {media_type}\r\nmime-version: 1.0\r\n\r\n".encode()
    whole = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    found: dict[str, Any] = {}
    for part in whole.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = bytes(part.get_payload(decode=True) or b"")
        file_name = part.get_filename()
        if file_name is None:
            found[str(name)] = content.decode()
        else:
            found[str(name)] = File(name=file_name, media_type=part.get_content_type(), content=content)
    return found


def _decoded(name: str, value: Any) -> Any:
    return msgspec.json.decode(value) if name in ENCODED and isinstance(value, str) else value
