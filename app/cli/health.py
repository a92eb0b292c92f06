"""The part of `doctor` about the work itself: connections, what waits, what gave up, the last backup."""

from __future__ import annotations

from datetime import timedelta

from app.cli.checks import LATE_S, SILENT_FEED_S, UNKNOWN_S, Check, Finding, Patient


async def connections(patient: Patient) -> Finding:
    async with patient.db.across() as conn:
        rows = await conn.fetch(
            "select name, channel, error_code, error_detail from connection "
            "where state = 'broken' or open_until > $1 order by name",
            patient.db.clock.now(),
        )
        count = await conn.fetchval("select count(*) from connection")
    names = "; ".join(
        f"{row['name']} ({row['channel']}): {row['error_detail'] or row['error_code'] or 'failing'}" for row in rows
    )
    return Finding(
        name="connections",
        level="bad" if rows else "ok",
        detail=names or f"{count} linked, none broken",
        fix="Open Connections on the screen: each says what its owner has to do." if rows else "",
    )


async def feeds(patient: Patient) -> Finding:
    """A feed that is long overdue means nobody pulls: the worker is not running."""
    late = patient.db.clock.now() - timedelta(seconds=SILENT_FEED_S)
    async with patient.db.across() as conn:
        overdue = await conn.fetch(
            "select c.name, f.name as feed from feed f join connection c on c.workspace_id = f.workspace_id "
            "and c.id = f.connection_id where c.state = 'ready' and f.due_at < $1 order by f.due_at limit 5",
            late,
        )
    names = ", ".join(f"{row['name']} {row['feed']}" for row in overdue)
    return Finding(
        name="feeds",
        level="bad" if overdue else "ok",
        detail=f"not pulled for over {SILENT_FEED_S / 60:.0f} min: {names}" if overdue else "pulled when due",
        fix="Start a worker: onecounter worker (or onecounter up)." if overdue else "",
    )


async def waiting(patient: Patient) -> Finding:
    late = patient.db.clock.now() - timedelta(seconds=LATE_S)
    async with patient.db.across() as conn:
        row = await conn.fetchrow(
            "select (select count(*) from delivery where state = 'received' and due_at < $1) as deliveries, "
            "(select count(*) from outbox where seq is null and created_at < $1) as changes, "
            "(select count(*) from message where state = 'queued' and due_at < $1) as messages, "
            "(select count(*) from timer where done_at is null and due_at < $1) as timers",
            late,
        )
    behind = ", ".join(f"{count} {name}" for name, count in row.items() if count)
    return Finding(
        name="waiting work",
        level="bad" if behind else "ok",
        detail=f"over {LATE_S:.0f} s late: {behind}" if behind else "nothing is late",
        fix="Start a worker, or more of them: onecounter worker." if behind else "",
    )


async def parked(patient: Patient) -> Finding:
    async with patient.db.across() as conn:
        count = await conn.fetchval("select count(*) from delivery where state = 'parked'")
    return Finding(
        name="parked",
        level="warn" if count else "ok",
        detail=f"{count} deliveries could not be read and are kept whole" if count else "every delivery was read",
        fix="Look at them on Connections, then replay." if count else "",
    )


async def dead_letters(patient: Patient) -> Finding:
    count = 0
    for workspace in patient.workspaces:
        async with patient.db.unit(workspace) as work:
            count += await work.value("select count(*) from dead_letter where workspace_id = $1 and state = 'open'", workspace)
    return Finding(
        name="dead letters",
        level="warn" if count else "ok",
        detail=f"{count} pieces of work gave up" if count else "none",
        fix="Run: onecounter dead-letters list" if count else "",
    )


async def unknown_sends(patient: Patient) -> Finding:
    late = patient.db.clock.now() - timedelta(seconds=UNKNOWN_S)
    async with patient.db.across() as conn:
        count = await conn.fetchval("select count(*) from message where state = 'unknown' and sent_at < $1", late)
    return Finding(
        name="unknown sends",
        level="warn" if count else "ok",
        detail=f"{count} replies are unknown for over {UNKNOWN_S / 60:.0f} min" if count else "none is old",
        fix="Open them in the inbox and look on the channel: they are not sent again by themselves." if count else "",
    )


async def backups(patient: Patient) -> Finding:
    """`backup` leaves its time in DATA/last_backup."""
    path = patient.settings.data / "last_backup"
    if patient.settings.sandbox:
        return Finding(name="backup", level="ok", detail="a demo needs none")
    if not path.exists():
        return Finding(name="backup", level="warn", detail="none was made here", fix="Run: onecounter backup FILE")
    age = patient.db.clock.now().timestamp() - path.stat().st_mtime
    is_old = age > 86_400
    return Finding(
        name="backup",
        level="warn" if is_old else "ok",
        detail=f"the last one is {age / 3600:.0f} h old",
        fix="Run: onecounter backup FILE, and let a timer do it every night." if is_old else "",
    )


HEALTH: tuple[Check, ...] = (connections, feeds, waiting, parked, dead_letters, unknown_sends, backups)
