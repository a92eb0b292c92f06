"""XML of the Trading API both ways: writing in the order given, reading in a way that survives what eBay lets through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, ParseError, tostring
from xml.sax.saxutils import escape

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from connectors.base.errors import Malformed
from connectors.base.wire import text as clean

FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
REFERENCE = re.compile(rb"&#(x[0-9a-fA-F]{1,6}|\d{1,7});")

Tree = Mapping[str, object]


def parse(body: bytes) -> Element:
    """Names lose their namespaces. Characters that XML forbids are dropped, as plain bytes and as references: eBay passes
    on what buyers paste. `Malformed` for anything that is still no XML, and for document types."""
    cleaned = REFERENCE.sub(_reference, FORBIDDEN.sub(b"", body))
    try:
        root: Element = defusedxml.ElementTree.fromstring(cleaned, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise Malformed(f"not XML: {error}", code="not_xml") from error
    for node in root.iter():
        if "}" in node.tag:
            node.tag = node.tag.rpartition("}")[2]
    return root


def _reference(match: re.Match[bytes]) -> bytes:
    digits = match[1].decode()
    point = int(digits[1:], 16) if digits[0] == "x" else int(digits)
    legal = point in (9, 10, 13) or 0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or 0x10000 <= point <= 0x10FFFF
    return match[0] if legal else b""


def text_at(node: Element | None, path: str) -> str:
    """Clean text at a path; "" when something on the way is missing."""
    found = None if node is None else node.find(path)
    return clean(found.text if found is not None else "").strip()


def texts_at(node: Element, path: str) -> list[str]:
    return [value for value in (clean(found.text).strip() for found in node.findall(path)) if value]


def find_deep(node: Element, name: str) -> str:
    """The first non-empty text of this name anywhere below."""
    return next((value for value in (clean(found.text).strip() for found in node.iter(name)) if value), "")


def serialise(node: Element) -> bytes:
    node.tail = None
    written: bytes = tostring(node, encoding="utf-8")
    return written


def write(tree: Tree) -> str:
    """Elements in the order of the mapping (the schema is a sequence); a list repeats its element; None is left out."""
    return "".join(_write(tree))


def _write(tree: Tree) -> Iterator[str]:
    for name, value in tree.items():
        repeated = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
        for one in repeated:
            if one is None:
                continue
            inner = write(one) if isinstance(one, Mapping) else escape(clean(one))
            yield f"<{name}>{inner}</{name}>"
