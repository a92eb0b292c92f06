"""WhatsApp as data. Limits: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media and .../overview (2026-05)."""

from __future__ import annotations

from connectors.base.manifest import Bucket, First, Manifest, Secret, Sending

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
FILE_BYTES = 100_000_000

MANIFEST = Manifest(
    key="whatsapp",
    name="WhatsApp",
    glyph="handset",
    hue=150,
    hosts=("graph.facebook.com", "lookaside.fbsbx.com", "*.fbcdn.net", "*.whatsapp.net"),
    secrets=(
        Secret(
            name="phone_number_id",
            label={"en": "Phone number id", "id": "Id nomor telepon"},
            help={
                "en": "From your app: WhatsApp, API setup. It is not the phone number itself.",
                "id": "Dari aplikasi Anda: WhatsApp, Penyiapan API. Ini bukan nomor teleponnya.",
            },
            hidden=False,
            pattern=r"[0-9A-Za-z_.-]{1,40}",
        ),
        Secret(
            name="access_token",
            label={"en": "Access token", "id": "Token akses"},
            help={
                "en": "Of a system user, without an end: Business settings, System users, Generate token.",
                "id": "Dari pengguna sistem, tanpa batas waktu: Pengaturan bisnis, Pengguna sistem, Buat token.",
            },
            pattern=r"\S{8,600}",
        ),
        Secret(
            name="app_secret",
            label={"en": "App secret", "id": "Rahasia aplikasi"},
            help={
                "en": "From your app: Settings, Basic. It proves that news comes from Meta.",
                "id": "Dari aplikasi Anda: Pengaturan, Dasar. Ini membuktikan kabar datang dari Meta.",
            },
            pattern=r"\S{8,200}",
        ),
        Secret(
            name="verify_token",
            label={"en": "Verify token", "id": "Token verifikasi"},
            help={
                "en": "Your own long random word. Meta repeats it when it greets your address.",
                "id": "Kata acak panjang buatan Anda. Meta mengulangnya saat menyapa alamat Anda.",
            },
            pattern=r"\S{8,200}",
        ),
        Secret(
            name="waba_id",
            label={"en": "WhatsApp business account id", "id": "Id akun bisnis WhatsApp"},
            help={
                "en": "Beside the phone number id. With it webhooks are set for you.",
                "id": "Di sebelah id nomor telepon. Dengannya webhook dipasang untuk Anda.",
            },
            hidden=False,
            optional=True,
            pattern=r"[0-9A-Za-z_.-]{1,40}",
        ),
    ),
    feeds=(),
    buckets=(
        Bucket(operation="read", per_s=20.0, burst=20.0),
        Bucket(operation="send", per_s=60.0, burst=60.0),
        Bucket(operation="upload", per_s=10.0, burst=10.0),
    ),
    sending=Sending(
        text_limit=TEXT_LIMIT,
        proof="blind",
        window_s=86_400.0,
        files_max=1,
        file_bytes=FILE_BYTES,
        caption_limit=CAPTION_LIMIT,
        templates=True,
        first=First(to="phone", thread="digits"),
        operation="send",
        quotes=True,
    ),
    hook="app",
    needs="review",
    tier="gold",
    sentence={
        "en": "Answer people who write to your WhatsApp number.",
        "id": "Balas orang yang menulis ke nomor WhatsApp Anda.",
    },
)
