"""Compare two embedded stores as a home for the sent-state: ``python -m benchmarks.stores [USERS]``.

The same rows (12-byte hash -> 16 bytes), written in the same order in transactions of 1,000, then looked up in chunks of 1,000 in random
order: LMDB and SQLite (WITHOUT ROWID, WAL), one after the other.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import lmdb

CHUNK = 1_000
LOOKUPS = 200_000


class Figures(NamedTuple):
    """Microseconds per user written and looked up, bytes of disk per user."""

    store: str
    write: float
    lookup: float
    disk: float


def _timed(keys: Sequence[bytes], work: Callable[[Sequence[bytes]], Any]) -> float:
    began = time.perf_counter()
    for start in range(0, len(keys), CHUNK):
        work(keys[start : start + CHUNK])
    return (time.perf_counter() - began) / len(keys) * 1e6


def of_lmdb(keys: Sequence[bytes], asked: Sequence[bytes], folder: Path) -> Figures:
    """Measure LMDB."""
    env: Any = lmdb.open(str(folder / "lmdb"), map_size=1 << 36, metasync=False)

    def write(chunk: Sequence[bytes]) -> None:
        with env.begin(write=True) as transaction:
            transaction.cursor().putmulti(sorted((key, key + b"1234") for key in chunk))

    def look_up(chunk: Sequence[bytes]) -> None:
        with env.begin() as transaction:
            dict(transaction.cursor().getmulti(chunk))

    written, asked_for = _timed(keys, write), _timed(asked, look_up)
    return Figures("LMDB", written, asked_for, (folder / "lmdb" / "data.mdb").stat().st_blocks * 512 / len(keys))


def of_sqlite(keys: Sequence[bytes], asked: Sequence[bytes], folder: Path) -> Figures:
    """Measure SQLite."""
    path = folder / "sent.sqlite"
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute("CREATE TABLE sent (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
    question = f"SELECT key, value FROM sent WHERE key IN ({','.join('?' * CHUNK)})"

    def write(chunk: Sequence[bytes]) -> None:
        database.execute("BEGIN")
        database.executemany("INSERT OR REPLACE INTO sent VALUES (?, ?)", sorted((key, key + b"1234") for key in chunk))
        database.execute("COMMIT")

    def look_up(chunk: Sequence[bytes]) -> None:
        dict(database.execute(question, chunk).fetchall())

    written, asked_for = _timed(keys, write), _timed(asked, look_up)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Figures("SQLite", written, asked_for, path.stat().st_blocks * 512 / len(keys))


def main() -> None:
    """Print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    keys = [hashlib.blake2b(b"%d" % number, digest_size=12).digest() for number in range(count)]
    asked = random.Random(1).choices(keys, k=LOOKUPS)
    print("| store | µs per user written | µs per user looked up | bytes of disk per user |\n|---|---|---|---|")
    for measure in (of_lmdb, of_sqlite):
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(keys, asked, Path(folder))
        print(f"| {figures.store} | {figures.write:.1f} | {figures.lookup:.2f} | {figures.disk:.0f} |", flush=True)


if __name__ == "__main__":
    main()
