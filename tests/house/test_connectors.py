"""A channel is one folder: whole, doing what it declares, and named nowhere else."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.base.contract import Connector
from connectors.registry import manifest, manifests
from tests.connectors.rig import connector_alone
from tests.house.source import FLOORED, ROOT, name_of, python_files, text_of, texts_of, tracked, tree_of

FOLDERS = ("_template", *manifests())
FILES = {
    *("__init__.py", "manifest.py", "client.py", "errors.py", "normalise.py", "connector.py", "sandbox.py"),
    *("icon.svg", "README.md", "README.id.md"),
}
VERBS = {
    name: function
    for name, function in vars(Connector).items()
    if inspect.isfunction(function) and not name.startswith("_")
}  # fmt: skip

each_folder = pytest.mark.parametrize("key", FOLDERS)


def sources(key: str, *, without: str = "sandbox") -> list[Path]:
    folder = ROOT / "connectors" / key
    return [path for path in python_files(f"connectors/{key}") if path.parent == folder and not path.stem.startswith(without)]


@each_folder
def test_folder_is_complete(key: str) -> None:
    folder, found = ROOT / "connectors" / key, manifest(key)
    needed = FILES | ({"render.py"} if found.sending or found.stocking else set())
    needed |= {"webhooks.py"} if found.hook != "none" else set()
    assert needed - {path.name for path in folder.iterdir()} == set()
    read = {path.name.partition(".")[0] for path in (folder / "fixtures").glob("*.in.*")}
    meant = {path.name.removesuffix(".out.json") for path in (folder / "fixtures").glob("*.out.json")}
    assert read == meant != set()


@each_folder
def test_its_glyph_is_drawn(key: str) -> None:
    """The screen falls back to a plain ring for one it has no drawing of."""
    drawings = text_of(ROOT / "frontend" / "src" / "ui" / "glyph.tsx").partition("const drawings")[2].partition("\n};")[0]
    assert manifest(key).glyph in set(re.findall(r"^  (\w+): \[", drawings, re.MULTILINE)) - {"ring"}


@each_folder
def test_every_verb_of_the_contract_is_there(key: str) -> None:
    """Its own, or of a class in the base that several channels share."""
    kind = type(connector_alone(key))
    assert {name for name in VERBS if not hasattr(kind, name)} == set()
    mine = {name: getattr(kind, name) for name in VERBS}
    assert {name for name in VERBS if inspect.iscoroutinefunction(mine[name])} == {
        name for name, function in VERBS.items() if inspect.iscoroutinefunction(function)
    }
    assert {name: list(inspect.signature(mine[name]).parameters) for name in VERBS} == {
        name: list(inspect.signature(function).parameters) for name, function in VERBS.items()
    }


def _doers(key: str) -> list[Path]:
    """The folder's sources, and the module its connector's class is of."""
    shared = Path(inspect.getfile(type(connector_alone(key))))
    return list(dict.fromkeys([*sources(key), shared]))


@each_folder
def test_what_is_declared_is_done(key: str) -> None:
    """Feeds are told apart by name, and each command that the manifest promises is read somewhere in the folder."""
    found = manifest(key)
    named = {node.id for path in _doers(key) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Name)}
    wanted = ({"SendReply"} if found.sending else set()) | ({"SetStock"} if found.stocking else set())
    assert wanted - named == set()
    if len(found.feeds) > 1:
        told = {text for path in sources(key) if path.stem != "manifest" for _, text in texts_of(path)}
        assert {feed.name for feed in found.feeds} - told == set()


@each_folder
def test_nothing_is_done_that_is_not_declared(key: str) -> None:
    """A channel without stock or replies refuses the command instead of half doing it."""
    found = manifest(key)
    built = {name.rpartition(".")[2] for path in sources(key) for name in _calls(path)}
    assert found.stocking or "LineReceipt" not in built
    assert found.sending or found.stocking or "Receipt" not in built


def _calls(path: Path) -> Iterator[str]:
    yield from (ast.unparse(node.func) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


@pytest.mark.parametrize("key", list(manifests()))
def test_a_channel_is_named_in_its_folder_only(key: str) -> None:
    quoted = re.compile(f"""["'`]{re.escape(key)}["'`]""")
    home = ROOT / "connectors" / key
    screen = [path for path in tracked() if ROOT / "frontend" / "src" in path.parents and path.suffix in (".ts", ".tsx", ".json")]
    shown = [path for path in screen if ".test." not in path.name and ROOT / "frontend" / "src" / "test" not in path.parents]
    naming = [
        name_of(path)
        for path in [*python_files(*FLOORED), *shown]
        if home not in path.parents and quoted.search(text_of(path))
    ]  # fmt: skip
    assert naming == []


def test_listing_channels_loads_no_client() -> None:
    program = (
        "import sys; from connectors.registry import manifests; list(manifests());"
        "print(*(name for name in sys.modules if name.startswith('connectors.') or '.' not in name))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    parts = {
        name.rpartition(".")[2] for name in loaded if name.startswith("connectors.") and not name.startswith("connectors.base")
    }
    assert parts & {"client", "connector", "sandbox"} == set()
    assert loaded & {"ebaysdk", "sp_api", "litestar", "requests"} == set()
