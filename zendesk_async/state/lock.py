"""The right to write a file, held by one process at a time."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from zendesk_async.state.database import busy, connected, translated

__all__ = ["Lock"]

NOUN = "lock"
PATIENCE = 0.2  # seconds: longer than anybody takes to ask whether it is taken


class Lock:
    """The right to write a file, for one process at a time. It ends with the process, however that ends.

    It is SQLite's own exclusive lock, on an empty file beside: the same on every system, and no hindrance to readers
    of the file. The empty file stays: removing it could give the right to two.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._connection: sqlite3.Connection | None = None

    def take(self) -> bool:
        """Take the right; False when another process, or another part of this one, has it."""
        with translated(self._path, NOUN):
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = connected(self._path, "rw", timeout=PATIENCE)
            # nothing will have to be rolled back, so there need be no file for it
            if not _granted(connection, "PRAGMA journal_mode = MEMORY", "BEGIN EXCLUSIVE"):
                return False
        self._connection = connection
        return True

    def taken(self) -> bool:
        """Whether somebody has it now."""
        if not self._path.is_file():
            return False
        with translated(self._path, NOUN):
            connection = connected(self._path, "ro", timeout=0)
            free = _granted(connection, "SELECT count(*) FROM sqlite_master")
            connection.close()
        return not free

    def release(self) -> None:
        """Give it back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _granted(connection: sqlite3.Connection, *statements: str) -> bool:
    try:
        for statement in statements:
            connection.execute(statement).fetchall()
    except sqlite3.Error as error:
        connection.close()
        if not busy(error):
            raise
        return False
    return True
