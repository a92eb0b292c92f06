"""Nothing grows past what one person reads in one go."""

from __future__ import annotations

import pytest

from tests.house.source import ROOT, functions_of, name_of, python_files, text_of, tracked

FILE_LINES = {"app": 400, "connectors": 400, "tests": 500}
FUNCTION_LINES = 60
SCREEN_LINES = 400
SCREEN = (".ts", ".tsx", ".css")


@pytest.mark.parametrize("folder", FILE_LINES)
def test_no_file_is_too_long(folder: str) -> None:
    sizes = {name_of(path): text_of(path).count("\n") for path in python_files(folder)}
    assert {name: lines for name, lines in sizes.items() if lines > FILE_LINES[folder]} == {}


@pytest.mark.parametrize("folder", FILE_LINES)
def test_no_function_is_too_long(folder: str) -> None:
    found = {
        f"{name_of(path)}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in python_files(folder)
        for function in functions_of(path)
    }
    assert {name: lines for name, lines in found.items() if lines > FUNCTION_LINES} == {}


def test_no_file_of_the_screen_is_too_long() -> None:
    sources = [path for path in tracked() if ROOT / "frontend" in path.parents and path.suffix in SCREEN]
    sizes = {name_of(path): text_of(path).count("\n") for path in sources}
    assert sizes != {}
    assert {name: lines for name, lines in sizes.items() if lines > SCREEN_LINES} == {}
