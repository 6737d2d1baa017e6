from __future__ import annotations

import os
from pathlib import Path

from tests.zendesk import Values, user
from zendesk_async.audience import open_source
from zendesk_async.cli.opened import opened


async def test_what_is_known_is_not_looked_at_again(tmp_path: Path) -> None:
    """The fingerprint of a file of many gigabytes is taken once."""
    path = tmp_path / "a.ndjson"
    path.write_text('{"email": "a@example.com"}\n')
    source = await opened(open_source(path))
    before = await source.fingerprint()
    path.write_text('{"email": "b@example.com"}\n')
    assert await source.fingerprint() == before
    assert (source.name, source.format, source.replayable) == (str(path), "ndjson", True)


async def test_a_pipe_loses_nothing_by_being_opened_again(tmp_path: Path) -> None:
    """Who looks twice must not read twice."""
    reader, writer = os.pipe()
    os.write(writer, b'{"email": "a@example.com"}\n{"email": "b@example.com"}\n')
    os.close(writer)
    source = await opened(open_source("-", stdin_fd=reader))
    await source.open()
    raws = [raw async for chunk in source.chunks() for raw in chunk.raws]
    os.close(reader)
    assert len(raws) == 2
    assert source.bytes_read > 0


async def test_it_speaks_for_its_source() -> None:
    """Shape and progress are those of what it stands for."""
    values = Values([user(0), user(1)])
    source = await opened(values)  # type: ignore[arg-type]  # a source by its shape
    values.bytes_read = 7
    assert (source.tabular, source.columns, source.bytes_read) == (False, None, 7)
