"""Refusals of a sandbox have the shape that the channel's own have; how a day goes well is in test_operations.

`tests/connectors/<key>/wire.py` gives `OPERATIONS`: name -> whether an exchange is one, `check(operation, exchange)`, which fails when
the answer is not what the channel's own contract says, where that contract stands (`MACHINE`, `SCHEMAS`), and which operations are
ours to say something: `SENDS`, `PUSHES`.
"""

from __future__ import annotations

from contextlib import suppress

import pytest

from connectors.base.errors import ChannelError
from connectors.registry import manifest
from tests.connectors.day import hold_to_contract
from tests.connectors.rig import KEYS, Rig


@pytest.mark.parametrize("rig", [key for key in KEYS if manifest(key).feeds], indirect=True)
@pytest.mark.parametrize("kind", ["unavailable", "rate_limited", "expire_token"])
async def test_refusals_have_the_published_shape(rig: Rig, kind: str) -> None:
    rig.strike(kind)
    for _ in range(2):
        with suppress(ChannelError):
            await rig.connector.pull(rig.manifest.feeds[0].name, "")
    hold_to_contract(rig)
    assert any(exchange.status >= 400 or b"rror" in exchange.answer for exchange in rig.all_exchanges())
