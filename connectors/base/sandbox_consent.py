"""The page on which a pretend channel asks its seller whether an app may come in: what for, and two ways back."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from connectors.base.sandbox import Answer, Request

# A language's words: title, who asks, what for, agree, refuse, that it is pretended.
WORDS = {
    "en": (
        "Sign in with {name}",
        "<b>{app}</b> would like to use <b>{account}</b>.",
        "It would be allowed to",
        "Allow",
        "Cancel",
        "A pretend sign-in page of the sandbox. {name} is not asked, and nothing leaves this computer.",
    ),
    "id": (
        "Masuk dengan {name}",
        "<b>{app}</b> ingin memakai <b>{account}</b>.",
        "Aplikasi ini akan diizinkan untuk",
        "Izinkan",
        "Batal",
        "Halaman masuk pura-pura dari bak pasir. {name} tidak dihubungi, dan tidak ada yang keluar dari komputer ini.",
    ),
}
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;margin:0;padding:24px 16px;background:Canvas;color:CanvasText}}
main{{max-width:420px;margin:6vh auto 0;padding:28px;border:1px solid color-mix(in srgb,CanvasText 18%,Canvas);border-radius:12px}}
h1{{font-size:21px;margin:0 0 12px}}ul{{padding-left:20px}}p.foot{{font-size:13px;opacity:.75;margin:24px 0 0}}nav{{display:flex;gap:10px}}
a{{padding:10px 18px;border-radius:8px;text-decoration:none;color:inherit;border:1px solid color-mix(in srgb,CanvasText 25%,Canvas)}}
a.yes{{background:CanvasText;color:Canvas}}</style></head><body><main><h1>{title}</h1><p>{asks}</p><p>{wanted}</p><ul>{wishes}</ul>
<nav><a class="yes" href="{yes}">{allow}</a><a href="{no}">{cancel}</a></nav><p class="foot">{foot}</p></main></body></html>"""


def consent_page(
    request: Request,
    *,
    name: str,
    account: str,
    wishes: Mapping[str, Sequence[str]],
    yes: str,
    no: str,
    app: str = "Onecounter",
) -> Answer:
    """In the browser's language. `wishes` are what is asked for, by language; `yes` and `no` are whole addresses."""
    language = "id" if request.headers.get("accept-language", "").lower().startswith("id") else "en"
    told = {"name": html.escape(name), "account": html.escape(account), "app": html.escape(app)}
    title, asks, wanted, allow, cancel, foot = (words.format(**told) for words in WORDS[language])
    listed = "".join(f"<li>{html.escape(wish)}</li>" for wish in wishes[language])
    page = PAGE.format(
        language=language, title=title, asks=asks, wanted=wanted, wishes=listed, yes=html.escape(yes), no=html.escape(no),
        allow=allow, cancel=cancel, foot=foot,
    )  # fmt: skip
    return Answer(page.encode(), 200, "text/html; charset=utf-8", (("content-security-policy", POLICY),))


def way_back(address: str, fields: Mapping[str, str]) -> str:
    """The address the app named, with what the channel adds to it."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(fields)}"
