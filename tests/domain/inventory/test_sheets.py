"""Sheets as people's programs write them: read right, or refused by line; never guessed."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.inventory import sheets
from app.domain.inventory.sheets import Line, Problem, Unreadable, decimal_sign, read_sheet, units_of, write_sheet

SHEET = 'sku,title,location,on_hand\r\nCUP-Ø1,Cangkir biru,Jakarta,12\r\n\'-POT,"Pot, besar",,3\r\n'
LINES = [
    Line(line=2, sku="CUP-Ø1", title="Cangkir biru", location="Jakarta", units=12),
    Line(line=3, sku="-POT", title="Pot, besar", location="", units=3),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_every_encoding_separator_and_line_end_reads_the_same(encoding: str, separator: str, ending: str) -> None:
    rows = list(csv.reader(io.StringIO(SHEET)))
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=ending).writerows(rows)
    told = read_sheet(out.getvalue().encode(encoding))
    assert (told.lines, told.problems) == (LINES, [])


def test_a_line_that_names_the_separator_is_no_head() -> None:
    assert read_sheet(b"sep=;\r\nsku;stok\r\nA,B;4\r\n").lines == [Line(line=3, sku="A,B", title="", location="", units=4)]


def test_heads_are_known_by_their_words_in_both_languages() -> None:
    for head in (
        "Kode Barang;Jumlah;Gudang;Nama Barang",
        "Seller SKU;Stock on Hand;Warehouse;Name",
        "SKU;On_Hand;Location;Title",
    ):
        told = read_sheet(f"{head}\nA;4;Jakarta;Cup\n".encode())
        assert told.lines == [Line(line=2, sku="A", title="Cup", location="Jakarta", units=4)]


@pytest.mark.parametrize(
    ("text", "decimal", "told"),
    [
        ("12", None, 12), (" 12 ", None, 12), ("+3", None, 3), ("0012", None, 12), ("12.0", "point", 12), ("12,00", "comma", 12),
        ("1,200", "point", 1200), ("1.200", "comma", 1200), ("1.200", "point", "not_whole"), ("1,200", None, "unclear_number"),
        ("1.234.567,00", "comma", 1234567), ("1,234,567.0", "point", 1234567), ("1 234", None, 1234), ("1\u00a0234", None, 1234),
        ("1'234", None, 1234), ("1.000", "point", 1), ("12.5", "point", "not_whole"), ("-4", None, "negative"),
        ("1.23.4", "comma", "not_a_number"), ("1,23,4", "point", "not_a_number"), ("12a", None, "not_a_number"),
        ("1e3", None, "not_a_number"), ("٣", None, "not_a_number"), ("99999999", None, "too_many"), ("9" * 40, None, "too_many"),
        ("--1", None, "not_a_number"), ("1.", "point", "not_a_number"), ("=1+1", None, "not_a_number"),
    ],
)  # fmt: skip
def test_a_number_is_whole_units_or_the_name_of_what_is_wrong(text: str, decimal: sheets.Decimal | None, told: int | str) -> None:
    assert units_of(text, decimal) == told


@pytest.mark.parametrize(
    ("values", "sign"),
    [
        (["12", "7"], None), (["1,200", "12.0"], "point"), (["1.200", "0,5"], "comma"), (["1.200", "2.300"], None),
        (["1.200", "1.234.567"], "comma"), (["1.000", "0.000"], "point"), (["1,5", "1.5"], None), (["1234.000"], "point"),
        (["1.234,56"], "comma"),
    ],
)  # fmt: skip
def test_the_column_tells_its_decimal_sign_or_nobody_guesses(values: list[str], sign: str | None) -> None:
    assert decimal_sign(values) == sign


def test_bad_lines_are_named_by_their_line_in_the_file_and_good_ones_stay() -> None:
    told = read_sheet(b'sku,qty,title\nA,1,"two\nlines"\n\n,4,x\nB,many,\nC,,\n' + b"D" * 121 + b",1,\n")
    assert told.lines == [
        Line(line=2, sku="A", title="two\nlines", location="", units=1), Line(line=7, sku="C", title="", location="", units=None),
    ]  # fmt: skip
    assert told.problems == [
        Problem(line=5, code="no_sku", value="4"), Problem(line=6, code="not_a_number", value="many"),
        Problem(line=8, code="long_sku", value="D" * 120),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff\xfe", b"name,price\nA,1\n", b"sku\nA\n", b"PK\x03\x04\x14\x00\x06\x00\x08\x00", b"\xff\xfe\x00", b"sku,qty\nA,\x00\n",
        b"sku,qty\n\x81\x8d,1\n", b'sku,qty\n"A' + b"x" * 140_000 + b'",1\n',
    ],
)  # fmt: skip
def test_what_is_no_sheet_of_stock_is_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(Unreadable, match=r"\w+ \w+"):
        read_sheet(raw)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20).filter(
    lambda word: word == sheets.plain(word)
)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS, st.none() | st.integers(0, sheets.UNITS_MOST)), min_size=1, max_size=20))
def test_what_was_written_reads_back(rows: list[tuple[str, str, str, int | None]]) -> None:
    for separator in sheets.SEPARATORS.values():
        raw = write_sheet([(*row, 0, 0, 0, 0, 0, 0) for row in rows], separator=separator)
        told = read_sheet(raw)
        assert told.problems == []
        assert [(line.sku, line.title, line.location, line.units) for line in told.lines] == rows


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert all(line.sku for line in read_sheet(b"sku,qty\n" + raw).lines)


def test_no_cell_of_ours_runs_in_a_spreadsheet() -> None:
    raw = write_sheet([("=cmd|' /C calc'!A0", "@SUM(A1)", "+1", 4, 0, 0, 0, 0, 4, 0)], separator=",")
    assert raw.decode("utf-8-sig").splitlines()[1] == "'=cmd|' /C calc'!A0,'@SUM(A1),'+1,4,0,0,0,0,4,0"
