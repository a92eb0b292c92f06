"""Amazon as data. Limits: the Selling Partner API models (2026-08) and https://developer-docs.amazon.com/sp-api/docs/usage-plans-and-rate-limits"""

from __future__ import annotations

from connectors.base.manifest import Bucket, Cancelling, Feed, Lag, Manifest, Secret, Sending, Stocking

TOKEN_HOST = "api.amazon.com"
REGIONS = {"na": "us-east-1", "eu": "eu-west-1", "fe": "us-west-2"}
ORDERS_OVERLAP_S = 300.0
BATCH = 200
# The form in Seller Central takes 4,000 characters; attachments 10 MB together: https://sellercentral.amazon.com/help/hub/reference/G200389080
TEXT_LIMIT = 4000
FILES_LIMIT = 5
FILE_BYTES = 10_000_000


def _secret(
    name: str,
    en: str,
    own: str,
    *,
    help_en: str = "",
    help_id: str = "",
    hidden: bool = True,
    optional: bool = False,
    pattern: str = "",
) -> Secret:
    told = {"en": help_en, "id": help_id} if help_en else {}
    return Secret(name=name, label={"en": en, "id": own}, help=told, hidden=hidden, optional=optional, pattern=pattern)


SECRETS = (
    _secret(
        "client_id",
        "Application client ID",
        "Client ID aplikasi",
        help_en="Seller Central, Apps and Services, Develop Apps, LWA credentials.",
        help_id="Seller Central, Apps and Services, Develop Apps, LWA credentials.",
        hidden=False,
    ),
    _secret("client_secret", "Application client secret", "Client secret aplikasi"),
    _secret(
        "refresh_token",
        "Refresh token",
        "Refresh token",
        help_en="Made by Authorize app on the same page. It is shown once.",
        help_id="Dibuat lewat Authorize app di halaman yang sama. Hanya tampil sekali.",
    ),
    _secret(
        "seller_id",
        "Seller ID (merchant token)",
        "ID penjual (merchant token)",
        help_en="Seller Central, Settings, Account Info, Your Merchant Token.",
        help_id="Seller Central, Settings, Account Info, Your Merchant Token.",
        hidden=False,
        pattern=r"[A-Z0-9]{9,20}",
    ),
    _secret(
        "imap_host",
        "IMAP server of the mailbox",
        "Server IMAP kotak surat",
        help_en="Of the mailbox that Amazon sends buyers' messages to.",
        help_id="Dari kotak surat tujuan pesan pembeli Amazon.",
        hidden=False,
    ),
    _secret("imap_user", "IMAP user", "Pengguna IMAP", hidden=False),
    _secret("imap_password", "IMAP password", "Kata sandi IMAP"),
    _secret("smtp_host", "SMTP server", "Server SMTP", hidden=False),
    _secret("smtp_user", "SMTP user (if another)", "Pengguna SMTP (bila lain)", hidden=False, optional=True),
    _secret("smtp_password", "SMTP password (if another)", "Kata sandi SMTP (bila lain)", optional=True),
    _secret(
        "address",
        "Address you answer from",
        "Alamat pengirim jawaban",
        help_en="It must stand under Messaging Permissions in Seller Central. Empty: the IMAP user.",
        help_id="Harus terdaftar di Messaging Permissions di Seller Central. Kosong: pengguna IMAP.",
        hidden=False,
        optional=True,
    ),
    _secret(
        "marketplace_id",
        "Marketplace ID",
        "ID marketplace",
        help_en="Empty: ATVPDKIKX0DER (United States).",
        help_id="Kosong: ATVPDKIKX0DER (Amerika Serikat).",
        hidden=False,
        optional=True,
        pattern=r"(A[A-Z0-9]{11,14})?",
    ),
    _secret(
        "region",
        "Region",
        "Wilayah",
        help_en="na, eu or fe. Empty: by the marketplace.",
        help_id="na, eu, atau fe. Kosong: menurut marketplace.",
        hidden=False,
        optional=True,
        pattern=r"(na|eu|fe)?",
    ),
    _secret(
        "sqs_url",
        "SQS queue address",
        "Alamat antrean SQS",
        help_en="Optional: news of orders within seconds instead of minutes.",
        help_id="Opsional: kabar pesanan dalam hitungan detik, bukan menit.",
        hidden=False,
        optional=True,
        pattern=r"(https://sqs\.[a-z0-9-]+\.amazonaws\.com/\d{12}/[A-Za-z0-9_.-]{1,80})?",
    ),
    _secret("aws_key", "AWS access key of the queue", "Kunci akses AWS antrean", hidden=False, optional=True),
    _secret("aws_secret", "AWS secret key of the queue", "Kunci rahasia AWS antrean", optional=True),
)

MANIFEST = Manifest(
    key="amazon",
    name="Amazon",
    glyph="crate",
    hue=60,
    hosts=(*(f"sellingpartnerapi-{region}.amazon.com" for region in REGIONS), TOKEN_HOST, "*.amazonaws.com"),
    secrets=SECRETS,
    feeds=(
        Feed(name="messages", every_s=30.0, operation="read_mail", overlap_s=0.0, listens=True),
        Feed(name="orders", every_s=180.0, operation="read_orders", overlap_s=ORDERS_OVERLAP_S),
        Feed(name="listings", every_s=3600.0, operation="read_listings", overlap_s=0.0),
        Feed(name="stock", every_s=900.0, operation="read_fba", overlap_s=0.0),
    ),
    buckets=(
        Bucket(operation="read_mail", per_s=1.0, burst=30.0),
        Bucket(operation="send", per_s=1.0, burst=10.0),
        Bucket(operation="read_orders", per_s=0.0056, burst=20.0),
        Bucket(operation="read_listings", per_s=5.0, burst=5.0),
        Bucket(operation="read_fba", per_s=2.0, burst=2.0),
        Bucket(operation="stock", per_s=5.0, burst=5.0),
    ),
    sending=Sending(
        text_limit=TEXT_LIMIT,
        proof="blind",
        files_max=FILES_LIMIT,
        file_bytes=FILE_BYTES,
        forbids_contact_details=True,
        keeps_buyers=True,
        market_clock_s=86_400.0,
        operation="send",
    ),
    stocking=Stocking(batch=BATCH, operation="stock"),
    cancelling=Cancelling(cost="rate", days=7, most_pct=2.5, warn_pct=2.0),
    lag=Lag(poll_s=180.0, told_s=120.0, lands_s=120.0),
    hook="none",
    needs="review",
    tier="gold",
    sentence={
        "en": "Orders and counts by Amazon's own API, buyers' messages through your Amazon mailbox.",
        "id": "Pesanan dan stok lewat API Amazon, pesan pembeli lewat kotak surat Amazon Anda.",
    },
)
