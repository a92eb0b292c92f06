"""Our own launcher for one PostgreSQL cluster in a data folder: make, start, adopt, stop. TCP on 127.0.0.1 with a password.

DATA/postgres/data   the cluster, owned by whoever runs it        DATA/postgres/port       the port it had last time
DATA/postgres.key    the superuser's password, ours alone         DATA/logs/postgres.log   what it says
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.embedded.binaries import Binaries, find_binaries, reachable
from app.embedded.errors import CannotStart, explain
from app.embedded.lifetime import die_with_parent, free_port, is_alive, open_log, tail, works_in, write_private
from app.embedded.owner import Owner, choose_owner

ROOM_FOR_ROOT = Path("/var/lib/onecounter")
START_DEADLINE_S = 120.0
REAP_DEADLINE_S = 10.0
STOP_DEADLINE_S = 20.0
FIRST_START_BYTES = 150 * 1024 * 1024
FULL_BYTES = 1024 * 1024
_POLL_S = 0.02
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "cluster_name": "onecounter",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def _silent(_line: str) -> None:
    return None


class Cluster:
    """`start()` and `stop()` block; both may be repeated. Start it from a thread that lives as long as the cluster should:
    on Linux the postmaster stops when that thread ends, however it ends."""

    def __init__(self, data: Path | str, *, say: Callable[[str], None] = _silent) -> None:
        self.data = Path(data).expanduser().absolute()
        self.log = self.data / "logs" / "postgres.log"
        self.say = say
        self.pid: int | None = None
        self.port = 0
        """Kept by this object once known: programs that hold the URL find the cluster again after a restart."""
        self.was_adopted = False
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres:{self._password()}@127.0.0.1:{self.port}/postgres"

    @property
    def is_running(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return self.pid is not None and is_alive(self.pid)

    @property
    def folder(self) -> Path:
        """The cluster itself, where the database lies."""
        return self._room() / "data"

    def start(self) -> str:
        """Returns the superuser's URL once the cluster answers. Raises CannotStart."""
        try:
            self.data.mkdir(mode=0o711, parents=True, exist_ok=True)
            self.log.parent.mkdir(mode=0o700, exist_ok=True)
            owner, room = self._place()
            self.was_adopted = self._adopt(room)
            if not self.was_adopted:
                binaries = reachable(find_binaries(_major(room / "data")), owner, ROOM_FOR_ROOT)
                if not (room / "data").exists():
                    self._initialise(room, binaries=binaries, owner=owner)
                self._launch(room, binaries=binaries, owner=owner)
        except OSError as error:
            raise explain(error, self.data) from error
        return self.url

    def stop(self) -> None:
        """Fast: open transactions are rolled back, everything committed is on disk. Also stops an adopted one."""
        for sign, deadline in ((signal.SIGINT, STOP_DEADLINE_S), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if self.pid is None or not self.is_running:
                break
            with suppress(ProcessLookupError):
                os.kill(self.pid, sign)
            self._wait_gone(deadline)
        self._process = None
        self.pid = None

    def remove(self) -> None:
        """Stops the cluster and deletes its folder, wherever that is."""
        self.stop()
        room, link = self._room(), self.data / "postgres"
        shutil.rmtree(room, ignore_errors=True)
        link.unlink(missing_ok=True)
        (self.data / "postgres.key").unlink(missing_ok=True)

    def _room(self) -> Path:
        return (self.data / "postgres").resolve()

    def _place(self) -> tuple[Owner, Path]:
        """The room DATA/postgres; a link to one under /var/lib when we are root and DATA is closed to others."""
        link = self.data / "postgres"
        owner = choose_owner(self._room() / "data")
        if not link.is_symlink() and not (link / "data").exists() and not owner.may("x", self.data):
            shutil.rmtree(link, ignore_errors=True)
            link.symlink_to(self._elsewhere(owner))
        room = self._room()
        room.mkdir(mode=0o711, parents=True, exist_ok=True)
        return owner, room

    def _elsewhere(self, owner: Owner) -> Path:
        ROOM_FOR_ROOT.mkdir(mode=0o711, parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix="postgres-", dir=ROOM_FOR_ROOT))
        room.chmod(0o711)
        self.say(f"PostgreSQL runs as {owner.name}, who cannot enter {self.data}: its files are in {room}.")
        return room

    def _password(self) -> str:
        return (self.data / "postgres.key").read_text(encoding="ascii").strip()

    def _initialise(self, room: Path, *, binaries: Binaries, owner: Owner) -> None:
        """Into a folder that is renamed at the end, so a cluster is either whole or not there."""
        if shutil.disk_usage(room).free < FIRST_START_BYTES:
            raise CannotStart(f"The disk under {room} has less than 150 MB left. Free some space, or choose another with --data.")
        half, password = room / "data.part", secrets.token_urlsafe(24)
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        owner.give(half)
        write_private(self.data / "postgres.key", password)
        given = room / "first.key"
        write_private(given, password)
        owner.give(given)
        try:
            self._run_initdb([*_initdb(binaries, half), f"--pwfile={given}"], owner=owner, room=room)
        finally:
            given.unlink(missing_ok=True)
        half.rename(room / "data")

    def _run_initdb(self, command: list[str], *, owner: Owner, room: Path) -> None:
        done = subprocess.run(
            command, cwd=room, env=_environment(), capture_output=True, text=True, timeout=120, check=False, **owner.run_as()
        )
        if done.returncode != 0:
            with open_log(self.log) as log:
                log.write((done.stdout + done.stderr).encode())
            raise _failure(done.stderr.strip().splitlines(), path=room, log=self.log)

    def _adopt(self, room: Path) -> bool:
        """A postmaster that outlived its supervisor is ours again. One that is stopping is waited for."""
        deadline = time.monotonic() + START_DEADLINE_S
        while (found := _postmaster(room / "data")) is not None and time.monotonic() < deadline:
            pid, port, state = found
            if state == "ready" and _answers(port):
                if self.pid != pid:
                    self._process = None
                self.pid, self.port = pid, port
                return True
            time.sleep(_POLL_S)
        return False

    def _launch(self, room: Path, *, binaries: Binaries, owner: Owner) -> None:
        """A killed predecessor holds its pid file until it is reaped, a free port may be taken first: both are tried again."""
        deadline = time.monotonic() + REAP_DEADLINE_S
        while True:
            self.port = self.port or _port(room / "port")
            with open_log(self.log) as log:
                began = log.tell()
                self._process = self._spawn(room, command=_postgres(binaries, room, self.port), owner=owner, log=log.fileno())
            self.pid = self._process.pid
            if self._wait_ready(room / "data"):
                (room / "port").write_text(f"{self.port}\n", encoding="ascii")
                return
            said = tail(self.log, after=began)
            self._process = self.pid = None
            if not _worth_retrying(said) or time.monotonic() > deadline:
                raise _failure(said, path=room, log=self.log)
            time.sleep(0.25)

    def _spawn(self, room: Path, *, command: list[str], owner: Owner, log: int) -> subprocess.Popen[bytes]:
        """In a session of its own: Ctrl+C in the terminal must reach the supervisor only."""
        return subprocess.Popen(
            command,
            cwd=room,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGINT),
            **owner.run_as(),
        )

    def _wait_ready(self, folder: Path) -> bool:
        """False when the child died. A long crash recovery is waited for."""
        deadline = time.monotonic() + START_DEADLINE_S
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                return False
            if (status := _pid_file(folder)) is not None and status[0] == self.pid and status[2] == "ready":
                return True
            time.sleep(_POLL_S)
        self.stop()
        raise CannotStart(f"PostgreSQL did not answer within {START_DEADLINE_S:.0f} s. Its log is {self.log}.")

    def _wait_gone(self, deadline_s: float) -> None:
        deadline = time.monotonic() + deadline_s
        while self.is_running and time.monotonic() < deadline:
            time.sleep(_POLL_S)


def _initdb(binaries: Binaries, folder: Path) -> list[str]:
    """Byte order for sorting, Unicode for upper and lower case. The builtin provider came with PostgreSQL 17."""
    newer = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    older = ["--lc-collate=C", "--lc-ctype=C.UTF-8"]
    locale = newer if binaries.major >= 17 else older
    base = ["-D", str(folder), "-U", "postgres", "--auth=scram-sha-256", "-E", "UTF8", "--no-instructions"]
    return [binaries.tool("initdb"), *base, *locale]


def _postgres(binaries: Binaries, room: Path, port: int) -> list[str]:
    settings = {**_SETTINGS, "port": str(port)}
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [binaries.tool("postgres"), "-D", str(room / "data"), *flags]


def _environment() -> dict[str, str]:
    """English messages, and none of the caller's PG* variables."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _major(folder: Path) -> int | None:
    try:
        return int((folder / "PG_VERSION").read_text(encoding="ascii").split(".")[0])
    except FileNotFoundError:
        return None


def _pid_file(folder: Path) -> tuple[int, int, str] | None:
    """Pid, port and state as the postmaster writes them: lines 1, 4 and 8 of postmaster.pid."""
    try:
        lines = (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return int(lines[0]), int(lines[3]), lines[7].strip()
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _postmaster(folder: Path) -> tuple[int, int, str] | None:
    """The same, only if that process lives and is this folder's postmaster (pids are used again after a restart)."""
    found = _pid_file(folder)
    if found is None or not is_alive(found[0]) or not works_in(found[0], folder):
        return None
    return found


def _answers(port: int) -> bool:
    """A killed one still looks alive for a moment, but takes no connections."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2.0):
        return True
    return False


def _port(remembered: Path) -> int:
    """The last one if it is free, so that an open psql keeps working."""
    last = int(remembered.read_text(encoding="ascii")) if remembered.exists() else 0
    if port := free_port(last=last):
        return port
    raise CannotStart("No free port on 127.0.0.1 for PostgreSQL. Close other programs and start again.")


def _worth_retrying(said: list[str]) -> bool:
    text = "\n".join(said)
    return any(sign in text for sign in ("postmaster.pid", "could not bind", "Address already in use", "still in use"))


def _failure(said: list[str], *, path: Path, log: Path) -> CannotStart:
    """On a full disk PostgreSQL's own words may be cut short too, so the disk is asked."""
    text = "\n".join(said)
    if "No space left on device" in text or shutil.disk_usage(path).free < FULL_BYTES:
        return CannotStart(f"The disk under {path} is full. Free some space and start again.")
    if "Permission denied" in text:
        return CannotStart(f"PostgreSQL may not write in {path}. Change its owner, or choose another folder with --data.")
    reasons = [line for line in said if "FATAL" in line or "error:" in line] or said[-1:]
    reason = reasons[-1].split("FATAL:")[-1].strip() if reasons else "it said nothing"
    return CannotStart(f"PostgreSQL did not start: {reason}. Its log is {log}.")
