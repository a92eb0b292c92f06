"""What a seller does on a pretend channel's consent page."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl, urlsplit

import httpx


def way(page: httpx.Response, words: str) -> tuple[str, dict[str, str]]:
    """(address, fields) behind the button with these words."""
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    found = re.search(rf'<a\b[^>]*\bhref="([^"]*)">{words}</a>', page.text)
    assert found is not None, page.text
    address, _, query = html.unescape(found[1]).partition("?")
    assert urlsplit(address).netloc
    return address, dict(parse_qsl(query))
