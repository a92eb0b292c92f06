"""No workspace reads or touches another's rows: through no operation of the API, no search, no cursor, socket, hook or round."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.core.db import Actor
from app.core.security import token_hash
from app.domain.inbox.schemas import ConversationUpdate
from app.domain.inbox.service import working
from app.domain.workspaces import sessions
from app.domain.workspaces.errors import UnknownMember
from app.domain.workspaces.guards import Caller
from app.live.feed import Feeds
from app.pipeline.house import House
from app.pipeline.ingest import ingest_round
from app.pipeline.relay import relay_round
from app.pipeline.timers import timer_round
from app.web.socket import Line
from tests.waiting import until
from tests.web.operations import OPEN, Operation, operations
from tests.web.twins import PASSWORD, Ledger, Twin, ids_in, open_twin, update_of
from tests.whole import BASE

OURS, THEIRS = "kepiting", "zubrowka"
HOLDS_NOTHING = {
    "dead_letter", "timer", "fulfilment", "send_attempt", "rate_bucket", "session",
}  # fmt: skip
"""Tables that hold nothing of a shop whose rounds did not run yet."""
NEEDS_MORE = {
    "post /api/v1/first-run": "an empty database",
    "post /api/v1/me/password": "a browser's sign-in",
    "post /api/v1/connections/{connection_id}/check": "the channel",
    "post /api/v1/connections/consent": "a channel that works by consent",
    "post /api/v1/messages/{message_id}/resolve": "a message in doubt",
    "get /api/v1/messages/{message_id}/html": "a mail",
    "get /api/v1/messages/{message_id}/image": "a mail with pictures from afar",
    "post /api/v1/attachments": "a form",
    "post /api/v1/stock/imports": "a sheet",
    "post /api/v1/orders/{order_id}/acts": "a channel with acts",
    "post /api/v1/conversations/{conversation_id}/split": "a conversation of two threads",
    "post /api/v1/handoffs/{handoff_id}/return": "an offer that was taken",
}
"""Own operations that a shop of this test cannot do with its own ids, and what is missing. Demo pages need a demo."""
EVERY = list(operations())
CASES = [(one, place) for one in EVERY for place in one.places_of_ids or ("",)]


@pytest.fixture(scope="module")
async def ours(house: House) -> Twin:
    return await open_twin(house, OURS)


@pytest.fixture(scope="module")
async def theirs(house: House) -> Twin:
    return await open_twin(house, THEIRS)


@pytest.fixture(scope="module")
async def ledger(house: House, admin_url: str) -> AsyncIterator[Ledger]:
    name = house.settings.database_url.rpartition("/")[2]
    ledger = await Ledger.open(f"{admin_url.rpartition('/')[0]}/{name}")
    yield ledger
    await ledger.close()


@pytest.fixture
async def program(whole: httpx.ASGITransport) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=whole, base_url=BASE) as program:
        yield program


async def ask(program: httpx.AsyncClient, one: Operation, twin: Twin, changed: dict[str, Any], place: str = "") -> httpx.Response:
    """The operation as `twin`, with its own ids but for what is `changed` at `place`."""
    ids = {**twin.ids, **changed}
    query = {place: str(ids[place])} if one.places.get(place) == "query" else {}
    body = one.body(ids)
    if body is not None and one.shape == "SignIn":
        body |= {"email": twin.email, "password": PASSWORD}
    if body is not None and place in one.id_fields and place not in one.places:
        body[place] = [str(ids[place])] if one.id_fields[place] else str(ids[place])
    if body is not None and one.shape in ("HandoffCreate", "ShiftEnd") and place != "to_team_id":
        body["to_member_id"] = str(ids["to_member_id"])
    headers = {} if str(one) in OPEN else {"authorization": f"Bearer {twin.keys['admin']}"}
    own_path = {**twin.ids, place: ids[place]} if one.places.get(place) == "path" else twin.ids
    return await program.request(one.verb, one.address(own_path), params=query, json=body, headers=headers)


async def test_the_other_shop_has_rows_in_every_table(ledger: Ledger, theirs: Twin) -> None:
    rows = await ledger.rows(theirs.workspace_id)
    assert {table for table, lines in rows.items() if not lines} == HOLDS_NOTHING
    assert len(rows) > 35


@pytest.mark.parametrize(("one", "place"), CASES, ids=lambda value: str(value))
async def test_an_id_of_theirs_opens_nothing(
    program: httpx.AsyncClient, ledger: Ledger, ours: Twin, theirs: Twin, one: Operation, place: str
) -> None:
    before, foreign = await ledger.rows(theirs.workspace_id), await ledger.ids(theirs.workspace_id)
    sent = {place: theirs.ids[place]} if place else {}
    answer = await ask(program, one, ours, sent, place)
    assert_refused(answer, one, place)
    assert THEIRS not in answer.text
    assert ids_in([answer.text]) & foreign <= {str(value) for value in sent.values()}
    assert await ledger.rows(theirs.workspace_id) == before
    kept = [line for lines in (await ledger.rows(ours.workspace_id)).values() for line in lines]
    assert ids_in(kept) & foreign == set()
    assert [line for line in kept if THEIRS in line] == []


def assert_refused(answer: httpx.Response, one: Operation, place: str) -> None:
    """A filter by their id, or a list under it, may be empty instead."""
    assert answer.status_code < 500, answer.text
    if place and (one.verb != "get" or answer.status_code != 200):
        assert answer.status_code in (400, 401, 404, 409, 422), answer.text
    elif place:
        told = answer.json()
        assert (told.get("items", told) if isinstance(told, dict) else told) == []


@pytest.mark.parametrize(
    ("one", "place"),
    [case for case in CASES if case[0].tag != "demo" and str(case[0]) not in NEEDS_MORE],
    ids=lambda value: str(value),
)
async def test_ones_own_id_opens_what_theirs_did_not(
    program: httpx.AsyncClient, house: House, one: Operation, place: str
) -> None:
    """Else the refusals above would prove nothing."""
    twin = await open_twin(house, "sendiri")
    answer = await ask(program, one, twin, {}, place)
    assert answer.status_code < 300, answer.text


SEARCHES = [(one, word) for one in EVERY if one.verb == "get" for word in one.words if word not in ("cursor", "url")]


@pytest.mark.parametrize(("one", "word"), SEARCHES, ids=lambda value: str(value))
async def test_their_words_find_nothing_here(
    program: httpx.AsyncClient, ledger: Ledger, ours: Twin, theirs: Twin, one: Operation, word: str
) -> None:
    texts = (THEIRS, f"{THEIRS}-ONLY", f"item-{THEIRS}-ONLY", f"ord-{THEIRS}", f"#ord-{THEIRS}", f"track-{THEIRS}", f"t-{THEIRS}")
    told = {**theirs.ids, **ours.ids}
    found = 0
    for text in (*texts, f"Rina {THEIRS}", f"Mug {THEIRS}"):
        here = await program.get(
            one.address(told), params={word: text}, headers={"authorization": f"Bearer {ours.keys['admin']}"}
        )
        assert (here.status_code, here.json()["items"]) == (200, []), text
        there = await program.get(
            one.address(told), params={word: text}, headers={"authorization": f"Bearer {theirs.keys['admin']}"}
        )
        found += len(there.json()["items"])
    assert found > 0 or word == "channel"


@pytest.mark.parametrize("one", [one for one in EVERY if "cursor" in one.words], ids=str)
async def test_their_cursor_turns_no_page_of_theirs(
    program: httpx.AsyncClient, ledger: Ledger, ours: Twin, theirs: Twin, one: Operation
) -> None:
    page = await program.get(
        one.address(theirs.ids), params={"limit": 1}, headers={"authorization": f"Bearer {theirs.keys['admin']}"}
    )
    cursor = page.json()["next_cursor"]
    assert cursor or one.path in ("/api/v1/deliveries",)
    answer = await program.get(
        one.address(ours.ids), params={"cursor": cursor or ""}, headers={"authorization": f"Bearer {ours.keys['admin']}"}
    )
    assert answer.status_code == 200, answer.text
    assert THEIRS not in answer.text
    assert ids_in([answer.text]) & await ledger.ids(theirs.workspace_id) == set()


class Wire:
    """A browser that resumes from the beginning and only listens."""

    def __init__(self) -> None:
        self.said = ['{"type":"resume","cursor":0}']
        self.told: list[str] = []

    async def receive_text(self) -> str:
        return self.said.pop(0) if self.said else await asyncio.get_running_loop().create_future()

    async def send_text(self, data: str, /) -> None:
        self.told.append(data)


async def test_a_socket_hears_its_own_shop_only(house: House, ledger: Ledger, ours: Twin, theirs: Twin) -> None:
    await relay_round(house)
    caller = Caller(ours.workspace_id, ours.shop.owner_id, "admin", "Ayu", token_hash(ours.shop.key), is_key=True)
    wire = Wire()
    line = asyncio.create_task(Line(wire, Feeds(house.db, house.hub), house.db, caller=caller).serve())
    await until(lambda: any('"caught_up"' in frame for frame in wire.told))
    for twin in (theirs, ours):
        async with house.db.unit(twin.workspace_id, Actor(twin.shop.owner_id, "Ayu")) as work:
            change = ConversationUpdate(subject=f"changed {twin.word}")
            await working.update_conversation(work, twin.ids["conversation_id"], change)
    await relay_round(house)
    await until(lambda: any(f"changed {OURS}" in frame for frame in wire.told))
    line.cancel()
    await asyncio.gather(line, return_exceptions=True)
    assert len(wire.told) > 10
    assert [frame for frame in wire.told if THEIRS in frame] == []
    assert ids_in(wire.told) & await ledger.ids(theirs.workspace_id) == set()


async def test_their_hook_does_not_take_our_secret(program: httpx.AsyncClient, ledger: Ledger, ours: Twin, theirs: Twin) -> None:
    before = await ledger.rows(ours.workspace_id), await ledger.rows(theirs.workspace_id)
    body = update_of(OURS, 901)
    refused = await program.post(
        f"/hooks/{theirs.hook}", json=body, headers={"x-telegram-bot-api-secret-token": ours.hook_secret}
    )
    assert (refused.status_code, refused.json()["code"]) == (401, "bad_signature")
    assert (await ledger.rows(ours.workspace_id), await ledger.rows(theirs.workspace_id)) == before
    taken = await program.post(f"/hooks/{ours.hook}", json=body, headers={"x-telegram-bot-api-secret-token": ours.hook_secret})
    assert taken.status_code == 200
    assert await ledger.rows(theirs.workspace_id) == before[1]
    assert len((await ledger.rows(ours.workspace_id))["delivery"]) == len(before[0]["delivery"]) + 1


async def test_rounds_over_all_shops_keep_them_apart(house: House, ledger: Ledger, ours: Twin, theirs: Twin) -> None:
    while await ingest_round(house):
        pass
    await timer_round(house)
    await relay_round(house)
    kept = {twin.word: await ledger.rows(twin.workspace_id) for twin in (ours, theirs)}
    for twin, other in ((ours, theirs), (theirs, ours)):
        own, foreign = kept[twin.word], await ledger.ids(other.workspace_id)
        assert any(f"posted {twin.word}" in line for line in own["message"])
        lines = [line for lines in own.values() for line in lines]
        assert [line for line in lines if other.word in line] == []
        assert ids_in(lines) & foreign == set()


async def test_a_statement_that_names_no_shop_finds_its_own_rows_only(
    house: House, ledger: Ledger, ours: Twin, theirs: Twin
) -> None:
    """The second lock, by itself: row-level security, on every table but those of signing in and of hook addresses."""
    open_tables = {"session", "api_key", "hook_route"}
    for table in sorted(ledger.tables.keys() - open_tables):
        async with house.db.unit(ours.workspace_id) as work:
            seen = await work.fetch(f'select distinct {ledger.tables[table]} as shop from "{table}"')
        assert {row["shop"] for row in seen} <= {ours.workspace_id}, table


async def test_a_sign_in_does_not_move_to_another_shop(house: House, ours: Twin, theirs: Twin) -> None:
    _, caller = await sessions.sign_in(house.db, email=ours.email, password=PASSWORD)
    assert caller.workspace_id == ours.workspace_id
    with pytest.raises(UnknownMember):
        await sessions.become(house.db, caller, theirs.ids["member_id"])
