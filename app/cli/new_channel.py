"""`new-channel`: a folder for a channel, from the template that is a complete small one itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from app.cli.terminal import note
from app.embedded.errors import CannotStart, explain
from connectors.registry import ROOT

KEY = re.compile(r"[a-z][a-z0-9]{2,30}")
TEMPLATE = "_template"


def add_to(root: typer.Typer) -> None:
    root.command("new-channel", epilog="Example: onecounter new-channel tokoplay --name TokoPlay")(new_channel)


def new_channel(
    key: Annotated[str, typer.Argument(help="Small letters and digits; its name in the database for ever.")],
    name: Annotated[str, typer.Option(help="As people write it; the key with a capital if left out.")] = "",
    into: Annotated[Path, typer.Option(help="Folder of the channel folders.")] = ROOT,
) -> None:
    """Copy the template channel under a new key. Its tests run at once: tests/connectors finds every folder."""
    if not KEY.fullmatch(key):
        raise CannotStart(f"{key!r} is no channel key: 3 to 31 small letters and digits, a letter first.")
    folder = into / key
    if folder.exists():
        raise CannotStart(f"{folder} is there already. Choose another key.")
    try:
        written = write_channel(folder, key=key, name=name or key.capitalize())
    except OSError as error:
        raise explain(error, folder) from error
    note(f"Wrote {written} files to {folder}. Next: README.md there, then manifest.py, client.py and sandbox.py.")
    note(f"Test it: pytest tests/connectors -k {key}")


def write_channel(folder: Path, *, key: str, name: str) -> int:
    """How many files."""
    count = 0
    for source in sorted((ROOT / TEMPLATE).rglob("*")):
        if source.is_file() and "__pycache__" not in source.parts:
            target = folder / source.relative_to(ROOT / TEMPLATE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(rename(source.read_text(encoding="utf-8"), key=key, name=name), encoding="utf-8")
            count += 1
    return count


def rename(text: str, *, key: str, name: str) -> str:
    """Class names, words and addresses of the template in the new channel's name."""
    class_name = "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", name)) if not name.isalnum() else name
    text = text.replace(TEMPLATE, key)
    text = re.sub(r"\bTemplate(?=[A-Z])", class_name, text)
    return re.sub(r"\bTemplate\b", name, text).replace("template", key)
