"""Write a journal: the fate of every record of one run, on disk before it is told.

Rules of this file:

- Each public method that changes the journal is one transaction, and changes what is kept in memory only as far as a
  failed transaction can be undone: by forgetting it and asking the file again.
- ``settled`` is called once for a batch, inline in the event loop: no Python loop over records where the common case
  needs none.
- A position is settled once. The journal refuses the second time rather than count a record twice.
"""

from __future__ import annotations

import contextlib
import math
import os
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Self

from zendesk_async.errors import JournalError
from zendesk_async.models import Raw, Requests, RunStatus, WorkflowAction
from zendesk_async.state.database import Database, Execute, translated
from zendesk_async.state.encoding import Runs, pack_runs, runs_of, tally
from zendesk_async.state.lines import plain, to_json
from zendesk_async.state.lock import Lock
from zendesk_async.state.outcomes import pack_merged, pack_settlement, reject_rows
from zendesk_async.state.reading import JournalReader, as_row
from zendesk_async.state.schema import JOURNAL
from zendesk_async.state.spool import Kept, pack_lines, pack_raws

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from zendesk_async.state.ledger import RunInfo, Settlement
    from zendesk_async.state.positions import Positions

__all__ = ["Journal"]

SWEPT = 32  # batches that are over and still have their row: removed together, as one transaction costs like another


@dataclass(slots=True)
class _Memory:
    """What must be known with every call, and would take a walk over the file to ask: all of it can be asked again."""

    positions: Positions
    kept: Kept
    jobs: dict[int, tuple[str, int]]
    """Batches under way: their job, and how many of their records are not settled."""
    over: list[int]
    """Batches that are over and still have their row."""
    batches: int
    read: int

    def reach(self, read: int, runs: Runs) -> int:
        """Take note of how far the input must have been read: as we are told, and at least to these records."""
        self.read = max(self.read, read, *(stop for _, stop in runs))
        return self.read


class Journal(JournalReader):
    """The memory of one run, in one SQLite file. One process at a time may have it open; any number may read it
    meanwhile.

    Implements ``Ledger``. With ``full=True`` nothing that was told is lost even when the power fails; by default the
    last moments may be, and are then uploaded again, which an upsert permits. A crash of the program alone loses
    nothing either way.
    """

    def __init__(self, database: Database, lock: Lock) -> None:
        self._lock = lock
        self._known: _Memory | None = None
        self._noted: tuple[Requests, float] = Requests(), 0.0
        self._written_at = -math.inf
        super().__init__(database)
        self._before = astuple(self.requests()), self.report().duration_seconds

    @classmethod
    def create(cls, path: Path, info: RunInfo, *, full: bool = False) -> Self:
        """Begin the journal of a new run. Raises JournalError when there is one at this path."""

        def fill(execute: Execute) -> None:
            execute("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", as_row(info))
            execute("INSERT INTO account (id, process) VALUES (1, ?)", (os.getpid(),))

        if not (lock := Lock(path)).take():
            raise JournalError(f"another process is working with the journal {path}")
        with contextlib.ExitStack() as undo:
            undo.callback(lock.release)
            database = Database.create(path, JOURNAL, fill, full=full)
            undo.callback(database.close)
            self = cls(database, lock)
            undo.pop_all()
        return self

    @classmethod
    def open(cls, path: Path, *, full: bool = False) -> Self:
        """Open a journal to go on with its run. Raises JournalError when another process has it, naming that."""
        lock = Lock(path)
        with JournalReader.open(path) as reader:
            if not lock.take():
                raise JournalError(f"run {reader.info.run_id} is being worked on by process {reader.process()}")
        with contextlib.ExitStack() as undo:
            undo.callback(lock.release)
            database = Database.open(path, JOURNAL, full=full)
            undo.callback(database.close)
            with database as execute:
                execute("UPDATE account SET process = ?", (os.getpid(),))
            self = cls(database, lock)
            undo.pop_all()
        return self

    def close(self) -> None:
        """Let go of the journal, so that another process may go on with the run. What was remembered stays."""
        super().close()
        self._lock.release()

    def discard(self) -> None:
        """Close the journal and remove it, so that another run may begin at its path."""
        super().close()
        with translated(self.path, JOURNAL.noun):
            for suffix in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self._lock.release()

    @contextlib.contextmanager
    def _memory(self) -> Iterator[_Memory]:
        """What goes with a transaction: if that fails, it is forgotten."""
        memory = self._known = self._known or self._decoded(self._remembered)
        try:
            yield memory
        except BaseException:
            self._known = None
            raise

    @contextlib.contextmanager
    def _change(self) -> Iterator[tuple[Execute, _Memory]]:
        """One transaction, and the memory that goes with it."""
        with self._memory() as memory, self._db as execute:
            yield execute, memory

    def _remembered(self) -> _Memory:
        positions = self.positions_settled()
        batches = [(batch.seq, batch.job_id, batch.unsettled(positions)) for batch in self._submitted()]
        kept = self._db.rows("SELECT start, count FROM kept ORDER BY start", shape=(int, int))
        ends = self._db.rows("SELECT start + count FROM spool ORDER BY start DESC LIMIT 1", shape=[int])
        return _Memory(
            positions,
            Kept(kept, ends[0][0] if ends else 0),
            {seq: (job_id, unsettled) for seq, job_id, unsettled in batches if unsettled},
            [seq for seq, _, unsettled in batches if not unsettled],
            max(*self._db.row("SELECT batches FROM account", shape=[int]), 0, *(seq for seq, _, _ in batches)),
            self.counts().read,
        )

    # -- jobs -----------------------------------------------------------------------------------------------------

    def submitted(
        self,
        positions: Sequence[int],
        job_id: str,
        *,
        merged: Sequence[tuple[int, int]] = (),
        attempt: int = 1,
        read: int,
    ) -> int:
        """Remember that Zendesk accepted a batch as a job; return the batch's number."""
        runs = runs_of(positions)
        first, packed = pack_runs(runs)
        count = len(positions)
        with self._memory() as memory:
            seq = memory.batches = memory.batches + 1
            memory.jobs[seq] = (job_id, count + len(merged))
            reached = memory.reach(read, runs)
            batch = (seq, job_id, attempt, reached, first, count, packed, pack_merged(first, merged))
            if len(memory.over) < SWEPT:
                self._db.alone(_SUBMIT, batch)
                return seq
            with self._db as execute:
                execute(_SUBMIT, batch)
                while memory.over:
                    execute("DELETE FROM submitted WHERE seq = ?", (memory.over.pop(),))
        return seq

    def settled(self, seq: int | None, outcomes: Settlement, *, read: int) -> None:
        """Remember outcomes, for ever. ``seq`` names the batch whose records they are, all or some; None: of no job.

        Raises JournalError when one of the records has its outcome already.
        """
        if not outcomes.records:
            return
        runs, row = pack_settlement(outcomes)
        with self._change() as (execute, memory):
            _claim(memory.positions, runs)
            job_id = _seen(memory, seq, row.size) if seq is not None else None
            execute(_SETTLE, (*row, job_id))
            execute(_COUNT, (memory.reach(read, runs), memory.batches, *tally(outcomes.kinds)))
            for reject in reject_rows(outcomes):
                execute("INSERT INTO rejects VALUES (?, ?, ?, ?, ?)", reject)
            for start in memory.kept.spent(runs, memory.positions):
                execute("DELETE FROM kept WHERE start = ?", (start,))

    def abandoned(self, seq: int) -> None:
        """Remember that a job came to nothing: what of its batch is not settled is pending again."""
        with self._change() as (execute, memory):
            memory.jobs.pop(seq, None)
            execute("DELETE FROM submitted WHERE seq = ?", (seq,))
            execute("UPDATE account SET read = max(read, ?), batches = ?", (memory.read, memory.batches))

    # -- input ----------------------------------------------------------------------------------------------------

    def spool(self, start: int, raws: Sequence[Raw], lines: Sequence[int]) -> None:
        """Keep records of an input that cannot be read again, before anything becomes of them.

        What was spooled before, when the same input was read for the first time, is left out.
        """
        with self._change() as (execute, memory):
            known = max(0, memory.kept.end - start)
            raws, lines = raws[known:], lines[known:]
            if raws:
                start += known
                memory.kept.add(start, len(raws))
                digest, payload = pack_raws(raws)
                execute("INSERT INTO spool VALUES (?, ?, ?)", (start, len(raws), digest))
                execute("INSERT INTO kept VALUES (?, ?, ?, ?)", (start, len(raws), pack_lines(lines), payload))
                execute("UPDATE account SET read = max(read, ?)", (start + len(raws),))

    def input_ended(self, total: int) -> None:
        """Remember that the input's end was reached: it held ``total`` records."""
        with self._db as execute:
            execute("UPDATE account SET total = ?, read = max(read, ?)", (total, total))

    # -- the run --------------------------------------------------------------------------------------------------

    def note(self, requests: Requests, active_seconds: float, *, now: float) -> None:
        """Take note of the requests made and the seconds worked since this journal was opened. Cheap: call it as
        often as you like.

        It is written when a second of ``now`` has passed, and at the end.
        """
        self._noted = requests, active_seconds
        if now - self._written_at >= 1:
            with self._db as execute:
                self._write_note(execute)
            self._written_at = now

    def _write_note(self, execute: Execute) -> None:
        (requests, seconds), (earlier, before) = self._noted, self._before
        numbers = [made + more for made, more in zip(earlier, astuple(requests), strict=True)]
        execute(_NOTE, (*numbers, before + seconds))

    def finish(
        self, status: RunStatus, finished_at: str, action: WorkflowAction | None = None, message: str = ""
    ) -> None:
        """Remember how the run ended."""
        steps = to_json(action.to_dict()).decode() if action else None
        with self._db as execute:
            self._write_note(execute)
            execute(_FINISH, (str(status), finished_at or None, steps, plain(message)))

    def reopen(self) -> None:
        """Go on with a run that had ended before its input did."""
        with self._db as execute:
            execute(_FINISH, (str(RunStatus.RUNNING), None, None, ""))


_SUBMIT = "INSERT INTO submitted VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_SETTLE = "INSERT INTO settled (first, count, runs, kinds, user_ids, carriers, job_id) VALUES (?, ?, ?, ?, ?, ?, ?)"
_COUNT = """
UPDATE account SET read = max(read, ?), batches = ?, created = created + ?, updated = updated + ?,
  unchanged = unchanged + ?, merged = merged + ?, rejected = rejected + ?, failed = failed + ?
"""
_NOTE = "UPDATE account SET posts = ?, polls = ?, other = ?, retries = ?, rate_limited = ?, active_seconds = ?"
_FINISH = "UPDATE account SET status = ?, finished_at = ?, action = ?, message = ?"


def _claim(settled: Positions, runs: Runs) -> None:
    for start, stop in runs:
        if settled.overlaps(start, stop):
            raise JournalError(f"a record from {start} to {stop - 1} has its outcome already")
        settled.add(start, stop)


def _seen(memory: _Memory, seq: int, count: int) -> str:
    """Take settled records off a batch, and give its job. When they were the last, the batch is over."""
    job_id, unsettled = memory.jobs.pop(seq, ("", 0))
    left = unsettled - count
    if left < 0:
        raise JournalError(f"batch {seq} has not so many records under way")
    if left:
        memory.jobs[seq] = (job_id, left)
    else:
        memory.over.append(seq)
    return job_id
