"""What differs from a page's talk: bytes, kinds of files, and the account behind the page."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from connectors.base.commands import SendReply, Upload
from connectors.base.contract import Delivery
from connectors.base.errors import Refused
from connectors.base.events import AccountErased, Handle, Unsupported
from connectors.base.graph_person import STRANGER
from connectors.base.graph_render import render_page_reply
from connectors.instagram.render import LIMITS
from connectors.instagram.sandbox import IDS
from connectors.registry import manifest
from tests.connectors.rig import Rig

pytestmark = pytest.mark.parametrize("rig", ["instagram"], indirect=True)
NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
PERSON = Handle(kind="instagram_user", value=f"{IDS.account}:24000000123456789")


def reply(text: str, *files: Upload) -> SendReply:
    return SendReply(key="key-1", thread="24000000123456789", text=text, customer=PERSON, files=files)


async def test_text_is_counted_in_bytes(rig: Rig) -> None:
    sending = manifest("instagram").sending
    assert sending is not None
    assert (sending.text_limit, sending.unit) == (1000, "bytes")
    render_page_reply(reply("☕" * 333), NOW, LIMITS)
    with pytest.raises(Refused) as refused:
        render_page_reply(reply("☕" * 334), NOW, LIMITS)
    assert (refused.value.code, refused.value.detail) == ("text_too_long", "1002 bytes, 1000 allowed")


@pytest.mark.parametrize(
    ("media_type", "size", "code"),
    [("image/png", 8_000_001, "file_too_big"), ("application/zip", 1, "file_type"), ("video/mp4", 25_000_001, "file_too_big")],
)
async def test_a_file_instagram_would_refuse_is_refused_before(rig: Rig, media_type: str, size: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        render_page_reply(reply("", Upload(name="x", media_type=media_type, content=b"x" * size)), NOW, LIMITS)
    assert refused.value.code == code


async def test_the_account_is_the_one_behind_the_page(rig: Rig) -> None:
    health = await rig.connector.check()
    assert (health.ok, health.account) == (True, IDS.account)
    message = await rig.buyer_message("Is the L still there?")
    assert message.customer.value == f"{IDS.account}:{message.thread}"
    assert message.customer.label.startswith("@")


async def test_replies_go_by_the_page_and_files_say_the_platform(rig: Rig) -> None:
    message = await rig.buyer_message("A picture?")
    file = Upload(name="L.jpg", media_type="image/jpeg", content=b"\xff\xd8pixels")
    await rig.connector.execute(
        SendReply(key="key-2", thread=message.thread, text="", customer=message.customer, refs=message.refs, files=(file,))
    )
    (brought,) = [each for each in rig.exchanges if each.path.endswith("/message_attachments")]
    assert "platform=instagram" in brought.query
    (sent,) = [each for each in rig.exchanges if each.path == f"/v23.0/{IDS.page}/messages"]
    assert json.loads(sent.body)["recipient"] == {"id": message.thread}


async def test_news_names_the_account_and_its_object(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    rig.buyer_writes("Halo kak")
    (delivery,) = await rig.posted()
    assert (delivery.kind, delivery.account) == ("messaging", IDS.account)
    (post,) = [request for request in rig.hooks if request.method == "POST"]
    assert json.loads(post.body)["object"] == "instagram"


async def test_an_erasure_reaches_the_account_s_own_customer_and_nobody_else(rig: Rig) -> None:
    """The id of a person at the app, or at another account, is nobody here; before, any id made a handle that nobody has."""
    message = await rig.buyer_message("Halo")
    body = json.dumps({"user_id": message.thread, "issued_at": 1772442000}).encode()
    (erased,) = await rig.outcomes([Delivery(kind="erasure", key="1", body=body)])
    assert isinstance(erased, AccountErased)
    assert erased.handle.value == message.customer.value == f"{IDS.account}:{message.thread}"
    stranger = Delivery(kind="erasure", key="2", body=b'{"user_id": "218471", "issued_at": 1}')
    assert await rig.outcomes([stranger]) == [Unsupported(kind="erasure", reason=STRANGER.format(person="218471"))]
