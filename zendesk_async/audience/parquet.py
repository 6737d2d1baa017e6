"""Parquet, read by duckdb. Everything here may block: it runs in a thread.

Numbers and booleans keep their types, dates and times become ISO 8601, what JSON has no type for becomes text. A null
is left out of its record, as an empty cell is: a table has no other way to say "nothing known", and clearing a value
at Zendesk must be meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from zendesk_async.audience.ndjson import MOST
from zendesk_async.errors import InputError
from zendesk_async.models import Chunk

__all__ = ["Parquet"]

T = TypeVar("T")

_PATTERN = re.compile(r"[*?\[]")  # duckdb reads a path as a pattern

_AS_IT_IS = re.compile(r"BOOLEAN|U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|DOUBLE|VARCHAR|.*\[\d*\]|(STRUCT|MAP)\(.*")

_BY_TYPE = (
    (re.compile(r"TIMESTAMP WITH TIME ZONE"), "strftime(make_timestamp(epoch_us({})), '%Y-%m-%dT%H:%M:%SZ')"),
    (re.compile(r"TIMESTAMP.*"), "strftime({}, '%Y-%m-%dT%H:%M:%S')"),
    (re.compile(r"DECIMAL\(\d+,0\)"), "CAST({} AS HUGEINT)"),
    (re.compile(r"DECIMAL.*"), "CAST({} AS DOUBLE)"),
    (re.compile(r"FLOAT"), "CAST(CAST({} AS VARCHAR) AS DOUBLE)"),  # 0.1 stays 0.1
)


class Parquet:
    """A Parquet file. Raises InputError when it cannot be read, or duckdb is not installed."""

    format = "parquet"

    def __init__(self, path: str, name: str, size: int) -> None:
        try:
            import duckdb
        except ImportError:
            raise InputError(f"{name} is Parquet. To read it: pip install 'zendesk-async[parquet]'") from None
        self._name = name
        self._error = duckdb.Error
        self._database = duckdb.connect(":memory:", config={"threads": 1})
        self._path = _PATTERN.sub(r"[\g<0>]", path)
        types = self._ask(lambda: self._query("*").description)
        self.columns = tuple(column for column, *_ in types)
        self._select = ", ".join(_expression(column, str(kind)) for column, kind, *_ in types)
        (self._rows,) = self._ask(lambda: self._query("count(*)").fetchone())
        self._size = size
        self._read = 0

    @property
    def taken(self) -> int:
        """Bytes read, as far as rows can tell."""
        return self._size * self._read // self._rows if self._rows else self._size

    def chunks(self) -> Generator[Chunk, None, None]:
        """Read all rows, in their order; once."""
        result = self._ask(lambda: self._query(self._select))
        while rows := self._ask(lambda: result.fetchmany(MOST)):
            raws = [
                {column: value for column, value in zip(self.columns, row, strict=True) if value is not None}
                for row in rows
            ]
            start, self._read = self._read, self._read + len(raws)
            yield Chunk(start, raws, range(start + 1, self._read + 1))

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _query(self, select: str) -> Any:
        source = "read_parquet(?, hive_partitioning = false, binary_as_string = true)"
        return self._database.execute(f"SELECT {select} FROM {source}", [self._path])  # noqa: S608 - columns are quoted

    def _ask(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except self._error as error:
            first, _, _ = str(error).partition("\n")
            raise InputError(f"{self._name} cannot be read as Parquet: {first}") from None


def _expression(column: str, kind: str) -> str:
    """How to ask for a column so that its values are such as JSON has."""
    quoted = '"' + column.replace('"', '""') + '"'
    if _AS_IT_IS.fullmatch(kind):
        return quoted
    return next((ask.format(quoted) for sort, ask in _BY_TYPE if sort.fullmatch(kind)), f"CAST({quoted} AS VARCHAR)")
