"""An input that has been opened, with its format found out. Everything here may block: it runs in a thread."""

from __future__ import annotations

import io
from collections.abc import Generator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

from zendesk_async.audience.formats import by_content, delimiter_of
from zendesk_async.audience.framing import LONGEST
from zendesk_async.audience.ndjson import ndjson_chunks
from zendesk_async.audience.parquet import Parquet
from zendesk_async.audience.stream import Stream
from zendesk_async.audience.table import Table
from zendesk_async.errors import InputError

if TYPE_CHECKING:
    from zendesk_async.models import Chunk

__all__ = ["Reading", "read"]


class Reading(Protocol):
    """Records on their way out of an input."""

    @property
    def format(self) -> str:
        """What it turned out to be."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The columns, where there is a header."""

    @property
    def taken(self) -> int:
        """Bytes read so far, as they are stored."""

    def chunks(self) -> Generator[Chunk, None, None]:
        """Read all records; once."""

    def close(self) -> None:
        """Let go of the input."""


def read(raw: io.FileIO, name: str, promised: str, path: str | None = None) -> Reading:
    """Begin to read, and take over ``raw``. Parquet is not read in order, and therefore only from a file, at ``path``.

    Raises InputError for what cannot be read or has no header.
    """
    with ExitStack() as on_the_way:
        on_the_way.callback(raw.close)
        stream = Stream(raw, name)
        head = stream.peek_line(LONGEST)
        found = by_content(head, name, promised)
        if found == "parquet":
            return _parquet(path, name, raw.seek(0, io.SEEK_END) if path else 0)
        text = _Text(stream, head, found, name)
        on_the_way.pop_all()
        return text


def _parquet(path: str | None, name: str, size: int) -> Parquet:
    if path is None:
        raise InputError(f"{name}: Parquet cannot be read from a pipe. Save it to a file first.")
    return Parquet(path, name, size)


class _Text:
    """NDJSON, CSV or TSV."""

    def __init__(self, stream: Stream, head: bytes, found: str, name: str) -> None:
        self.format = found
        self._stream = stream
        self._table = None if found == "ndjson" else Table(stream.blocks(), delimiter_of(found, head), name)
        self.columns = None if self._table is None else self._table.columns

    @property
    def taken(self) -> int:
        return self._stream.taken

    def chunks(self) -> Generator[Chunk, None, None]:
        return self._table.chunks() if self._table else ndjson_chunks(self._stream.blocks())

    def close(self) -> None:
        self._stream.close()
