"""What a connect form must hold, and what to do about a broken access. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from connectors.base.manifest import Manifest

FIXES = {
    "unauthorised": "Enter new credentials for this connection.",
    "authexpired": "Enter new credentials for this connection.",
    "access_withdrawn": "Let us in again at the channel, then enter new credentials.",
    "check_failed": "Compare the credentials with the channel's own page and save them again.",
    "unreachable": "Nothing to do: it is tried again by itself. See whether the channel has an outage.",
    "rate_limited": "Nothing to do: the channel asked us to wait.",
}
OTHERWISE = "It is tried again by itself. If it stays, check the connection."


def fix_of(code: str) -> str:
    return FIXES.get(code, OTHERWISE)


def faults_of_secrets(manifest: Manifest, given: Mapping[str, str], *, partial: bool = False) -> dict[str, str]:
    """By field: what is wrong. `partial` lets fields be missing (an update)."""
    known = {secret.name: secret for secret in manifest.secrets}
    faults = {f"secrets.{name}": "unknown field" for name in given if name not in known}
    for name, secret in known.items():
        value = given.get(name, "").strip()
        if not value:
            if not partial and not secret.optional:
                faults[f"secrets.{name}"] = "is missing"
        elif secret.pattern and not re.fullmatch(secret.pattern, value):
            faults[f"secrets.{name}"] = f"does not look right: it should match {secret.pattern}"
    return faults
