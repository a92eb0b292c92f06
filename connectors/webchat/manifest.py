"""Web chat as data. There is no outside service: limits are our own, and nothing leaves the house when a reply is sent.

Signed identities are JSON Web Tokens with HS256: https://www.rfc-editor.org/rfc/rfc7519
"""

from __future__ import annotations

from connectors.base.manifest import Bucket, Manifest, Secret, Sending

HOST = "webchat.example"
TEXT_LIMIT = 4000
FILES_MOST = 5
FILE_BYTES = 10 * 1024 * 1024

MANIFEST = Manifest(
    key="webchat",
    name="Web chat",
    glyph="bubble",
    hue=275,
    hosts=(HOST,),
    secrets=(
        Secret(
            name="identity_secret",
            label={"en": "Identity secret", "id": "Rahasia identitas"},
            help={
                "en": "Your own long random word, 32 signs or more. Your shop signs with it who is signed in.",
                "id": "Kata acak panjang buatan Anda, 32 tanda atau lebih. Toko Anda menandatangani identitas pembeli dengannya.",
            },
            pattern=r"[\x21-\x7e]{32,256}",
        ),
    ),
    feeds=(),
    buckets=(Bucket(operation="send", per_s=200.0, burst=400.0),),
    sending=Sending(
        text_limit=TEXT_LIMIT,
        proof="own",
        files_max=FILES_MOST,
        file_bytes=FILE_BYTES,
        operation="send",
    ),
    tier="gold",
    sentence={
        "en": "Talk to people while they look at your own shop's page.",
        "id": "Bicara dengan pengunjung selagi mereka melihat halaman toko Anda.",
    },
)
