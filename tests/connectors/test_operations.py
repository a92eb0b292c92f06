"""Every operation of every connector, called in one day at its sandbox and held to what its channel publishes.

List 1: by a machine-readable contract of the channel in tests/contracts (`MACHINE` of its `wire.py`). List 2: by a schema of ours
written down from a public page, which is named (`SCHEMAS`). Nothing is on neither.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

import connectors
from tests.connectors.day import hold_to_contract, live_a_day, open_day, wire_of
from tests.connectors.rig import KEYS, Exchange, Gate, Rig

ROOT = Path(connectors.__file__).parent
CONTRACTS = Path(__file__).parents[1] / "contracts"
# Parts of a folder that call nobody: what they name is read or shown.
SILENT = re.compile(r"sandbox.*|normalise.*|manifest|errors|words|markup|markets|render|templates|webhooks")
ADDRESS = re.compile(r"(?:https://[^/\s]+|\{\})?(?:/?[a-z_{][\w{}.-]*)(?:/[\w{}.-]+)+(?:\?\S*)?")
MEDIA = re.compile(r"(?:application|audio|image|text|video)/.*")
# What only looks like one: the scope of a signature, a place in an answer, two folders.
OTHER = ("aws4_request", "TotalNumberOfPages", "inbox/sent")
SEALED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@pytest_asyncio.fixture(scope="module", params=KEYS, loop_scope="session")
async def day(request: pytest.FixtureRequest, gate: Gate) -> AsyncIterator[Rig]:
    rig = open_day(request.param, gate)
    await live_a_day(rig)
    yield rig
    await rig.sandbox.poster.drain()
    await rig.http.aclose()


async def test_every_operation_is_called_and_on_one_of_the_two_lists(day: Rig) -> None:
    wire, met = wire_of(day.key), hold_to_contract(day)
    assert set(wire.OPERATIONS) - met == set(), "no run calls these"
    assert wire.MACHINE.keys() & wire.SCHEMAS.keys() == set()
    assert (wire.MACHINE | wire.SCHEMAS).keys() == set(wire.OPERATIONS)
    assert {*wire.SENDS, *wire.PUSHES} <= set(wire.OPERATIONS)
    assert [name for name in wire.MACHINE.values() if not (CONTRACTS / name).is_file()] == []
    assert [page for page in wire.SCHEMAS.values() if not page.startswith("https://")] == []
    sys.stdout.write(f"{day.key}: {len(wire.MACHINE)} by the channel's own contract, {len(wire.SCHEMAS)} by a page\n")
    for name, source in (*sorted(wire.MACHINE.items()), *sorted(wire.SCHEMAS.items())):
        sys.stdout.write(f"  {name}: {source}\n")


async def test_an_answer_that_is_nonsense_is_seen_at_every_operation(day: Rig) -> None:
    """A check that lets this through checks nothing."""
    wire, unseen = wire_of(day.key), set[str]()
    for operation, is_one in wire.OPERATIONS.items():
        met = [each for each in day.all_exchanges() if each.status and is_one(each)]
        good = min(met, key=lambda each: each.status >= 400)
        if not _is_seen(wire, operation, spoilt(good)):
            unseen.add(operation)
    assert unseen == set()


def spoilt(good: Exchange) -> Exchange:
    page = {**good.answer_headers, "content-type": "text/html", "location": "javascript:"}
    return replace(good, answer=b"<html>It works!</html>", answer_headers=page)


def _is_seen(wire: object, operation: str, exchange: Exchange) -> bool:
    try:
        wire.check(operation, exchange)  # type: ignore[attr-defined]
    except Exception:
        return True
    return False


async def test_no_address_in_the_source_of_a_connector_is_left_uncalled(day: Rig) -> None:
    called = [f"https://{each.host}{each.path}?{each.query}" for each in day.exchanges]
    uncalled = [
        f"{path.name}:{line} {address}"
        for path in sorted((ROOT / day.key).glob("*.py"))
        if not SILENT.fullmatch(path.stem)
        for line, address in addresses(ast.parse(path.read_text(encoding="utf-8")))
        if not any(re.search(_pattern(address), url) for url in called)
    ]
    assert uncalled == []


def _pattern(address: str) -> str:
    """With anything in the gaps; a constant may be the beginning of longer addresses."""
    path = address.partition("?")[0].removeprefix("{}").lstrip("/")
    return r"(?:/|^)" + r"[^?]+".join(map(re.escape, path.split("{}"))) + r"(?=[/?.])"


def addresses(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Strings that look like one, with `{}` for what is filled in."""
    told = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, SEALED) and isinstance(node.body[0], ast.Expr)}
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    for node in ast.walk(tree):
        if id(node) in told | inner or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        if ADDRESS.fullmatch(text) and not MEDIA.fullmatch(text) and not text.endswith(OTHER):
            yield node.lineno, text
