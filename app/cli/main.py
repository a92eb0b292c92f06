"""The command `onecounter`. Only the file of the command that was asked for is loaded: a restart must not wait for the others."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Protocol, cast

import typer
from rich.console import Console

from app.core.errors import AppError, BadSetting
from app.embedded.errors import CannotStart

COMMANDS = {
    "demo": "demo",
    "up": "up",
    "web": "web",
    "worker": "worker",
    "migrate": "migrate",
    "openapi": "openapi",
    "doctor": "doctor",
    "sandbox": "sandbox",
    "new-channel": "new_channel",
    "stock": "stock",
    "simulate": "simulate",
    "dead-letters": "dead_letters",
    "backup": "backup",
    "restore": "backup",
    "users": "users",
}
"""Command -> file in this folder."""


class Group(Protocol):
    def add_to(self, root: typer.Typer) -> None: ...


def build(words: Sequence[str]) -> typer.Typer:
    """The command line with the group that `words` ask for, with all of them when they ask for none."""
    root = typer.Typer(
        name="onecounter",
        help="One inbox and one stock count for people who sell on many channels.",
        epilog="Only looking? Run: onecounter demo",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @root.callback()
    def _root() -> None:
        """One inbox and one stock count for people who sell on many channels."""

    wanted = next((word for word in words if not word.startswith("-")), "")
    files = [COMMANDS[wanted]] if wanted in COMMANDS else list(dict.fromkeys(COMMANDS.values()))
    for file in files:
        cast(Group, importlib.import_module(f"app.cli.{file}")).add_to(root)
    return root


def run() -> None:
    """A refusal is one clear line on stderr and exit code 2."""
    try:
        build(sys.argv[1:])(prog_name="onecounter")
    except (CannotStart, BadSetting, AppError) as refusal:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(str(refusal))
        sys.exit(2)


if __name__ == "__main__":
    run()
