"""What no file of the code may say, and what no test may do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import FLOORED, ROOT, functions_of, imports_of, name_of, python_files, text_of, tracked, tree_of

CODE = (".py", ".ts", ".tsx", ".css", ".sql", ".html", ".sh", ".toml", ".yml", ".mako")
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
NAMELESS = {"utils", "util", "hel" + "pers", "common", "manager", "misc"}


def code_files() -> list[Path]:
    return [path for path in tracked() if path.suffix in CODE and ROOT / "tests" / "contracts" not in path.parents]


def test_nothing_is_left_to_be_done() -> None:
    left = [
        f"{name_of(path)}:{number}"
        for path in code_files()
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert left == []


def test_no_file_has_an_empty_name() -> None:
    found = [name_of(path) for path in tracked() if path.suffix in CODE and {path.stem, *path.relative_to(ROOT).parts} & NAMELESS]
    assert found == []


def test_no_body_is_missing() -> None:
    """A body of `pass`, `...` or NotImplementedError stands only in a Protocol or an exception without more to say."""
    empty = []
    for path in python_files(*FLOORED):
        declared = {
            inner
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id == "Protocol" for base in node.bases)
            for inner in node.body
        }
        empty += [
            f"{name_of(path)}:{function.lineno} {function.name}"
            for function in functions_of(path)
            if function not in declared and _is_empty(function.body)
        ]
    assert empty == []


def _is_empty(body: list[ast.stmt]) -> bool:
    last = body[-1]
    if isinstance(last, ast.Raise):
        raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    alone = len(body) == 1 or (len(body) == 2 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant))
    dots = isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant) and last.value.value is ...
    return alone and (isinstance(last, ast.Pass) or dots)


def test_no_failure_is_swallowed_whole() -> None:
    """`except Exception` says what it does with it."""
    silent = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files(*FLOORED, "tests")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
        and all(isinstance(statement, ast.Pass | ast.Continue) for statement in node.body)
    ]
    assert silent == []


def test_no_test_sleeps() -> None:
    """Yielding to the loop (`sleep(0)`) is no wait."""
    found = [f"{name_of(path)}:{call.lineno}" for path, call in _calls("sleep") if not _yields(call)]
    assert found == []


def test_no_test_replaces_our_code() -> None:
    """Parts are passed in. What a test may set is the environment and the working folder."""
    imports = (found for path in python_files("tests") for found in imports_of(path))
    mocking = [str(found) for found in imports if found.target.partition(".")[0] in ("mock", "pytest_mock", "unittest")]
    setting = [f"{name_of(path)}:{call.lineno}" for path, call in _calls("setattr")]
    assert mocking + setting == []


def _calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in python_files("tests"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                yield path, node


def _yields(call: ast.Call) -> bool:
    return len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
