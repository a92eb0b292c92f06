"""Templates of a business account: the approved ones as data, and one as the parts of a call. Pure.
https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from connectors.base.approved import ApprovedText
from connectors.base.commands import Template
from connectors.base.wire import items, mapping, text

GAP = re.compile(r"\{\{\s*(\w+)\s*\}\}")
HEADERS: dict[str, Literal["text", "image", "video", "document"]] = {
    "TEXT": "text",
    "IMAGE": "image",
    "VIDEO": "video",
    "DOCUMENT": "document",
}
Part = Mapping[str, Any]


def approved(told: Part) -> ApprovedText | None:
    """None for what may not be sent, or has a part that cannot be filled here (a place, a catalogue, a flow)."""
    parts = {text(part.get("type")).upper(): part for part in map(mapping, items(told.get("components")))}
    header = mapping(parts.get("HEADER"))
    kind = text(header.get("format")).upper()
    body = text(mapping(parts.get("BODY")).get("text"))
    if text(told.get("status")).upper() != "APPROVED" or not body or not parts.keys() <= PARTS or (kind and kind not in HEADERS):
        return None
    buttons = [mapping(button) for button in items(mapping(parts.get("BUTTONS")).get("buttons"))]
    return ApprovedText(
        name=text(told.get("name")),
        language=text(told.get("language")),
        text=body,
        title=text(told.get("name")).replace("_", " "),
        gaps=tuple(dict.fromkeys(GAP.findall(body))),
        named=text(told.get("parameter_format")).upper() == "NAMED",
        header=HEADERS[kind] if kind else "",
        header_text=text(header.get("text")),
        buttons=tuple((text(button.get("text")), bool(GAP.search(text(button.get("url"))))) for button in buttons),
    )


PARTS = {"HEADER", "BODY", "FOOTER", "BUTTONS"}


def render_template(template: Template) -> dict[str, object]:
    """Without its file: that is named once it is there, by `with_header_file`."""
    header = [{"type": "header", "parameters": [{"type": "text", "text": template.header}]}] if template.header else []
    names = template.names or ("",) * len(template.variables)
    filled = [
        {"type": "text", **({"parameter_name": name} if name else {}), "text": value}
        for name, value in zip(names, template.variables, strict=True)
    ]
    buttons = [
        {"type": "button", "sub_type": "url", "index": str(place), "parameters": [{"type": "text", "text": value}]}
        for place, value in enumerate(template.buttons)
        if value
    ]
    parts = [*header, *([{"type": "body", "parameters": filled}] if filled else []), *buttons]
    found: dict[str, object] = {"name": template.name, "language": {"policy": "deterministic", "code": template.language}}
    return {**found, "components": parts} if parts else found


def with_header_file(template: dict[str, object], kind: str, media: Mapping[str, str]) -> dict[str, object]:
    header = {"type": "header", "parameters": [{"type": kind, kind: dict(media)}]}
    return {**template, "components": [header, *items(template.get("components"))]}
