"""Raw things as they came."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field

from app.core.tables import BYTES, Leased, document, index, one_of, refers, unique

STATES = ("received", "ingested", "unsupported", "parked")


class Delivery(Leased, table=True):
    """A repeat of a known one makes no new row. `parked`: we could not read or apply it; it is kept whole for replay."""

    __table_args__ = (
        refers("connection_id", "connection"),
        unique("uq_delivery_key", "connection_id", "key"),
        index("ix_delivery_due", "due_at", where="state = 'received'"),
        index("ix_delivery_state", "workspace_id", "state", "id desc"),
        one_of("state", *STATES),
    )
    connection_id: UUID
    channel: str
    kind: str
    key: str
    body: bytes = Field(sa_type=BYTES)
    headers: dict[str, Any] = document()
    state: str = "received"
    error: str = ""
    received_at: datetime
    ingested_at: datetime | None = None
