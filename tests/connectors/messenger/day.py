"""What only a page has: a person whom Meta asks to forget."""

from __future__ import annotations

import json
from collections.abc import Mapping

from connectors.base.contract import Delivery
from connectors.base.events import AccountErased
from connectors.base.graph_sandbox_login import login
from tests.connectors.rig import Rig


def given(rig: Rig) -> Mapping[str, str]:
    """The seller's own app at Meta."""
    (app,) = login(rig.world).apps.values()
    return {"app_id": app.id, "app_secret": app.secret}


async def beyond(rig: Rig) -> None:
    user = next(iter(rig.world.state.buyers.values())).user
    body = json.dumps({"user_id": user, "issued_at": 1772442000}).encode()
    (erased,) = await rig.outcomes([Delivery(kind="erasure", key="1", body=body)])
    assert isinstance(erased, AccountErased)
