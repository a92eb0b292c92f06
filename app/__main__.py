"""`python -m app`: the command line without its script."""

from __future__ import annotations

from app.cli.main import run

run()
