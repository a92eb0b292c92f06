"""What this room says to a buyer by itself, in their language."""

from __future__ import annotations

OTHERWISE = "en"
WORDS = {
    "en": {
        "subject": "Your chat with {shop}",
        "history": "What we wrote before:",
        "file": "[file]",
        "pending": "waiting for payment",
        "open": "being prepared",
        "shipped": "on its way",
        "delivered": "delivered",
        "cancelled": "cancelled",
    },
    "id": {
        "subject": "Obrolan Anda dengan {shop}",
        "history": "Percakapan kita sebelumnya:",
        "file": "[berkas]",
        "pending": "menunggu pembayaran",
        "open": "sedang disiapkan",
        "shipped": "dalam perjalanan",
        "delivered": "sudah diterima",
        "cancelled": "dibatalkan",
    },
}


def tell_buyer(language: str, name: str, **parts: str) -> str:
    return WORDS.get(language, WORDS[OTHERWISE])[name].format(**parts)
