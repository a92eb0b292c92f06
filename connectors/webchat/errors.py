"""What can be wrong with what a visitor shows or says."""

from __future__ import annotations

from connectors.base.errors import BadSignature, Malformed


def not_ours(why: str) -> BadSignature:
    return BadSignature(f"this pass does not hold: {why}", code="bad_pass")


def run_out() -> BadSignature:
    """The page asks for a new one and says the same thing again."""
    return BadSignature("this pass has run out", code="pass_expired")


def unreadable(what: str) -> Malformed:
    return Malformed(what, code="not_a_remark")
