"""The demo bar's acts: who am I, how fast does the world turn, tell a story, begin again. Only in a shop that is a demo."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import httpx
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Redirect
from msgspec import Struct

from app.core.config import Settings
from app.core.db import Database
from app.core.errors import Down, NotFound
from app.domain.connections.service import list_connections
from app.domain.workspaces import sessions
from app.domain.workspaces.guards import Caller, require
from app.domain.workspaces.routes import sign_in_cookie
from app.web.demo_stories import Told, begin_hand_over

STORIES = {
    "last_unit": {"en": "Sell the last unit", "id": "Jual unit terakhir"},
    "swallow_reply": {"en": "Swallow the reply", "id": "Telan balasan"},
    "hand_over": {"en": "Hand it over", "id": "Serahkan"},
}


class Persona(Struct, kw_only=True):
    member_id: FromPath[UUID]
    name: str
    role: str


class Story(Struct, kw_only=True):
    key: str
    title: dict[str, str]


class DemoState(Struct, kw_only=True):
    """`shop_path`: the page of the pretend shop that carries its chat; empty while no chat is connected."""

    speed: float
    persona: UUID | None
    personas: list[Persona]
    stories: list[Story]
    shop_path: str


class Speed(Struct, kw_only=True, forbid_unknown_fields=True):
    speed: float


class Switch(Struct, kw_only=True, forbid_unknown_fields=True):
    member_id: FromPath[UUID]


async def _only_demo(db: Database, settings: Settings, caller: Caller) -> str:
    """The address of the sandboxes. A real shop has no such pages."""
    async with db.unit(caller.workspace_id) as work:
        demo = await work.value("select settings ->> 'demo' from workspace where id = $1", work.workspace_id)
    if demo != "true" or not settings.sandbox_url:
        raise NotFound("this shop is no demo")
    return settings.sandbox_url


async def _ask(method: Literal["GET", "POST"], url: str, body: object = None) -> Any:
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            answer = await client.request(method, url, json=body)
            answer.raise_for_status()
            return answer.json()
    except httpx.HTTPError as error:
        raise Down(f"the pretend channels did not answer: {error}", code="sandbox_down") from error


class DemoController(Controller):
    path = "/api/v1/demo"
    tags = ("demo",)

    @get("/", guards=[require("workspace.read")])
    async def read_demo(
        self, db: NamedDependency[Database], settings: NamedDependency[Settings], caller: NamedDependency[Caller]
    ) -> DemoState:
        world = await _only_demo(db, settings, caller)
        speed = (await _ask("GET", f"{world}/_world/_speed"))["speed"]
        async with db.unit(caller.workspace_id) as work:
            people = await work.fetch(
                "select id as member_id, name, role from member where workspace_id = $1 and disabled_at is null order by created_at, id",
                work.workspace_id,
            )
            connected = await list_connections(work, settings.public_url)
        return DemoState(
            speed=speed,
            persona=caller.member_id,
            personas=[Persona(**dict(row)) for row in people],
            stories=[Story(key=key, title=title) for key, title in STORIES.items()],
            shop_path=next((one.shop_path for one in connected.items if one.shop_path and one.state == "ready"), ""),
        )

    @get("/keys/{channel:str}", guards=[require("connections.write")])
    async def read_keys(
        self,
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        caller: NamedDependency[Caller],
        channel: FromPath[str],
    ) -> dict[str, str]:
        """What a seller of this pretend channel would copy from its pages."""
        world = await _only_demo(db, settings, caller)
        found: dict[str, dict[str, str]] = await _ask("GET", f"{world}/_world/_credentials")
        if channel not in found:
            raise NotFound(f"there is no pretend {channel}")
        return found[channel]

    @post("/speed", guards=[require("workspace.read")], status_code=200)
    async def set_speed(
        self,
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        caller: NamedDependency[Caller],
        data: JSONBody[Speed],
    ) -> Speed:
        world = await _only_demo(db, settings, caller)
        await _ask("POST", f"{world}/_world/_speed", {"speed": max(0.0, min(data.speed, 60.0))})
        return data

    @post("/persona", guards=[require("workspace.read")], status_code=204)
    async def be_another(
        self,
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        caller: NamedDependency[Caller],
        callers: NamedDependency[sessions.Callers],
        data: JSONBody[Switch],
    ) -> None:
        """The same browser goes on as another member."""
        await _only_demo(db, settings, caller)
        await sessions.become(db, caller, data.member_id)
        callers.forget(caller.token_hash)

    @get("/enter", opt={"anyone": True}, include_in_schema=False)
    async def enter(
        self,
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        callers: NamedDependency[sessions.Callers],
        ticket: FromQuery[str] = "",
    ) -> Redirect:
        """The link the demo opens in the browser: signs it in and goes to the inbox."""
        caller = await callers.resolve(cookie=ticket)
        if caller is None:
            raise NotFound("this link was used up; sign in with the words the terminal shows")
        await _only_demo(db, settings, caller)
        return Redirect("/", cookies=[sign_in_cookie(settings, ticket)])

    @post("/stories/{story:str}", guards=[require("workspace.read")], status_code=200)
    async def tell_story(
        self,
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        caller: NamedDependency[Caller],
        story: FromPath[str],
    ) -> Told:
        world = await _only_demo(db, settings, caller)
        if story not in STORIES:
            raise NotFound(f"no story is called {story!r}; there are {', '.join(STORIES)}")
        if story == "hand_over":
            async with db.unit(caller.workspace_id, caller.actor) as work:
                return await begin_hand_over(work)
        told = await _ask("POST", f"{world}/_world/_stories/{story}", {})
        return Told(words=told.pop("words", {}), facts=told)

    @post("/reset", guards=[require("workspace.write")], status_code=200)
    async def reset(
        self, db: NamedDependency[Database], settings: NamedDependency[Settings], caller: NamedDependency[Caller]
    ) -> dict[str, list[str]]:
        """The pretend channels begin again with their opening counts; the shop keeps its history and brings them in step."""
        world = await _only_demo(db, settings, caller)
        channels: list[str] = list(await _ask("GET", f"{world}/_world/_credentials"))
        for channel in channels:
            await _ask("POST", f"{world}/_world/{channel}/reset", {})
        async with db.unit(caller.workspace_id) as work:
            await work.execute("update feed set cursor = '', due_at = $2 where workspace_id = $1", work.workspace_id, work.now)
            await work.execute(
                "update listing_state set expected = null, dirty_at = $2, wanted_version = wanted_version + 1 "
                "where workspace_id = $1 and variant_id is not null and state <> 'read_only'", work.workspace_id, work.now,
            )  # fmt: skip
            work.wake("pull")
            work.wake("push")
        return {"channels": channels}


ROUTES = [DemoController]
