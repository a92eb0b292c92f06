"""WooCommerce as data. https://woocommerce.github.io/woocommerce-rest-api-docs/ (2026-04)"""

from __future__ import annotations

from connectors.base.manifest import Bucket, Feed, Manifest, Secret, Sending, Stocking

# Shops stand on their sellers' own hosts (`own_host`). These reserved names lead nowhere but to a sandbox.
TRIAL_HOSTS = ("*.woo.example",)
BATCH = 100
OVERLAP_S = 300.0
# Ours: the shop keeps up to 65,535 bytes, but mails all of it.
TEXT_LIMIT = 5000

MANIFEST = Manifest(
    key="woocommerce",
    name="WooCommerce",
    glyph="cart",
    hue=275,
    hosts=TRIAL_HOSTS,
    own_host="url",
    secrets=(
        Secret(
            name="url",
            label={"en": "Shop address", "id": "Alamat toko"},
            help={
                "en": "As customers see it, with https: https://shop.example.com",
                "id": "Seperti yang dilihat pelanggan, dengan https: https://toko.example.com",
            },
            hidden=False,
            pattern=r"(https://)?[A-Za-z0-9.-]+(:\d+)?(/[^\s?#]*)?",
        ),
        Secret(
            name="consumer_key",
            label={"en": "Consumer key", "id": "Consumer key"},
            help={
                "en": "WooCommerce, Settings, Advanced, REST API, Add key, Read/Write. Begins with ck_",
                "id": "WooCommerce, Settings, Advanced, REST API, Add key, Read/Write. Berawalan ck_",
            },
            pattern=r"ck_[A-Za-z0-9]{8,64}",
        ),
        Secret(
            name="consumer_secret",
            label={"en": "Consumer secret", "id": "Consumer secret"},
            help={"en": "Shown once, beside the key. Begins with cs_", "id": "Tampil sekali, di sebelah key. Berawalan cs_"},
            pattern=r"cs_[A-Za-z0-9]{8,64}",
        ),
        Secret(
            name="webhook_secret",
            label={"en": "Webhook secret", "id": "Rahasia webhook"},
            help={
                "en": "Your own long random word. The shop signs its news with it.",
                "id": "Kata acak panjang buatan Anda. Toko menandatangani kabarnya dengan itu.",
            },
            pattern=r"\S{8,200}",
        ),
    ),
    feeds=(
        Feed(name="orders", every_s=60.0, overlap_s=OVERLAP_S),
        Feed(name="messages", every_s=300.0, overlap_s=OVERLAP_S),
        Feed(name="listings", every_s=900.0, overlap_s=OVERLAP_S),
    ),
    # The shop has no limit of its own; its host has a small machine.
    buckets=(
        Bucket(operation="read", per_s=2.0, burst=10.0),
        Bucket(operation="send", per_s=1.0, burst=5.0),
        Bucket(operation="stock", per_s=2.0, burst=10.0),
    ),
    sending=Sending(text_limit=TEXT_LIMIT, proof="readable", absent_after_s=300.0, operation="send"),
    stocking=Stocking(batch=BATCH, operation="stock"),
    tier="gold",
    sentence={
        "en": "Orders, products and stock of your WordPress shop, and notes that it mails to customers.",
        "id": "Pesanan, produk, dan stok toko WordPress Anda, serta catatan yang dikirim ke pelanggan.",
    },
)
