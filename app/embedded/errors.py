"""The one error of starting: a sentence for the person at the terminal, who has to do something about it."""

from __future__ import annotations

import errno
from pathlib import Path


class CannotStart(Exception):
    """Says in one line what is wrong and what to do; the command line prints it and leaves with exit code 2."""


def explain(error: OSError, path: Path) -> CannotStart:
    """Turns what the operating system said about `path` into what a person can do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CannotStart(f"The disk under {path} is full. Free some space, or choose another folder with --data.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return CannotStart(f"{path} cannot be written by this user. Choose another folder with --data, or change its owner.")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return CannotStart(f"{path} is not a folder. Choose another one with --data.")
    return CannotStart(f"{path} cannot be used: {error.strerror or error}. Choose another folder with --data.")
