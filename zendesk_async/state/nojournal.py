"""A ledger that forgets when the program ends: for an upload that need not be resumed."""

# ruff: noqa: ARG002 - what a ledger is told, this one forgets

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zendesk_async.models import Chunk, Counts, Raw, Report, Requests, RunStatus, WorkflowAction
from zendesk_async.state.encoding import KINDS, tally
from zendesk_async.state.ledger import RunInfo, Settlement, SpoolDigest, SubmittedBatch, account
from zendesk_async.state.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["NoJournal"]


class NoJournal:
    """Counts, and nothing else: memory does not grow with the upload. Implements ``Ledger``."""

    def __init__(self, info: RunInfo | None = None) -> None:
        self.info = info or RunInfo(run_id="")
        self._counts = Counts()
        self._batches = 0
        self._total: int | None = None
        self._noted: tuple[Requests, float] = Requests(), 0.0
        self.reopen()

    def __repr__(self) -> str:
        return f"<NoJournal {self._counts.settled} of {self._counts.read} records>"

    def submitted(
        self,
        positions: Sequence[int],
        job_id: str,
        *,
        merged: Sequence[tuple[int, int]] = (),
        attempt: int = 1,
        read: int,
    ) -> int:
        """Number the batch."""
        self._read(read, positions)
        self._batches += 1
        return self._batches

    def settled(self, seq: int | None, outcomes: Settlement, *, read: int) -> None:
        """Count the outcomes."""
        if not outcomes.records:
            return
        self._read(read, [record.position for record in outcomes.records])
        counts = self._counts
        for kind, more in zip(KINDS, tally(outcomes.kinds), strict=True):
            setattr(counts, kind, getattr(counts, kind) + more)

    def _read(self, read: int, positions: Sequence[int]) -> None:
        self._counts.read = max(self._counts.read, read, max(positions) + 1)

    def abandoned(self, seq: int) -> None:
        """Nothing was remembered of the batch."""

    def spool(self, start: int, raws: Sequence[Raw], lines: Sequence[int]) -> None:
        """Count the records as read."""
        if raws:
            self._read(0, range(start, start + len(raws)))

    def spooled(self) -> Iterator[Chunk]:
        """Nothing."""
        return iter(())

    def spool_digests(self) -> Iterator[SpoolDigest]:
        """Nothing."""
        return iter(())

    def input_ended(self, total: int) -> None:
        """Remember how many records there were."""
        self._total = total
        self._counts.read = max(self._counts.read, total)

    def note(self, requests: Requests, active_seconds: float, *, now: float) -> None:
        """Take note of the requests made and the seconds worked."""
        self._noted = requests, active_seconds

    def finish(
        self, status: RunStatus, finished_at: str, action: WorkflowAction | None = None, message: str = ""
    ) -> None:
        """Remember how the run ended."""
        self._status, self._finished_at, self._action, self._message = status, finished_at or None, action, message

    def reopen(self) -> None:
        """Go on."""
        self.finish(RunStatus.RUNNING, "")

    def positions_settled(self) -> Positions:
        """None are known: a run without a journal cannot be resumed."""
        return Positions()

    def submitted_batches(self) -> list[SubmittedBatch]:
        """None are known."""
        return []

    def counts(self) -> Counts:
        """How many records had which outcome."""
        return replace(self._counts)

    def requests(self) -> Requests:
        """How many requests were made."""
        return replace(self._noted[0])

    def total(self) -> int | None:
        """How many records the input holds; None until its end was reached."""
        return self._total

    def report(self) -> Report:
        """The account of the run as it stands."""
        return account(
            self.info,
            self.counts(),
            self.requests(),
            status=self._status,
            finished_at=self._finished_at,
            active_seconds=self._noted[1],
            action=self._action,
            message=self._message,
        )

    def rejects(self) -> Iterator[bytes]:
        """None are kept."""
        return iter(())

    def close(self) -> None:
        """Nothing to let go of."""
