"""What the database itself must hold, read from its catalogue: scope, keys, roles, the ledger, the finder functions."""

from __future__ import annotations

import asyncpg
import pytest

from app.core.db import Database
from app.core.roles import APP, DUTY, FINDER, IS_WORKSPACE, LOGIN, OWNER
from tests.conftest import Shop, open_shop
from tests.house.tables import OUTSIDE, TENANT

TABLES = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
COLUMNS = "select table_name, column_name from information_schema.columns where table_schema = 'public'"

KEYS = """
select t.relname as table, c.conname as name, c.contype::text as kind, f.relname as target,
  (select array_agg(a.attname::text order by k.nth) from unnest(c.conkey) with ordinality k(attnum, nth)
   join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum) as columns
from pg_constraint c join pg_class t on t.oid = c.conrelid left join pg_class f on f.oid = c.confrelid
where t.relnamespace = 'public'::regnamespace and c.contype in ('p', 'f', 'u')
"""

UNIQUE = """
select t.relname as table, i.relname as name, a.attname as first
from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
where x.indisunique and t.relnamespace = 'public'::regnamespace
"""

POLICIES = """
select tablename as table, roles::text[] as roles, permissive, cmd, qual, with_check from pg_policies where schemaname = 'public'
"""


async def test_every_table_has_a_workspace_or_is_listed(catalogue: asyncpg.Connection) -> None:
    having = {row["table_name"] for row in await catalogue.fetch(f"{COLUMNS} and column_name = 'workspace_id'")}
    assert TENANT - having == {"workspace"}
    assert {row["relname"] for row in await catalogue.fetch(TABLES)} == TENANT | OUTSIDE


async def test_row_level_security_is_on_and_forced(catalogue: asyncpg.Connection) -> None:
    rows = await catalogue.fetch(f"{TABLES} and relrowsecurity and relforcerowsecurity")
    assert TENANT - {row["relname"] for row in rows} == set()


async def test_every_table_lets_the_app_see_its_workspace_only(catalogue: asyncpg.Connection) -> None:
    policies = [row for row in await catalogue.fetch(POLICIES) if row["roles"] == [APP]]
    assert {row["table"] for row in policies} == TENANT
    await catalogue.execute("create temporary table written (workspace_id uuid, id uuid)")
    await catalogue.execute(f"create policy by_workspace on written using ({IS_WORKSPACE})")
    await catalogue.execute(f"create policy by_id on written using ({IS_WORKSPACE.replace('workspace_id', 'id', 1)})")
    written = dict(await catalogue.fetch("select policyname, qual from pg_policies where tablename = 'written'"))
    for row in policies:
        scope = written["by_id" if row["table"] == "workspace" else "by_workspace"]
        assert (row["qual"], row["with_check"], row["cmd"], row["permissive"]) == (scope, scope, "ALL", "PERMISSIVE"), row[
            "table"
        ]


async def test_every_policy_names_one_of_our_roles(catalogue: asyncpg.Connection) -> None:
    policies = await catalogue.fetch(POLICIES)
    assert {tuple(row["roles"]) for row in policies} == {(APP,), (DUTY,), (FINDER,)}
    blind = [row["table"] for row in policies if row["qual"] is None or (row["cmd"] != "SELECT" and row["with_check"] is None)]
    assert blind == []
    assert {row["cmd"] for row in policies if row["roles"] == [FINDER]} == {"SELECT"}


async def test_every_key_is_led_by_the_workspace(catalogue: asyncpg.Connection) -> None:
    tenants = TENANT - {"workspace"}
    keys = [row for row in await catalogue.fetch(KEYS) if row["table"] in tenants]
    assert {row["table"] for row in keys if row["kind"] == "p"} == tenants
    # A member's way in is a login, which stands above workspaces
    open_ones = {row["name"] for row in keys if row["target"] in OUTSIDE}
    assert open_ones == {"fk_member_login_id"}
    assert [row["name"] for row in keys if row["columns"][0] != "workspace_id" and row["name"] not in open_ones] == []
    loose = [row["name"] for row in keys if row["kind"] == "f" and len(row["columns"]) < 2 and row["name"] not in open_ones]
    assert loose == []
    assert [
        row["name"] for row in await catalogue.fetch(UNIQUE) if row["table"] in tenants and row["first"] != "workspace_id"
    ] == []


async def test_no_role_of_ours_stands_above_the_rules(catalogue: asyncpg.Connection) -> None:
    roles = await catalogue.fetch(
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin from pg_roles "
        "where rolname = any($1)",
        [APP, DUTY, FINDER, OWNER, LOGIN],
    )
    assert len(roles) == 5
    powers = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
    assert [row["rolname"] for row in roles if any(row[power] for power in powers)] == []
    assert {row["rolname"] for row in roles if row["rolcanlogin"]} == {OWNER, LOGIN}


async def test_the_account_of_the_processes_has_nothing_by_itself(catalogue: asyncpg.Connection) -> None:
    """It may become app or duty and has neither's rights before it does."""
    for role in (APP, DUTY):
        assert await catalogue.fetchval("select pg_has_role($1, $2, 'member')", LOGIN, role)
        assert not await catalogue.fetchval("select pg_has_role($1, $2, 'usage')", LOGIN, role)
    for role in (OWNER, FINDER):
        assert not await catalogue.fetchval("select pg_has_role($1, $2, 'member')", LOGIN, role)
    owners = {row["tableowner"] for row in await catalogue.fetch("select tableowner from pg_tables where schemaname = 'public'")}
    assert owners == {OWNER}


async def test_duty_cannot_read_what_people_wrote(catalogue: asyncpg.Connection) -> None:
    """It works over workspaces, so it sees due times and states: no words, no names, no secrets."""
    readable = await catalogue.fetch(
        "select table_name, column_name from information_schema.column_privileges "
        "where table_schema = 'public' and grantee = $1 and privilege_type = 'SELECT'",
        DUTY,
    )
    found = {(row["table_name"], row["column_name"]) for row in readable}
    tables = {table for table, _ in found}
    assert (
        tables & {"customer", "handle", "conversation", "thread", "sales_order", "order_line", "connection_secret", "movement"}
        == set()
    )
    assert tables & (OUTSIDE - {"hook_route"}) == set()
    assert {column for table, column in found if table == "message"} & {"text", "html", "subject", "search"} == set()


@pytest.mark.parametrize("table", ["movement", "audit"])
async def test_the_ledger_is_only_added_to(catalogue: asyncpg.Connection, table: str) -> None:
    for role in (APP, DUTY):
        for right in ("update", "delete", "truncate"):
            assert not await catalogue.fetchval("select has_table_privilege($1, $2, $3)", role, table, right), (role, right)
        assert not await catalogue.fetchval("select has_any_column_privilege($1, $2, 'update')", role, table)
    for act in (f"update {table} set created_at = created_at", f"delete from {table}", f"truncate {table}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await catalogue.execute(act)


@pytest.mark.parametrize("function", ["find_messages(tsquery, integer)", "find_keys(text, integer)"])
async def test_finders_are_the_finders_own(catalogue: asyncpg.Connection, function: str) -> None:
    row = await catalogue.fetchrow(
        "select pg_get_userbyid(proowner) as owner, prosecdef, proconfig from pg_proc where oid = $1::regprocedure", function
    )
    assert (row["owner"], row["prosecdef"], row["proconfig"]) == (FINDER, True, ["search_path=public, pg_temp"])
    may = {
        role: await catalogue.fetchval("select has_function_privilege($1, $2, 'execute')", role, function)
        for role in (APP, DUTY, LOGIN)
    }
    assert may == {APP: True, DUTY: False, LOGIN: False}
    assert not await catalogue.fetchval("select has_schema_privilege($1, 'public', 'create')", FINDER)


async def test_a_foreign_workspace_is_not_there(db: Database, shop: Shop) -> None:
    """The rules at work: rows of another workspace can be neither seen, changed nor written."""
    other = (await open_shop(db, name="Toko Sebelah")).workspace_id
    async with db.unit(shop.workspace_id) as work:
        assert await work.value("select count(*) from member where workspace_id = $1", other) == 0
        assert await work.value("select count(*) from workspace") == 1
        assert await work.execute("update member set name = 'x' where workspace_id = $1", other) == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await work.execute("insert into counter (workspace_id, name, value) values ($1, 'x', 1)", other)


async def test_without_a_workspace_nothing_is_there(db: Database, shop: Shop) -> None:
    async with db.plain() as conn:
        assert await conn.fetchval("select count(*) from member") == 0
        assert await conn.fetchval("select count(*) from workspace") == 0
