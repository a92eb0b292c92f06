"""A channel that answers as told, and the shortest things to ask of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from connectors.base.client import open_http
from connectors.base.commands import SendReply, Upload
from connectors.base.contract import Connector
from connectors.base.events import Handle
from connectors.base.reroute import Reroute
from connectors.registry import load
from tests.connectors.rig import Clock, context_for

KEY = "twilio"
SID, TOKEN, OURS = "AC" + "a" * 32, "12345", "+15557771212"
SECRETS = {"account_sid": SID, "auth_token": TOKEN, "from_number": OURS}
SERVICE = "MG" + "b" * 32
TEMPLATE = "HX" + "c" * 32
YUKI = Handle(kind="phone", value="+14155550123")
MADE = {"sid": "SM" + "1f" * 16, "status": "queued", "date_created": "Mon, 02 Mar 2026 09:00:01 +0000"}
ADDRESS = f"https://api.twilio.com/2010-04-01/Accounts/{SID}"

only_here = pytest.mark.parametrize("rig", [KEY], indirect=True)


class Script:
    """Answers of the channel in order; keeps what was asked."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answers.pop(0)

    def connector(self, **secrets: str) -> Connector:
        client = open_http(Reroute(), httpx.MockTransport(self))
        return load(KEY)(context_for(KEY, client, Reroute(), {**SECRETS, **secrets}, Clock()))


def refusal(code: int, status: int = 400) -> httpx.Response:
    body = {"code": code, "message": "No.", "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
    return httpx.Response(status, json=body)


def number(url: str = "", **more: Any) -> httpx.Response:
    found = {"sid": "PN1", "phone_number": OURS, "sms_url": url, "sms_method": "POST", **more}
    return httpx.Response(200, json={"incoming_phone_numbers": [found]})


def reply(text: str = "Yes, two are left.", **more: Any) -> SendReply:
    return SendReply(**{"key": "k1", "thread": "+14155550123", "text": text, "customer": YUKI, **more})


def photo(size: int = 4, kind: str = "image/jpeg", url: str = "https://files.example/seam.jpg") -> Upload:
    return Upload(name="seam.jpg", media_type=kind, content=b"x" * size, public_url=url)
