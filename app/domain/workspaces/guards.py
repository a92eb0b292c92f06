"""Who is calling, and what each role may do: one table for the API, one for the live socket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Guard

from app.core.db import Actor
from app.core.errors import Forbidden, SignedOut

EVERYONE = frozenset({"agent", "lead", "stock", "admin"})
DESK = frozenset({"agent", "lead", "admin"})
FLOOR = frozenset({"stock", "lead", "admin"})
LEADS = frozenset({"lead", "admin"})
ADMINS = frozenset({"admin"})

PERMISSIONS: dict[str, frozenset[str]] = {
    "workspace.read": EVERYONE,
    "workspace.write": ADMINS,
    "members.read": EVERYONE,
    "members.write": ADMINS,
    "teams.write": LEADS,
    "keys.write": ADMINS,
    "inbox.read": DESK,
    "inbox.write": DESK,
    "inbox.lead": LEADS,
    "customers.read": DESK,
    "customers.write": DESK,
    "customers.erase": ADMINS,
    "orders.read": EVERYONE,
    "orders.write": EVERYONE,
    "catalog.read": EVERYONE,
    "catalog.write": FLOOR,
    "stock.read": EVERYONE,
    "stock.write": FLOOR,
    "stock.stop": FLOOR,
    "incidents.write": EVERYONE,
    "connections.read": EVERYONE,
    "connections.write": ADMINS,
    "deliveries.read": LEADS,
    "deliveries.write": LEADS,
    "automation.read": DESK,
    "automation.write": LEADS,
    "insight.read": LEADS,
    "audit.read": ADMINS,
}

_SHOP = frozenset({"orders", "stock", "connections", "workspace"})
ROOMS_OF: dict[str, frozenset[str]] = {
    "agent": _SHOP | {"inbox"},
    "lead": _SHOP | {"inbox"},
    "stock": _SHOP,
    "admin": _SHOP | {"inbox"},
}
"""Rooms whose changes a role hears on the live socket. Whoever keeps stock never reads what customers write."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person or program. `member_id` is None for a key that acts for nobody; `token_hash` names the session or
    key that let them in."""

    workspace_id: UUID
    member_id: UUID | None
    role: str
    name: str
    token_hash: bytes | None = None
    is_key: bool = False

    @property
    def actor(self) -> Actor:
        return Actor(self.member_id, self.name)

    @property
    def rooms(self) -> frozenset[str]:
        return ROOMS_OF[self.role]

    def may(self, permission: str) -> bool:
        return self.role in PERMISSIONS[permission]


def require(permission: str) -> Guard:
    """Guard of a route. A permission nobody declared fails at import, not at the first request."""
    allowed = PERMISSIONS[permission]

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        caller = caller_of(connection)
        if caller.role not in allowed:
            raise Forbidden(f"your role ({caller.role}) may not do this", extra={"permission": permission})

    return guard


def caller_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    """Raises SignedOut when nobody signed in."""
    caller = connection.scope.get("user")
    if not isinstance(caller, Caller):
        raise SignedOut("sign in first")
    return caller
