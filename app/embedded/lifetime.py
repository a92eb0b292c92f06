"""Processes, ports and logs: which live, which are ours, what is free, how a child is tied to its parent, what was said."""

from __future__ import annotations

import ctypes
import os
import secrets
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_PR_SET_PDEATHSIG = 1
LOG_BYTES = 16 * 1024 * 1024
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(sign: int) -> Callable[[], None] | None:
    """What a child runs between fork and exec. Linux sends `sign` when the thread that forked it ends."""
    if _libc is None:
        return None
    libc, parent = _libc, os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, sign)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def is_alive(pid: int) -> bool:
    """A zombie is dead: it only waits to be counted."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def _state(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    return ""


def works_in(pid: int, folder: Path) -> bool:
    """True when the process's working directory is `folder`; believed where the system does not tell."""
    if sys.platform != "linux":
        return True
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")) == folder.resolve()
    except OSError:
        return False


def is_free(host: str, port: int) -> bool:
    """Nobody listens there now; one that has just stopped does not count."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str = "127.0.0.1", *, last: int = 0, together: int = 1) -> int:
    """The first of `together` free ports in a row, `last` if it still is. Below the range systems lend to outgoing calls: a client
    that knocks on a closed port of that range can end up talking to itself. 0 when nothing is free."""
    candidates = (last, *(20_000 + secrets.randbelow(12_000) for _ in range(50)))
    return next((port for port in candidates if port and all(is_free(host, port + each) for each in range(together))), 0)


def write_private(path: Path, text: str) -> None:
    """For our own eyes from its first moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text + "\n")


def open_log(path: Path) -> BinaryIO:
    """For appending. A log over 16 MiB becomes `.1` first, so two of them is the most there is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_name(path.name + ".1"))
    return path.open("ab", buffering=0)


def tail(path: Path, *, lines: int = 20, after: int = 0) -> list[str]:
    """The last lines, none of them from before the byte `after`."""
    try:
        with path.open("rb") as file:
            file.seek(max(after, path.stat().st_size - 65_536))
            return file.read().decode(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        return []
