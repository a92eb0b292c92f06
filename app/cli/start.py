"""`up` and `demo`: the whole product on this computer, with nothing but Python."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from collections.abc import Coroutine, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from connectors.sandboxes import reroute_text

from app.cli.children import HOST, app_child, run_migrations, sandbox_child
from app.cli.demo_shop import DemoAccess, prepare_demo
from app.cli.place import DEFAULT_DATA, DataOption, embedded_environment, prepare_database, whole
from app.cli.terminal import facts, note, screen, step
from app.core.config import Settings
from app.embedded.child import PostgresChild, ProgramChild
from app.embedded.errors import CannotStart, explain
from app.embedded.lifetime import free_port, is_free
from app.embedded.postgres import Cluster
from app.embedded.supervisor import Supervisor

PortOption = Annotated[int, typer.Option(help="TCP port of the screen.", min=1, max=65_535)]
BrowserOption = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the screen when it is ready.")]


def add_to(root: typer.Typer) -> None:
    root.command(epilog="Example: onecounter up --port 8080 --data /srv/onecounter")(up)
    root.command(epilog="Example: onecounter demo --no-browser")(demo)


def up(port: PortOption = 8000, data: DataOption = DEFAULT_DATA, browser: BrowserOption = True) -> None:
    """Run your shop on this computer: own database, web and work in the background. Ctrl+C stops all of it."""
    asyncio.run(_Shop(data=whole(data), port=port, browser=browser, form="shop").run())


def demo(
    port: PortOption = 8000,
    data: DataOption = DEFAULT_DATA,
    browser: BrowserOption = True,
    empty: Annotated[bool, typer.Option("--empty", help="Sign-in, key and sandboxes only: no connections, no life.")] = False,
) -> None:
    """Run a shop that already lives: every channel is pretended, nothing leaves this computer. Ctrl+C stops all of it."""
    asyncio.run(_Demo(data=whole(data), port=port, browser=browser, form="demo", empty=empty).run())


@dataclass(kw_only=True)
class _Shop:
    """PostgreSQL, then the app on it."""

    data: Path
    port: int
    browser: bool
    form: str
    cluster: Cluster = field(init=False)
    app: ProgramChild = field(init=False)
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def settings(self) -> Settings:
        return Settings.from_env(self.env)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def run(self) -> None:
        if not is_free(HOST, self.port):
            raise CannotStart(f"Port {self.port} is taken by another program. Choose another with --port.")
        self.cluster = Cluster(self.data, say=note)
        self.app = app_child(self.data, port=self.port, env=self.env)
        async with Supervisor(self.data, say=note, told=self.write_running) as supervisor:
            try:
                await supervisor.load(self.app)
                await self.start(supervisor)
                self.greet()
                await supervisor.wait()
            finally:
                self.forget()
                screen.print("Stopping ...", style="dim")
        note("Stopped. Everything is on disk.")

    async def start(self, supervisor: Supervisor) -> None:
        await self.start_database(supervisor)
        await self.start_app(supervisor)

    async def start_database(self, supervisor: Supervisor) -> None:
        with step("Database"):
            await supervisor.start(PostgresChild(self.cluster))
            self.env.update(embedded_environment(self.data, self.cluster.url, form=self.form, env=self.environment()))
            is_old = await prepare_database(self.settings, self.cluster.url)
            (self.data / "form").write_text(self.form + "\n", encoding="ascii")
        if is_old:
            with step("Tables"):
                await run_migrations(self.data, self.env)

    async def start_app(self, supervisor: Supervisor) -> None:
        with step("Inbox and stock"):
            await supervisor.start(self.app)

    def environment(self) -> dict[str, str]:
        return {"ONECOUNTER_PUBLIC_URL": self.url, **os.environ}

    def greet(self) -> None:
        screen.print(f"\nOnecounter runs: [bold]{self.url}[/bold]\n")
        facts([("Data", str(self.data)), ("Logs", str(self.data / "logs")), ("Stop", "Ctrl+C")])
        self.open_browser()

    def open_browser(self) -> None:
        """Only where there is a screen: elsewhere a text browser would take over the terminal."""
        has_screen = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if self.browser and has_screen:
            webbrowser.open(self.url)

    def write_running(self, pids: Mapping[str, int]) -> None:
        _write(self.data / "running.json", {"url": self.url, "form": self.form, "pids": dict(pids)})

    def forget(self) -> None:
        (self.data / "running.json").unlink(missing_ok=True)


@dataclass(kw_only=True)
class _Demo(_Shop):
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
        self.sandbox_port = free_port()
        sandbox = sandbox_child(self.data, port=self.sandbox_port, has_life=not self.empty, env=self.environment())
        await _together(supervisor.start(sandbox), self.start_database(supervisor))
        await self.start_app(supervisor)
        with step("A shop with customers" if not self.empty else "A sign-in"):
            self.access = await prepare_demo(self.settings, self.sandbox_url, empty=self.empty)
        self.write_running(supervisor.pids)

    def greet(self) -> None:
        super().greet()
        if self.access is not None:
            facts([("Sign in", f"{self.access.email}  {self.access.password}"), ("Pretend channels", self.sandbox_url)])

    def write_running(self, pids: Mapping[str, int]) -> None:
        super().write_running(pids)
        if self.access is not None:
            access = asdict(self.access)
            _write(self.data / "demo.json", {"url": self.url, **access, "sandbox_url": self.sandbox_url, "pids": dict(pids)})

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


def _write(path: Path, content: Mapping[str, object]) -> None:
    """Whole or not at all, and for our own eyes: it holds a key."""
    half = path.with_name(path.name + ".part")
    try:
        half.touch(mode=0o600)
        half.write_bytes(msgspec.json.format(msgspec.json.encode(content)) + b"\n")
        half.replace(path)
    except OSError as error:
        raise explain(error, path) from error
