"""Messenger as data. Limits: https://developers.facebook.com/docs/messenger-platform/overview/rate-limiting and
.../reference/send-api (2026-03)."""

from __future__ import annotations

from connectors.base.manifest import Bucket, Feed, Manifest, Secret, Sending

TEXT_LIMIT = 2000
FILE_BYTES = 25_000_000
DAY_S = 86_400.0

MANIFEST = Manifest(
    key="messenger",
    name="Messenger",
    glyph="bubbles",
    hue=255,
    hosts=("graph.facebook.com", "*.fbcdn.net", "*.fbsbx.com"),
    secrets=(
        Secret(
            name="page_id",
            label={"en": "Page id", "id": "Id halaman"},
            help={
                "en": "The number of your Facebook page: page, About, Page transparency.",
                "id": "Nomor halaman Facebook Anda: halaman, Tentang, Transparansi halaman.",
            },
            hidden=False,
            pattern=r"[0-9A-Za-z_.-]{1,40}",
        ),
        Secret(
            name="page_token",
            label={"en": "Page access token", "id": "Token akses halaman"},
            help={
                "en": "From your app at Meta for Developers: Messenger, Settings, Generate token.",
                "id": "Dari aplikasi Anda di Meta for Developers: Messenger, Pengaturan, Buat token.",
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
            name="app_id",
            label={"en": "App id", "id": "Id aplikasi"},
            help={
                "en": "Needed only when several apps read your page.",
                "id": "Hanya perlu bila beberapa aplikasi membaca halaman Anda.",
            },
            hidden=False,
            optional=True,
            pattern=r"[0-9A-Za-z_.-]{1,40}",
        ),
    ),
    feeds=(Feed(name="messages", every_s=60.0, operation="read", overlap_s=600.0),),
    buckets=(
        Bucket(operation="read", per_s=2.0, burst=4.0),
        Bucket(operation="send", per_s=40.0, burst=40.0),
        Bucket(operation="upload", per_s=5.0, burst=5.0),
    ),
    sending=Sending(
        text_limit=TEXT_LIMIT,
        proof="readable",
        absent_after_s=600.0,
        window_s=DAY_S,
        person_window_s=7 * DAY_S,
        files_max=1,
        file_bytes=FILE_BYTES,
        caption_limit=0,
        operation="send",
    ),
    hook="app",
    needs="review",
    tier="silver",
    sentence={
        "en": "Answer people who write to your Facebook page.",
        "id": "Balas orang yang menulis ke halaman Facebook Anda.",
    },
)
