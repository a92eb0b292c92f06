"""Where commands work, and the schema they expect."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from app.cli.place import embedded_environment, secret_key
from app.core.config import Settings
from app.core.migrate import alembic_config
from app.core.revisions import newest

ADMIN = "postgresql://postgres:key@127.0.0.1:25000/postgres"


def test_the_newest_revision_is_the_one_the_migrations_end_with() -> None:
    assert newest() == ScriptDirectory.from_config(alembic_config("")).get_current_head()


def test_demo_and_shop_share_a_cluster_and_nothing_else(tmp_path: Path) -> None:
    shop = Settings.from_env(embedded_environment(tmp_path, ADMIN, form="shop", env={}))
    demo = Settings.from_env(embedded_environment(tmp_path, ADMIN, form="demo", env={}))
    assert shop.database_url.endswith("@127.0.0.1:25000/onecounter")
    assert demo.database_url.endswith("@127.0.0.1:25000/onecounter_demo")
    assert shop.secret_keys == demo.secret_keys


def test_accounts_differ_from_each_other_and_from_the_superuser(tmp_path: Path) -> None:
    env = embedded_environment(
        tmp_path, ADMIN, form="shop", env={"ONECOUNTER_REDIS_URL": "redis://elsewhere", "HOME": "/home/ayu"}
    )
    passwords = {env[name].split(":")[2].split("@")[0] for name in ("ONECOUNTER_DATABASE_URL", "ONECOUNTER_MIGRATION_URL")}
    assert len(passwords | {"key"}) == 3
    assert env["ONECOUNTER_REDIS_URL"] == ""
    assert env["HOME"] == "/home/ayu"


def test_the_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    made = secret_key(tmp_path)
    assert secret_key(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("text", ["k1:notbase64", ""])
def test_a_damaged_secret_key_is_not_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret.key").write_text(text)
    assert secret_key(tmp_path) == text
