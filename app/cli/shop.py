"""A shop on this computer: its own PostgreSQL and the app on it, kept alive until Ctrl+C."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from app.cli.children import HOST, app_child, run_migrations
from app.cli.place import embedded_environment, prepare_database
from app.cli.terminal import facts, note, screen, step
from app.core.config import Settings
from app.embedded.child import PostgresChild, ProgramChild
from app.embedded.errors import CannotStart, explain
from app.embedded.lifetime import is_free
from app.embedded.postgres import Cluster
from app.embedded.supervisor import Supervisor

PortOption = Annotated[int, typer.Option(help="TCP port of the screen.", min=1, max=65_535)]
BrowserOption = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the screen when it is ready.")]


@dataclass(kw_only=True)
class Shop:
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

    @property
    def way_in(self) -> str:
        """What the browser opens."""
        return self.url

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
            except asyncio.CancelledError:
                screen.print("Stopping ...", style="dim")
                raise
            finally:
                self.forget()
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
            webbrowser.open(self.way_in)

    def write_running(self, pids: Mapping[str, int]) -> None:
        write_whole(self.data / "running.json", {"url": self.url, "form": self.form, "pids": dict(pids)})

    def forget(self) -> None:
        (self.data / "running.json").unlink(missing_ok=True)


def write_whole(path: Path, content: Mapping[str, object]) -> None:
    """Whole or not at all, and for our own eyes: it holds a key."""
    half = path.with_name(path.name + ".part")
    try:
        half.touch(mode=0o600)
        half.write_bytes(msgspec.json.format(msgspec.json.encode(content)) + b"\n")
        half.replace(path)
    except OSError as error:
        raise explain(error, path) from error
