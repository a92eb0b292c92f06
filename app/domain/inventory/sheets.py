"""Sheets of stock as people's programs write them: any encoding, separator and way to write numbers. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

Decimal = Literal["point", "comma"]
LINES_MOST = 200_000
UNITS_MOST = 10_000_000
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
SNIFFED = ",;\t|"
HEAD = ("sku", "title", "location", "on_hand", "reserved", "damaged", "quality", "safety", "available", "incoming")
NAMES = {
    "sku": ("sku", "seller sku", "item sku", "variant sku", "kode", "kode barang", "kode produk", "seller-sku", "artikel"),
    "units": (
        "on hand", "on_hand", "onhand", "quantity", "qty", "stock", "stock on hand", "count", "units", "stok", "jumlah", "kuantitas",
        "sisa stok",
    ),
    "location": ("location", "warehouse", "place", "lokasi", "gudang", "tempat"),
    "title": ("title", "name", "product name", "product", "item", "nama", "nama barang", "nama produk", "judul"),
}  # fmt: skip
"""Heads of columns, folded: lower case, one space."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,' \u00a0\u202f])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?", re.ASCII)
PLAIN = re.compile(r"([+-]?\d+)(?:([.,])(\d+))?", re.ASCII)


class Unreadable(Exception):
    """Not a sheet of stock; the text says why and what to do."""


class Problem(Struct, frozen=True, kw_only=True):
    """`code` names it, `value` is the cell."""

    line: int
    code: str
    value: str = ""


class Line(Struct, frozen=True, kw_only=True):
    """`units` is None where the sheet says nothing: that place is left alone. An empty location is the sheet's own."""

    line: int
    sku: str
    title: str
    location: str
    units: int | None


class Sheet(Struct, frozen=True, kw_only=True):
    lines: list[Line]
    problems: list[Problem]


def read_sheet(raw: bytes, *, decimal: Decimal | None = None) -> Sheet:
    """Raises Unreadable. `decimal` says which sign parts whole units from the rest; without it the sheet itself tells."""
    rows = _rows(decode(raw))
    _, head = next(rows, (0, []))
    columns = find_columns(head)
    found = [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]
    if len(found) > LINES_MOST:
        raise Unreadable(f"it has {len(found)} lines; {LINES_MOST} are the most in one file, split it")
    sign = decimal or decimal_sign(_cell(cells, columns, "units") for _, cells in found)
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, cells in found:
        told = _line(number, cells, columns, sign)
        if isinstance(told, Problem):
            problems.append(told)
        else:
            lines.append(told)
    return Sheet(lines=lines, problems=problems)


def decode(raw: bytes) -> str:
    """By the mark at the beginning; else UTF-16 when every other byte is empty, UTF-8 when it is valid, else Windows' own."""
    if raw.startswith(b"\xef\xbb\xbf"):
        return _decoded(raw, "utf-8-sig")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(raw, "utf-16")
    beginning = raw[:2000]
    if beginning and beginning[1::2].count(0) * 3 > len(beginning):
        return _decoded(raw, "utf-16-le")
    if beginning and beginning[0::2].count(0) * 3 > len(beginning):
        return _decoded(raw, "utf-16-be")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(raw, "cp1252")


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("its letters cannot be read; save it as CSV in UTF-8") from error


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line of the file, cells). Excel's `sep=;` line is understood."""
    if "\x00" in text:
        raise Unreadable("this is no text; save the sheet as CSV")
    told = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    skipped = text[told.end() :] if told else text
    separator = told[1] if told else separator_of(skipped)
    reader = csv.reader(io.StringIO(skipped, newline=""), delimiter=separator)
    before = 1 if told else 0
    first = before + 1
    try:
        for cells in reader:
            yield first, cells
            first = before + reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"line {before + reader.line_num} cannot be read: {error}") from error


def separator_of(text: str) -> str:
    """The sign that stands most often in the first line, quoted parts left out."""
    head = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").partition("\n")[0])
    return max(SNIFFED, key=head.count)


def find_columns(head: Sequence[str]) -> Mapping[str, int]:
    """Raises Unreadable when the SKU or the count has no column."""
    folded = [" ".join(cell.replace("_", " ").lower().split()) for cell in head]
    found = {}
    for column, names in NAMES.items():
        known = {name.replace("_", " ") for name in names}
        places = [place for place, name in enumerate(folded) if name in known]
        if places:
            found[column] = min(places, key=lambda place: list(names).index(_first(names, folded[place])))
    for column, needed in (("sku", "sku"), ("units", "on_hand")):
        if column not in found:
            raise Unreadable(
                f"the first line names no column {needed}; it has: {', '.join(filter(None, folded))[:200] or 'nothing'}"
            )
    return found


def _first(names: Iterable[str], folded: str) -> str:
    return next(name for name in names if name.replace("_", " ") == folded)


def _cell(cells: Sequence[str], columns: Mapping[str, int], name: str) -> str:
    place = columns.get(name)
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _line(number: int, cells: Sequence[str], columns: Mapping[str, int], sign: Decimal | None) -> Line | Problem:
    sku, text = plain(_cell(cells, columns, "sku")), _cell(cells, columns, "units")
    if not sku:
        return Problem(line=number, code="no_sku", value=text)
    if len(sku) > 120:
        return Problem(line=number, code="long_sku", value=sku[:120])
    units = units_of(text, sign) if text else None
    if isinstance(units, str):
        return Problem(line=number, code=units, value=text[:40])
    title, location = plain(_cell(cells, columns, "title")), plain(_cell(cells, columns, "location"))
    return Line(line=number, sku=sku, title=title[:300], location=location, units=units)


def decimal_sign(values: Iterable[str]) -> Decimal | None:
    """What the numbers themselves tell. None when each of them reads both ways, or when they contradict."""
    told: set[Decimal] = set()
    for value in values:
        signs = [sign for sign in value if sign in ".,"]
        if not signs:
            continue
        parts = re.split(r"[.,]", value.strip())
        if len(set(signs)) == 2:
            told.add("comma" if signs[-1] == "," else "point")
        elif len(signs) > 1:
            told.add("point" if signs[0] == "," else "comma")
        elif len(parts[-1]) != 3 or not 1 <= len(parts[0].lstrip("+-")) <= 3 or parts[0].lstrip("+-").startswith("0"):
            told.add("comma" if signs[0] == "," else "point")
    return told.pop() if len(told) == 1 else None


def units_of(text: str, decimal: Decimal | None) -> int | str:
    """Whole units, or the code of what is wrong: not_a_number, not_whole, unclear_number, negative, too_many."""
    bare = text.strip()
    if PLAIN.fullmatch(bare) is None and GROUPED.fullmatch(bare) is None:
        return "not_a_number"
    if decimal is None and ("." in bare or "," in bare):
        return "unclear_number"
    mark = "," if decimal == "comma" else "."
    whole, _, rest = bare.partition(mark)
    digits = re.sub(r"[.,' \u00a0\u202f]", "", whole)
    if mark in rest or not re.fullmatch(r"\d*", rest) or not re.fullmatch(r"[+-]?\d+", digits):
        return "not_a_number"
    if re.search(r"[.,]", whole) and GROUPED.fullmatch(whole) is None:
        return "not_a_number"
    if rest.strip("0"):
        return "not_whole"
    if len(digits) > 12 or int(digits) > UNITS_MOST:
        return "too_many"
    return "negative" if int(digits) < 0 else int(digits)


def plain(cell: str) -> str:
    """Without the quote that keeps a spreadsheet from running the cell."""
    return cell[1:].strip() if len(cell) > 1 and cell[0] == "'" and cell[1] in FORMULA else cell


def write_sheet(rows: Iterable[Sequence[str | int | None]], *, separator: str) -> bytes:
    """UTF-8 with a mark, which spreadsheets need. Cells that a spreadsheet would run are quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(HEAD)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: str | int | None) -> str | int | None:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
