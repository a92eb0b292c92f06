"""What its webhooks prove, and how the pretend Twilio behaves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib
from urllib.parse import urlencode

import pytest

from connectors.base.approved import ApprovedText, Approving
from connectors.base.client import open_http
from connectors.base.commands import SendReply, Template
from connectors.base.contract import Connector, RawRequest
from connectors.base.errors import Ambiguous, AuthExpired, BadSignature, ChannelError, Refused
from connectors.base.events import ConsentChanged, Handle, MessageReceived, MessageStatus
from connectors.base.reroute import Reroute
from connectors.base.world import File
from connectors.registry import load
from connectors.twilio.sandbox import CONTENT
from connectors.twilio.webhooks import EMPTY_TWIML
from tests.connectors.rig import Rig, context_for
from tests.connectors.twilio.scripted import KEY, OURS, TOKEN, Script, only_here

# Proof


def signature(url: str, fields: list[tuple[str, str]], token: str = TOKEN) -> str:
    """As Twilio's own libraries do: names sorted, the values of a repeated one once each."""
    names = sorted({name for name, _ in fields})
    joined = "".join(name + value for name in names for value in sorted({value for each, value in fields if each == name}))
    return base64.b64encode(hmac.new(token.encode(), (url + joined).encode(), hashlib.sha1).digest()).decode()


def request(url: str, body: bytes, signed: str, query: tuple[tuple[str, str], ...] = (), kind: str = "") -> RawRequest:
    headers = (("content-type", kind or "application/x-www-form-urlencoded"), ("x-twilio-signature", signed))
    return RawRequest(method="POST", url=url, headers=headers, query=query, body=body)


async def test_the_published_example_is_proven() -> None:
    """The case of Twilio's own libraries: https://github.com/twilio/twilio-python/blob/main/tests/unit/test_request_validator.py"""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    proven = request(url, urlencode(fields).encode(), "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    received = await Script().connector().receive(proven)
    assert [delivery.kind for delivery in received.deliveries] == ["other"]


FIELDS = [("MessageSid", "SM1"), ("From", "+14155550123"), ("To", OURS), ("Body", " spaces kept "), ("NumMedia", "0")]


@pytest.mark.parametrize(
    ("registered", "signed"),
    [
        ("https://shop.example/hooks/x", "https://shop.example:443/hooks/x"),
        ("https://shop.example:443/hooks/x", "https://shop.example/hooks/x"),
        ("https://shop.example:8443/hooks/x", "https://shop.example:8443/hooks/x"),
        ("http://shop.example/hooks/x?a=b", "http://shop.example:80/hooks/x?a=b"),
    ],
)
async def test_an_address_counts_with_and_without_its_usual_port(registered: str, signed: str) -> None:
    received = await Script().connector().receive(request(registered, urlencode(FIELDS).encode(), signature(signed, FIELDS)))
    assert (received.body, received.media_type) == (EMPTY_TWIML, "text/xml")
    other = signature(signed.replace("shop", "shop2"), FIELDS)
    with pytest.raises(BadSignature):
        await Script().connector().receive(request(registered, urlencode(FIELDS).encode(), other))


async def test_repeated_names_and_names_of_tomorrow_are_signed_too() -> None:
    fields = [*FIELDS, ("Tag", "b"), ("Tag", "a"), ("Tag", "b"), ("Empty", "")]
    body = urlencode(fields).encode()
    url = "https://shop.example/hooks/x"
    assert (await Script().connector().receive(request(url, body, signature(url, fields)))).deliveries[0].body == body
    with pytest.raises(BadSignature):
        await Script().connector().receive(request(url, body + b"&More=1", signature(url, fields)))


async def test_a_json_body_is_proven_by_its_fingerprint_in_the_address() -> None:
    body = b'{"a": 1}'
    digest = hashlib.sha256(body).hexdigest()
    url = f"https://shop.example/hooks/x?bodySHA256={digest}"
    query = (("bodySHA256", digest),)
    signed = signature(url, [])
    received = await Script().connector().receive(request(url, body, signed, query, "application/json"))
    assert received.deliveries[0].kind == "other"
    with pytest.raises(BadSignature):
        await Script().connector().receive(request(url, b'{"a": 2}', signed, query, "application/json"))
    bare = "https://shop.example/hooks/x"
    with pytest.raises(BadSignature):
        await Script().connector().receive(request(bare, body, signature(bare, []), (), "application/json"))


async def test_without_a_token_nothing_is_proven() -> None:
    url = "https://shop.example/hooks/x"
    forged = request(url, urlencode(FIELDS).encode(), signature(url, FIELDS, token=""))
    with pytest.raises(BadSignature):
        await Script().connector(auth_token="").receive(forged)


async def test_each_state_of_a_message_is_news_once() -> None:
    url = "https://shop.example/hooks/x"
    keys = []
    for state in ("sent", "delivered", "delivered"):
        fields = [("MessageSid", "SM1"), ("SmsSid", "SM1"), ("MessageStatus", state), ("From", OURS), ("To", "+14155550123")]
        received = await Script().connector().receive(request(url, urlencode(fields).encode(), signature(url, fields)))
        keys += [(delivery.kind, delivery.key) for delivery in received.deliveries]
        assert received.body == b""
    assert keys == [("status", "status:SM1:sent"), ("status", "status:SM1:delivered"), ("status", "status:SM1:delivered")]


# The sandbox


@only_here
async def test_stop_and_start_are_the_customers_word(rig: Rig) -> None:
    message = await rig.buyer_message("Is the L still there?")
    rig.buyer_writes("STOP")
    with pytest.raises(Refused) as refused:
        await rig.connector.execute(rig.reply_to(message, "Yes."))
    assert refused.value.code == "opted_out"
    rig.buyer_writes("start")
    await rig.connector.execute(rig.reply_to(message, "Yes."))
    found = await rig.outcomes(await rig.pull_all("messages"))
    wishes = sorted((each.at, each.allowed) for each in found if isinstance(each, ConsentChanged))
    assert [allowed for _, allowed in wishes] == [False, True]


@only_here
async def test_states_come_by_webhook(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    message = await rig.buyer_message("Is the L still there?")
    receipt = await rig.connector.execute(rig.reply_to(message, "Yes, two are left."))
    states = [each for each in await rig.outcomes(await rig.posted()) if isinstance(each, MessageStatus)]
    assert {(each.external_id, each.state) for each in states} == {
        (receipt.external_id, "sent"),
        (receipt.external_id, "delivered"),
    }
    assert rig.refused == 0


@only_here
async def test_a_picture_by_webhook_is_the_picture_of_the_list(rig: Rig) -> None:
    await rig.connector.subscribe(rig.hook_url)
    rig.buyer_writes("", files=[File(name="seam.jpg", media_type="image/jpeg", content=b"pixels")])
    told = [each for each in await rig.outcomes(await rig.posted()) if isinstance(each, MessageReceived)]
    listed_too = [each for each in await rig.outcomes(await rig.pull_all("messages")) if isinstance(each, MessageReceived)]
    assert told[0].media == listed_too[0].media
    assert told[0].external_id == listed_too[0].external_id
    assert await rig.connector.fetch_media(told[0].media[0].ref) == b"pixels"


@only_here
async def test_somebody_new_may_be_written_to(rig: Rig) -> None:
    command = SendReply(key="k1", thread="", text="Hello", customer=Handle(kind="phone", value="+447700900555"))
    receipt = await rig.connector.execute(command)
    assert rig.world.shelf(KEY).threads["+447700900555"].messages[0].id == receipt.external_id


@only_here
async def test_a_wrong_token_is_refused(rig: Rig) -> None:
    rig.secrets["auth_token"] = "wrong-token-of-somebody"
    client = open_http(Reroute((("*", rig.hook_url.partition("/hooks")[0]),)))
    stranger = load(KEY)(context_for(KEY, client, Reroute(), rig.secrets, rig.clock))
    with pytest.raises(AuthExpired):
        await stranger.check()
    await client.aclose()


# WhatsApp by Twilio


def by_whatsapp(rig: Rig) -> Connector:
    return rig.another(from_number=f"whatsapp:{rig.secrets['from_number']}")


def template_to(rig: Rig, phone: str, key: str = "t1", *filled: str) -> SendReply:
    return SendReply(
        key=key,
        thread="",
        text="",
        customer=Handle(kind="phone", value=phone),
        started_at=rig.clock.now(),
        template=Template(name=CONTENT, language="en", variables=filled or ("Rina", "727")),
    )


@only_here
async def test_a_template_opens_a_talk_by_whatsapp_and_the_answer_comes_back(rig: Rig) -> None:
    connector = by_whatsapp(rig)
    phone = "+6281255500001"
    with pytest.raises(Refused) as closed:
        await connector.execute(SendReply(key="k", thread="", text="Halo", customer=Handle(kind="phone", value=phone)))
    assert (closed.value.code, "template" in closed.value.fix) == ("window_closed", True)
    receipt = await connector.execute(template_to(rig, phone))
    (said,) = rig.said_by_us("Halo Rina, your order 727 is on its way.")
    assert said.id == receipt.external_id
    rig.world.message("twilio", phone, "Terima kasih!")
    found = [each for delivery in (await connector.pull("messages", "")).deliveries for each in connector.normalise(delivery)]
    (heard,) = [each for each in found if isinstance(each, MessageReceived) and each.direction == "in"]
    assert (heard.thread, heard.text) == (f"whatsapp:{phone}", "Terima kasih!")
    assert (heard.customer.kind, heard.customer.value, heard.customer.strength) == ("phone", phone, "verified")


@only_here
async def test_a_template_whose_answer_was_lost_is_found_and_not_sent_twice(rig: Rig) -> None:
    connector, command = by_whatsapp(rig), template_to(rig, "+6281255500002")
    rig.strike("swallow_reply", on="send")
    with pytest.raises(Ambiguous):
        await connector.execute(command)
    receipt = await connector.look_up(command)
    (said,) = rig.said_by_us("Halo Rina")
    assert receipt is not None
    assert receipt.external_id == said.id
    check = importlib.import_module("tests.connectors.twilio.wire")
    (asked,) = [each for each in rig.exchanges if check.OPERATIONS["content"](each)]
    check.check("content", asked)


@only_here
async def test_a_template_that_never_arrived_is_absent(rig: Rig) -> None:
    connector, command = by_whatsapp(rig), template_to(rig, "+6281255500003")
    rig.strike("unavailable", on="send")
    with pytest.raises(ChannelError):
        await connector.execute(command)
    assert await connector.look_up(command) is None
    assert rig.said_by_us("") == []


@only_here
async def test_only_what_whatsapp_approved_is_offered(rig: Rig) -> None:
    connector = by_whatsapp(rig)
    assert isinstance(connector, Approving)
    text = "Halo {{1}}, your order {{2}} is on its way."
    assert await connector.approved_texts() == [
        ApprovedText(name=CONTENT, language="en", title="order_update", text=text, gaps=("1", "2"))
    ]
    check = importlib.import_module("tests.connectors.twilio.wire")
    (asked,) = [each for each in rig.exchanges if check.OPERATIONS["contents"](each)]
    check.check("contents", asked)
