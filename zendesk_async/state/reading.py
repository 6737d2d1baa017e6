"""Read a journal: one's own, or one that another process is writing at this moment.

Whatever is damaged is a JournalError, never a wrong number: rows are checked as they are decoded.
"""

from __future__ import annotations

import json
from array import array
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Self, TypeVar

from zendesk_async.errors import JournalError
from zendesk_async.models import (
    Chunk,
    Counts,
    Outcome,
    OutcomeKind,
    Report,
    Requests,
    RunStatus,
    WorkflowAction,
)
from zendesk_async.state.database import Database
from zendesk_async.state.encoding import unpack_runs
from zendesk_async.state.ledger import RunInfo, SpoolDigest, SubmittedBatch, account
from zendesk_async.state.lines import line, plain, to_json
from zendesk_async.state.outcomes import Entry, SettledRow, in_order, positions_of, unpack_merged
from zendesk_async.state.positions import Positions
from zendesk_async.state.schema import JOURNAL
from zendesk_async.state.spool import unpack_lines, unpack_raws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["JournalReader", "as_row"]

Value = TypeVar("Value")

_COUNTS = """
SELECT max(read, coalesce((SELECT max(read) FROM submitted), 0)),
  created, updated, unchanged, merged, rejected, failed FROM account
"""
_REQUESTS = "SELECT posts, polls, other, retries, rate_limited FROM account"
_REPORT = """
SELECT max(read, coalesce((SELECT max(read) FROM submitted), 0)),
  created, updated, unchanged, merged, rejected, failed, posts, polls, other, retries, rate_limited,
  status, finished_at, active_seconds, action, message FROM account
"""
_REPORT_SHAPE = (*[int] * 12, str, str | None, float, str | None, str)
_BATCHES = "SELECT seq, job_id, first, count, runs, merged, attempt FROM submitted ORDER BY seq"
_BATCHES_SHAPE = (int, str, int, int, bytes | None, bytes | None, int)
_SETTLED = "SELECT first, count, runs, kinds, user_ids, carriers FROM settled WHERE id = ?"
_SETTLED_SHAPE = (int, int, bytes | None, bytes, bytes | None, bytes | None)
_RUNS = "SELECT id, first, count, runs FROM settled WHERE id > ? ORDER BY id LIMIT ?"
_REJECT = "SELECT error, details, record FROM rejects WHERE position = ?"
_REJECTS = """
SELECT position, outcome, error, details, record FROM rejects WHERE position > ? ORDER BY position LIMIT ?
"""
_KEPT = "SELECT start, count, lines, payload FROM kept WHERE start > ? ORDER BY start LIMIT ?"
_SPOOL = "SELECT start, count, digest FROM spool WHERE start > ? ORDER BY start LIMIT ?"

_DAMAGED = (ValueError, TypeError, IndexError, KeyError, OverflowError)


class JournalReader:
    """The account of a run. ``info`` is what the run is; all else is asked of the file, and is what holds now."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.info = self._decoded(_run_info, self._db.row("SELECT * FROM run"))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.info.run_id}>"

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a journal to read it, whoever writes it. Raises JournalError when it is missing, foreign or damaged."""
        database = Database.open(path, JOURNAL, read_only=True)
        try:
            return cls(database)
        except BaseException:
            database.close()
            raise

    @property
    def path(self) -> Path:
        """Where the journal lies."""
        return self._db.path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the journal. What was remembered stays."""
        self._db.close()

    def _decoded(self, decode: Callable[..., Value], *columns: Any) -> Value:
        try:
            return decode(*columns)
        except _DAMAGED as error:
            raise JournalError(f"the journal {self.path} is damaged") from error

    # -- the sums -------------------------------------------------------------------------------------------------

    def counts(self) -> Counts:
        """How many records had which outcome."""
        return self._decoded(_counts, self._db.row(_COUNTS, shape=[int] * 7))

    def requests(self) -> Requests:
        """How many requests the run has made, in all its processes."""
        return Requests(*self._db.row(_REQUESTS, shape=[int] * 5))

    def total(self) -> int | None:
        """How many records the input holds; None until its end was reached."""
        total: int | None
        (total,) = self._db.row("SELECT total FROM account", shape=[int | None])
        return total

    def process(self) -> int | None:
        """The process that wrote last, dead or alive."""
        process: int | None
        (process,) = self._db.row("SELECT process FROM account", shape=[int | None])
        return process

    def report(self) -> Report:
        """The account of the run as it stands. ``duration_seconds`` are those that its processes were at work."""
        return self._decoded(_report, self.info, self._db.row(_REPORT, shape=_REPORT_SHAPE))

    # -- record by record -----------------------------------------------------------------------------------------

    def positions_settled(self) -> Positions:
        """The positions that have their outcome; yours to change."""
        positions = Positions()
        for _, *runs in self._db.pages(_RUNS, shape=(int, int, int, bytes | None), size=2_000):
            for start, stop in self._decoded(unpack_runs, *runs):
                positions.add(start, stop)
        return positions

    def submitted_batches(self) -> list[SubmittedBatch]:
        """Batches whose job has not been seen through, in the order of their submission."""
        settled = self.positions_settled()
        return [batch for batch in self._submitted() if batch.unsettled(settled)]

    def _submitted(self) -> list[SubmittedBatch]:
        return [self._decoded(_submitted_batch, *row) for row in self._db.rows(_BATCHES, shape=_BATCHES_SHAPE)]

    def outcomes(self) -> Iterator[Outcome]:
        """Every outcome by position. ``record`` is JSON for what was rejected or has failed, None for the others."""
        order = array("q", (row for (row,) in self._db.rows("SELECT id FROM settled ORDER BY first", shape=[int])))
        entries = in_order(SettledRow(*self._db.row(_SETTLED, (row,), shape=_SETTLED_SHAPE)) for row in order)
        while (entry := self._decoded(next, entries, None)) is not None:
            yield self._outcome(entry)

    def _outcome(self, entry: Entry) -> Outcome:
        position, kind, user_id, carrier = entry
        if kind is OutcomeKind.REJECTED or kind is OutcomeKind.FAILED:
            return Outcome(position, kind, user_id, *self._db.row(_REJECT, (position,), shape=(str, str, bytes)))
        return Outcome(position, kind, user_id, None, None if carrier is None else f"carried by record {carrier}", None)

    def rejects(self) -> Iterator[bytes]:
        """The records that were rejected or have failed, one NDJSON line each, by position."""
        for row in self._db.pages(_REJECTS, shape=(int, str, str, str, bytes), size=100):
            yield self._decoded(_reject, *row)

    # -- the spool ------------------------------------------------------------------------------------------------

    def spooled(self) -> Iterator[Chunk]:
        """What was spooled and is not settled, as it was read; whole chunks, ascending."""
        for row in self._db.pages(_KEPT, shape=(int, int, bytes, bytes), size=1):
            yield self._decoded(_chunk, *row)

    def spool_digests(self) -> Iterator[SpoolDigest]:
        """Digests of everything that was spooled, ascending, for ``SpoolCheck``."""
        return (SpoolDigest(*row) for row in self._db.pages(_SPOOL, shape=(int, int, bytes)))


def _run_info(row: tuple[Any, ...]) -> RunInfo:
    names = [field.name for field in fields(RunInfo)]
    *facts, options = (fact.decode("utf-8", "surrogateescape") if isinstance(fact, bytes) else fact for fact in row)
    info = dict(zip(names, (*facts, json.loads(options)), strict=True))
    return RunInfo(**info | {name: bool(info[name]) for name in ("tabular", "replayable")})


def _counts(row: tuple[int, ...]) -> Counts:
    counts = Counts(*row)
    if counts.pending < 0:
        raise ValueError("more records settled than read")
    return counts


def _report(info: RunInfo, row: tuple[Any, ...]) -> Report:
    status, finished_at, seconds, action, message = row[-5:]
    return account(
        info,
        _counts(row[:7]),
        Requests(*row[7:-5]),
        status=RunStatus(status),
        finished_at=finished_at,
        active_seconds=seconds,
        action=_action(json.loads(action)) if action else None,
        message=message,
    )


def _action(told: dict[str, Any]) -> WorkflowAction:
    return WorkflowAction(told["name"], tuple(told["steps"]), told["resume"])


def _reject(position: int, kind: str, error: str, details: str, record: bytes) -> bytes:
    return line(Outcome(position, OutcomeKind(kind), None, error, details, record))


def _submitted_batch(
    seq: int, job_id: str, first: int, count: int, runs: bytes | None, merged: bytes | None, attempt: int
) -> SubmittedBatch:
    positions = positions_of(unpack_runs(first, count, runs))
    return SubmittedBatch(seq, job_id, positions, unpack_merged(first, merged), attempt)


def _chunk(start: int, count: int, lines: bytes, payload: bytes) -> Chunk:
    return Chunk(start, unpack_raws(payload, count), unpack_lines(lines, count))


def as_row(info: RunInfo) -> tuple[Any, ...]:
    """A run's facts as the row of the table ``run``."""
    *facts, options = (getattr(info, field.name) for field in fields(info))
    return (*map(_storable, facts), to_json(options).decode())


def _storable(fact: Any) -> Any:
    """File names may hold bytes that are no text; Python shows them as surrogates, which SQLite would not take."""
    if isinstance(fact, str) and plain(fact) != fact:
        return fact.encode("utf-8", "surrogateescape")
    return fact
