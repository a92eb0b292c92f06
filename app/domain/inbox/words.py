"""What this room says to a buyer by itself, in their language."""

from __future__ import annotations

OTHERWISE = "en"
WORDS = {
    "en": {"subject": "Your chat with {shop}", "history": "What we wrote before:", "file": "[file]"},
    "id": {"subject": "Obrolan Anda dengan {shop}", "history": "Percakapan kita sebelumnya:", "file": "[berkas]"},
}


def tell_buyer(language: str, name: str, **parts: str) -> str:
    return WORDS.get(language, WORDS[OTHERWISE])[name].format(**parts)
