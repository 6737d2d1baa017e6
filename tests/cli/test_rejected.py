from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.cli.history import begun, past, settle
from tests.zendesk import user
from zendesk_async.audience import Intake
from zendesk_async.cli import rejected
from zendesk_async.cli.rejected import RejectedSource
from zendesk_async.models import Record
from zendesk_async.state import RunStore


async def test_the_rejects_of_a_run_are_records_again(tmp_path: Path) -> None:
    """As they were read: the intake takes them out of their lines."""
    past(tmp_path)
    source = RejectedSource(RunStore(tmp_path), "r-1")
    await source.open()
    (chunk,) = [chunk async for chunk in source.chunks()]
    shaped = Intake().shape(chunk)
    assert [item.position for item in shaped] == [0, 1]
    assert all(isinstance(item, Record) for item in shaped)
    assert [orjson.loads(item.original) for item in shaped] == [user(2), user(0)]  # type: ignore[arg-type]


async def test_they_come_in_chunks_and_tell_how_far_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rejects are not in memory at once."""
    monkeypatch.setattr(rejected, "CHUNK", 3)
    journal = begun(tmp_path, "r-1")
    settle(journal, updated=0, failed=5, rejected=2)
    journal.close()
    source = RejectedSource(RunStore(tmp_path), "r-1")
    await source.open()
    chunks = [(chunk.start, len(chunk.raws), list(chunk.lines)) async for chunk in source.chunks()]
    assert chunks == [(0, 3, [1, 2, 3]), (3, 3, [4, 5, 6]), (6, 1, [7])]
    assert source.bytes_read == source.bytes_total == 7


async def test_the_same_rejects_are_the_same_input(tmp_path: Path) -> None:
    """So an interrupted retry goes on; when there are more of them, it is another input."""
    journal = begun(tmp_path, "r-1")
    settle(journal)
    journal.close()
    one, other = (RejectedSource(RunStore(tmp_path), "r-1") for _ in range(2))
    await one.open()
    await other.open()
    assert await one.fingerprint() == await other.fingerprint()
    assert one.replayable


async def test_cells_of_a_table_stay_cells(tmp_path: Path) -> None:
    """What was an empty cell then is an empty cell now, and clears nothing."""
    past(tmp_path, format="csv", tabular=True)
    source = RejectedSource(RunStore(tmp_path), "r-1")
    await source.open()
    assert source.tabular
