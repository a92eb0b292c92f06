"""What is typed before consent."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base.graph_sandbox_login import login
from tests.connectors.rig import Rig


def given(rig: Rig) -> Mapping[str, str]:
    """The seller's own app at Meta."""
    (app,) = login(rig.world).apps.values()
    return {"app_id": app.id, "app_secret": app.secret}
