"""Webhooks are set as soon as a connection is there, by whichever process finds it, and looked after from then on."""

from __future__ import annotations

import pytest

from app.core.clock import HeldClock
from app.domain.connections import service as connections
from app.domain.connections.schemas import ConnectionCreate
from app.domain.connections.service import WATCH_EVERY
from app.pipeline.watch import hook_url, watch_round
from connectors.base.errors import ChannelError, NotSupported, Unavailable
from connectors.registry import load_sandbox, manifests
from tests.pipeline.belt import CHANNEL, Belt


def secrets_of(channel: str) -> dict[str, str]:
    wanted = {secret.name for secret in manifests()[channel].secrets}
    return {name: value for name, value in load_sandbox(channel)[1].items() if name in wanted}


async def watch(belt: Belt) -> None:
    while await watch_round(belt.house):
        pass


async def test_a_new_connection_is_found_without_a_wake_up_and_asked_again_in_time(belt: Belt, clock: HeldClock) -> None:
    token = await belt.value("select hook_token from connection where workspace_id = $1")
    address = hook_url(belt.house.settings.public_url, token)
    await watch(belt)
    await watch(belt)
    assert belt.channel.hooks == [address]
    clock.advance(seconds=WATCH_EVERY.total_seconds() + 1)
    await watch(belt)
    assert belt.channel.hooks == [address, address]


async def test_who_we_are_there_is_asked_once(belt: Belt, clock: HeldClock) -> None:
    await watch(belt)
    assert await belt.rows("select account from connection where workspace_id = $1") == [("the-shop",)]
    clock.advance(seconds=WATCH_EVERY.total_seconds() + 1)
    await watch(belt)
    assert belt.channel.checks == 1


async def test_a_paused_one_is_left_in_peace(belt: Belt) -> None:
    await belt.change("state = 'paused'")
    await watch(belt)
    assert belt.channel.hooks == []


@pytest.mark.parametrize(
    ("refusal", "state"), [(NotSupported("set it by hand"), "by_hand"), (Unavailable("not now", code="busy"), "failed")]
)
async def test_what_the_channel_says_is_kept(belt: Belt, refusal: ChannelError, state: str) -> None:
    belt.channel.no_hooks = refusal
    await watch(belt)
    assert await belt.rows("select hook_state, hook_detail from connection where workspace_id = $1") == [(state, refusal.detail)]


async def test_when_one_goes_the_others_of_its_channel_are_asked_again(belt: Belt) -> None:
    """The channel may have one webhook for an account, and it pointed at the one that went."""
    await watch(belt)
    async with belt.db.unit(belt.workspace) as work:
        data = ConnectionCreate(channel=CHANNEL, name="Twice", secrets=secrets_of(CHANNEL))
        other = await connections.create_connection(work, belt.house.vault, data)
        await connections.remove_connection(work, other)
    await watch(belt)
    assert len(belt.channel.hooks) == 2
