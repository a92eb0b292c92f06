"""The tables as the models describe them."""

from __future__ import annotations

import importlib

from sqlmodel import SQLModel

from app.core.tables import WORKLESS
from tests.house.source import modules

for name in modules():
    if name.startswith("app.") and name.endswith("models"):
        importlib.import_module(name)

OUTSIDE = frozenset(WORKLESS | {"alembic_version"})
"""Tables without a workspace: who signs in, by which address a webhook comes, which schema this is."""

TENANT = frozenset(SQLModel.metadata.tables.keys() - OUTSIDE)
