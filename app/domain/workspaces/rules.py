"""Pure rules of this room: names, addresses, passwords, how long a sign-in lasts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
"""A session's `seen_at` is written at most this often."""
FAILURES_ALLOWED = 10
LOCKED_FOR = timedelta(minutes=15)
PASSWORD_MIN = 12
PASSWORD_MAX = 200
KEY_PREFIX = "oc_"
PREFIX_SHOWN = 9


def fold_email(email: str) -> str:
    return email.strip().lower()


def is_email(email: str) -> bool:
    return len(email) <= 254 and re.fullmatch(r"[^@\s]+@[^@\s]+", email) is not None


def initials(name: str) -> str:
    """`Ayu Lestari` -> AL, `Sari` -> SA, one sign for one-letter names."""
    words = [word for word in re.split(r"[\s\-_.]+", name.strip()) if word]
    if not words:
        return "?"
    letters = words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]
    return letters.upper()


def password_problem(password: str, *, email: str) -> str:
    """Empty when it will do."""
    if len(password) < PASSWORD_MIN:
        return f"must have at least {PASSWORD_MIN} characters"
    if len(password) > PASSWORD_MAX:
        return f"must have at most {PASSWORD_MAX} characters"
    if len(set(password)) < 4 or password.lower() == fold_email(email):
        return "is too easy to guess"
    return ""


def is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return name == "UTC"
    return True


def is_alive(*, seen_at: datetime, expires_at: datetime, now: datetime) -> bool:
    """A browser's sign-in ends after 12 idle hours, and in any case after 7 days."""
    return now < expires_at and now - seen_at < IDLE


def cookie_name(*, secure: bool) -> str:
    """Browsers accept the `__Host-` prefix over https only."""
    return "__Host-onecounter" if secure else "onecounter_session"
