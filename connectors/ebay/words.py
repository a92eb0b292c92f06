"""Comparing texts of ours with what eBay gives back."""

from __future__ import annotations

import html
import unicodedata


def normal(words: str) -> str:
    """Equal for a text we sent and the same text read back: no markup escapes, one kind of white space, one Unicode form."""
    return " ".join(unicodedata.normalize("NFC", html.unescape(words)).split())
