"""The command line itself: every command explains itself, and a refusal is one line with exit code 2."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.main import COMMANDS
from tests.cli.conftest import Type

SUBCOMMANDS = {"stock": ("audit", "rebuild"), "dead-letters": ("list", "replay"), "users": ("add",)}


def _onecounter(*words: object, **env: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-P", "-m", "app.cli.main", *(str(word) for word in words)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ONECOUNTER_")}
    path = {"PYTHONPATH": str(Path(__file__).parents[2]), "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=60, env={**clean, **path, **env})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(type_in: Type, command: str) -> None:
    for words in [(command, sub) for sub in SUBCOMMANDS.get(command, ())] or [(command,)]:
        told = type_in(*words, "--help")
        assert told.exit_code == 0, told.output
        assert f"Example: onecounter {' '.join(words)}" in told.output


def test_a_missing_setting_is_one_line_and_code_2() -> None:
    done = _onecounter("web")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "ONECOUNTER_DATABASE_URL is not set; it should look like postgresql://user:password@host:5432/name\n"


def test_an_unreachable_database_is_one_line_and_code_2() -> None:
    key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    done = _onecounter(
        "doctor", ONECOUNTER_DATABASE_URL="postgresql://onecounter:x@127.0.0.1:1/onecounter", ONECOUNTER_SECRET_KEY=key
    )
    assert done.returncode == 2
    assert done.stderr.startswith("The database of ONECOUNTER_DATABASE_URL cannot be reached: ")
    assert done.stderr.count("\n") == 1


def test_a_folder_without_a_shop_says_how_to_make_one(tmp_path: Path) -> None:
    done = _onecounter("stock", "audit", "--data", tmp_path / "none")
    assert done.returncode == 2
    assert "Run `onecounter up` first" in done.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["up", "demo"])
def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path, command: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = _onecounter(command, "--no-browser", "--port", port, "--data", tmp_path / "data")
    assert done.returncode == 2
    assert done.stderr == f"Port {port} is taken by another program. Choose another with --port.\n"
    assert not (tmp_path / "data").exists()


def test_an_unwritable_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = _onecounter("up", "--no-browser", "--port", 28_731, "--data", tmp_path / "file" / "data")
    assert done.returncode == 2
    assert "Choose another one with --data." in done.stderr
