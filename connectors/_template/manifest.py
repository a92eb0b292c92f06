"""Template as data. Say where each limit is written: https://api.template.example/docs (invented)."""

from __future__ import annotations

from connectors.base.manifest import Bucket, Feed, Manifest, Secret, Sending, Stocking

HOST = "api.template.example"
TEXT_LIMIT = 2000

MANIFEST = Manifest(
    key="template",
    name="Template",
    glyph="crate",
    hue=200,
    hosts=(HOST,),
    secrets=(
        Secret(
            name="access_token",
            label={"en": "Access token", "id": "Token akses"},
            help={"en": "From Settings, API.", "id": "Dari Pengaturan, API."},
            pattern=r"\S{8,200}",
        ),
        Secret(
            name="hook_secret",
            label={"en": "Webhook secret", "id": "Rahasia webhook"},
            help={"en": "From Settings, Webhooks.", "id": "Dari Pengaturan, Webhook."},
            pattern=r"\S{8,200}",
        ),
    ),
    feeds=(
        Feed(name="messages", every_s=30.0),
        Feed(name="orders", every_s=60.0),
        Feed(name="listings", every_s=900.0),
    ),
    buckets=(
        Bucket(operation="read", per_s=5.0, burst=20.0),
        Bucket(operation="send", per_s=2.0, burst=10.0),
        Bucket(operation="stock", per_s=2.0, burst=10.0),
    ),
    sending=Sending(text_limit=TEXT_LIMIT, proof="readable", absent_after_s=60.0),
    stocking=Stocking(batch=20),
    tier="silver",
    sentence={"en": "Orders, messages and stock of one shop.", "id": "Pesanan, pesan dan stok satu toko."},
)
