"""The tree as the house tests read it: tracked files, syntax trees, imports, constants."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORED = ("app", "connectors")
SQL = re.compile(r"\b(select\s|insert into |update \w+ |delete from |with \w+ as )", re.ASCII)


@cache
def tracked() -> tuple[Path, ...]:
    """Files git keeps; in an unpacked archive, everything that is not built or installed. Newly made ones count too."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode == 0:
        names = {ROOT / name for name in listed.stdout.decode().split("\0") if name}
        return tuple(sorted(path for path in names if path.is_file()))
    built = {"node_modules", "__pycache__", "static", "screens"}
    found = (path for path in ROOT.rglob("*") if path.is_file())
    return tuple(sorted(path for path in found if not any(_is_built(part, built) for part in path.relative_to(ROOT).parts)))


def _is_built(part: str, built: set[str]) -> bool:
    return part in built or (part.startswith(".") and part not in (".ci", ".dockerignore", ".gitignore", ".npmrc"))


def python_files(*folders: str) -> list[Path]:
    tops = {ROOT / folder for folder in folders}
    return [path for path in tracked() if path.suffix == ".py" and tops & set(path.parents)]


def name_of(path: Path) -> str:
    """Relative to the top, as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), filename=str(path))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    """Our own modules by dotted name."""
    return {module_of(path): path for path in python_files(*FLOORED)}


@dataclass(frozen=True, slots=True)
class Import:
    """`target` is the module that is loaded: of `from a.b import c` it is a.b.c where that is a file of ours."""

    source: str
    target: str
    line: int
    nested: bool

    def __str__(self) -> str:
        return f"{self.source}:{self.line} -> {self.target}"


def imports_of(path: Path) -> Iterator[Import]:
    source = module_of(path)
    for node, nested in _walk(tree_of(path), nested=False):
        for target in _targets(node):
            yield Import(source, target, getattr(node, "lineno", 0), nested)


def _targets(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        module = node.module or ""
        for alias in node.names:
            inner = f"{module}.{alias.name}"
            yield inner if inner in modules() else module


def _walk(node: ast.AST, *, nested: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        yield child, nested
        inside = nested or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _walk(child, nested=inside)


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every text that is written out, with its line: pieces joined by + or an f-string are one text, `{...}` a space."""
    yield from _texts(tree_of(path))


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    for child in ast.iter_child_nodes(node):
        joined = _joined(child)
        if joined is None:
            yield from _texts(child)
            continue
        yield getattr(child, "lineno", 0), joined
        for inner in ast.walk(child):
            if isinstance(inner, ast.FormattedValue):
                yield from _texts(inner)


def _joined(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_joined(value) or " " for value in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = _joined(node.left), _joined(node.right)
        return None if sides == (None, None) else f"{sides[0] or ' '}{sides[1] or ' '}"
    return None
