"""All sandboxes behind one port: who gets which call, the acts of the control door, and the file that keeps the world."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.embedded import lifetime
from connectors.base.mail_imap import open_mailbox
from connectors.base.mail_send import submit
from connectors.base.reroute import Reroute
from connectors.registry import load_sandbox, manifests
from connectors.sandboxes import Sandboxes, open_sandboxes, ports_of, reroute_text, serve
from tests.waiting import until

BASE = "http://127.0.0.1:9000"


@pytest.fixture
def boxes() -> Sandboxes:
    return open_sandboxes(None, state=None, living=False, history=False)


@pytest.fixture
async def client(boxes: Sandboxes) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(boxes), base_url=BASE) as found:
        yield found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_every_real_host_is_sent_to_the_one_port() -> None:
    reroute = Reroute.parse(reroute_text(9123))
    for one in manifests().values():
        for host in one.hosts:
            assert reroute.base_for(host.replace("*", "shop")) == "http://127.0.0.1:9123", host
    assert reroute.base_for("example.org") is None


def test_mail_servers_of_any_seller_are_sent_to_the_two_next_ports() -> None:
    reroute = Reroute.parse(reroute_text(9123))
    assert reroute.base_for("imap.shop.example", 993) == "imap://127.0.0.1:9124"
    assert reroute.base_for("smtp.gmail.com", 587) == "smtp://127.0.0.1:9125"


@pytest.mark.parametrize("key", list(manifests()))
async def test_a_call_goes_to_the_channel_whose_host_was_meant(boxes: Sandboxes, client: httpx.AsyncClient, key: str) -> None:
    host = manifests()[key].hosts[0].replace("*", "shop")
    await client.get("/nowhere-at-all", headers={"host": f"{host}:443"})
    asked = {name: [call.path for call in box.calls] for name, box in boxes.boxes.items() if box.calls}
    shared = [name for name, one in manifests().items() if manifests()[key].hosts[0] in one.hosts]
    assert list(asked.values()) == [["/nowhere-at-all"]]
    assert next(iter(asked)) in shared


async def test_a_caller_by_address_alone_is_known_by_its_path(boxes: Sandboxes, client: httpx.AsyncClient) -> None:
    await client.post("/ws/api.dll", headers={"x-ebay-api-call-name": "GetItem"}, content=b"<x/>")
    await client.get(f"/bot{load_sandbox('telegram')[1]['bot_token']}/getMe")
    assert [name for name, box in boxes.boxes.items() if box.calls] == ["ebay", "telegram"]
    stray = await client.get("/nowhere-at-all")
    assert (stray.status_code, "nowhere-at-all" in stray.json()["detail"]) == (404, True)


async def test_health_and_credentials_are_told(client: httpx.AsyncClient) -> None:
    assert (await client.get("/_world/_health")).json() == {"status": "ok"}
    given = (await client.get("/_world/_credentials")).json()
    assert set(given) == set(manifests())
    assert given["telegram"] == dict(load_sandbox("telegram")[1])


async def test_speed_is_read_and_set(client: httpx.AsyncClient) -> None:
    assert (await client.get("/_world/_speed")).json() == {"speed": 0.0}
    assert (await client.post("/_world/_speed", json={"speed": 10})).json() == {"speed": 10.0}
    for wrong in (b"", b"{", b'{"speed": "fast"}', b"[]"):
        assert (await client.post("/_world/_speed", content=wrong)).status_code == 400
    assert (await client.get("/_world/_speed")).json() == {"speed": 10.0}


async def test_a_story_is_told_with_words(boxes: Sandboxes, client: httpx.AsyncClient) -> None:
    told = (await client.post("/_world/_stories/last_unit", json={"sku": "KT-V60-02"})).json()
    assert (told["sku"], set(told["words"])) == ("KT-V60-02", {"en", "id"})
    assert boxes.world.shelf(told["channel"]).listings["KT-V60-02"].quantity == 0
    assert (await client.post("/_world/_stories/last_unit")).status_code == 200
    assert (await client.post("/_world/_stories/last_unit", content=b"[")).status_code == 400
    assert (await client.post("/_world/_stories/earthquake", json={})).status_code == 404


async def test_a_swallowed_reply_is_ordered_of_a_channel_that_can_be_read_back(
    boxes: Sandboxes, client: httpx.AsyncClient
) -> None:
    readable = [key for key, one in manifests().items() if one.sending and one.sending.proof == "readable"]
    boxes.world.message(readable[0], "b001", "Hello?")
    told = (await client.post("/_world/_stories/swallow_reply", json={})).json()
    assert told["channel"] == readable[0]
    assert {key: [fault.kind for fault in found.open] for key, found in boxes.faults.items() if found.open} == {
        readable[0]: ["swallow_reply"]
    }


async def test_the_control_door_stands_beside(client: httpx.AsyncClient) -> None:
    assert set((await client.get("/_world")).json()) == set(manifests())
    said = await client.post("/_world/telegram/messages", json={"customer": "Siti", "text": "Halo"})
    assert said.status_code == 201


def test_a_new_world_has_a_past_when_asked(tmp_path: Path) -> None:
    told = open_sandboxes(None, state=tmp_path / "world.json", living=True, history=True)
    plain = open_sandboxes(None, state=tmp_path / "world.json", living=False, history=False)
    assert (told.living.speed, plain.living.speed) == (1.0, 0.0)
    assert sum(len(told.world.shelf(key).orders) for key in told.world.channels) == 600
    assert sum(len(plain.world.shelf(key).orders) for key in plain.world.channels) == 0


def test_a_saved_world_goes_on_and_only_a_new_channel_gets_a_past(tmp_path: Path) -> None:
    state = tmp_path / "world.json"
    first = open_sandboxes(["ebay"], state=None, living=False, history=False)
    first.world.message("ebay", "b001", "Hello?")
    state.write_bytes(first.world.dump())
    later = open_sandboxes(["ebay", "shopify"], state=state, living=False, history=True)
    assert later.world.shelf("ebay") == first.world.shelf("ebay")
    assert len(later.world.shelf("shopify").orders) == 300


def test_a_file_that_does_not_open_is_laid_aside(tmp_path: Path) -> None:
    state = tmp_path / "world.json"
    state.write_bytes(b"{half a wor")
    boxes = open_sandboxes(["ebay"], state=state, living=False, history=False)
    assert boxes.world.shelf("ebay").threads == {}
    assert (state.exists(), (tmp_path / "world.json.unread").read_bytes()) == (False, b"{half a wor")


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_until_it_is_told_to_stop_and_keeps_the_world(tmp_path: Path, end: signal.Signals) -> None:
    port, state = free_port(), tmp_path / "world.json"
    words = (
        "import asyncio, pathlib; from connectors.sandboxes import serve; "
        f"asyncio.run(serve(['telegram'], port={port}, state=pathlib.Path({str(state)!r})))"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", words, stderr=asyncio.subprocess.DEVNULL)
    try:
        await until(lambda: answers(port))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            assert (await client.get("/_world/_health")).json() == {"status": "ok"}
            await client.post("/_world/telegram/messages", json={"customer": "Siti", "text": "Halo"})
        process.send_signal(end)
        await asyncio.wait_for(process.wait(), 5)
    finally:
        if process.returncode is None:
            process.kill()
    again = open_sandboxes(["telegram"], state=state, living=False, history=True)
    assert [said.text for thread in again.world.shelf("telegram").threads.values() for said in thread.messages] == ["Halo"]
    assert os.listdir(tmp_path) == ["world.json"]


async def test_a_taken_port_is_refused_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await serve(["telegram"], port=taken.getsockname()[1])


@pytest.mark.parametrize("after", [1, 2])
async def test_a_taken_port_of_mail_is_refused_at_once(after: int) -> None:
    first = lifetime.free_port(together=3)
    with socket.create_server(("127.0.0.1", first + after)), pytest.raises(OSError, match="in use"):
        await serve(["imap"], port=first)


async def test_mail_is_served_beside_the_channels(tmp_path: Path) -> None:
    first = lifetime.free_port(together=3)
    words = f"import asyncio; from connectors.sandboxes import serve; asyncio.run(serve(['imap'], port={first}))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", words, stderr=asyncio.subprocess.DEVNULL)
    try:
        await until(lambda: answers(first))
        held = load_sandbox("imap")[1]
        reroute = Reroute.parse(reroute_text(first))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{first}", trust_env=False) as client:
            await client.post("/_world/imap/messages", json={"customer": "Siti", "text": "Halo"})
            keys = {"user": held["imap_user"], "password": held["imap_password"]}
            async with open_mailbox(held["imap_host"], **keys, reroute=reroute) as box:
                await box.examine("INBOX")
                (letter,) = await box.fetch(await box.uids())
            assert b"Halo" in letter.raw
            sender, to = held["address"], "ann@example.net"
            raw = f"From: {sender}\r\nTo: {to}\r\nMessage-ID: <1@x>\r\nSubject: Hi\r\n\r\nHello Ann".encode()
            await submit(held["smtp_host"], **keys, reroute=reroute, sender=sender, recipients=[to], raw=raw)
            threads = (await client.get("/_world/imap")).json()["threads"]
        assert [said["text"] for thread in threads for said in thread["messages"]] == ["Halo", "Hello Ann"]
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 5)
    finally:
        if process.returncode is None:
            process.kill()


def test_only_channels_of_mail_need_the_ports_of_mail() -> None:
    mail = [key for key in manifests() if Sandboxes([key]).has_mail]
    assert 0 < len(mail) < len(manifests())
    assert {key: len(ports_of([key], 9000)) for key in manifests()} == {key: 3 if key in mail else 1 for key in manifests()}
    assert ports_of(list(manifests()), 9000) == [9000, 9001, 9002]


@pytest.mark.parametrize("host", ["imap.gmail.com", "outlook.office365.com", "imap-mail.outlook.com", "imap.mail.me.com"])
def test_mail_servers_by_other_names_are_sent_there_too(host: str) -> None:
    assert Reroute.parse(reroute_text(9000)).base_for(host, 993) == "imap://127.0.0.1:9001"
