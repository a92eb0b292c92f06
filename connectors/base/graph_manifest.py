"""What the connect forms of Meta's channels share, and how much a page may ask and send, as data.
https://developers.facebook.com/docs/messenger-platform/overview/rate-limiting (2026-03)
"""

from __future__ import annotations

from connectors.base.manifest import Bucket, Feed, Secret, Sending

API_HOST, SIGN_IN_HOST = "graph.facebook.com", "www.facebook.com"
FILE_BYTES = 25_000_000
DAY_S = 86_400.0

ID = r"[0-9A-Za-z_.-]{1,40}"
TOKEN = r"\S{8,600}"
WORD = r"\S{8,200}"


def app_secret(group: str = "main") -> Secret:
    return Secret(
        name="app_secret",
        label={"en": "App secret", "id": "Rahasia aplikasi"},
        help={
            "en": "From your app: Settings, Basic. It proves that news comes from Meta.",
            "id": "Dari aplikasi Anda: Pengaturan, Dasar. Ini membuktikan kabar datang dari Meta.",
        },
        group=group,
        pattern=WORD,
    )


def verify_token(*, by_consent: bool = False) -> Secret:
    return Secret(
        name="verify_token",
        label={"en": "Verify token", "id": "Token verifikasi"},
        help={
            "en": "Your own long random word. Meta repeats it when it greets your address.",
            "id": "Kata acak panjang buatan Anda. Meta mengulangnya saat menyapa alamat Anda.",
        },
        pattern=WORD,
        by_consent=by_consent,
    )


def page_secrets(page_help: dict[str, str]) -> tuple[Secret, ...]:
    """By consent the app's own pair is typed and the rest is yielded."""
    return (
        Secret(
            name="app_id",
            label={"en": "App id", "id": "Id aplikasi"},
            help={
                "en": "The number at the top of your app at Meta for Developers.",
                "id": "Nomor di bagian atas aplikasi Anda di Meta for Developers.",
            },
            group="app",
            hidden=False,
            optional=True,
            pattern=ID,
        ),
        app_secret("app"),
        Secret(
            name="page_id",
            label={"en": "Page id", "id": "Id halaman"},
            help=page_help,
            hidden=False,
            pattern=ID,
            by_consent=True,
        ),
        Secret(
            name="page_token",
            label={"en": "Page access token", "id": "Token akses halaman"},
            help={
                "en": "From your app at Meta for Developers: Messenger, Settings, Generate token.",
                "id": "Dari aplikasi Anda di Meta for Developers: Messenger, Pengaturan, Buat token.",
            },
            pattern=TOKEN,
            by_consent=True,
        ),
        verify_token(by_consent=True),
    )


PAGE_FEEDS = (Feed(name="messages", every_s=60.0, operation="read", overlap_s=600.0),)
PAGE_BUCKETS = (
    Bucket(operation="read", per_s=2.0, burst=4.0),
    Bucket(operation="send", per_s=40.0, burst=40.0),
    Bucket(operation="upload", per_s=5.0, burst=5.0),
)
# A person may answer for seven days where a program may for one; a comment has one private answer.
# https://developers.facebook.com/docs/messenger-platform/discovery/private-replies
PAGE_SENDING = Sending(
    text_limit=2000,
    proof="readable",
    absent_after_s=600.0,
    window_s=DAY_S,
    person_window_s=7 * DAY_S,
    files_max=1,
    file_bytes=FILE_BYTES,
    caption_limit=0,
    quotes=True,
    answers_comment_once=True,
    operation="send",
)
