"""Telegram as data. Limits: https://core.telegram.org/bots/api and https://core.telegram.org/bots/faq (2026-06)."""

from __future__ import annotations

from connectors.base.manifest import Bucket, Feed, Manifest, Secret, Sending

HOST = "api.telegram.org"
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ALBUM_LIMIT = 10
FILE_BYTES = 50_000_000
PHOTO_BYTES = 10_000_000

MANIFEST = Manifest(
    key="telegram",
    name="Telegram",
    glyph="plane",
    hue=225,
    hosts=(HOST,),
    secrets=(
        Secret(
            name="bot_token",
            label={"en": "Bot token", "id": "Token bot"},
            help={
                "en": "@BotFather gives it when a bot is made: digits, a colon, then 35 signs.",
                "id": "Diberikan @BotFather saat bot dibuat: angka, titik dua, lalu 35 tanda.",
            },
            pattern=r"\d{3,20}:[A-Za-z0-9_-]{30,64}",
        ),
        Secret(
            name="webhook_secret",
            label={"en": "Webhook secret", "id": "Rahasia webhook"},
            help={
                "en": "Your own long random word. Telegram repeats it with each update, as proof.",
                "id": "Kata acak panjang buatan Anda. Telegram mengulangnya di tiap kiriman sebagai bukti.",
            },
            pattern=r"[A-Za-z0-9_-]{8,256}",
        ),
    ),
    feeds=(Feed(name="messages", every_s=5.0, operation="read", overlap_s=0.0),),
    buckets=(
        Bucket(operation="read", per_s=5.0, burst=10.0),
        Bucket(operation="send", per_s=25.0, burst=25.0),
    ),
    sending=Sending(
        text_limit=TEXT_LIMIT,
        proof="blind",
        files_max=ALBUM_LIMIT,
        file_bytes=FILE_BYTES,
        operation="send",
        caption_limit=CAPTION_LIMIT,
        quotes=True,
    ),
    tier="gold",
    sentence={
        "en": "Answer people who write to your bot, at once.",
        "id": "Balas orang yang menulis ke bot Anda, seketika.",
    },
)
