"""Database roles, and the row-level security every tenant table gets. README "Run it" names the rights each needs."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

OWNER = "onecounter_owner"
APP = "onecounter_app"
DUTY = "onecounter_duty"
FINDER = "onecounter_finder"
LOGIN = "onecounter"

IS_WORKSPACE = "workspace_id = (select nullif(current_setting('app.workspace', true), '')::uuid)"


def ensure_roles(database_url: str, migration_url: str) -> list[str]:
    """Statements for a role that may create roles; safe to repeat. The account of `database_url` becomes a member of app
    and duty and never inherits either; the account of `migration_url` owns the tables. Both are no superusers."""
    login, owner = urlsplit(database_url), urlsplit(migration_url)
    statements = [_create(role, "nologin") for role in (APP, DUTY, FINDER)]
    for account in (owner, login):
        name = account_name(account.username)
        statements.append(_create(name, "login noinherit" if account is login else "login"))
        if account.password:
            quoted = unquote(account.password).replace("'", "''")
            statements.append(f"alter role {name} password '{quoted}'")
    statements.append(f"grant {APP}, {DUTY} to {account_name(login.username)}")
    statements.append(f"grant {FINDER} to {account_name(owner.username)}")
    return statements


def account_name(text: str | None) -> str:
    """Raises ValueError for anything but a plain lower-case name: it stands unquoted in statements."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", text or ""):
        raise ValueError(f"{text!r} is not a plain role name")
    return str(text)


def _create(role: str, options: str) -> str:
    return (
        f"do $$ begin if not exists (select 1 from pg_roles where rolname = '{role}') "
        f"then create role {role} {options}; end if; end $$"
    )


def protect(table: str, *, column: str = "workspace_id") -> list[str]:
    """Row-level security for the role app: rows of its own workspace only, read and written."""
    scope = IS_WORKSPACE.replace("workspace_id", column, 1)
    return [
        f'alter table "{table}" enable row level security',
        f'alter table "{table}" force row level security',
        f'create policy {table}_app on "{table}" for all to {APP} using ({scope}) with check ({scope})',
        f'grant select, insert, update, delete on "{table}" to {APP}',
    ]


def let_duty(table: str, *, select: str = "", insert: str = "", update: str = "", delete: bool = False) -> list[str]:
    """The role duty works over workspaces, on the named columns only (`*` = all)."""
    rights = []
    for right, columns in (("select", select), ("insert", insert), ("update", update)):
        if columns:
            rights.append(f"{right} ({columns})" if columns != "*" else right)
    if delete:
        rights.append("delete")
    return [
        f'create policy {table}_duty on "{table}" for all to {DUTY} using (true) with check (true)',
        f'grant {", ".join(rights)} on "{table}" to {DUTY}',
    ]


def let_finder(table: str, columns: str) -> list[str]:
    """Index look-ups run as finder; the functions filter by workspace themselves."""
    return [
        f'create policy {table}_finder on "{table}" for select to {FINDER} using (true)',
        f'grant select ({columns}) on "{table}" to {FINDER}',
    ]
