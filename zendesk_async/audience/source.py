"""What every input looks like to an upload."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zendesk_async.models import Chunk

__all__ = ["Source"]


class Source(ABC):
    """An input: opened once, then read in chunks.

    name         as the user gave it: "audience.csv", "-", "records"
    format       "ndjson", "csv", "tsv", "parquet" or "objects"; "auto" until ``open`` has looked
    tabular      every value is the text of a cell, because the input is a table without types (CSV, TSV)
    replayable   reading it again gives the same records at the same positions
    columns      their names, where the input has a header; None before ``open``, and where records have their own keys
    bytes_total  the size of the input; None when nobody knows
    bytes_read   how much of that has been read, still compressed if it is
    """

    name: str
    format: str
    replayable: bool = False
    columns: tuple[str, ...] | None = None
    bytes_total: int | None = None
    bytes_read: int = 0

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} ({self.format})>"

    @property
    def tabular(self) -> bool:
        """Whether every value is the text of a cell."""
        return self.format in {"csv", "tsv"}

    @abstractmethod
    async def open(self) -> None:
        """Look at the input: is it there, can it be read, what are its columns? Raises InputError that says what to do.

        A pipe is waited for until its first records are there. Cancelling is safe, and does not wait for the pipe.
        """

    @abstractmethod
    async def fingerprint(self) -> str:
        """What tells this input from another; the same again for the same input. To be asked after ``open``."""

    @abstractmethod
    def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Read from the first record to the last. Close it when you stop early (``contextlib.aclosing``).

        A chunk comes as soon as there is something to put in it. Raises InputError when the input breaks off.
        """
