"""Messenger as data. Limits: https://developers.facebook.com/docs/messenger-platform/reference/send-api (2026-03)."""

from __future__ import annotations

from connectors.base.graph_manifest import API_HOST, PAGE_BUCKETS, PAGE_FEEDS, PAGE_SENDING, SIGN_IN_HOST, page_secrets
from connectors.base.manifest import Manifest

MANIFEST = Manifest(
    key="messenger",
    name="Messenger",
    glyph="bubbles",
    hue=255,
    hosts=(API_HOST, SIGN_IN_HOST, "*.fbcdn.net", "*.fbsbx.com"),
    secrets=page_secrets(
        {
            "en": "The number of your Facebook page: page, About, Page transparency.",
            "id": "Nomor halaman Facebook Anda: halaman, Tentang, Transparansi halaman.",
        }
    ),
    feeds=PAGE_FEEDS,
    buckets=PAGE_BUCKETS,
    sending=PAGE_SENDING,
    hook="app",
    consent="oauth",
    needs="review",
    tier="gold",
    sentence={
        "en": "Answer people who write to your Facebook page.",
        "id": "Balas orang yang menulis ke halaman Facebook Anda.",
    },
)
