"""Writing and reading XML as the pretend Trading API does."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement

ENTRIES_MAX = 200


class Failed(Exception):
    """Ack Failure with one error."""

    def __init__(self, code: int, words: str, *, value: str = "") -> None:
        super().__init__(words)
        self.code, self.words, self.value = code, words, value


def put(parent: Element, name: str, value: object, **attributes: str) -> Element:
    node = SubElement(parent, name, attributes)
    node.text = str(value)
    return node


def put_error(parent: Element, failed: Failed) -> None:
    node = SubElement(parent, "Errors")
    put(node, "ShortMessage", failed.words[:60])
    put(node, "LongMessage", failed.words)
    put(node, "ErrorCode", failed.code)
    put(node, "SeverityCode", "Error")
    if failed.value:
        put(SubElement(node, "ErrorParameters", ParamID="0"), "Value", failed.value)
    put(node, "ErrorClassification", "RequestError")


def asked(node: Element, path: str, default: str = "") -> str:
    found = node.find(path)
    return (found.text or default).strip() if found is not None else default


def page_of(node: Element, path: str = "Pagination") -> tuple[int, int]:
    size, page = asked(node, f"{path}/EntriesPerPage", "25"), asked(node, f"{path}/PageNumber", "1")
    if not size.isdigit() or not 1 <= int(size) <= ENTRIES_MAX or not page.isdigit():
        raise Failed(10018, "Invalid pagination.")
    return int(size), max(int(page), 1)


def moment(value: str) -> datetime | None:
    return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC) if value else None


def put_pages(parent: Element, total: int, size: int) -> None:
    result = SubElement(parent, "PaginationResult")
    put(result, "TotalNumberOfPages", math.ceil(total / size))
    put(result, "TotalNumberOfEntries", total)
