"""Who a person is whom Meta asks us to forget. Meta names people of the app, and an account knows its customers by other ids, so
the right customer is looked for first; nobody else is ever erased in their place.
https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from connectors.base.contract import Context, Delivery
from connectors.base.events import AccessWithdrawn, AccountErased, Outcome, Pointer, Unsupported
from connectors.base.graph_hooks import ERASURE, WITHDRAWN
from connectors.base.graph_page import PageTalk
from connectors.base.graph_talk import person_handle, read_item, seen_at
from connectors.base.wire import required, text, when

# Something to look up, and what the looking found.
WHO, FOUND = "who_is_this", "person_found"
KINDS = (ERASURE, WITHDRAWN, FOUND)
STRANGER = (
    "Meta asks to forget {person}, whom this account knows by no id. If they write and quote their code, erase them by hand."
)

Find = Callable[[PageTalk, Context, str], Awaitable[Delivery]]


def found(context: Context, asked: str, *, owner: str = "", person: str = "") -> Delivery:
    """`person` as this account knows them, "" when it does not."""
    told = {"asked": asked, "owner": owner, "person": person, "issued_at": int(context.now().timestamp())}
    return Delivery(kind=FOUND, key=f"{FOUND}:{owner}:{asked}", body=msgspec.json.encode(told), account=owner)


def normalise_person(delivery: Delivery, handle_kind: str) -> Sequence[Outcome]:
    """Of the kinds above."""
    told = read_item(delivery)
    at = when(told.get("issued_at")) or seen_at(delivery)
    if delivery.kind != FOUND:
        user = required(told.get("user_id"), "user_id")
        return [Pointer(kind=WHO, id=user)] if delivery.kind == ERASURE else [withdrawn(delivery)]
    person = text(told.get("person"))
    if not person:
        return [Unsupported(kind=ERASURE, reason=STRANGER.format(person=text(told.get("asked"))))]
    return [AccountErased(handle=person_handle(handle_kind, text(told.get("owner")), person), at=at)]


def withdrawn(delivery: Delivery) -> AccessWithdrawn:
    told = read_item(delivery)
    user = required(told.get("user_id"), "user_id")
    return AccessWithdrawn(at=when(told.get("issued_at")) or seen_at(delivery), detail=f"{user} removed the app at Meta")
