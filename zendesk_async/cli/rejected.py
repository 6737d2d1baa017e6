"""The rejects of one run as the input of another."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from zendesk_async.audience import Source
from zendesk_async.models import Chunk

if TYPE_CHECKING:
    from zendesk_async.state import RunStore

__all__ = ["RejectedSource"]

CHUNK = 500  # records


class RejectedSource(Source):
    """What ``rejects RUN`` would print: lines that hold the original records, which the intake takes out of them.

    Rejects are never taken back, so the same number of them means the same records at the same positions.
    """

    replayable = True

    def __init__(self, store: RunStore, run_id: str) -> None:
        self._store = store
        self._run_id = run_id
        self.name = f"rejects of {run_id}"
        self.format = "ndjson"
        self._tabular = False
        self._count = 0

    @property
    def tabular(self) -> bool:
        """Whether the records were cells of a table when they were read first."""
        return self._tabular

    async def open(self) -> None:
        """Look at the run. Raises JournalError."""
        with self._store.read(self._run_id) as journal:
            counts = journal.counts()
            self._tabular = journal.info.tabular
            self._count = self.bytes_total = counts.rejected + counts.failed

    async def fingerprint(self) -> str:
        """The run, and how many of its records did not make it."""
        return f"rejects:{self._run_id}:{self._count}"

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Read the rejects. ``bytes_read`` counts records: it is their share that progress wants to know."""
        with self._store.read(self._run_id) as journal:
            for chunk in _chunks(iter(journal.rejects())):
                self.bytes_read = chunk.start + len(chunk.raws)
                yield chunk


def _chunks(lines: Iterator[bytes]) -> Iterator[Chunk]:
    start = 0
    while raws := [line.rstrip(b"\n") for line in islice(lines, CHUNK)]:
        yield Chunk(start, raws, range(start + 1, start + 1 + len(raws)))
        start += len(raws)
