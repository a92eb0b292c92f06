"""A seller lets us in at the channel: the word serves once, in one browser, for ten minutes, and every failure says what to do."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from litestar import Litestar

from app.core.clock import HeldClock
from app.core.config import Settings
from app.core.db import Database
from app.core.vault import Vault
from app.domain.inventory.service.reserving import Reserver
from app.domain.workspaces import rules, service, sessions
from app.live.hub import MemoryHub
from app.pipeline.house import House
from app.pipeline.intake import Intake
from app.pipeline.opening import Connectors
from app.web.main import provide_house, provide_reserver, provide_vault
from app.web.routes import ROUTES
from app.web.shell import build_app
from connectors.base.client import ChannelHttp, open_http
from connectors.base.contract import Consent
from connectors.base.errors import AuthExpired, BadSignature, Refused, Unavailable
from connectors.base.reroute import Reroute
from connectors.registry import load_sandbox, manifests
from connectors.sandboxes import Sandboxes
from tests.conftest import Shop, open_shop, running
from tests.whole import BASE

CHANNEL = next(key for key, one in manifests().items() if one.consent == "oauth")
MANIFEST = manifests()[CHANNEL]
SOUND = {one.name: load_sandbox(CHANNEL)[1][one.name] for one in MANIFEST.secrets if one.name in load_sandbox(CHANNEL)[1]}
YIELDED = {one.name: SOUND.get(one.name, "") for one in MANIFEST.secrets if one.by_consent}
TYPED = {name: value for name, value in SOUND.items() if name not in YIELDED}
HOST = MANIFEST.hosts[0].replace("*", "toko")
PASSWORD = "one-way-there-8812"


@dataclass
class Door:
    """Plays the channel's consent: where the browser is sent, and what the code buys."""

    host: str = HOST
    answer: Mapping[str, str] | Exception = field(default_factory=lambda: YIELDED)
    begun: list[dict[str, str]] = field(default_factory=list)
    finished: list[dict[str, Any]] = field(default_factory=list)

    def begin(self, given: Mapping[str, str], *, redirect_uri: str, state: str, challenge: str) -> str:
        self.begun.append({"redirect_uri": redirect_uri, "state": state, "challenge": challenge, **given})
        return f"https://{self.host}/authorize?{urlencode({'state': state, 'redirect_uri': redirect_uri})}"

    async def finish(
        self, given: Mapping[str, str], query: Mapping[str, str], http: ChannelHttp, *, redirect_uri: str, verifier: str
    ) -> Mapping[str, str]:
        self.finished.append({"given": dict(given), "query": dict(query), "redirect_uri": redirect_uri, "verifier": verifier})
        if self.host == "asks-elsewhere":
            await http.request("POST", "https://elsewhere.test/token", write=True)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture(scope="module")
async def house(settings: Settings, db: Database) -> AsyncIterator[House]:
    """The channel is its sandbox in this process."""
    reroute = Reroute(tuple((host, "http://sandbox.test") for host in MANIFEST.hosts))
    http = open_http(reroute, httpx.ASGITransport(app=Sandboxes([CHANNEL])))  # type: ignore[arg-type]
    vault, hub = Vault(settings.secret_keys), MemoryHub()
    yield House(settings, db, hub, vault, http, Connectors(db, vault, http, reroute), Intake(db), Reserver(db))
    await http.aclose()


@pytest.fixture
def door() -> Door:
    return Door()


@dataclass
class Browser:
    client: httpx.AsyncClient

    async def begin(self, **changed: Any) -> httpx.Response:
        asked = {"channel": CHANNEL, "name": f"Shop {secrets.token_hex(3)}", "secrets": TYPED, **changed}
        return await self.client.post("/api/v1/connections/consent", json=asked)

    async def come_back(self, channel: str = CHANNEL, **query: str) -> str:
        """The word with which the screen is shown."""
        answer = await self.client.get(f"/connect/{channel}", params=query)
        assert answer.status_code == 303
        assert answer.headers["cache-control"] == "no-store"
        place = urlsplit(answer.headers["location"])
        assert (place.scheme, place.netloc, place.path) == ("", "", "/connections")
        return parse_qs(place.query)["consent"][0]

    async def told(self, word: str) -> dict[str, Any]:
        return dict((await self.client.get(f"/api/v1/connections/consent/{word}")).json())


@pytest.fixture(scope="module")
def doors() -> list[Door]:
    """The door in use is the last one."""
    return []


@pytest.fixture(scope="module")
async def served(settings: Settings, house: House, doors: list[Door]) -> AsyncIterator[Litestar]:
    def consents() -> Callable[[str], Consent]:
        return lambda _: doors[-1]

    @asynccontextmanager
    async def opening() -> AsyncIterator[House]:
        yield house

    provided: dict[str, Callable[..., Any]] = {
        "house": provide_house,
        "vault": provide_vault,
        "reserver": provide_reserver,
        "consent_of": consents,
    }
    async with running(build_app(settings, opening=opening, routes=ROUTES, provided=provided)) as app:
        yield app


@pytest.fixture
async def opened(served: Litestar, house: House, doors: list[Door], door: Door) -> AsyncIterator[Callable[..., Any]]:
    """Makes a browser in which a member of a shop is signed in."""
    doors.append(door)
    clients: list[httpx.AsyncClient] = []

    async def sign_in(shop: Shop, role: str = "admin") -> Browser:
        email = f"seller-{secrets.token_hex(4)}@shop.test"
        await service.add_member(house.db, shop.workspace_id, name="Sari", email=email, password=PASSWORD, role=role)
        token, _ = await sessions.sign_in(house.db, email=email, password=PASSWORD)
        clients.append(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=served),  # type: ignore[arg-type]
                base_url=BASE,
                cookies={rules.cookie_name(secure=False): token},
            )
        )
        return Browser(clients[-1])

    yield sign_in
    for client in clients:
        await client.aclose()


@pytest.fixture
async def browser(opened: Callable[..., Any], shop: Shop) -> Browser:
    return await opened(shop)  # type: ignore[no-any-return]


async def test_there_and_back_makes_a_connection_in_shadow(browser: Browser, door: Door) -> None:
    begun = (await browser.begin(name="Main shop")).json()
    assert begun["redirect_uri"] == f"{BASE}/connect/{CHANNEL}"
    assert urlsplit(begun["url"]).hostname == HOST
    word = await browser.come_back(state=door.begun[0]["state"], code="c-1")
    assert word == begun["id"]
    told = await browser.told(word)
    assert (told["outcome"], told["code"]) == ("connected", "")
    made = (await browser.client.get(f"/api/v1/connections/{told['connection_id']}")).json()
    assert (made["name"], made["mode"], made["sends_replies"], made["pushes_stock"]) == ("Main shop", "shadow", False, False)
    (finished,) = door.finished
    assert (finished["given"], finished["query"]["code"]) == (TYPED, "c-1")
    assert finished["redirect_uri"] == begun["redirect_uri"]
    digest = hashlib.sha256(finished["verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == door.begun[0]["challenge"]


async def test_what_was_typed_and_the_way_back_are_kept_sealed_and_then_forgotten(
    browser: Browser, door: Door, db: Database, shop: Shop
) -> None:
    async def kept() -> tuple[str, bytes]:
        async with db.unit(shop.workspace_id) as work:
            row = await work.row(
                "select row_to_json(c)::text as text, sealed from consent c where workspace_id = $1", shop.workspace_id
            )
        assert row is not None
        return row["text"], row["sealed"]

    await browser.begin()
    text, sealed = await kept()
    assert sealed
    assert door.begun[0]["state"] not in text
    assert [value for value in TYPED.values() if value in text or value.encode() in sealed] == []
    await browser.come_back(state=door.begun[0]["state"], code="c-1")
    assert (await kept())[1] == b""


async def test_the_word_serves_once(browser: Browser, door: Door) -> None:
    await browser.begin()
    state = door.begun[0]["state"]
    await browser.come_back(state=state, code="c-1")
    assert await browser.come_back(state=state, code="c-2") == "consent_used"
    assert len(door.finished) == 1


async def test_the_word_is_good_for_ten_minutes(browser: Browser, door: Door, clock: HeldClock) -> None:
    await browser.begin()
    clock.advance(minutes=10)
    assert await browser.come_back(state=door.begun[0]["state"], code="c-1") == "consent_expired"
    assert door.finished == []


async def test_only_the_member_who_began_it_may_end_it(
    opened: Callable[..., Any], browser: Browser, shop: Shop, door: Door, db: Database
) -> None:
    begun = (await browser.begin()).json()
    state = door.begun[0]["state"]
    colleague, agent, stranger = await opened(shop), await opened(shop, "agent"), await opened(await open_shop(db))
    assert await colleague.come_back(state=state, code="c-1") == "consent_of_other"
    assert await stranger.come_back(state=state, code="c-1") == "consent_unknown"
    assert await agent.come_back(state=state, code="c-1") == "consent_forbidden"
    assert (await colleague.told(begun["id"]))["code"] == "consent_unknown"
    nobody = Browser(httpx.AsyncClient(transport=browser.client._transport, base_url=BASE))
    assert await nobody.come_back(state=state, code="c-1") == "consent_signed_out"
    assert door.finished == []
    assert await browser.come_back(state=state, code="c-1") == begun["id"]


@pytest.mark.parametrize("query", [{}, {"state": ""}, {"state": "x" * 300}, {"state": "made-up", "code": "c"}])
async def test_an_answer_to_nothing_does_nothing(browser: Browser, door: Door, query: dict[str, str]) -> None:
    assert await browser.come_back(**query) == "consent_unknown"
    assert door.finished == []


async def test_another_channels_address_does_not_take_it(browser: Browser, door: Door) -> None:
    await browser.begin()
    assert await browser.come_back("elsewhere", state=door.begun[0]["state"], code="c") == "consent_unknown"
    assert door.finished == []


FAILURES: list[tuple[Exception | Mapping[str, str], str, str]] = [
    (BadSignature("the signature does not hold"), "badsignature", f"{BASE}/connect/{CHANNEL}"),
    (AuthExpired("invalid_client"), "authexpired", f"{BASE}/connect/{CHANNEL}"),
    (Refused("code was used", code="used", fix="Install the app first."), "used", "Install the app first."),
    (Unavailable("no answer", code="no_answer"), "no_answer", "Start again in a minute."),
    (KeyError("token"), "connector_error", "Start again."),
    ({"surprise": "1"}, "bad_secrets", "Start again."),
]


@pytest.mark.parametrize(("answer", "code", "fix"), FAILURES)
async def test_a_failed_exchange_says_what_to_do_and_makes_nothing(
    browser: Browser, door: Door, answer: Any, code: str, fix: str
) -> None:
    door.answer = answer
    await browser.begin()
    told = await browser.told(await browser.come_back(state=door.begun[0]["state"], code="c-1"))
    assert (told["outcome"], told["code"], told["connection_id"]) == ("failed", code, None)
    assert fix in told["fix"]
    assert told["detail"]
    assert (await browser.client.get("/api/v1/connections")).json()["items"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [({"error": "access_denied"}, "denied"), ({"error": "server_error", "error_description": "try later"}, "channel_error")],
)
async def test_a_no_at_the_channel_is_told_as_one(browser: Browser, door: Door, query: dict[str, str], code: str) -> None:
    await browser.begin()
    told = await browser.told(await browser.come_back(state=door.begun[0]["state"], **query))
    assert (told["outcome"], told["code"]) == ("failed", code)
    assert query.get("error_description", query["error"]) in told["detail"]
    assert door.finished == []


@pytest.mark.parametrize("host", ["elsewhere.test", "elsewhere.test/" + HOST, "user@elsewhere.test", f"{HOST}.elsewhere.test"])
async def test_the_browser_is_sent_to_the_channel_only(browser: Browser, door: Door, host: str) -> None:
    door.host = host
    refused = await browser.begin()
    assert (refused.status_code, refused.json()["code"]) == (400, "host_not_allowed")


async def test_the_code_is_taken_to_the_channel_only(browser: Browser, door: Door) -> None:
    await browser.begin()
    door.host = "asks-elsewhere"
    told = await browser.told(await browser.come_back(state=door.begun[0]["state"], code="c-1"))
    assert (told["outcome"], told["code"]) == ("failed", "host_not_allowed")


async def test_what_is_asked_for_first_is_what_the_consent_does_not_yield(browser: Browser, db: Database) -> None:
    lacking = await browser.begin(secrets={})
    wanted = {f"secrets.{one.name}" for one in MANIFEST.secrets if not one.optional and not one.by_consent}
    assert (lacking.status_code, set(lacking.json()["fields"])) == (400, wanted)
    nameless = await browser.begin(name=" ")
    assert nameless.json()["fields"] == {"name": "is missing"}
    keyed = next(key for key, one in manifests().items() if one.consent == "keys")
    assert (await browser.begin(channel=keyed)).status_code == 422
    theirs = await open_shop(db)
    made = await browser.client.post(
        "/api/v1/connections", json={"channel": CHANNEL, "name": "Old", "secrets": SOUND}, headers=theirs.bearer
    )
    assert (await browser.begin(connection_id=made.json()["id"])).status_code == 404


async def test_a_taken_name_is_told_before_the_journey(browser: Browser, door: Door) -> None:
    await browser.client.post("/api/v1/connections", json={"channel": CHANNEL, "name": "Main", "secrets": SOUND})
    assert (await browser.begin(name="Main")).status_code == 409
    assert door.begun == []


async def test_a_consent_mends_a_connection_and_keeps_its_keys(browser: Browser, door: Door, house: House, shop: Shop) -> None:
    made = await browser.client.post("/api/v1/connections", json={"channel": CHANNEL, "name": "Main", "secrets": SOUND})
    connection = made.json()["id"]
    assert (await browser.begin(connection_id=connection, secrets={}, name="")).status_code == 201
    assert {name: door.begun[0][name] for name in TYPED} == TYPED
    told = await browser.told(await browser.come_back(state=door.begun[0]["state"], code="c-1"))
    assert (told["outcome"], told["connection_id"]) == ("connected", connection)
    assert len((await browser.client.get("/api/v1/connections")).json()["items"]) == 1
    assert (await browser.client.get(f"/api/v1/connections/{connection}")).json()["error"] is None


async def test_another_account_than_before_goes_back_to_shadow(browser: Browser, door: Door, db: Database, shop: Shop) -> None:
    asked = {"channel": CHANNEL, "name": "Main", "secrets": SOUND, "mode": "live"}
    connection = (await browser.client.post("/api/v1/connections", json=asked)).json()["id"]
    async with db.unit(shop.workspace_id) as work:
        await work.execute("update connection set account = 'another shop' where workspace_id = $1", shop.workspace_id)
    await browser.begin(connection_id=connection, secrets={}, name="")
    told = await browser.told(await browser.come_back(state=door.begun[0]["state"], code="c-1"))
    assert (told["outcome"], told["code"]) == ("connected", "other_account")
    assert "another shop" in told["detail"]
    shown = (await browser.client.get(f"/api/v1/connections/{connection}")).json()
    assert (shown["mode"], shown["account"] != "another shop") == ("shadow", True)


async def test_the_check_keeps_the_channels_words_and_what_to_do(browser: Browser, door: Door) -> None:
    """The consent stands; that its keys are refused right after is said at the connection."""
    door.answer = {**YIELDED, **dict.fromkeys(YIELDED, "refused-5521")}
    await browser.begin(name="Main")
    told = await browser.told(await browser.come_back(state=door.begun[0]["state"], code="c-1"))
    shown = (await browser.client.get(f"/api/v1/connections/{told['connection_id']}")).json()
    assert (shown["state"], shown["error"]["code"]) == ("broken", "check_failed")
    assert shown["error"]["detail"]
    assert shown["error"]["fix"]
