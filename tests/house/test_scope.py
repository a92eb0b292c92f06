"""Every SQL text names the workspace it works in. Row-level security is the second lock, not the first."""

from __future__ import annotations

import re

from tests.house.source import SQL, name_of, python_files, texts_of
from tests.house.tables import TENANT

OVER_WORKSPACES = {
    "app/cli/backup.py": "silences a restored database, all of it, before anybody signs in",
    "app/cli/health.py": "counts what waits on this machine, as duty",
    "app/core/allowances.py": "forgets limits that are full again, as duty",
}
"""Files whose SQL has no workspace on purpose, and why."""

TABLE = re.compile(r"\b(?:from|join|into|update)\s+(?:only\s+)?\"?([a-z_]+)\"?")
PROOF = re.compile(r"workspace_id|lease_token")
"""A lease token is random and new with each claim, so it names rows of one claim only."""


def nameless() -> set[tuple[str, str]]:
    """(file, beginning of the statement)"""
    tables = TENANT - {"workspace"}
    return {
        (name_of(path), " ".join(text.split())[:80])
        for path in python_files("app")
        for _, text in texts_of(path)
        if SQL.search(text) and tables & set(TABLE.findall(text)) and not PROOF.search(text)
    }


def test_every_statement_names_its_workspace() -> None:
    assert len(TENANT) > 30
    assert {found for found in nameless() if found[0] not in OVER_WORKSPACES} == set()
    assert {found[0] for found in nameless()} >= OVER_WORKSPACES.keys()


def test_sql_takes_the_time_as_a_parameter() -> None:
    """The database's clock is asked where clocks are compared; everything else runs on the injected one."""
    clock = re.compile(r"\b(now\(\)|current_timestamp|clock_timestamp\(\)|localtimestamp)")
    asking = {
        name_of(path)
        for path in python_files("app", "migrations")
        for _, text in texts_of(path)
        if SQL.search(text) and clock.search(text)
    }
    assert asking == {"app/core/db.py", "app/cli/checks.py"}


def test_no_list_is_paged_by_offset() -> None:
    paging = [
        f"{name_of(path)}:{line}"
        for path in python_files("app")
        for line, text in texts_of(path)
        if SQL.search(text) and re.search(r"\boffset\s+[\d${:]", text)
    ]
    assert paging == []
