"""Instagram as data. Limits: https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message and
.../overview/rate-limiting (2026-04)."""

from __future__ import annotations

from msgspec.structs import replace

from connectors.base.graph_manifest import API_HOST, PAGE_BUCKETS, PAGE_FEEDS, PAGE_SENDING, SIGN_IN_HOST, page_secrets
from connectors.base.manifest import Manifest

TEXT_LIMIT = 1000
IMAGE_BYTES = 8_000_000
FILE_TYPES = (
    *("image/png", "image/jpeg", "image/gif"),
    *("audio/aac", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav", "audio/mpeg", "audio/ogg"),
    *("video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"),
    "application/pdf",
)

MANIFEST = Manifest(
    key="instagram",
    name="Instagram",
    glyph="camera",
    hue=330,
    hosts=(API_HOST, SIGN_IN_HOST, "*.fbcdn.net", "*.fbsbx.com", "*.cdninstagram.com"),
    secrets=page_secrets(
        {
            "en": "The number of the Facebook page your Instagram account is linked to.",
            "id": "Nomor halaman Facebook yang terhubung dengan akun Instagram Anda.",
        }
    ),
    feeds=PAGE_FEEDS,
    buckets=PAGE_BUCKETS,
    sending=replace(PAGE_SENDING, text_limit=TEXT_LIMIT, unit="bytes", file_types=FILE_TYPES),
    hook="app",
    consent="oauth",
    needs="review",
    tier="gold",
    sentence={
        "en": "Answer people who write to your Instagram account.",
        "id": "Balas orang yang menulis ke akun Instagram Anda.",
    },
)
