"""SQLite files that several processes may read and one may write.

Rules of this file:

- Whatever SQLite raises leaves this room as JournalError, with words for the person whose disk is full;
  ``_translation`` is the one place.
- A file is born whole: its schema, its mark and its first rows are one transaction of the old rollback journal; only
  then does it turn to write-ahead logging. Closed properly it turns back, so that a finished file is one file,
  readable anywhere.
- No read outlives the call: whoever reads much reads in pages, each its own short transaction. A slow reader (a
  pager, a pipe) therefore never keeps the write-ahead log from being reset.
- Only what SQLite 3.31 knows is used: some systems pair a new Python with an old SQLite.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from zendesk_async.errors import JournalError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

__all__ = ["Database", "Execute", "Format", "busy", "connected", "private_directory", "translated"]

Execute = Callable[..., sqlite3.Cursor]
Shape = Sequence[type | UnionType]
Mode = Literal["ro", "rw"]

PATIENCE = 5.0  # seconds that a commit waits for another process's recovery or change of log; never in ordinary running
LOG_PAGES = 1_000  # pages of 4 KiB after which the log is written back
LOG_BYTES = 16 << 20  # what the log may keep of a disk once it has been written back

_REFUSED = (sqlite3.Error, UnicodeDecodeError)  # the second: text that is none, in a damaged schema


class Format(NamedTuple):
    """What tells one kind of file from another: its name for people, SQLite's marks for it, its schema."""

    noun: str
    application_id: int
    version: int
    schema: Sequence[str]


class Database:
    """One connection. ``rows`` and ``row`` read; ``with database as execute`` is a transaction."""

    def __init__(self, connection: sqlite3.Connection, path: Path, noun: str) -> None:
        self._connection = connection
        self.path = path
        self._noun = noun
        self._logging = False

    def __repr__(self) -> str:
        return f"<Database {self.path.name}>"

    @classmethod
    def create(cls, path: Path, form: Format, fill: Callable[[Execute], None], *, full: bool = False) -> Database:
        """Make a file, readable by its owner alone, and fill it. Raises JournalError when it is there already."""
        with translated(path, form.noun):
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self = cls(connected(path, "rw"), path, form.noun)
            try:
                self._found(form, fill)
                self._log_ahead(full=full)
            except BaseException:
                self._connection.close()
                raise
        return self

    def _found(self, form: Format, fill: Callable[[Execute], None]) -> None:
        execute = self._connection.execute
        execute("BEGIN EXCLUSIVE")
        if execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise JournalError(f"there is a {form.noun} at {self.path} already")
        for statement in form.schema:
            execute(statement)
        execute(f"PRAGMA application_id = {form.application_id}")
        execute(f"PRAGMA user_version = {form.version}")
        fill(execute)
        execute("COMMIT")

    @classmethod
    def open(cls, path: Path, form: Format, *, read_only: bool = False, full: bool = False) -> Database:
        """Open a file. Raises JournalError when it is missing, damaged, or of another kind or version."""
        if not path.is_file():
            raise JournalError(f"there is no {form.noun} at {path}")
        with translated(path, form.noun):
            connection = _readable(path) if read_only else connected(path, "rw")
            self = cls(connection, path, form.noun)
            try:
                self._recognise(form)
                if not read_only:
                    self._log_ahead(full=full)
            except BaseException:
                connection.close()
                raise
        return self

    def _recognise(self, form: Format) -> None:
        mark, version = (self.row(f"PRAGMA {name}")[0] for name in ("application_id", "user_version"))
        if mark != form.application_id:
            raise JournalError(f"{self.path} is not a {form.noun} of zendesk-async")
        if version != form.version:
            age = "a newer" if version > form.version else "an older"
            raise JournalError(
                f"{self.path} was written by {age} zendesk-async: "
                f"its format is {version}, and this one reads {form.version}"
            )

    def _log_ahead(self, *, full: bool) -> None:
        execute = self._connection.execute
        if execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise JournalError(f"{self.path} is on a file system that cannot share it between processes")
        self._logging = True
        execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
        execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        execute("PRAGMA secure_delete = ON")  # what is dropped may be a customer's data

    def rows(self, sql: str, arguments: Sequence[Any] = (), *, shape: Shape = ()) -> list[tuple[Any, ...]]:
        """All rows of a query. ``shape`` are the types of its columns: SQLite lets a column hold anything."""
        try:
            rows = self._connection.execute(sql, arguments).fetchall()
        except _REFUSED as error:
            raise self._told(error) from error
        if shape and not all(isinstance(column, kind) for row in rows for column, kind in zip(row, shape, strict=True)):
            raise self.damaged()
        return rows

    def row(self, sql: str, arguments: Sequence[Any] = (), *, shape: Shape = ()) -> tuple[Any, ...]:
        """The one row of a query. Raises JournalError when there is none or more: the file is damaged then."""
        rows = self.rows(sql, arguments, shape=shape)
        if len(rows) != 1:
            raise self.damaged()
        return rows[0]

    def pages(self, sql: str, *, shape: Shape = (), size: int = 500, after: int = -1) -> Iterator[tuple[Any, ...]]:
        """Rows of a long query, a page at a time. It must be ``... WHERE key > ? ORDER BY key LIMIT ?``, key first."""
        while True:
            rows = self.rows(sql, (after, size), shape=shape)
            yield from rows
            if len(rows) < size:
                return
            after = rows[-1][0]

    def alone(self, sql: str, arguments: Sequence[Any] = ()) -> None:
        """Execute one statement that is a transaction by itself: it costs half of what one in a transaction does."""
        try:
            self._connection.execute(sql, arguments)
        except sqlite3.Error as error:
            raise self._told(error) from error

    def damaged(self) -> JournalError:
        """What to raise when the file says something that it cannot say."""
        return JournalError(_WORDS[sqlite3.SQLITE_CORRUPT].format(noun=self._noun, path=self.path))

    def __enter__(self) -> Execute:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise self._told(error) from error
        return self._connection.execute

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            try:
                self._connection.execute("COMMIT")
            except sqlite3.Error as refusal:
                self._roll_back()
                raise self._told(refusal) from refusal
        else:
            self._roll_back()
            if isinstance(error, _REFUSED):
                raise self._told(error) from error

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back by itself
            self._connection.execute("ROLLBACK")

    def _told(self, error: Exception) -> JournalError:
        return _translation(error, self.path, self._noun)

    def close(self) -> None:
        """Close the file; alone with it, fold the write-ahead log away. Closing twice changes nothing."""
        with contextlib.suppress(sqlite3.Error):  # somebody reads, or it is closed already: the log is good where it is
            if self._logging:
                self._connection.execute("PRAGMA busy_timeout = 0")
                self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()


def connected(path: Path, mode: Mode, *, immutable: bool = False, timeout: float = PATIENCE) -> sqlite3.Connection:
    """Connect to a file that is there, without transactions of Python's own making."""
    address = f"{path.absolute().as_uri()}?mode={mode}" + ("&immutable=1" if immutable else "")
    return sqlite3.connect(address, uri=True, timeout=timeout, isolation_level=None)


def _readable(path: Path) -> sqlite3.Connection:
    """Connect for reading. Where not even a reader's bookkeeping can be written, nobody else writes either."""
    try:
        return _probed(connected(path, "ro"))
    except sqlite3.OperationalError:
        if not os.access(path.parent, os.W_OK):
            return _probed(connected(path, "ro", immutable=True))
    _probed(connected(path, "rw")).close()  # whoever was killed while the log was turned left something to roll back
    return _probed(connected(path, "ro"))


def _probed(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def private_directory(path: Path, noun: str = "journal") -> None:
    """Make a directory that only its owner can look into; one that is there stays as it is."""
    with translated(path, noun):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextlib.contextmanager
def translated(path: Path, noun: str) -> Iterator[None]:
    """Turn what SQLite and the file system raise into JournalError."""
    try:
        yield
    except _REFUSED as error:
        raise _translation(error, path, noun) from error
    except OSError as error:
        raise JournalError(f"cannot use the {noun} {path}: {error.strerror or error}") from error


def busy(error: Exception) -> bool:
    """Whether another connection stands in the way."""
    return _code(error) == sqlite3.SQLITE_BUSY


def _code(error: Exception) -> int:
    """SQLite's primary result code; 0 for what Python's module raised by itself."""
    if isinstance(error, UnicodeDecodeError):
        return sqlite3.SQLITE_CORRUPT
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


_WORDS = {
    sqlite3.SQLITE_FULL: "cannot write the {noun} {path}: the disk is full",
    sqlite3.SQLITE_READONLY: "cannot write the {noun} {path}: it is read-only",
    sqlite3.SQLITE_PERM: "cannot use the {noun} {path}: permission denied",
    sqlite3.SQLITE_CANTOPEN: "cannot open the {noun} {path}: it, or its directory, cannot be read and written",
    sqlite3.SQLITE_BUSY: "the {noun} {path} is in use by another process",
    sqlite3.SQLITE_IOERR: "cannot read or write the {noun} {path}: the disk reports an error",
    sqlite3.SQLITE_NOTADB: "{path} is not a {noun} of zendesk-async",
    sqlite3.SQLITE_CORRUPT: "the {noun} {path} is damaged",
}


def _translation(error: Exception, path: Path, noun: str) -> JournalError:
    words = _WORDS.get(_code(error))
    return JournalError(words.format(noun=noun, path=path) if words else f"cannot use the {noun} {path}: {error}")
