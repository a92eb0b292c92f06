"""Twilio as data. Limits: https://www.twilio.com/docs/messaging/api/message-resource and
https://www.twilio.com/docs/messaging/guides/accepted-mime-types (2026-04)."""

from __future__ import annotations

from connectors.base.manifest import Bucket, Feed, First, Manifest, Secret, Sending

HOST = "api.twilio.com"
SERVICE_HOST = "messaging.twilio.com"
CONTENT_HOST = "content.twilio.com"
# Files lie elsewhere: the API answers with a redirect.
FILE_HOSTS = ("mms.twiliocdn.com", "media.twiliocdn.com", "s3-external-1.amazonaws.com")
TEXT_LIMIT = 1600
FILES_LIMIT = 10
FILE_BYTES = 5_000_000
OTHER_FILE_BYTES = 500_000
# Kinds a carrier's gateway converts itself; every other kind may be ten times smaller only.
PICTURE_TYPES = ("image/jpeg", "image/png", "image/gif")
OVERLAP_S = 900.0

MANIFEST = Manifest(
    key="twilio",
    name="Twilio SMS",
    glyph="lines",
    hue=5,
    hosts=(HOST, SERVICE_HOST, CONTENT_HOST, *FILE_HOSTS),
    secrets=(
        Secret(
            name="account_sid",
            label={"en": "Account SID", "id": "Account SID"},
            help={
                "en": "On the first page of the Twilio Console: AC and 32 signs.",
                "id": "Di halaman pertama Twilio Console: AC dan 32 tanda.",
            },
            hidden=False,
            pattern=r"AC[0-9a-fA-F]{32}",
        ),
        Secret(
            name="auth_token",
            label={"en": "Auth token", "id": "Auth token"},
            help={
                "en": "Beside the Account SID. It also proves that a message comes from Twilio.",
                "id": "Di sebelah Account SID. Juga membuktikan bahwa pesan datang dari Twilio.",
            },
            pattern=r"\S{8,200}",
        ),
        Secret(
            name="from_number",
            label={"en": "Your number", "id": "Nomor Anda"},
            help={
                "en": "With + and country code, as +447700900123; for WhatsApp by Twilio: whatsapp:+447700900123",
                "id": "Dengan + dan kode negara, misalnya +628123456789; untuk WhatsApp lewat Twilio: whatsapp:+628123456789",
            },
            hidden=False,
            pattern=r"(whatsapp:)?\+[1-9]\d{6,14}|\d{3,8}",
        ),
        Secret(
            name="messaging_service_sid",
            label={"en": "Messaging Service SID", "id": "SID Messaging Service"},
            help={
                "en": "Only if your numbers stand in a Messaging Service: MG and 32 signs.",
                "id": "Hanya jika nomor Anda ada di Messaging Service: MG dan 32 tanda.",
            },
            hidden=False,
            optional=True,
            pattern=r"MG[0-9a-fA-F]{32}",
        ),
    ),
    feeds=(Feed(name="messages", every_s=60.0, operation="read", overlap_s=OVERLAP_S),),
    buckets=(
        Bucket(operation="read", per_s=5.0, burst=20.0),
        Bucket(operation="send", per_s=10.0, burst=20.0),
    ),
    sending=Sending(
        text_limit=TEXT_LIMIT,
        proof="readable",
        files_max=FILES_LIMIT,
        file_bytes=FILE_BYTES,
        templates=True,
        first=First(to="phone", thread="handle"),
        segments=(160, 70),
        operation="send",
    ),
    tier="gold",
    sentence={
        "en": "Text messages to and from your phone number, and WhatsApp by Twilio.",
        "id": "SMS dari dan ke nomor telepon Anda, dan WhatsApp lewat Twilio.",
    },
)
