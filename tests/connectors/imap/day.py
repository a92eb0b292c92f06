"""What only a mailbox has: a server that keeps no copies, and both providers that let us in by consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from connectors.registry import load_consent
from tests.connectors.consenting import way
from tests.connectors.rig import Rig

BACK = "https://shop.example/connect/here"


def given(rig: Rig, provider: str = "google") -> Mapping[str, str]:
    return {**{name: rig.secrets[name] for name in ("client_id", "client_secret", "address")}, "provider": provider}


async def beyond(rig: Rig) -> None:
    rig.secrets["sent_copies"] = "us"
    message = await rig.buyer_message("One more thing")
    await rig.connector.execute(rig.reply_to(message, "Of course.", key="copied"))
    consent, asked = load_consent(rig.key), given(rig, "microsoft")
    page = await rig.http.get(consent.begin(asked, redirect_uri=BACK, state="s", challenge=""))
    bought = await consent.finish(asked, way(page, "Allow")[1], rig.calls, redirect_uri=BACK, verifier="")
    rig.secrets.update({**asked, **bought, "imap_password": "", "smtp_password": "", "imap_host": "imap.gmail.com"})
    rig.clock.moment += timedelta(days=2)
    assert (await rig.connector.check()).ok
