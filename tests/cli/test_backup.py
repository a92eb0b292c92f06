"""A shop goes into one file and comes back from it, and stays quiet until a person lets it speak."""

from __future__ import annotations

import asyncio
import hashlib
import tarfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from app.cli.backup import FORMAT
from app.core.files import Folder
from app.core.vault import Vault
from app.embedded.postgres import Cluster
from tests.cli.conftest import Shop, Type

WORKSPACE = UUID("0190a000-0000-7000-8000-000000000001")
CONNECTION = UUID("0190a000-0000-7000-8000-000000000002")
PICTURE = b"\x00picture"


def _sql(shop: Shop, *statements: str, ask: str = "select 1") -> Any:
    """As the superuser, in the shop's database."""

    async def run() -> Any:
        conn = await asyncpg.connect(urlunsplit(urlsplit(shop.admin_url)._replace(path="/onecounter")))
        try:
            for statement in statements:
                await conn.execute(statement)
            return await conn.fetchval(ask)
        finally:
            await conn.close()

    return asyncio.run(run())


def _fill(shop: Shop) -> None:
    sealed = Vault(shop.settings.secret_keys).seal("sesame", workspace=WORKSPACE, connection=CONNECTION, field="token")
    tenant = f"'{WORKSPACE}'"
    _sql(
        shop,
        f"insert into workspace (id, name, created_at) values ({tenant}, 'Nusa Goods', now())",
        "insert into connection (workspace_id, id, channel, name, hook_token_hash, sends_replies, pushes_stock, created_at) "
        f"values ({tenant}, '{CONNECTION}', 'somewhere', 'Our shop', '\\x01', true, true, now())",
        "insert into connection_secret (workspace_id, connection_id, field, key_id, sealed) "
        f"values ({tenant}, '{CONNECTION}', 'token', '{sealed.key_id}', '\\x{sealed.sealed.hex()}')",
        f"insert into customer (workspace_id, id, name, created_at) values ({tenant}, '{CONNECTION}', 'Budi', now())",
        "insert into conversation (workspace_id, id, number, customer_id, channel, created_at, last_activity_at) "
        f"values ({tenant}, '{CONNECTION}', 1, '{CONNECTION}', 'somewhere', now(), now())",
        "insert into thread (workspace_id, id, conversation_id, connection_id, customer_id, channel, external_id, created_at) "
        f"values ({tenant}, '{CONNECTION}', '{CONNECTION}', '{CONNECTION}', '{CONNECTION}', 'somewhere', 't-1', now())",
        "insert into message (workspace_id, id, conversation_id, thread_id, connection_id, direction, kind, text, state, "
        f"client_msg_id, sent_at, due_at, created_at) values ({tenant}, '{CONNECTION}', '{CONNECTION}', '{CONNECTION}', "
        f"'{CONNECTION}', 'out', 'message', 'On its way', 'queued', 'c-1', now(), now(), now())",
    )
    asyncio.run(Folder(shop.data / "files").keep(PICTURE))


def test_comes_back_whole_and_quiet(shop: Shop, type_in: Type, tmp_path: Path) -> None:
    _fill(shop)
    file = tmp_path / "monday.tar"
    made = type_in("backup", file, "--with-key", "--data", shop.data)
    assert made.exit_code == 0, made.output
    assert file.stat().st_mode & 0o777 == 0o600
    assert (shop.data / "last_backup").exists()

    other = tmp_path / "other"
    try:
        back = type_in("restore", file, "--data", other)
        assert back.exit_code == 0, (back.output, back.exception)
        cluster = Cluster(other)
        moved = Shop(other, shop.settings, cluster.start())
        assert _sql(moved, ask="select name from workspace") == "Nusa Goods"
        assert _sql(moved, ask="select text || ' ' || state from message") == "On its way unknown"
        assert _sql(moved, ask="select due_at from message") is None
        assert _sql(moved, ask="select sends_replies or pushes_stock from connection") is False
        assert Folder(other / "files").path(hashlib.sha256(PICTURE).hexdigest()).read_bytes() == PICTURE
        keys = (other / "secret.key").read_text().strip().split(",")
        assert keys[1] == (shop.data / "secret.key").read_text().strip()
        forced = _sql(
            moved,
            ask="select bool_and(relrowsecurity and relforcerowsecurity) from pg_class where relname in ('message', 'movement')",
        )
        assert forced is True
    finally:
        Cluster(other).remove()


def test_a_shop_is_replaced_only_when_asked(shop: Shop, type_in: Type, tmp_path: Path) -> None:
    _fill(shop)
    file = tmp_path / "monday.tar"
    assert type_in("backup", file, "--data", shop.data).exit_code == 0
    _sql(shop, "update workspace set name = 'Since then'")

    refused = type_in("restore", file, "--data", shop.data)
    assert "There is a shop already" in str(refused.exception)
    assert _sql(shop, ask="select name from workspace") == "Since then"

    assert type_in("restore", file, "--replace", "--data", shop.data).exit_code == 0
    assert _sql(shop, ask="select name from workspace") == "Nusa Goods"


def test_the_key_stays_out_unless_asked(shop: Shop, type_in: Type, tmp_path: Path) -> None:
    file = tmp_path / "monday.tar"
    made = type_in("backup", file, "--data", shop.data)
    assert made.exit_code == 0
    with tarfile.open(file) as tar:
        assert tar.getnames() == ["about.json", "database.dump"]


def test_never_overwrites_and_refuses_what_is_not_ours(shop: Shop, type_in: Type, tmp_path: Path) -> None:
    file = tmp_path / "notes.tar"
    file.write_text("shopping list")
    assert "exists already" in str(type_in("backup", file, "--data", shop.data).exception)
    assert file.read_text() == "shopping list"
    assert "is not a backup of ours" in str(type_in("restore", file, "--data", shop.data).exception)

    with tarfile.open(file, "w") as tar:
        about = tmp_path / "about.json"
        about.write_text(
            f'{{"format": {FORMAT + 1}, "made_at": "2030-01-01T00:00:00Z", "revision": "0001", "form": "shop", "has_key": false}}'
        )
        tar.add(about, "about.json")
    assert "Update Onecounter" in str(type_in("restore", file, "--data", shop.data).exception)
