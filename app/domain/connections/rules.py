"""What a connect form must hold, and what to do about a broken access. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from connectors.base.manifest import Manifest

FIXES = {
    "unauthorised": "Enter new credentials for this connection.",
    "authexpired": "Enter new credentials for this connection.",
    "access_withdrawn": "Let us in again at the channel, then enter new credentials.",
    "check_failed": "Compare the credentials with the channel's own page and save them again.",
    "unreachable": "Nothing to do: it is tried again by itself. See whether the channel has an outage.",
    "rate_limited": "Nothing to do: the channel asked us to wait.",
    "unavailable": "Nothing to do: it is tried again by itself. See whether the channel has an outage.",
}
OTHERWISE = "It is tried again by itself. If it stays, check the connection."


def fix_of(code: str, *, broken: bool = False) -> str:
    """Channels name refused credentials in their own words; nothing broken mends itself."""
    return FIXES.get(code, FIXES["unauthorised"] if broken else OTHERWISE)


def faults_of_secrets(
    manifest: Manifest, given: Mapping[str, str], *, partial: bool = False, before_consent: bool = False
) -> dict[str, str]:
    """By field: what is wrong. `partial` lets fields be missing (an update), `before_consent` those that the consent yields."""
    known = {secret.name: secret for secret in manifest.secrets}
    faults = {f"secrets.{name}": "unknown field" for name in given if name not in known}
    for name, secret in known.items():
        value = given.get(name, "").strip()
        if not value:
            if not partial and not secret.optional and not (before_consent and secret.by_consent):
                faults[f"secrets.{name}"] = "is missing"
        elif secret.pattern and not re.fullmatch(secret.pattern, value):
            faults[f"secrets.{name}"] = f"does not look right: it should match {secret.pattern}"
    return faults


def faults_of_grants(manifest: Manifest, *, sends_replies: bool, pushes_stock: bool) -> dict[str, str]:
    """Nobody can allow what the channel cannot do."""
    faults = {}
    if sends_replies and manifest.sending is None:
        faults["sends_replies"] = f"{manifest.name} takes no messages"
    if pushes_stock and manifest.stocking is None:
        faults["pushes_stock"] = f"{manifest.name} keeps no count"
    return faults


def lag_s(now: datetime, last_success_at: datetime | None, every_s: float) -> float | None:
    """Seconds a feed is later than its own period; 0 when it is in time, None before the first success."""
    if last_success_at is None:
        return None
    return max((now - last_success_at).total_seconds() - every_s, 0.0)


def lateness_s(manifest: Manifest, public_url: str) -> float:
    """How late news of buyers can be: 0 where the channel can reach us by its webhooks, else the slowest poll of messages
    and orders."""
    if public_url.startswith("https://") and manifest.hook != "none":
        return 0.0
    return max((feed.every_s for feed in manifest.feeds if feed.name in ("messages", "orders")), default=0.0)
