"""Imports go downward only. Floors, rooms and who may use what are app/README.md's, and this is what holds them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.house.source import FLOORED, SQL, Import, functions_of, imports_of, modules, name_of, python_files, texts_of, tree_of

ROOMS = ("workspaces", "connections", "customers", "catalog", "inventory", "orders", "inbox", "automation", "insight")
FLOORS = {
    "connectors.base": 0,
    "connectors": 1,
    "app.core": 2,
    "app.embedded": 2,
    "app.domain": 3,
    "app.live": 4,
    "app.pipeline": 4,
    "app.web": 5,
    "app.worker": 5,
    "app.cli": 5,
    "app": 5,
}
SIDEWAYS = {("app.pipeline", "app.live"), ("app.cli", "app.web"), ("app.cli", "app.worker"), ("app", "app.cli")}
"""On one floor: pipeline may tell live. The command line starts the processes."""

PLAIN = set(sys.stdlib_module_names) | {"connectors", "httpx", "msgspec"}
TOOLKIT = {"litestar", "starlette", "uvicorn"}
DOMAIN_WORDS = {
    "conversation", "conversations", "customer", "customers", "variant", "variants", "listing", "listings", "inventory",
    "reservation", "movement", "fulfilment", "inbox", "handoff", "catalog", "sku",
}  # fmt: skip

ALL = [found for path in python_files(*FLOORED) for found in imports_of(path)]
OURS = [found for found in ALL if found.target.partition(".")[0] in FLOORED]


def part_of(module: str) -> str:
    """The part of the house: app.core, app.domain, a channel, connectors.base; `connectors` for the files beside them."""
    parts = module.split(".")
    own_file = len(parts) == 2 and module in modules() and modules()[module].stem != "__init__"
    return parts[0] if own_file else ".".join(parts[:2])


def floor_of(module: str) -> int:
    part = part_of(module)
    return FLOORS[part if part in FLOORS else part.partition(".")[0]]


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[2] if parts[:2] == ["app", "domain"] and len(parts) > 2 else ""


def test_every_module_has_a_floor() -> None:
    strange = [name for name in modules() if part_of(name) not in FLOORS and not name.startswith("connectors")]
    assert strange == []


def test_imports_go_down() -> None:
    upward = []
    for found in OURS:
        here, there = part_of(found.source), part_of(found.target)
        beside = here == there or (here, there) in SIDEWAYS
        if floor_of(found.target) > floor_of(found.source) or (floor_of(found.target) == floor_of(found.source) and not beside):
            upward.append(str(found))
    assert upward == []


def test_rooms_import_lower_rooms_only() -> None:
    wrong = []
    for found in OURS:
        here, there = room_of(found.source), room_of(found.target)
        if here and there and ROOMS.index(there) > ROOMS.index(here):
            wrong.append(str(found))
    assert wrong == []


def test_a_rooms_store_is_its_own() -> None:
    wrong = [
        str(found)
        for found in OURS
        if room_of(found.target) and found.target.split(".")[3:4] == ["store"] and room_of(found.source) != room_of(found.target)
    ]
    assert wrong == []


def test_nothing_goes_in_a_circle() -> None:
    edges: dict[str, set[str]] = {name: set() for name in modules()}
    for found in OURS:
        if found.target != found.source:
            edges[found.source].add(found.target)
    assert list(_circles(edges)) == []


def _circles(edges: dict[str, set[str]]) -> Iterator[list[str]]:
    """Takes away, again and again, what imports nothing that is left; what remains are circles and what leads to them."""
    left = {name: set(targets) & edges.keys() for name, targets in edges.items()}
    while True:
        free = {name for name, targets in left.items() if not targets}
        if not free:
            break
        left = {name: targets - free for name, targets in left.items() if name not in free}
    if left:
        yield sorted(left)


def test_no_import_hides_in_a_function() -> None:
    hidden = [str(found) for path in python_files(*FLOORED, "tests", "migrations") for found in imports_of(path) if found.nested]
    assert hidden == []


def test_only_these_load_by_name() -> None:
    """Channels and commands, the hub over Redis, whose library only the production form needs, and the picture of a simulation."""
    loading = {found.source for found in ALL if found.target == "importlib"}
    assert loading == {"connectors.registry", "app.cli.main", "app.live.hub", "app.domain.inventory.simulation.plot"}


def test_a_channel_knows_the_contract_only() -> None:
    wrong = [str(found) for found in _of_channels() if not _may_use(found)]
    assert wrong == []


def _of_channels() -> list[Import]:
    return [found for found in ALL if floor_of_channel(found.source)]


def floor_of_channel(module: str) -> bool:
    parts = module.split(".")
    return parts[0] == "connectors" and len(parts) > 1 and parts[1] not in ("base", "registry", "sandboxes")


def _may_use(found: Import) -> bool:
    top = found.target.partition(".")[0]
    file = found.source.rpartition(".")[2]
    if top == "connectors":
        return found.target.startswith(("connectors.base", part_of(found.source)))
    if top in TOOLKIT:
        return file.startswith("sandbox")
    return top in PLAIN | {"cryptography", "defusedxml"} or file == "client"


def test_the_base_needs_little() -> None:
    wrong = []
    for found in ALL:
        if found.source.startswith("connectors.base"):
            top, file = found.target.partition(".")[0], found.source.rpartition(".")[2]
            needs = PLAIN | {"cryptography"} | ({"httpcore"} if file == "reach" else set())
            if top not in needs and not (top in TOOLKIT and file.startswith("sandbox")):
                wrong.append(str(found))
    assert wrong == []


@pytest.mark.parametrize("floor", [2, 3, 4, 5])
def test_the_house_knows_no_channel(floor: int) -> None:
    """Above the connectors stands the contract; the registry is the one door, for those who need a channel's files."""
    doors = ("app.domain.connections", "app.pipeline", "app.web", "app.cli")
    wrong = []
    for found in OURS:
        if floor_of(found.source) == floor and found.target.startswith("connectors."):
            door = found.target in ("connectors.registry", "connectors.sandboxes") and found.source.startswith(doors)
            if not door and not found.target.startswith("connectors.base"):
                wrong.append(str(found))
    assert wrong == []


def test_the_core_knows_no_word_of_the_business() -> None:
    """Its names and its SQL. Docstrings may explain by example."""
    said = []
    for path in python_files("app/core"):
        names = {node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.ClassDef)}
        names |= {function.name for function in functions_of(path)}
        names |= {node.id for node in ast.walk(tree_of(path)) if isinstance(node, ast.Name)}
        names |= {node.arg for node in ast.walk(tree_of(path)) if isinstance(node, ast.arg)}
        docs = _docstrings(tree_of(path))
        words = {word for name in names for word in name.lower().split("_")}
        words |= {word for _, text in texts_of(path) if text not in docs and SQL.search(text) for word in text.lower().split()}
        said += [f"{name_of(path)}: {word}" for word in sorted(words & DOMAIN_WORDS)]
    assert said == []


def _docstrings(tree: ast.Module) -> set[str | None]:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
