"""What core and screen know of this channel, as data."""

from __future__ import annotations

from connectors.base.manifest import Bucket, Feed, Lag, Manifest, Secret, Stocking

# A store on the standard plan gets 100 cost points a second. An order page costs about 60 points in practice (970 at
# most), a stock write 10 points: https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits
READ = Bucket(operation="read", per_s=1.0, burst=20.0)
STOCK = Bucket(operation="stock", per_s=4.0, burst=40.0)

# Where the files of bulk operations lie.
FILES_HOST = "storage.googleapis.com"

MANIFEST = Manifest(
    key="shopify",
    name="Shopify",
    glyph="bag",
    hue=145,
    hosts=("*.myshopify.com", FILES_HOST),
    secrets=(
        Secret(
            name="shop",
            label={"en": "Store address", "id": "Alamat toko"},
            help={"en": "The one that ends in .myshopify.com", "id": "Yang berakhiran .myshopify.com"},
            hidden=False,
            pattern=r"^[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com$",
        ),
        Secret(
            name="client_secret",
            label={"en": "Client secret", "id": "Client secret"},
            help={
                "en": "Called API secret key in older apps. It also proves that a webhook comes from Shopify.",
                "id": "Di aplikasi lama bernama API secret key. Juga membuktikan bahwa webhook datang dari Shopify.",
            },
            group="app",
        ),
        Secret(
            name="client_id",
            label={"en": "Client ID", "id": "Client ID"},
            help={"en": "Of an app from the Dev Dashboard", "id": "Dari aplikasi di Dev Dashboard"},
            group="app",
            hidden=False,
            optional=True,
        ),
        Secret(
            name="access_token",
            label={"en": "Admin API access token", "id": "Token akses Admin API"},
            help={
                "en": "Only of an app made in the store itself before 2026: begins with shpat_",
                "id": "Hanya dari aplikasi yang dibuat di toko sebelum 2026: berawalan shpat_",
            },
            optional=True,
            by_consent=True,
        ),
        Secret(
            name="refresh_token",
            label={"en": "Refresh token", "id": "Refresh token"},
            help={
                "en": "Only of an app that many stores install",
                "id": "Hanya dari aplikasi yang dipasang banyak toko",
            },
            optional=True,
            by_consent=True,
        ),
        Secret(
            name="previous_client_secret",
            label={"en": "Former API secret key (while rotating)", "id": "Kunci rahasia API lama (saat rotasi)"},
            group="app",
            optional=True,
        ),
        Secret(
            name="location_id",
            label={"en": "Location whose stock we keep", "id": "Lokasi yang stoknya kami jaga"},
            help={
                "en": "The number at the end of its address in Shopify, Settings, Locations. Empty: the store's primary location.",
                "id": "Angka di akhir alamatnya di Shopify, Pengaturan, Lokasi. Kosong: lokasi utama toko.",
            },
            hidden=False,
            optional=True,
            pattern=r"\d{1,20}",
        ),
    ),
    feeds=(
        Feed(name="orders", every_s=60.0, overlap_s=300.0),
        Feed(name="listings", every_s=900.0, overlap_s=300.0),
        Feed(name="stock", every_s=900.0),
    ),
    buckets=(READ, STOCK),
    stocking=Stocking(batch=250, compare=True, keyed=True, largest=1_000_000_000),
    lag=Lag(poll_s=3.0, lands_s=2.0),
    consent="oauth",
    tier="gold",
    sentence={
        "en": "Orders, listings and stock of your online store. Shopify has no message API: buyers reach you by e-mail.",
        "id": "Pesanan, produk, dan stok toko online Anda. Shopify tidak punya API pesan: pembeli menghubungi lewat e-mail.",
    },
)
