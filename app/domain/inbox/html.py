"""Mail as it may be shown: no scripts, no forms, no style sheets, and nothing that is fetched from afar. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import nh3

from app.domain.inbox.schemas import ShownHtml

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em",
    "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strike",
    "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "wbr",
}  # fmt: skip
PLACED = {"align", "valign", "width", "height", "bgcolor", "border", "cellpadding", "cellspacing", "colspan", "rowspan"}
ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "border", "align"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    **dict.fromkeys(
        ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "col", "colgroup", "div", "p", "center", "hr"), PLACED
    ),
}
STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius", "border-right",
    "border-spacing", "border-style", "border-top", "border-width", "color", "direction", "display", "font", "font-family", "font-size",
    "font-style", "font-weight", "height", "letter-spacing", "line-height", "list-style-type", "margin", "margin-bottom",
    "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding", "padding-bottom", "padding-left",
    "padding-right", "padding-top", "text-align", "text-decoration", "text-indent", "text-transform", "vertical-align",
    "white-space", "width", "word-break",
}  # fmt: skip
IMAGES_MOST = 60
LINKS = frozenset({"http", "https", "mailto", "tel"})
OWN = "media:"
NO_FILES: Mapping[str, str] = {}
INLINE = tuple(f"data:image/{kind};base64," for kind in ("png", "jpeg", "gif", "webp"))


def shown(html: str, own: Mapping[str, str] = NO_FILES) -> ShownHtml:
    """Pictures from afar become `#image-N`, N being their place in `images`; the reader asks for them, or does not. Those that came
    along (`media:REF`, their address in `own`) become `#file-N` in the same way."""
    images: list[str] = []
    files: list[str] = []

    def place(tag: str, attribute: str, value: str) -> str | None:
        if tag == "a" and attribute == "href":
            return value if _scheme_of(value) in LINKS else None
        if tag != "img" or attribute != "src":
            return value
        if value.startswith(INLINE):
            return value
        if address := own.get(value.removeprefix(OWN)) if value.startswith(OWN) else None:
            return f"#file-{_place(files, address)}"
        if _scheme_of(value) not in ("http", "https") or len(images) >= IMAGES_MOST:
            return None
        return f"#image-{_place(images, value)}"

    cleaned = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=place, filter_style_properties=STYLES,
        url_schemes={"http", "https", "mailto", "tel", "data", "media"}, link_rel="noopener noreferrer nofollow",
    )  # fmt: skip
    return ShownHtml(html=cleaned, images=images, files=files)


def _place(known: list[str], address: str) -> int:
    if address not in known:
        known.append(address)
    return known.index(address)


def _scheme_of(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""
