"""What is written down is true: settings, commands, channels, paths and links; and nothing is said that has no place here."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app.cli.main import COMMANDS
from connectors.registry import manifests
from tests.house.source import FLOORED, ROOT, name_of, python_files, text_of, tracked, tree_of

README = ROOT / "README.md"
PAGES = [path for path in tracked() if path.suffix == ".md" and ROOT / "tests" not in path.parents]
PLAIN = {
    ".md",
    ".py",
    ".ts",
    ".tsx",
    ".css",
    ".json",
    ".toml",
    ".yml",
    ".html",
    ".mako",
    ".graphql",
    ".xsd",
    ".txt",
    ".xml",
    ".svg",
    "",
}
CONTRACTS = ROOT / "tests" / "contracts"
LOCK = ROOT / "frontend" / "package-lock.json"

FORBIDDEN = {
    "a folder of one machine": re.escape("/wo" + "rk/"),
    "who else was at it": r"\bhel" + r"pers?\b",
    "a numbered session": r"\bses" + r"sion #?\d",
    "a numbered issue": r"\b(issue|ticket|pull request|PR) #?\d",
    "where packages come from": "|".join(
        ("pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "registry" + r"\.yarnpkg")
    ),
}


def rows_of(heading: str) -> list[list[str]]:
    """Cells of the first table under a heading of the README, its head left out."""
    after = text_of(README).split(f"# {heading}\n", 1)[1]
    lines = after[after.index("|") :].split("\n\n", 1)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_setting_is_explained() -> None:
    read = set(
        re.findall(r'env\.get\("(ONECOUNTER_\w+)"|_required\(env, "(ONECOUNTER_\w+)"', text_of(ROOT / "app/core/config.py"))
    )
    settings = {name for pair in read for name in pair if name}
    assert len(settings) > 8
    assert {row[0].strip("`") for row in rows_of("Settings")} == settings


def test_every_channel_is_listed_as_it_is() -> None:
    shown = {row[0]: row[-1] for row in rows_of("Channels")}
    assert shown == {found.name: found.tier for found in manifests().values()}


def test_every_command_is_named_and_no_other() -> None:
    named = set(re.findall(r"\bonecounter ([a-z][a-z-]+)", text_of(README)))
    assert COMMANDS.keys() - named == set()
    wrong = {
        f"{name_of(page)}: {word}"
        for page in PAGES
        for word in re.findall(r"`(?:\.venv/bin/)?onecounter ([a-z][a-z-]+)", text_of(page))
        if word not in COMMANDS
    }
    assert wrong == set()


def test_every_make_target_that_is_named_is_there() -> None:
    there = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.M))
    named = {word for page in PAGES for word in re.findall(r"(?:^|`)make ([a-z]+)", text_of(page), re.M)}
    assert {"demo", "test", "check", "bench"} <= named
    assert named - there == set()


def test_every_link_leads_somewhere() -> None:
    dead = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text_of(page)):
            if not (page.parent / target).exists():
                dead.append(f"{name_of(page)}: {target}")
    assert dead == []


def test_every_path_that_is_named_is_there() -> None:
    """`app/pipeline/ingest.py` and its like; names with a <part> or a * to be filled in are patterns."""
    path = re.compile(r"`((?:app|connectors|frontend|migrations|tests)/[\w./-]+\.(?:py|ts|tsx|md|json|css))`")
    gone = [f"{name_of(page)}: {name}" for page in PAGES for name in path.findall(text_of(page)) if not _is_there(page, name)]
    assert gone == []


def _is_there(page: Path, name: str) -> bool:
    return "mychannel" in name or (ROOT / name).exists() or (page.parent / name).exists()


def test_decisions_are_short_and_whole() -> None:
    records = sorted((ROOT / "app" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for path in records:
        text = text_of(path)
        assert text.count("\n") <= 40, path.name
        assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Cost"], path.name


@pytest.mark.parametrize("folder", [*FLOORED, "migrations", "tests"])
def test_every_module_says_what_lives_there(folder: str) -> None:
    silent = [
        name_of(path)
        for path in python_files(folder)
        if text_of(path).strip() and not ast.get_docstring(tree_of(path))
    ]  # fmt: skip
    assert silent == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_is_said_that_has_no_place_here(what: str) -> None:
    said = re.compile(FORBIDDEN[what])
    found = []
    for path in tracked():
        if path.suffix in PLAIN and CONTRACTS not in path.parents and not (path == LOCK and "who" in what):
            found += [f"{name_of(path)}:{n}" for n, line in enumerate(text_of(path).splitlines(), start=1) if said.search(line)]
    assert found == []


def test_the_lock_file_names_no_place() -> None:
    assert '"resolved"' not in text_of(LOCK)
    assert text_of(LOCK).count('"integrity"') > 100
