"""PostgreSQL refuses to run as root. Here is who runs it instead, and whether they can reach a path."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from app.embedded.errors import CannotStart


class RunAs(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Owner:
    """`uid` None means: as ourselves, nothing to switch."""

    uid: int | None = None
    gid: int | None = None
    name: str = ""

    def run_as(self) -> RunAs:
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def may(self, flag: str, path: Path) -> bool:
        """`flag` is one of test(1): x, r, w. Asked by really being that user, so access lists count too."""
        if self.uid is None:
            return os.access(path, {"x": os.X_OK, "r": os.R_OK, "w": os.W_OK}[flag])
        done = subprocess.run(["test", f"-{flag}", str(path)], cwd="/", check=False, **self.run_as())
        return done.returncode == 0


def choose_owner(data: Path) -> Owner:
    """Ourselves, unless we are root: then whoever owns the data already, else nobody."""
    if os.geteuid() != 0:
        return Owner()
    if data.exists() and (uid := data.stat().st_uid):
        return _account(pwd.getpwuid(uid)) if _known(uid) else Owner(uid, data.stat().st_gid, str(uid))
    try:
        return _account(pwd.getpwnam("nobody"))
    except KeyError:
        raise CannotStart("PostgreSQL may not run as root and there is no user `nobody`. Start as a normal user.") from None


def _known(uid: int) -> bool:
    return any(entry.pw_uid == uid for entry in pwd.getpwall())


def _account(entry: pwd.struct_passwd) -> Owner:
    return Owner(entry.pw_uid, entry.pw_gid, entry.pw_name)
