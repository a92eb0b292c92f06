"""The launcher against the real programs: make, start, adopt, heal, refuse."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.embedded.binaries import Binaries, find_binaries, reachable
from app.embedded.errors import CannotStart
from app.embedded.lifetime import is_alive
from app.embedded.owner import choose_owner
from app.embedded.postgres import Cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path / "data")
    yield cluster
    cluster.remove()


async def _ask(cluster: Cluster, sql: str) -> object:
    session = await asyncpg.connect(cluster.url, timeout=10)
    try:
        return await session.fetchval(sql)
    finally:
        await session.close()


async def test_keeps_rows_over_a_clean_stop_and_stays_on_its_port(cluster: Cluster) -> None:
    first = cluster.start()
    await _ask(cluster, "create table kept as select 41 + 1 as answer")
    cluster.stop()
    assert not cluster.is_running
    assert cluster.start() == first
    assert await _ask(cluster, "select answer from kept") == 42


async def test_is_durable_speaks_unicode_and_sorts_by_byte(cluster: Cluster) -> None:
    cluster.start()
    assert await _ask(cluster, "show fsync") == "on"
    assert await _ask(cluster, "show listen_addresses") == "127.0.0.1"
    assert await _ask(cluster, "select lower('ÄÉŞ')") == "äéş"
    assert await _ask(cluster, "select 'a' < 'B'") is False


async def test_a_wrong_password_is_refused(cluster: Cluster) -> None:
    cluster.start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(host="127.0.0.1", port=cluster.port, user="postgres", password="wrong", database="postgres")


def test_a_killed_postmaster_comes_back_with_its_rows(cluster: Cluster) -> None:
    cluster.start()
    asyncio.run(_ask(cluster, "create table kept as select generate_series(1, 1000)"))
    old = cluster.pid
    assert old is not None
    os.kill(old, signal.SIGKILL)
    os.waitid(os.P_PID, old, os.WEXITED | os.WNOWAIT)
    cluster.start()
    assert cluster.pid != old
    assert asyncio.run(_ask(cluster, "select count(*) from kept")) == 1000


def test_a_survivor_is_adopted_not_doubled(cluster: Cluster, tmp_path: Path) -> None:
    cluster.start()
    second = Cluster(tmp_path / "data")
    second.start()
    assert (second.pid, second.port) == (cluster.pid, cluster.port)
    second.stop()
    assert not is_alive(cluster.pid or 0)


def test_takes_another_port_when_its_own_is_taken(cluster: Cluster, tmp_path: Path) -> None:
    earlier = Cluster(tmp_path / "data")
    earlier.start()
    taken = earlier.port
    earlier.stop()
    with socket.socket() as other:
        other.bind(("127.0.0.1", taken))
        other.listen()
        cluster.start()
        assert cluster.port != taken


def test_the_password_and_the_cluster_are_private(cluster: Cluster, tmp_path: Path) -> None:
    cluster.start()
    assert stat.S_IMODE((tmp_path / "data" / "postgres.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(cluster.folder.stat().st_mode) == 0o700
    assert not list(cluster.folder.parent.glob("*.key"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand the cluster to somebody else")
def test_root_never_opens_a_closed_folder(tmp_path: Path) -> None:
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    said: list[str] = []
    cluster = Cluster(closed / "data", say=said.append)
    try:
        cluster.start()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert cluster.folder.stat().st_uid != 0
        assert len(said) == 1
        assert str(cluster.folder.parent) in said[0]
        cluster.stop()
        cluster.start()
        assert len(said) == 1
    finally:
        cluster.remove()
    assert not cluster.folder.exists()


def test_an_interrupted_first_start_leaves_nothing_in_the_way(cluster: Cluster, tmp_path: Path) -> None:
    half = tmp_path / "data" / "postgres" / "data.part"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    cluster.start()
    assert not half.exists()


def test_data_of_another_version_is_named(cluster: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "postgres" / "data"
    folder.mkdir(parents=True)
    (folder / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(CannotStart, match="PostgreSQL 9"):
        cluster.start()


def test_a_file_in_place_of_the_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(CannotStart, match="is not a folder"):
        Cluster(tmp_path / "data").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand the programs to somebody else")
def test_programs_nobody_can_reach_are_copied_with_their_libraries(tmp_path: Path) -> None:
    found = find_binaries()
    package = found.folder.parent.parent
    closed = tmp_path / "venv"
    closed.mkdir(mode=0o700)
    shutil.copytree(found.folder.parent, closed / package.name / found.folder.parent.name, symlinks=True)
    shutil.copytree(package.parent / f"{package.name}.libs", closed / f"{package.name}.libs", symlinks=True)
    owner = choose_owner(tmp_path / "none")
    hidden = Binaries(closed / package.name / found.folder.parent.name / "bin", found.version)
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        room.chmod(0o711)
        copied = reachable(hidden, owner, room)
        assert room in copied.folder.parents
        said = subprocess.run([copied.tool("initdb"), "--version"], capture_output=True, text=True, check=True, **owner.run_as())
        assert found.version in said.stdout
        assert reachable(hidden, owner, room) == copied
    assert closed.stat().st_mode & 0o777 == 0o700
