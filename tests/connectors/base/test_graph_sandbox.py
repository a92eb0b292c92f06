"""Meta's three pretend channels share one host in one process: each answers for its own ids, and for nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from connectors.base.client import open_http
from connectors.base.contract import Connector
from connectors.base.errors import AuthExpired
from connectors.base.events import MessageReceived
from connectors.base.reroute import Reroute
from connectors.base.world import File
from connectors.registry import load, load_sandbox, manifest
from connectors.sandboxes import Sandboxes, open_sandboxes
from tests.connectors.rig import Clock, context_for

KEYS = ("instagram", "messenger", "whatsapp")
BASE = "http://127.0.0.1:9000"


@pytest.fixture
def boxes() -> Sandboxes:
    return open_sandboxes(KEYS, state=None, living=False, history=False)


@pytest.fixture
async def http(boxes: Sandboxes) -> AsyncIterator[httpx.AsyncClient]:
    hosts = {host for key in KEYS for host in manifest(key).hosts}
    async with open_http(Reroute(tuple((host, BASE) for host in hosts)), httpx.ASGITransport(boxes)) as client:
        yield client


def connector(key: str, client: httpx.AsyncClient, **more: str) -> Connector:
    return load(key)(context_for(key, client, Reroute(), {**load_sandbox(key)[1], **more}, Clock()))


async def test_each_call_goes_to_the_channel_whose_id_it_names(boxes: Sandboxes, http: httpx.AsyncClient) -> None:
    for key in KEYS:
        before = {name: len(box.calls) for name, box in boxes.boxes.items()}
        health = await connector(key, http).check()
        assert health.ok
        asked = [name for name, box in boxes.boxes.items() if len(box.calls) > before[name]]
        assert asked == [key]


@pytest.mark.parametrize("key", KEYS)
async def test_one_channels_token_opens_no_other(http: httpx.AsyncClient, key: str) -> None:
    other = "whatsapp" if key == "messenger" else "messenger"
    token = next(value for name, value in load_sandbox(other)[1].items() if name in ("page_token", "access_token"))
    with pytest.raises(AuthExpired):
        await connector(key, http, page_token=token, access_token=token).check()


@pytest.mark.parametrize("key", ["messenger", "instagram"])
async def test_files_are_found_on_shared_hosts(boxes: Sandboxes, http: httpx.AsyncClient, key: str) -> None:
    picture = File(name="seam.jpg", media_type="image/jpeg", content=f"pixels of {key}".encode())
    boxes.world.message(key, "b001", "", files=[picture])
    asking = connector(key, http)
    (delivery,) = (await asking.pull("messages", "")).deliveries
    (message,) = asking.normalise(delivery)
    assert isinstance(message, MessageReceived)
    (media,) = message.media
    assert await asking.fetch_media(media.ref) == picture.content
