"""Mail as data. Limits: https://support.google.com/a/answer/166852 (2000 a day), https://support.google.com/mail/answer/6584 (25 MB)."""

from __future__ import annotations

from connectors.base.manifest import Bucket, Feed, First, Manifest, Secret, Sending

# Where consent is asked and tokens are bought. Mail servers themselves are the seller's own.
HOSTS = ("accounts.google.com", "oauth2.googleapis.com", "login.microsoftonline.com")
HOST_NAME = r"[A-Za-z0-9.-]{1,253}"
PORT = r"\d{1,5}"
TEXT_LIMIT = 100_000
FILES_MAX = 10
# 25 MB after base64 is 18 MB of files.
FILE_BYTES = 18_000_000

MANIFEST = Manifest(
    key="imap",
    name="E-mail",
    glyph="envelope",
    hue=250,
    hosts=HOSTS,
    secrets=(
        Secret(
            name="address",
            label={"en": "Your address", "id": "Alamat Anda"},
            help={"en": "Customers write to it; answers come from it.", "id": "Pelanggan menulis ke sini; balasan dari sini."},
            hidden=False,
            pattern=r"[^\s<>@]{1,64}@[^\s<>@]{1,255}",
        ),
        Secret(
            name="imap_host",
            label={"en": "IMAP server", "id": "Server IMAP"},
            help={
                "en": "From your mail provider, such as imap.example.com. Empty with Google or Microsoft.",
                "id": "Dari penyedia surel, misalnya imap.example.com. Kosongkan untuk Google atau Microsoft.",
            },
            hidden=False,
            optional=True,
            pattern=HOST_NAME,
        ),
        Secret(
            name="imap_user",
            label={"en": "IMAP user", "id": "Pengguna IMAP"},
            help={"en": "Empty: your address.", "id": "Kosong: alamat Anda."},
            hidden=False,
            optional=True,
        ),
        Secret(
            name="imap_password",
            label={"en": "IMAP password", "id": "Sandi IMAP"},
            help={
                "en": "Most providers want an app password here, not the one you sign in with.",
                "id": "Kebanyakan penyedia meminta sandi aplikasi, bukan sandi masuk Anda.",
            },
            optional=True,
        ),
        Secret(
            name="smtp_host",
            label={"en": "SMTP server", "id": "Server SMTP"},
            help={"en": "Such as smtp.example.com.", "id": "Misalnya smtp.example.com."},
            hidden=False,
            optional=True,
            pattern=HOST_NAME,
        ),
        Secret(
            name="smtp_user",
            label={"en": "SMTP user", "id": "Pengguna SMTP"},
            help={"en": "Empty: as IMAP.", "id": "Kosong: sama dengan IMAP."},
            hidden=False,
            optional=True,
        ),
        Secret(
            name="smtp_password",
            label={"en": "SMTP password", "id": "Sandi SMTP"},
            help={"en": "Empty: as IMAP.", "id": "Kosong: sama dengan IMAP."},
            optional=True,
        ),
        Secret(
            name="imap_port",
            label={"en": "IMAP port", "id": "Port IMAP"},
            help={"en": "Empty: 993.", "id": "Kosong: 993."},
            hidden=False,
            optional=True,
            pattern=PORT,
        ),
        Secret(
            name="smtp_port",
            label={"en": "SMTP port", "id": "Port SMTP"},
            help={"en": "Empty: 587. Otherwise 465.", "id": "Kosong: 587. Pilihan lain: 465."},
            hidden=False,
            optional=True,
            pattern=PORT,
        ),
        Secret(
            name="folder",
            label={"en": "Folder", "id": "Folder"},
            help={"en": "Empty: INBOX.", "id": "Kosong: INBOX."},
            hidden=False,
            optional=True,
        ),
        Secret(
            name="sender_name",
            label={"en": "Sender's name", "id": "Nama pengirim"},
            help={"en": "What customers see beside your address.", "id": "Yang dilihat pelanggan di samping alamat Anda."},
            hidden=False,
            optional=True,
        ),
        Secret(
            name="sent_copies",
            label={"en": "Who keeps copies of sent mail", "id": "Siapa menyimpan salinan surel terkirim"},
            help={
                "en": "`server`: your provider lays each sent mail into Sent by itself (Gmail, Microsoft 365 do). `us`: we lay it "
                "there. Empty: known for the large providers, else nobody.",
                "id": "`server`: penyedia menyimpan sendiri ke folder Terkirim (Gmail, Microsoft 365). `us`: kami yang menyimpan. "
                "Kosong: diketahui untuk penyedia besar, selain itu tidak ada.",
            },
            hidden=False,
            optional=True,
            pattern="server|us",
        ),
        Secret(
            name="provider",
            label={"en": "Sign in with", "id": "Masuk dengan"},
            help={"en": "`google` or `microsoft`; empty for a password.", "id": "`google` atau `microsoft`; kosong bila sandi."},
            group="app",
            hidden=False,
            optional=True,
            pattern="google|microsoft",
        ),
        Secret(
            name="client_id",
            label={"en": "App's client id", "id": "ID klien aplikasi"},
            group="app",
            hidden=False,
            optional=True,
        ),
        Secret(
            name="client_secret",
            label={"en": "App's client secret", "id": "Rahasia klien aplikasi"},
            group="app",
            optional=True,
        ),
        Secret(
            name="refresh_token",
            label={"en": "Lasting access", "id": "Akses tetap"},
            optional=True,
            by_consent=True,
        ),
        Secret(
            name="access_token",
            label={"en": "Access for this hour", "id": "Akses jam ini"},
            optional=True,
            by_consent=True,
        ),
        Secret(
            name="access_until",
            label={"en": "End of this hour's access", "id": "Akhir akses jam ini"},
            hidden=False,
            optional=True,
            by_consent=True,
        ),
    ),
    feeds=(Feed(name="messages", every_s=60.0, operation="read", overlap_s=0.0, listens=True),),
    buckets=(
        Bucket(operation="read", per_s=0.5, burst=20.0),
        Bucket(operation="send", per_s=1.0, burst=10.0, per_day=2000),
    ),
    sending=Sending(
        text_limit=TEXT_LIMIT,
        proof="readable",
        absent_after_s=600.0,
        files_max=FILES_MAX,
        file_bytes=FILE_BYTES,
        operation="send",
        first=First(to="email", thread="ours"),
        letters=True,
        quotes=True,
    ),
    hook="none",
    consent="oauth",
    tier="silver",
    sentence={
        "en": "Answer your shop's mail, from any provider.",
        "id": "Balas surel toko Anda, dari penyedia mana pun.",
    },
)
