"""`demo`: a shop that already lives, over pretended channels."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from app.cli.children import HOST, sandbox_child
from app.cli.demo_shop import DemoAccess, prepare_demo
from app.cli.place import DEFAULT_DATA, DataOption, whole
from app.cli.shop import BrowserOption, PortOption, Shop, write_whole
from app.cli.terminal import facts, step
from app.embedded.lifetime import free_port
from app.embedded.supervisor import Supervisor
from connectors.sandboxes import SANDBOX_PORTS, reroute_text


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter demo --no-browser")(demo)


def demo(
    port: PortOption = 8000,
    data: DataOption = DEFAULT_DATA,
    browser: BrowserOption = True,
    empty: Annotated[bool, typer.Option("--empty", help="Sign-in, key and sandboxes only: no connections, no life.")] = False,
) -> None:
    """Run a shop that already lives: every channel is pretended, nothing leaves this computer. Ctrl+C stops all of it."""
    asyncio.run(Demo(data=whole(data), port=port, browser=browser, form="demo", empty=empty).run())


@dataclass(kw_only=True)
class Demo(Shop):
    """The sandboxes start beside the database; the pretended shop is prepared once both are there."""

    empty: bool
    sandbox_port: int = 0
    access: DemoAccess | None = None

    @property
    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.sandbox_port}"

    def environment(self) -> dict[str, str]:
        """What the caller reroutes wins; the sandboxes take the rest."""
        env = super().environment()
        rules = [env.get("ONECOUNTER_REROUTE", ""), reroute_text(self.sandbox_port)]
        return {
            **env,
            "ONECOUNTER_REROUTE": ",".join(filter(None, rules)),
            "ONECOUNTER_SANDBOX": "1",
            "ONECOUNTER_SANDBOX_URL": self.sandbox_url,
        }

    async def start(self, supervisor: Supervisor) -> None:
        self.sandbox_port = free_port(together=SANDBOX_PORTS)
        sandbox = sandbox_child(self.data, port=self.sandbox_port, has_life=not self.empty, env=self.environment())
        await _together(supervisor.start(sandbox), self.start_database(supervisor))
        await self.start_app(supervisor)
        with step("A shop with customers" if not self.empty else "A sign-in"):
            self.access = await prepare_demo(self.settings, self.sandbox_url, empty=self.empty)
        self.write_running(supervisor.pids)

    @property
    def way_in(self) -> str:
        return f"{self.url}{self.access.enter}" if self.access else self.url

    def greet(self) -> None:
        super().greet()
        if self.access is not None:
            facts([("Sign in", f"{self.access.email}  {self.access.password}"), ("Pretend channels", self.sandbox_url)])

    def write_running(self, pids: Mapping[str, int]) -> None:
        super().write_running(pids)
        if self.access is not None:
            content = {
                "url": self.url,
                "email": self.access.email,
                "password": self.access.password,
                "api_key": self.access.api_key,
                "sandbox_url": self.sandbox_url,
                "pids": dict(pids),
            }
            write_whole(self.data / "demo.json", content)

    def forget(self) -> None:
        super().forget()
        (self.data / "demo.json").unlink(missing_ok=True)


async def _together(*works: Coroutine[None, None, None]) -> None:
    """The first failure ends the others."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
