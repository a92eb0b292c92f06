"""The app as the supervisor starts it: `python -m app.web.child HOST PORT`, its environment as one line of JSON on its input.

It loads itself, then waits for that line. Without the command line it loads in half the time, and a start waits for it."""

from __future__ import annotations

import json
import os
import sys

from app.core.config import Settings
from app.core.errors import AppError, BadSetting
from app.embedded.errors import CannotStart
from app.web.serve import serve


def main(host: str, port: str) -> int:
    """An input that ends without a line means that nobody needs us any more."""
    line = sys.stdin.readline()
    if not line:
        return 0
    os.environ.update(json.loads(line))
    try:
        serve(Settings.from_env(), host=host, port=int(port))
    except (CannotStart, BadSetting, AppError) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
