"""Did a send whose answer was lost take effect? Twilio keeps no key of ours, so its list is read by receiver, time and words.
https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from connectors.base.approved import ApprovedText
from connectors.base.commands import Receipt, SendReply, Template
from connectors.base.errors import NotSupported
from connectors.base.wire import items, mapping, text
from connectors.twilio.client import TwilioClient
from connectors.twilio.normalise import LONG_AGO, moment
from connectors.twilio.render import address

# Twilio writes times in whole seconds, and its clock and ours differ a little.
SLACK = timedelta(seconds=5)
PAGES_BACK = 5
TRIAL_WORDS = "Sent from your Twilio trial account - "
GAP = re.compile(r"\{\{\s*(\w+)\s*\}\}")


async def look_up(client: TwilioClient, command: SendReply, sender: str) -> Receipt | None:
    """A message that waits has no date_sent, so the time is compared here and not asked for."""
    if command.started_at is None:
        raise NotSupported("it is not known when this was tried", code="no_proof")
    words = command.text if command.template is None else await _words_of(client, command.template)
    since = command.started_at.replace(microsecond=0) - SLACK
    made = [message for message in await _to(client, address(command, sender)) if _at(message) >= since]
    same = [message for message in made if _plain(message) == " ".join(words.split())]
    if same:
        first = min(same, key=lambda message: (_at(message), text(message.get("sid"))))
        return Receipt(key=command.key, external_id=text(first.get("sid")), at=_at(first))
    if made and command.template is not None:
        # Twilio may word a template as none of its parts does; nobody is written to twice for that.
        raise NotSupported("something went to this customer meanwhile that may be this template", code="no_proof")
    return None


async def _to(client: TwilioClient, receiver: str) -> list[Mapping[str, Any]]:
    """The newest of ours to them, at most five pages."""
    page = f"{client.account_path}/Messages.json?" + urlencode({"To": receiver, "PageSize": "100"})
    found = list[Mapping[str, Any]]()
    for _ in range(PAGES_BACK):
        listed = await client.messages(page)
        found += [each for each in map(mapping, items(listed.get("messages"))) if text(each.get("direction")) != "inbound"]
        page = text(listed.get("next_page_uri"))
        if not page:
            break
    return found


def approved(content: Mapping[str, Any]) -> ApprovedText | None:
    """A template by its ContentSid; None for one that WhatsApp has not approved or that has no text."""
    state = text(mapping(content.get("approval_requests")).get("status")).lower()
    body = _body(content)
    if state != "approved" or not body:
        return None
    return ApprovedText(
        name=text(content.get("sid")),
        language=text(content.get("language")),
        title=text(content.get("friendly_name")),
        text=body,
        gaps=tuple(sorted(set(GAP.findall(body)), key=lambda gap: (len(gap), gap))),
    )


def _body(content: Mapping[str, Any]) -> str:
    bodies = (text(mapping(kind).get("body")) for kind in mapping(content.get("types")).values())
    return next(filter(None, bodies), "")


async def _words_of(client: TwilioClient, template: Template) -> str:
    """What Twilio makes of it: the text of the template with its gaps filled, as `render` numbers them."""
    content = await client.content(template.name)
    body = _body(content)
    if not body:
        raise NotSupported("this template has no text by which it could be told apart", code="no_proof")
    filled = {str(place): value for place, value in enumerate(template.variables, start=1)}
    usual = mapping(content.get("variables"))
    return GAP.sub(lambda gap: filled.get(gap[1], text(usual.get(gap[1]))), body)


def _at(message: Mapping[str, Any]) -> datetime:
    return moment(message.get("date_created")) or LONG_AGO


def _plain(message: Mapping[str, Any]) -> str:
    return " ".join(text(message.get("body")).removeprefix(TRIAL_WORDS).split())
