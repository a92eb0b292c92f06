"""eBay as data. Limits: https://developer.ebay.com/develop/get-started/api-call-limits and the call references (2026-07)."""

from __future__ import annotations

from connectors.base.manifest import Bucket, Cancelling, Feed, Lag, Manifest, Secret, Sending, Stocking

API_HOST = "api.ebay.com"
IDENTITY_HOST = "apiz.ebay.com"
SIGN_IN_HOST = "auth.ebay.com"
PICTURE_HOSTS = ("i.ebayimg.com", "*.ebayimg.com")
TEXT_LIMIT = 2000
FILES_LIMIT = 5
OVERLAP_S = 120.0
MIDNIGHT_PACIFIC_UTC_H = 7.0

MANIFEST = Manifest(
    key="ebay",
    name="eBay",
    glyph="ticket",
    hue=235,
    hosts=(API_HOST, IDENTITY_HOST, SIGN_IN_HOST, *PICTURE_HOSTS),
    secrets=(
        Secret(
            name="client_id",
            group="app",
            label={"en": "App ID (Client ID)", "id": "App ID (Client ID)"},
            help={
                "en": "From developer.ebay.com, Application Keys, the Production row.",
                "id": "Dari developer.ebay.com, Application Keys, baris Production.",
            },
            hidden=False,
        ),
        Secret(
            name="client_secret",
            group="app",
            label={"en": "Cert ID (Client Secret)", "id": "Cert ID (Client Secret)"},
            help={"en": "On the same page as the App ID.", "id": "Di halaman yang sama dengan App ID."},
        ),
        Secret(
            name="dev_id",
            group="app",
            label={"en": "Dev ID", "id": "Dev ID"},
            help={
                "en": "On the same page; one for all your applications.",
                "id": "Di halaman yang sama; satu untuk semua aplikasi Anda.",
            },
            hidden=False,
        ),
        Secret(
            name="refresh_token",
            by_consent=True,
            label={"en": "Refresh token of the seller", "id": "Refresh token penjual"},
            help={
                "en": "Made when the seller signs in and agrees. It lasts 18 months.",
                "id": "Didapat saat penjual masuk dan menyetujui. Berlaku 18 bulan.",
            },
        ),
        Secret(
            name="ru_name",
            group="app",
            label={"en": "RuName", "id": "RuName"},
            help={
                "en": "From User Tokens, Get a Token from eBay via Your Application. Only to let the seller sign in from here.",
                "id": "Dari User Tokens, Get a Token from eBay via Your Application. Hanya agar penjual masuk dari sini.",
            },
            hidden=False,
            optional=True,
            pattern=r"[A-Za-z0-9_.-]{3,100}",
        ),
        Secret(
            name="verification_token",
            group="app",
            label={"en": "Verification token", "id": "Token verifikasi"},
            help={
                "en": "Your own random text of 32 to 80 letters, digits, _ and -. eBay proves with it that it talks to you.",
                "id": "Teks acak buatan Anda, 32 sampai 80 huruf, angka, _ dan -. Dengan ini eBay memastikan bicara dengan Anda.",
            },
            pattern=r"[A-Za-z0-9_-]{32,80}",
        ),
    ),
    feeds=(
        Feed(name="messages", every_s=30.0, operation="read_messages", overlap_s=OVERLAP_S),
        Feed(name="orders", every_s=60.0, operation="read_orders", overlap_s=OVERLAP_S),
        Feed(name="listings", every_s=900.0, operation="read_listings", overlap_s=0.0),
        Feed(name="stock", every_s=900.0, operation="read_listings", overlap_s=0.0),
    ),
    buckets=(
        Bucket(operation="read_messages", per_s=1.0, burst=30.0, per_day=5_000, day_starts_utc_h=MIDNIGHT_PACIFIC_UTC_H),
        Bucket(operation="read_orders", per_s=1.0, burst=20.0, per_day=100_000, day_starts_utc_h=MIDNIGHT_PACIFIC_UTC_H),
        Bucket(operation="read_listings", per_s=1.0, burst=20.0, per_day=5_000, day_starts_utc_h=MIDNIGHT_PACIFIC_UTC_H),
        Bucket(operation="send", per_s=1.25, burst=75.0, per_day=5_000, day_starts_utc_h=MIDNIGHT_PACIFIC_UTC_H),
        Bucket(operation="stock", per_s=10.0, burst=100.0),
    ),
    sending=Sending(
        text_limit=TEXT_LIMIT,
        proof="readable",
        absent_after_s=300.0,
        files_max=FILES_LIMIT,
        file_bytes=12 * 1024 * 1024,
        file_types=("image/jpeg", "image/png", "image/gif", "application/pdf", "application/msword", "text/plain"),
        forbids_contact_details=True,
        keeps_buyers=True,
    ),
    stocking=Stocking(batch=25, revisions_per_day=250),
    cancelling=Cancelling(cost="defect"),
    lag=Lag(poll_s=300.0, lands_s=10.0),
    consent="oauth",
    needs="review",
    tier="gold",
    sentence={
        "en": "Answer buyers, see orders and keep the quantity of every listing right.",
        "id": "Balas pembeli, lihat pesanan, dan jaga jumlah tiap listing tetap benar.",
    },
)
