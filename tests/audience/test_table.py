from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.audience.test_framing import shattered
from tests.audience.test_ndjson import flat
from zendesk_async.audience import table
from zendesk_async.audience.framing import LONGEST
from zendesk_async.audience.ndjson import MOST
from zendesk_async.audience.table import Table
from zendesk_async.errors import InputError
from zendesk_async.models import Broken, Raw, Row

CELLS = st.text(st.sampled_from('ab,;"\n\r\t üé\u2028\x0b\x1c\ufeff'), max_size=6)
BARE = st.text(st.sampled_from('ab \t\r\n"\u2028é\x00'), max_size=4)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12)


def read(*blocks: bytes, delimiter: str = ",") -> list[tuple[int, int, Raw]]:
    """Read a table; give each row with its position and line."""
    return flat(list(Table(iter(blocks), delimiter, "audience.csv").chunks()))


def broken(*blocks: bytes) -> list[tuple[int, str, str, str]]:
    """What is wrong with a table: line, error, details, text."""
    return [(line, raw.error, raw.details, raw.text) for _, line, raw in read(*blocks) if isinstance(raw, Broken)]


@given(
    ROWS,
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.lists(st.integers(1, 40)),
)
@example([["\u2028", "\x0b", "\x1c"]], ",", "\n", csv.QUOTE_MINIMAL, [])
def test_what_was_written_is_read(
    rows: list[list[str]], delimiter: str, end: str, quoting: Any, sizes: list[int]
) -> None:
    """Every cell comes back as it was, whatever is in it and however the bytes arrive; positions leave no gap."""
    assume(
        quoting == csv.QUOTE_ALL or end == "\r\n" or not any("\r" in cell for row in rows for cell in row)
    )  # csv.writer forgets to quote that
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["x", "y", "z"])
    starts = []
    for row in rows:
        starts.append(out.getvalue().count("\n") + 1)
        writer.writerow(row)
    found = read(*shattered(out.getvalue().encode(), sizes), delimiter=delimiter)
    assert [raw for _, _, raw in found] == [dict(zip("xyz", row, strict=True)) for row in rows]
    assert [position for position, _, _ in found] == list(range(len(rows)))
    assert [line for _, line, _ in found] == starts


@given(st.binary(max_size=60), st.lists(st.integers(1, 20)))
@example(b'1,"x\n2,"Horn, S",3\n4,5\n', [])
@example(b'1,"x\n2,3\n', [4])
def test_any_bytes_are_read_the_same_however_they_arrive(data: bytes, sizes: list[int]) -> None:
    """Broken rows too: no line is lost, and none moves another's position."""
    data = b"a,b\n" + data
    assert read(*shattered(data, sizes)) == read(data)


@given(st.lists(st.sampled_from(["1,2", '1,"2"', "1", "1,2,3", '"1,2', '1,"2"x', "", '","', "\xff,1"]), max_size=12))
def test_no_line_is_lost(lines: list[str]) -> None:
    """Each line that is not blank belongs to a record or to a rejection."""
    data = "\n".join(["a,b", *lines, ""]).encode("latin-1")
    found = read(data)
    lost = {number for number, line in enumerate(lines, 2) if line} - {line for _, line, _ in found}
    inside = "".join(str(raw) for _, _, raw in found)
    assert all(lines[number - 2].strip('"') in inside for number in lost)


def test_rows_in_good_order() -> None:
    """Each row is a mapping under the header, with the line on which it began."""
    assert read(b'id, name \n1,"a\nb"\n\n2,c\n') == [
        (0, 2, {"id": "1", "name": "a\nb"}),
        (1, 5, {"id": "2", "name": "c"}),
    ]


def test_a_table_may_have_no_rows() -> None:
    """A header alone is an audience of nobody."""
    assert read(b"id,name") == []


@pytest.mark.parametrize(("row", "cells"), [(b"1", 1), (b"1,2,3", 3), (b'1,"x\ny",3', 3)])
def test_a_row_of_another_width_is_refused(row: bytes, cells: int) -> None:
    """What follows a stray comma would stand under the wrong names; a short row may have been cut off."""
    ((line, error, details, text),) = broken(b"a,b\n5,6\n" + row + b"\n7,8\n")
    assert (line, error, text.encode()) == (3, "RaggedRow", row)
    assert details == f"the row has {cells} cells, the header 2"


def test_a_row_in_another_encoding_is_refused_alone() -> None:
    """The rows around it are fine, and its bytes are shown so that it can be found."""
    rows = [b"a,b", b"1,\xc3\xa9", b"2,Jos\xe9", b"3,x", b""]
    assert [(line, error, text) for line, error, _, text in broken(b"\n".join(rows))] == [
        (3, "InvalidEncoding", "2,Jos\\xe9")
    ]
    assert [raw for _, _, raw in read(b"\n".join(rows)) if isinstance(raw, dict)] == [
        {"a": "1", "b": "é"},
        {"a": "3", "b": "x"},
    ]


def test_a_stray_quotation_mark_spoils_no_more_than_it_must() -> None:
    """Rows between it and the next one are refused, each on its own; those after it are read."""
    found = broken(b'a,b,c\n1,"x,2\n3,y,4\n5,"Horn, S",6\n7,z,8\n')
    assert [(line, error, text) for line, error, _, text in found] == [
        (2, "InvalidCSV", '1,"x,2'),
        (3, "InvalidCSV", "3,y,4"),
        (4, "InvalidCSV", '5,"Horn, S",6'),
    ]
    assert "twice" in found[0][2]
    assert "begins on line 2" in found[1][2]


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_rest() -> None:
    """It is noticed after a bounded number of rows, and reading goes on after them."""
    rows = [f"{number},{'x' * 90}" for number in range(10_000)]
    rows[10] = '10,"' + "x" * 90
    found = read("\n".join(["a,b", *rows]).encode())
    wrong = [line for _, line, raw in found if isinstance(raw, Broken)]
    assert len(found) == 10_000
    assert wrong == list(range(12, 12 + len(wrong)))
    assert len(wrong) < 2_000


def test_at_the_end_an_open_quotation_mark_is_told() -> None:
    """A file that was cut off within a cell has lost the rest of that row."""
    assert broken(b'a,b\n1,"x\ny') == [
        (2, "InvalidCSV", "a quotation mark is never closed (the row begins on line 2)", '1,"x'),
        (3, "InvalidCSV", "a quotation mark is never closed (the row begins on line 2)", "y"),
    ]


def test_rows_that_never_end_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells that each stay small could go on for ever: a row has its bound, too."""
    monkeypatch.setattr(table, "LONGEST", 1_000)
    endless = Table(iter([b'a,b\n1,"', *[b'x\n","' for _ in range(2_000)]]), ",", "audience.csv")
    waiting = [sum(map(len, endless._rest)) for _ in endless.chunks()]
    assert max(waiting) <= 1_000
    assert len(waiting) > 3


def test_an_overlong_line_is_a_row_of_its_own() -> None:
    """It is refused with its line number, and so is what it interrupts."""
    long = b"x" * (LONGEST + 5)
    found = read(b'a,b\n1,2\n3,"', b"y\n" + long, long + b"\n4,5\n")
    assert [(line, raw.error if isinstance(raw, Broken) else "") for _, line, raw in found] == [
        (2, ""),
        (3, "InvalidCSV"),
        (4, "TooLong"),
        (5, ""),
    ]


def test_a_carriage_return_alone_ends_no_row() -> None:
    """Outside quotation marks it is a mistake; within, it belongs to the cell."""
    assert broken(b"a,b\n1,x\ry\n")[0][1:3] == ("InvalidCSV", "a carriage return stands outside quotation marks")
    assert read(b'a,b\n1,"x\ry"\n')[0][2] == {"a": "1", "b": "x\ry"}


@pytest.mark.parametrize(
    ("data", "columns"),
    [
        (b"id,name\n", ("id", "name")),
        (b"\xef\xbb\xbfid,name\r\n", ("id", "name")),
        (b'\n\r\n"id"," full\nname "\n1,2\n', ("id", "full\nname")),
        (b",a,,b\n", ("(column 1)", "a", "(column 3)", "b")),
        (b"id", ("id",)),
    ],
)
def test_the_header_names_the_columns(data: bytes, columns: tuple[str, ...]) -> None:
    """Trimmed, quoted or not; a column without a name is called by its number."""
    assert Table(iter([data]), ",", "audience.csv").columns == columns


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "has no header"),
        (b"\n \n", "has an empty header"),
        (b"\n\n", "has no header"),
        (b",,\n1,2,3\n", "has an empty header"),
        (b"id,Email,phone, Email\n", 'two columns named "Email" \\(2 and 4\\)'),
        (b"id,pr\xe9nom\n", "iconv -f WINDOWS-1252"),
        (b'"id"x,name\n', "header cannot be read"),
        (b'"id\n1,2\n', "has no header"),
        (b"x" * (LONGEST + 1) + b"\n1\n", "has no header"),
    ],
)
def test_a_header_that_names_no_columns_is_refused(data: bytes, complaint: str) -> None:
    """Nothing can be made of the rows, so nothing is sent."""
    with pytest.raises(InputError, match=complaint):
        Table(iter([data]), ",", "audience.csv")


def test_a_header_without_end_is_not_waited_for() -> None:
    """A quotation mark in the first line must not read the whole file into memory."""
    with pytest.raises(InputError, match="header"):
        Table(iter([b'"id\n', *[b"x" * 1_000 + b"\n"] * 5_000]), ",", "audience.csv")


def test_chunks_are_bounded_and_lines_count_on() -> None:
    """However short the rows are, and wherever blocks end."""
    chunks = list(Table(iter([b"a,b\n", b"1,2\n" * (MOST + 1), b"1,2\n"]), ",", "audience.csv").chunks())
    assert [len(chunk.raws) for chunk in chunks] == [MOST, 1, 1]
    assert chunks[-1].lines[0] == MOST + 3
    assert chunks[-1].start == MOST + 1


def test_a_block_gives_its_rows_at_once() -> None:
    """Rows of a slow pipe do not wait for the ones after them."""
    asked = []

    def slow() -> Any:
        for block in (b"a,b\n1,2\n", b'3,4\n5,"x', b'y"\n'):
            asked.append(block)
            yield block

    chunks = Table(slow(), ",", "audience.csv").chunks()
    assert [len(next(chunks).raws), len(asked)] == [1, 1]
    assert [len(next(chunks).raws), len(asked)] == [1, 2]
    assert [row.mapping for row in next(chunks).raws if isinstance(row, Row)] == [{"a": "5", "b": "xy"}]


@given(
    st.lists(
        st.lists(st.text(st.sampled_from('ab \t\r\n"\u2028é\x00'), max_size=4), min_size=1, max_size=3), max_size=6
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.integers(1, 3),
)
def test_line_by_line_it_is_read_as_csv_reads_it(rows: list[list[str]], end: str, width: int) -> None:
    """The quick way of lines without quotation marks is not csv's, but what comes out is; the rest is left to it."""
    header = ",".join("abc"[:width])
    text = "".join(",".join(row) + end for row in rows)
    found = read(f"{header}\n".encode(), text.encode())
    careful = Table(iter([f"{header}\n".encode()]), ",", "audience.csv")
    list(careful.chunks())
    assert [raw for _, _, raw in found] == [
        raw.mapping if isinstance(raw, Row) else raw for raw in careful._take(table._lines(text), last=True).raws
    ]


@pytest.mark.parametrize("size", [csv.field_size_limit(), csv.field_size_limit() + 1])
def test_a_cell_has_its_bound_with_and_without_quotation_marks(size: int) -> None:
    """What csv refuses for its length is refused on either way."""
    bare, quoted = b"a,b\n1," + b"x" * size + b"\n", b'a,b\n"1",' + b"x" * size + b"\n"
    assert [error for _, error, _, _ in broken(bare)] == [error for _, error, _, _ in broken(quoted)]
