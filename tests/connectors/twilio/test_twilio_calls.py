"""What goes over the wire to Twilio, and what its refusals become."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from connectors.base.commands import SendReply, Template
from connectors.base.errors import Ambiguous, AuthExpired, ChannelError, NotSupported, RateLimited, Refused
from connectors.base.events import Handle, MessageStatus
from connectors.twilio.render import render_reply, segments
from tests.connectors.rig import Clock
from tests.connectors.twilio.scripted import ADDRESS, MADE, OURS, SERVICE, SID, TEMPLATE, Script, number, photo, refusal, reply

# Rendering


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("é" * 160, 1),
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("☕" * 134, 2),
        ("☕" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
    ],
)
def test_a_text_is_billed_in_so_many_pieces(text: str, expected: int) -> None:
    """https://www.twilio.com/docs/glossary/what-sms-character-limit"""
    assert segments(text) == expected


def test_a_text_goes_from_our_number_with_the_address_for_its_states() -> None:
    fields = render_reply(reply(), sender=OURS, callback="https://shop.example/hooks/x")
    assert fields == [
        ("To", "+14155550123"),
        ("From", OURS),
        ("StatusCallback", "https://shop.example/hooks/x"),
        ("Body", "Yes, two are left."),
    ]


def test_a_service_chooses_the_number_and_whatsapp_names_it() -> None:
    assert ("MessagingServiceSid", SERVICE) in render_reply(reply(), sender=OURS, service=SERVICE)
    assert "From" not in dict(render_reply(reply(), sender=OURS, service=SERVICE))
    whatsapp = f"whatsapp:{OURS}"
    fields = dict(render_reply(reply(thread="whatsapp:+14155550123"), sender=whatsapp, service=SERVICE))
    assert (fields["To"], fields["From"]) == ("whatsapp:+14155550123", whatsapp)


def test_a_customer_of_another_channel_is_written_to_at_their_phone() -> None:
    assert dict(render_reply(reply(thread=""), sender=OURS))["To"] == "+14155550123"
    assert dict(render_reply(reply(thread=""), sender=f"whatsapp:{OURS}"))["To"] == "whatsapp:+14155550123"


def test_a_template_goes_by_its_content_with_its_gaps_numbered() -> None:
    template = Template(name=TEMPLATE, language="en", variables=("Yuki", "727"))
    fields = dict(render_reply(reply("", template=template), sender=f"whatsapp:{OURS}"))
    assert fields["ContentSid"] == TEMPLATE
    assert json.loads(fields["ContentVariables"]) == {"1": "Yuki", "2": "727"}
    assert "Body" not in fields


@pytest.mark.parametrize(
    ("command", "sender", "code"),
    [
        (reply("  "), OURS, "empty"),
        (reply("a" * 1601), OURS, "text_too_long"),
        (reply(files=(photo(),) * 11), OURS, "too_many_files"),
        (reply(files=(photo(),) * 2, thread="whatsapp:+14155550123"), f"whatsapp:{OURS}", "too_many_files"),
        (reply(files=(photo(5_000_001),)), OURS, "file_too_big"),
        (reply(files=(photo(500_001, "application/pdf"),)), OURS, "file_too_big"),
        (reply(files=(photo(url=""),)), OURS, "file_not_public"),
        (reply(files=(photo(url="http://127.0.0.1/x.jpg"),)), OURS, "file_not_public"),
        (reply(thread="whatsapp:+14155550123"), OURS, "mixed_channel"),
        (reply(template=Template(name="welcome", language="en")), OURS, "bad_template"),
        (reply(thread="", customer=Handle(kind="phone", value="")), OURS, "bad_number"),
    ],
)
def test_what_twilio_would_refuse_is_refused_before_it_is_sent(command: SendReply, sender: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        render_reply(command, sender=sender)
    assert refused.value.code == code
    assert refused.value.fix


async def test_files_go_as_one_field_each() -> None:
    script = Script(number(), httpx.Response(201, json=MADE))
    files = (photo(), photo(url="https://files.example/two.png"))
    await script.connector().execute(reply(files=files))
    sent = parse_qsl(script.asked[1].content.decode())
    assert [value for name, value in sent if name == "MediaUrl"] == [
        "https://files.example/seam.jpg",
        "https://files.example/two.png",
    ]


async def test_states_are_told_to_the_address_the_number_has_when_it_is_ours() -> None:
    script = Script(number("https://shop.example/hooks/x"), *[httpx.Response(201, json=MADE)] * 2)
    connector = script.connector()
    for _ in range(2):
        receipt = await connector.execute(reply())
    sent = [dict(parse_qsl(request.content.decode())).get("StatusCallback") for request in script.asked[1:]]
    assert sent == ["https://shop.example/hooks/x"] * 2
    assert (receipt.external_id, f"{receipt.at:%H:%M:%S}") == (MADE["sid"], "09:00:01")
    other = Script(number("https://demo.twilio.com/welcome/sms/reply"), httpx.Response(201, json=MADE))
    await other.connector().execute(reply())
    assert b"StatusCallback" not in other.asked[1].content


# Refusals


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (refusal(21610), Refused, "opted_out"),
        (refusal(21211), Refused, "bad_number"),
        (refusal(63016), Refused, "window_closed"),
        (refusal(99999), Refused, "twilio_99999"),
        (refusal(20003, 401), AuthExpired, "token_refused"),
        (refusal(20429, 429), RateLimited, "rate_limited"),
        (httpx.Response(403, text="<html>"), Refused, "twilio_403"),
        (httpx.Response(500, text="oops"), Ambiguous, "server_error"),
        (httpx.Response(201, json={}), Ambiguous, "no_message_id"),
        (httpx.Response(200, text="<html>"), Ambiguous, "not_json"),
    ],
)
async def test_a_refusal_says_what_to_do(answer: httpx.Response, error: type[ChannelError], code: str) -> None:
    with pytest.raises(error) as raised:
        await Script(number(), answer).connector().execute(reply())
    assert raised.value.code == code


async def test_somebody_who_said_stop_is_not_written_to_and_the_person_learns_why() -> None:
    with pytest.raises(Refused) as refused:
        await Script(number(), refusal(21610)).connector().execute(reply())
    assert "START" in refused.value.fix


# Files


async def test_a_files_host_gets_no_password() -> None:
    pointer = httpx.Response(307, headers={"location": "https://mms.twiliocdn.com/files/ME1?sig=x"})
    script = Script(pointer, httpx.Response(200, content=b"pixels"))
    assert await script.connector().fetch_media(f"{ADDRESS}/Messages/MM1/Media/ME1") == b"pixels"
    assert "authorization" in script.asked[0].headers
    assert "authorization" not in script.asked[1].headers


@pytest.mark.parametrize(
    "ref",
    [
        "https://evil.example/2010-04-01/Accounts/AC1/Media/ME1",
        "http://api.twilio.com/2010-04-01/Accounts/AC1/Media/ME1",
        "https://api.twilio.com/v1/secrets",
        "https://api.twilio.com@evil.example/2010-04-01/Accounts/AC1",
        "ME1",
    ],
)
async def test_only_files_of_twilio_are_asked_for(ref: str) -> None:
    script = Script()
    with pytest.raises(Refused):
        await script.connector().fetch_media(ref)
    assert script.asked == []


async def test_a_file_that_points_elsewhere_or_is_gone_is_not_fetched() -> None:
    away = httpx.Response(302, headers={"location": "https://evil.example/x"})
    with pytest.raises(Refused):
        await Script(away).connector().fetch_media(f"{ADDRESS}/Messages/MM1/Media/ME1")
    with pytest.raises(Refused) as gone:
        await Script(refusal(20404, 404)).connector().fetch_media(f"{ADDRESS}/Messages/MM1/Media/ME1")
    assert gone.value.code == "file_gone"


# The list


def page(*messages: dict[str, Any], following: str | None = None) -> httpx.Response:
    return httpx.Response(200, json={"messages": list(messages), "next_page_uri": following})


def listed(sid: str, **more: Any) -> dict[str, Any]:
    found = {"sid": sid, "direction": "outbound-api", "status": "sent", "to": "+14155550123", "from": OURS, "num_media": "0"}
    return {**found, "body": "Yes, two are left.", "date_created": "Mon, 02 Mar 2026 09:00:00 +0000", **more}


async def test_both_directions_are_listed_page_by_page() -> None:
    following = f"/2010-04-01/Accounts/{SID}/Messages.json?Page=1&PageToken=PASM1"
    script = Script(
        page(listed("SM1", direction="inbound", to=OURS), following=following), page(), page(listed("SM2")), page(), page()
    )
    connector = script.connector()
    cursor, found, more = "", [], True
    while more:
        batch = await connector.pull("messages", cursor)
        cursor, more = batch.cursor, batch.more
        found += [delivery.key for delivery in batch.deliveries]
    assert found == ["list:SM1:sent:", "list:SM2:sent:"]
    first, second, third = (request.url for request in script.asked)
    assert (first.params["To"], first.params["DateSent>"]) == (OURS, "2025-12-02T09:00:00Z")
    assert (second.params["PageToken"], third.params["From"]) == ("PASM1", OURS)
    await connector.pull("messages", cursor)
    assert script.asked[3].url.params["DateSent>"].startswith("2026-03-02T08:45:0")


async def test_a_next_page_elsewhere_is_asked_at_twilio() -> None:
    """The password goes along, so an answer may not choose the host."""
    script = Script(page(following="https://evil.example/2010-04-01/x?Page=1"), page())
    batch = await script.connector().pull("messages", "")
    await script.connector().pull("messages", batch.cursor)
    assert script.asked[1].url.host == "api.twilio.com"


async def test_in_a_service_only_its_messages_count() -> None:
    ours = listed("SM1", messaging_service_sid=SERVICE, **{"from": "+15550000001"})
    script = Script(page(ours, listed("SM2", messaging_service_sid="MGother", **{"from": "+15550000002"}), listed("SM3")))
    batch = await script.connector(messaging_service_sid=SERVICE).pull("messages", "")
    assert [delivery.key[:8] for delivery in batch.deliveries] == ["list:SM1", "list:SM3"]
    assert not batch.more


async def test_a_state_that_changed_later_is_news_of_its_own() -> None:
    connector = Script(page(listed("SM1")), page(listed("SM1", status="undelivered", error_code=30003))).connector()
    first = await connector.pull("messages", '{"ours": true}')
    second = await connector.pull("messages", '{"ours": true}')
    assert first.deliveries[0].key != second.deliveries[0].key
    states = [each for each in connector.normalise(second.deliveries[0]) if isinstance(each, MessageStatus)]
    assert [(each.state, each.detail) for each in states] == [("failed", "(30003)")]


# Looking up


async def test_a_lost_send_is_found_by_receiver_time_and_words() -> None:
    at = Clock().now()
    early = listed("SMearly", date_created="Mon, 02 Mar 2026 08:00:00 +0000")
    other = listed("SMother", body="Something else")
    theirs = listed("SMtheirs", direction="inbound")
    trial = listed("SMright", body="Sent from your Twilio trial account - Yes, two are left.", date_sent=None, status="queued")
    script = Script(page(other, theirs, trial, early))
    receipt = await script.connector().look_up(reply(started_at=at))
    assert receipt is not None
    assert receipt.external_id == "SMright"
    assert script.asked[0].url.params["To"] == "+14155550123"
    assert await Script(page(other, theirs, early)).connector().look_up(reply(started_at=at)) is None


def content(*bodies: dict[str, Any]) -> httpx.Response:
    types = {f"twilio/kind-{place}": body for place, body in enumerate(bodies)}
    return httpx.Response(200, json={"sid": TEMPLATE, "variables": {"2": "soon"}, "types": types})


LOST = reply("", started_at=Clock().now(), template=Template(name=TEMPLATE, language="en", variables=("Yuki",)))
HELLO = content({"actions": []}, {"body": "Hi {{1}}, it comes {{ 2 }}."})


async def test_a_lost_template_is_found_by_the_words_it_makes() -> None:
    script = Script(
        HELLO, page(listed("SMother", body="Hi Rina, it comes soon."), listed("SMright", body="Hi Yuki, it comes  soon."))
    )
    receipt = await script.connector().look_up(LOST)
    assert receipt is not None
    assert receipt.external_id == "SMright"
    assert script.asked[0].url == f"https://content.twilio.com/v1/Content/{TEMPLATE}"


async def test_a_template_is_absent_only_when_nothing_went_to_them_meanwhile() -> None:
    """A doubt is for a person: Twilio may word a template as none of its parts does."""
    early = listed("SMearly", date_created="Mon, 02 Mar 2026 08:00:00 +0000")
    assert await Script(HELLO, page(early)).connector().look_up(LOST) is None
    with pytest.raises(NotSupported) as doubt:
        await Script(HELLO, page(listed("SMother", body="Your order 727 waits."))).connector().look_up(LOST)
    assert doubt.value.code == "no_proof"


async def test_a_template_without_words_cannot_be_told_apart() -> None:
    with pytest.raises(NotSupported):
        await Script(content({"media": ["https://x.example/a.jpg"]})).connector().look_up(LOST)


# Settings at Twilio


async def test_check_says_what_is_wrong() -> None:
    active = httpx.Response(200, json={"status": "active", "type": "Trial"})
    trial = await Script(active, number(capabilities={"sms": True, "mms": False})).connector().check()
    assert (trial.ok, trial.account) == (True, OURS)
    assert "trial" in trial.detail
    assert "MMS" in trial.detail
    strange = await Script(active, httpx.Response(200, json={"incoming_phone_numbers": []})).connector().check()
    assert (strange.ok, "Active numbers" in strange.fix) == (False, True)
    calls = await Script(active, number(capabilities={"sms": False, "voice": True})).connector().check()
    assert not calls.ok
    closed = await Script(httpx.Response(200, json={"status": "suspended"})).connector().check()
    assert (closed.ok, closed.detail) == (False, "The account is suspended.")


async def test_webhooks_are_set_where_each_sender_keeps_them() -> None:
    hook = "https://shop.example/hooks/x"
    plain = Script(number("https://elsewhere.example/"), httpx.Response(200, json={}))
    await plain.connector().subscribe(hook)
    assert dict(parse_qsl(plain.asked[1].content.decode())) == {"SmsUrl": hook, "SmsMethod": "POST"}
    service = Script(httpx.Response(200, json={"inbound_request_url": None}), httpx.Response(200, json={}))
    await service.connector(messaging_service_sid=SERVICE).subscribe(hook)
    assert service.asked[1].url == f"https://messaging.twilio.com/v1/Services/{SERVICE}"
    assert dict(parse_qsl(service.asked[1].content.decode()))["StatusCallback"] == hook
    for connector in (
        Script().connector(from_number=f"whatsapp:{OURS}"),
        Script(number(sms_application_sid="AP" + "d" * 32)).connector(),
    ):
        with pytest.raises(NotSupported) as by_hand:
            await connector.subscribe(hook)
        assert hook in by_hand.value.detail
    unreachable = Script()
    await unreachable.connector().subscribe("http://127.0.0.1:8000/hooks/x")
    assert unreachable.asked == []


async def test_an_address_that_is_not_ours_is_left_alone() -> None:
    script = Script(number("https://elsewhere.example/"))
    await script.connector().unsubscribe("https://shop.example/hooks/x")
    assert len(script.asked) == 1
