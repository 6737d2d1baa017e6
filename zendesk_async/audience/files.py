"""Inputs that have a name: files, named pipes, standard input.

A regular file is opened anew whenever it is read. What can be read only once is opened once, and ``open`` keeps the
first records for ``chunks``.
"""

from __future__ import annotations

import io
import itertools
import os
import stat
from collections.abc import AsyncGenerator, Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from zendesk_async.audience.fingerprint import of_file, of_first
from zendesk_async.audience.formats import AUTO, by_name, known_format
from zendesk_async.audience.handover import handed_over, in_thread
from zendesk_async.audience.reading import Reading, read
from zendesk_async.audience.source import Source
from zendesk_async.config.wording import did_you_mean
from zendesk_async.errors import InputError

if TYPE_CHECKING:
    from zendesk_async.models import Chunk

__all__ = ["FileSource", "open_source"]

STDIN = "-"


def open_source(path: str | os.PathLike[str], *, format: str = AUTO, stdin_fd: int = 0) -> Source:  # noqa: A002 - as --format
    """Make a source of what a user names: a path, or "-" for standard input. Nothing is touched before its ``open``.

    ``format`` is "auto", "ndjson", "csv", "tsv" or "parquet". Raises ConfigError for any other.
    """
    name, promised = os.fspath(path), known_format(format)
    if name == STDIN:
        return FileSource(name, promised, stdin_fd)
    return FileSource(name, by_name(name) if promised == AUTO else promised)


class _Begun(NamedTuple):
    reading: Reading
    chunks: Iterable[Chunk]


class FileSource(Source):
    """A file, a named pipe, or a descriptor. ``replayable`` is certain after ``open``: a name may be a pipe's."""

    def __init__(self, name: str, promised: str, descriptor: int | None = None) -> None:
        self.name = name
        self.format = promised
        self.replayable = descriptor is None
        self._promised = promised
        self._descriptor = descriptor
        self._shown = name if descriptor is None else "standard input"
        self._head = ""
        self._begun: _Begun | None = None

    async def open(self) -> None:
        """Look at the input, and set what is known of it then. Raises InputError."""
        await in_thread(self._open)

    async def fingerprint(self) -> str:
        """What tells this input from another: a file's content, or the first record of what can be read only once."""
        if not self.replayable:
            return self._head
        return await in_thread(lambda: of_file(self.name, self._shown))

    def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Read all records. Raises RuntimeError when they have been read and cannot be again."""
        begun, self._begun = self._begun, None
        if begun is None and not self.replayable:
            raise RuntimeError(f"{self._shown} can be read only once, after it was opened")
        return handed_over(self._read(begun))

    # -- in a thread ----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        reading = self._begin()
        self.format, self.columns = reading.format, reading.columns
        if self.replayable:
            reading.close()
            return
        chunks = reading.chunks()
        first = list(itertools.islice(chunks, 1))
        self._head = of_first(first[0].raws[0] if first else None)
        self._begun = _Begun(reading, itertools.chain(first, chunks))

    def _read(self, begun: _Begun | None) -> Generator[Chunk, None, None]:
        if begun is None:
            reading = self._begin()
            begun = _Begun(reading, reading.chunks())
        count = 0
        with closing(begun.reading):
            try:
                for chunk in begun.chunks:
                    count = chunk.start + len(chunk.raws)
                    self.bytes_read = begun.reading.taken
                    yield chunk
            except InputError as error:
                raise InputError(f"{error} {count:,} records had been read.") from None

    def _begin(self) -> Reading:
        try:
            closes = self._descriptor is None
            raw = io.FileIO(self.name if self._descriptor is None else self._descriptor, closefd=closes)
            status = os.fstat(raw.fileno())
        except (OSError, ValueError) as error:
            raise InputError(self._cannot_open(error)) from None
        is_file = stat.S_ISREG(status.st_mode)
        self.replayable = is_file and self._descriptor is None
        self.bytes_total = status.st_size if is_file else None
        return read(raw, self._shown, self._promised, self.name if self.replayable else None)

    def _cannot_open(self, error: OSError | ValueError) -> str:
        if self._descriptor is not None:
            return "standard input is closed. Pipe the records into it, or name a file."
        match error:
            case FileNotFoundError():
                return f"{self.name} does not exist.{did_you_mean(Path(self.name).name, _neighbours(self.name))}"
            case IsADirectoryError():
                return f"{self.name} is a directory. Name a file in it."
            case PermissionError():
                return f"{self.name} must not be read by this user. Change its permissions, or pipe it in."
        return f"{self.name} cannot be opened: {getattr(error, 'strerror', None) or error}."


def _neighbours(name: str) -> list[str]:
    try:
        return [path.name for path in Path(name).parent.iterdir()]
    except OSError:
        return []
