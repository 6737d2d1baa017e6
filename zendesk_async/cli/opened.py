"""A source that has been opened: what had to be looked at before an upload could begin is not looked at again."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from zendesk_async.audience import Source

if TYPE_CHECKING:
    from zendesk_async.models import Chunk

__all__ = ["OpenedSource", "opened"]


class OpenedSource(Source):
    """Stands for a source. To open a pipe twice would lose what the first time has read."""

    def __init__(self, source: Source, fingerprint: str) -> None:
        self._source = source
        self._fingerprint = fingerprint
        self.name, self.format, self.columns = source.name, source.format, source.columns
        self.replayable, self.bytes_total = source.replayable, source.bytes_total

    @property
    def bytes_read(self) -> int:  # type: ignore[override]  # a source counts; this one asks it
        """How much of the input has been read."""
        return self._source.bytes_read

    @property
    def tabular(self) -> bool:
        """Whether every value is the text of a cell."""
        return self._source.tabular

    async def open(self) -> None:
        """Nothing is left to do."""

    async def fingerprint(self) -> str:
        """What was found when it was opened."""
        return self._fingerprint

    def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Read from the first record to the last."""
        return self._source.chunks()


async def opened(source: Source) -> OpenedSource:
    """Open a source. Raises InputError."""
    await source.open()
    return OpenedSource(source, await source.fingerprint())
