"""For whoever runs it: is the process alive, can it work, and its figures."""

from __future__ import annotations

from functools import cache

import asyncpg
from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.core.db import Database
from app.core.errors import Down
from app.core.revisions import newest, schema_revision

_expected = cache(newest)


@get("/healthz", include_in_schema=False, opt={"anyone": True})
async def tell_alive() -> dict[str, str]:
    """Says only that the loop turns: a database outage must not restart the process."""
    return {"status": "ok"}


@get("/readyz", include_in_schema=False, opt={"anyone": True})
async def tell_ready(db: NamedDependency[Database]) -> dict[str, str]:
    """A real commit, and the schema this code expects. 503 says what is missing."""
    try:
        async with db.plain() as conn:
            await conn.fetchval("select pg_logical_emit_message(true, 'onecounter', 'ready')")
            revision = await schema_revision(conn)
    except (asyncpg.PostgresError, TimeoutError) as error:
        raise Down(f"the database does not take writes: {error or type(error).__name__}", code="database_down") from error
    if revision != _expected():
        raise Down(
            f"the database is at {revision or 'no'} revision, this code needs {_expected()}; run `onecounter migrate`",
            code="schema_old",
        )
    return {"status": "ready", "schema": revision}


@get("/metrics", include_in_schema=False, opt={"anyone": True})
async def tell_figures() -> Response[bytes]:
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})


ROUTES = [tell_alive, tell_ready, tell_figures]
