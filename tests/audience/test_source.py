from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from zendesk_async.audience.source import Source
from zendesk_async.models import Chunk


class Nothing(Source):
    """An input of no records."""

    def __init__(self, kind: str) -> None:
        self.name = "nothing"
        self.format = kind

    async def open(self) -> None:
        """Nothing to open."""

    async def fingerprint(self) -> str:
        return "head:"

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        nothing: tuple[Chunk, ...] = ()
        for chunk in nothing:
            yield chunk


@pytest.mark.parametrize(
    ("kind", "tabular"), [("csv", True), ("tsv", True), ("ndjson", False), ("parquet", False), ("objects", False)]
)
def test_only_csv_and_tsv_are_tables_of_text(kind: str, tabular: bool) -> None:
    """Parquet has columns, too, but its values have types."""
    assert Nothing(kind).tabular is tabular


async def test_a_source_of_ones_own_needs_three_methods() -> None:
    """Everything else has a value that means "nobody knows"."""
    source = Nothing("objects")
    await source.open()
    assert [chunk async for chunk in source.chunks()] == []
    assert (source.replayable, source.columns, source.bytes_total, source.bytes_read) == (False, None, None, 0)
    assert repr(source) == "<Nothing nothing (objects)>"
    with pytest.raises(TypeError):
        Source()  # type: ignore[abstract]
