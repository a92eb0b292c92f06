"""Every answer of a sandbox against the channel's published shapes, so that no sandbox is a mirror of our own guess.

A folder brings `tests/connectors/<key>/wire.py`: `OPERATIONS`, a mapping of operation name -> whether an exchange is one, and
`check(operation, exchange)`, which fails when the answer is not what the channel's own contract says.
"""

from __future__ import annotations

import importlib.util
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from connectors.base.contract import Delivery
from connectors.base.errors import ChannelError
from connectors.base.events import MessageReceived
from connectors.base.world import File
from connectors.registry import manifest
from tests.connectors.rig import KEYS, Rig

HERE = Path(__file__).parent


def _wire(key: str) -> ModuleType:
    path = HERE / key / "wire.py"
    assert path.is_file(), f"tests/connectors/{key}/wire.py is missing: nothing holds this sandbox to its channel's contract"
    spec = importlib.util.spec_from_file_location(f"wire_of_{key}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _hold_to_contract(rig: Rig) -> set[str]:
    """Checks every exchange so far; the operations that were met."""
    wire, met = _wire(rig.key), set[str]()
    assert rig.all_exchanges() != []
    for exchange in rig.all_exchanges():
        if exchange.status == 0:
            continue
        operations = [name for name, is_one in wire.OPERATIONS.items() if is_one(exchange)]
        assert operations != [], f"no operation is {exchange.method} {exchange.path}"
        for operation in operations:
            wire.check(operation, exchange)
        met |= set(operations)
    return met


async def _live_a_day(rig: Rig) -> None:
    """Everything the manifest says this channel can do, once."""
    await rig.connector.check()
    if rig.world.naming(rig.channel).talks:
        rig.buyer_writes("Is the L still there?")
        rig.buyer_writes("", buyer=1, files=[File(name="seam.jpg", media_type="image/jpeg", content=b"\xff\xd8\xff\xe0pixels")])
    if rig.manifest.feed("orders"):
        buyer = next(iter(rig.world.state.buyers))
        orders = [rig.world.place_order(rig.channel, buyer, [(sku, 1)]) for sku in rig.plenty(3)[:3]]
        rig.world.cancel_order(rig.channel, orders[0].id)
        rig.world.change_order(rig.channel, orders[1].id, "shipped", tracking="JX12345", carrier="Royal Mail")
    for feed in rig.manifest.feeds:
        await _fetch_media(rig, await rig.pull_all(feed.name))
    if rig.manifest.stocking:
        seen = await rig.listings()
        await rig.connector.execute(rig.stock_command(dict.fromkeys(list(seen)[:1], 4), seen))
    if rig.manifest.sending:
        await _talk(rig)
    if rig.manifest.hook != "none":
        await rig.connector.subscribe(rig.hook_url)
        await rig.posted()
        await rig.connector.unsubscribe(rig.hook_url)


async def _talk(rig: Rig) -> None:
    command = rig.reply_to(await rig.buyer_message("Halo kak, masih ready?"), "Masih, kak.")
    await rig.connector.execute(command)
    if rig.manifest.sending and rig.manifest.sending.proof == "readable":
        await rig.connector.look_up(command)


async def _fetch_media(rig: Rig, deliveries: list[Delivery]) -> None:
    for outcome in await rig.outcomes(deliveries):
        if isinstance(outcome, MessageReceived):
            for media in outcome.media:
                assert await rig.connector.fetch_media(media.ref) == b"\xff\xd8\xff\xe0pixels"


async def test_answers_have_the_published_shape(rig: Rig) -> None:
    await _live_a_day(rig)
    assert _hold_to_contract(rig) != set()


@pytest.mark.parametrize("rig", [key for key in KEYS if manifest(key).feeds], indirect=True)
@pytest.mark.parametrize("kind", ["unavailable", "rate_limited", "expire_token"])
async def test_refusals_have_the_published_shape(rig: Rig, kind: str) -> None:
    rig.strike(kind)
    for _ in range(2):
        with suppress(ChannelError):
            await rig.connector.pull(rig.manifest.feeds[0].name, "")
    _hold_to_contract(rig)
    assert any(exchange.status >= 400 or b"rror" in exchange.answer for exchange in rig.all_exchanges())
