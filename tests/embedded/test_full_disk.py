"""A disk without room: one line that says so, nothing left running, and the shop starts again once there is room."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.embedded.errors import CannotStart
from app.embedded.postgres import Cluster

Disk = Callable[[int], Path]


@pytest.fixture
def disk() -> Iterator[Disk]:
    """A disk of so many MiB of its own, where PostgreSQL's account may enter."""
    place = Path(tempfile.mkdtemp(prefix="onecounter-disk-"))
    place.chmod(0o755)
    mounted: list[Path] = []

    def make(mib: int) -> Path:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={mib}M", "tmpfs", str(place)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            pytest.skip(f"only who may mount can make a small disk: {done.stderr.strip()}")
        place.chmod(0o755)
        mounted.append(place)
        return place

    yield make
    for one in mounted:
        subprocess.run(["umount", str(one)], check=True)
    place.rmdir()


def _fill(place: Path) -> Path:
    path = place / "fill"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65_536)
        except OSError:
            return path


def test_a_first_start_needs_room(disk: Disk) -> None:
    place = disk(12)
    with pytest.raises(CannotStart, match=r"has less than 150 MB left\. Free some space, or choose another with --data\."):
        Cluster(place / "data").start()


def test_a_full_disk_is_named_and_is_not_the_end(disk: Disk) -> None:
    place = disk(400)
    cluster = Cluster(place / "data")
    cluster.start()
    cluster.stop()
    full = _fill(place)
    with pytest.raises(CannotStart, match=r"The disk under .* is full\. Free some space and start again\."):
        cluster.start()
    assert not cluster.is_running
    full.unlink()
    cluster.start()
    assert cluster.is_running
    cluster.remove()
