"""CSV and TSV: a header, then rows.

Rules of this file:

- A row that does not have exactly as many cells as the header is no record: what follows a lost or stray delimiter
  would stand under the wrong names, and a row with too few may be the beginning of one that was cut off.
- What stands between an opening quotation mark and the place where that turns out to be wrong cannot be trusted. Each
  such line is refused on its own; none is swallowed in silence, none is taken for a record it may not be.
- Reading is by the block: what is in order never meets a loop in Python. Only a block in which something is odd is read
  again, row by row.
- Cells stay as they are. They are trimmed when they are shaped.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from zendesk_async.audience.framing import LONGEST, Overlong, too_long, whole_lines
from zendesk_async.audience.ndjson import MOST
from zendesk_async.errors import InputError
from zendesk_async.models import Broken, Chunk, Raw, Row, Rows

if TYPE_CHECKING:
    from _csv import Reader

__all__ = ["Table"]

UNFINISHED = "unexpected end of data"  # csv's own words for a quotation mark that is still open

_WORDS = {
    UNFINISHED: "a quotation mark is never closed",
    "expected after": "text follows a closing quotation mark; a quotation mark within a cell is written twice",
    "field larger": "a cell is too long, or a quotation mark is never closed",
    "new-line character": "a carriage return stands outside quotation marks",
}


class _Taken(NamedTuple):
    """Rows that were read, the line on which each began, and the lines that wait for the rest of their row."""

    raws: Sequence[Raw]
    lines: Sequence[int]
    rest: list[str]


class Table:
    """A table, read from blocks of bytes. Raises InputError for a header that names no columns."""

    def __init__(self, blocks: Iterator[bytes], delimiter: str, name: str) -> None:
        self._pieces = whole_lines(blocks)
        self._delimiter = delimiter
        self._name = name
        self._rest: list[str] = []
        self._line = 1
        self.columns = self._header()

    def chunks(self) -> Generator[Chunk, None, None]:
        """Read all rows; once."""
        position = 0
        for raws, lines, _ in self._read():
            for at in range(0, len(raws), MOST):
                yield Chunk(position + at, raws[at : at + MOST], lines[at : at + MOST])
            position += len(raws)

    def _read(self) -> Iterator[_Taken]:
        yield self._take([])
        for piece in self._pieces:
            if isinstance(piece, Overlong):
                yield self._take([], last=True)
                yield _Taken([too_long(piece)], [self._line], [])
                self._line += 1
            else:
                yield self._piece(piece)
        yield self._take([], last=True)

    def _piece(self, piece: bytes) -> _Taken:
        """Read whole lines."""
        text, sound = _text(piece)
        if sound and not self._rest and (rows := self._by_line(text)) is not None:
            self._line += len(rows)
            return _Taken(rows, range(self._line - len(rows), self._line), [])
        return self._take(_lines(text), sound=sound)

    def _by_line(self, text: str) -> Rows | None:
        """Read text of which each line is one row, in half the time; None when it is not all in good order.

        What csv makes of a line without quotation marks is what stands between its delimiters. Those with some are
        csv's: when it finds as many rows in them as there are lines, none goes on in the next.
        """
        text = text.replace("\r\n", "\n").removesuffix("\n")
        if "\r" in text or len(self.columns) == 1:
            return None  # of a single column, a blank line would be a row
        lines = text.split("\n")
        cells = [line.split(self._delimiter) for line in lines]
        if '"' in text and not self._unquote(lines, cells):
            return None
        in_order = set(map(len, cells)) == {len(self.columns)} and max(map(len, lines)) <= csv.field_size_limit()
        return Rows(self.columns, cells) if in_order else None

    def _unquote(self, lines: list[str], cells: list[list[str]]) -> bool:
        """Read the lines with quotation marks anew. Say whether each of them was one row."""
        numbers = [number for number, line in enumerate(lines) if '"' in line]
        try:
            rows = list(self._reader([lines[number] for number in numbers]))
        except csv.Error:
            return False
        if len(rows) != len(numbers):
            return False
        for number, row in zip(numbers, rows, strict=True):
            cells[number] = row
        return True

    def _take(self, lines: list[str], *, sound: bool = False, last: bool = False) -> _Taken:
        """Read what waits and the lines given; keep those of a row that is not complete. ``sound``: all is UTF-8."""
        lines = self._rest + lines if self._rest else lines
        rows = (self._all(lines) if sound else None) or self._one_by_one(lines, last=last)
        if sum(map(len, rows.rest)) > LONGEST:
            rows = self._one_by_one(lines, last=True)
        self._line += len(lines) - len(rows.rest)
        self._rest = rows.rest
        return rows

    def _all(self, lines: list[str]) -> _Taken | None:
        """Read lines of which each is one row in good order; None when they are not."""
        columns = self.columns
        try:
            rows = list(self._reader(lines))
        except csv.Error:
            return None
        if len(rows) != len(lines) or set(map(len, rows)) != {len(columns)}:
            return None
        return _Taken(Rows(columns, rows), range(self._line, self._line + len(rows)), [])

    def _one_by_one(self, lines: list[str], *, last: bool) -> _Taken:
        """Read lines in which something may be wrong. With ``last``, an open quotation mark is wrong too."""
        raws: list[Raw] = []
        numbers: list[int] = []
        reader = self._reader(lines)
        begin = end = 0
        while end < len(lines):
            try:
                row = next(reader)
            except csv.Error as error:
                if str(error) == UNFINISHED and not last:
                    return _Taken(raws, numbers, lines[begin:])
                end = reader.line_num
                raws += self._untrusted(lines[begin:end], str(error), self._line + begin)
                numbers += range(self._line + begin, self._line + end)
            else:
                end = reader.line_num
                if row:
                    raws.append(self._record(row, lines[begin:end]))
                    numbers.append(self._line + begin)
            begin = end
        return _Taken(raws, numbers, [])

    def _reader(self, lines: Iterable[str]) -> Reader:
        return csv.reader(lines, delimiter=self._delimiter, strict=True)

    def _record(self, row: list[str], lines: list[str]) -> Raw:
        text, width = "".join(lines), len(self.columns)
        if not _is_sound(text):
            return Broken(_shown(text), "InvalidEncoding", "the row is not UTF-8")
        if len(row) != width:
            return Broken(_shown(text), "RaggedRow", f"the row has {len(row)} cells, the header {width}")
        return Row(self.columns, row)

    @staticmethod
    def _untrusted(lines: list[str], error: str, number: int) -> Iterator[Broken]:
        why = next((words for sign, words in _WORDS.items() if sign in error), error)
        if len(lines) > 1:
            why += f" (the row begins on line {number})"
        return (Broken(_shown(line), "InvalidCSV", why) for line in lines)

    # -- the header -----------------------------------------------------------------------------------------------

    def _header(self) -> tuple[str, ...]:
        """Read up to the first row that is not blank, and give its cells as the names of columns."""
        lines: list[str] = []
        for piece in self._pieces:
            if isinstance(piece, Overlong):
                break
            lines += _lines(_text(piece)[0])
            row = self._first_row(lines)
            if row is not None:
                return self._names(row)
            if sum(map(len, lines)) > LONGEST:
                break
        raise InputError(f"{self._name} has no header: its first line must name the columns.")

    def _first_row(self, lines: list[str]) -> list[str] | None:
        """Take the first row that is not blank from the lines; None when they do not hold a whole one."""
        reader = self._reader(lines)
        try:
            row = next((row for row in reader if row), None)
        except csv.Error as error:
            if str(error) == UNFINISHED:
                return None
            raise InputError(f"{self._name}: its header cannot be read: {error}.") from None
        self._rest = lines[reader.line_num :]
        self._line += reader.line_num
        return row

    def _names(self, row: list[str]) -> tuple[str, ...]:
        names = [cell.strip() or f"(column {number})" for number, cell in enumerate(row, 1)]
        if not any(map(str.strip, row)):
            raise InputError(f"{self._name} has an empty header: its first line must name the columns.")
        if not _is_sound("".join(names)):
            raise InputError(f"{self._name} is not UTF-8. Convert it: iconv -f WINDOWS-1252 -t UTF-8 {self._name}")
        for number, name in enumerate(names):
            if (first := names.index(name)) < number:
                raise InputError(
                    f'{self._name} has two columns named "{name}" ({first + 1} and {number + 1}). Rename one of them.'
                )
        return tuple(names)


def _text(piece: bytes) -> tuple[str, bool]:
    """Decode whole lines; say whether all of them are UTF-8. Bytes that are not become lone surrogates."""
    try:
        return piece.decode(), True
    except UnicodeDecodeError:
        return piece.decode("utf-8", "surrogateescape"), False


def _lines(text: str) -> list[str]:
    return io.StringIO(text, newline="\n").readlines()


def _is_sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace").rstrip("\r\n")
