from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.zendesk import InnerTransport, Values, account, plan, user
from zendesk_async.errors import JournalError
from zendesk_async.models import OutcomeKind
from zendesk_async.state import RunInfo
from zendesk_async.state.journal import Journal
from zendesk_async.upload.batching import Submitted
from zendesk_async.upload.opening import Opened, open_upload
from zendesk_async.upload.settling import Settled

pytestmark = pytest.mark.virtual_time

VALUES = [user(n) for n in range(500)]


async def opened(path: Path, source: Any = None, **changes: Any) -> Opened:
    async with InnerTransport(account()) as transport:
        return await open_upload(plan(transport, source or Values(VALUES), journal=path, **changes))


async def positions(left: Opened) -> list[int]:
    """The positions still to be read and sent."""
    found: list[int] = []
    async for chunk in left.chunks:
        found += range(chunk.start, chunk.start + len(chunk.raws))
    return [position for position in found if position not in left.done]


def settle(ledger: Any, seq: int | None, which: Sequence[int], merged: dict[int, int] | None = None) -> None:
    from tests.zendesk import record

    carriers = {index: merged[position] for index, position in enumerate(which) if merged and position in merged}
    kinds = [OutcomeKind.MERGED if index in carriers else OutcomeKind.CREATED for index in range(len(which))]
    records = [record(position) for position in which]
    ledger.settled(seq, Settled(records, kinds, [1] * len(which), {}, carriers), read=500)


async def test_a_new_upload_has_everything_to_do(tmp_path: Path) -> None:
    """Without a journal at the path all records are to be read, and nothing is to be taken over."""
    left = await opened(tmp_path / "run.journal")
    assert not left.resumed
    assert left.adopted == []
    assert await positions(left) == list(range(500))
    left.ledger.close()


async def test_settled_is_left_out_and_submitted_taken_over(tmp_path: Path) -> None:
    """Going on, settled records are skipped, and a job at Zendesk comes with the records that were sent, in their
    order.
    """
    path = tmp_path / "run.journal"
    first = await opened(path)
    settle(first.ledger, first.ledger.submitted(range(100), "V3-1", read=300), range(100))
    seq = first.ledger.submitted([250, 120, 130], "V3-2", merged=[(110, 130)], attempt=2, read=300)
    first.ledger.close()
    left = await opened(path)
    (carried,) = left.adopted
    assert left.resumed
    assert carried.job == Submitted(seq, "V3-2")
    assert carried.batch.positions == [250, 120, 130]
    assert carried.batch.merged == [(110, 130)]
    assert carried.batch.attempt == 2
    assert await positions(left) == [n for n in range(100, 500) if n not in {110, 120, 130, 250}]
    left.ledger.close()


async def test_a_batch_settled_in_part_is_pending_for_the_rest(tmp_path: Path) -> None:
    """Killed between settling one part and giving up the other, the other part is simply sent again."""
    path = tmp_path / "run.journal"
    first = await opened(path)
    settle(first.ledger, first.ledger.submitted(range(100), "V3-1", read=100), range(60))
    first.ledger.close()
    left = await opened(path)
    assert left.adopted == []
    assert await positions(left) == list(range(60, 500))
    left.ledger.close()


async def test_a_finished_journal_is_replaced(tmp_path: Path) -> None:
    """The path of a finished upload serves the next one, whatever its input."""
    path = tmp_path / "run.journal"
    async with InnerTransport(account(rate=0, job_seconds=0)) as transport:
        from zendesk_async.upload.upload import Upload

        before = await Upload(plan(transport, Values(VALUES), journal=path)).report()
        after = await Upload(plan(transport, Values(VALUES[:7]), journal=path)).report()
    assert before.run_id != after.run_id
    assert after.records.settled == after.records.read == 7


async def test_a_limit_cuts_the_input(tmp_path: Path) -> None:
    """A limit stops within a chunk."""
    left = await opened(tmp_path / "run.journal", limit=123)
    assert await positions(left) == list(range(123))
    left.ledger.close()


async def test_a_replayable_run_without_its_input_is_refused(tmp_path: Path) -> None:
    """A file's run cannot go on from the journal alone, and says so."""
    path = tmp_path / "run.journal"
    first = await opened(path)
    first.ledger.submitted(range(100), "V3-1", read=100)
    first.ledger.close()
    async with InnerTransport(account()) as transport:
        with pytest.raises(JournalError, match="needs that input"):
            await open_upload(plan(transport, None, journal=Journal.open(path)))


async def test_neither_input_nor_journal_is_refused() -> None:
    """There must be something to send."""
    async with InnerTransport(account()) as transport:
        with pytest.raises(JournalError, match="without an input"):
            await open_upload(plan(transport, None))


async def test_an_open_journal_of_another_input_is_refused(tmp_path: Path) -> None:
    """A journal that was opened by the caller is held against the input as well."""
    journal = Journal.create(
        tmp_path / "run.journal", RunInfo(run_id="r", fingerprint="another", intake_digest="plain")
    )
    async with InnerTransport(account()) as transport:
        with pytest.raises(JournalError, match="belongs to another"):
            await open_upload(plan(transport, Values(VALUES), journal=journal))
    journal.close()
