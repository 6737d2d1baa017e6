"""What an upload asks of whatever remembers it: the nouns and the protocol, without the file.

``Journal`` remembers on disk, ``NoJournal`` for as long as the program runs. Everything here is synchronous, so that
nothing can come between an outcome's being journaled and its being told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from zendesk_async.models import (
    Chunk,
    Counts,
    OutcomeKind,
    Raw,
    Record,
    Rejection,
    Report,
    Requests,
    RunStatus,
    WorkflowAction,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from zendesk_async.state.positions import Positions

__all__ = ["Ledger", "RunInfo", "Settlement", "SpoolDigest", "SubmittedBatch", "account"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What a run is: written once, when it begins, and enough to go on with it in another process.

    destination    its name, and ``base_url`` the account's address
    input          as the user named it; ``format`` as it was understood; ``tabular`` when a header named the columns
    fingerprint    of the input: the same again means the same records at the same positions
    intake_digest  of everything that decides what becomes of a record before it is sent (template, options)
    replayable     whether the input can be read again from its beginning
    options        what to start the same command with once more: anything that JSON can say, no secrets
    started_at     ISO 8601, UTC
    """

    run_id: str
    destination: str = ""
    base_url: str = ""
    input: str = ""
    format: str = ""
    tabular: bool = False
    fingerprint: str = ""
    intake_digest: str = ""
    replayable: bool = True
    started_at: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


class SubmittedBatch(NamedTuple):
    """A batch that Zendesk accepted as a job, and of which something is not settled yet.

    ``positions`` are those of the request, in its order, whether settled meanwhile or not: the job's results go by it.
    ``merged`` pairs the position of a folded record with that of the record which carries it.
    """

    seq: int
    job_id: str
    positions: list[int]
    merged: list[tuple[int, int]]
    attempt: int

    def unsettled(self, settled: Container[int]) -> int:
        """How many of its records, with those they carry, are not among the settled."""
        merged = [position for position, _ in self.merged]
        return sum(position not in settled for position in self.positions + merged)


class SpoolDigest(NamedTuple):
    """What was read from an input that cannot be read again: the records from ``start`` on, as a digest."""

    start: int
    size: int
    digest: bytes


class Settlement(Protocol):
    """Outcomes that came into being together.

    ``kinds`` and ``user_ids`` go with ``records``; ``failures`` (error and details of what was rejected or has
    failed) and ``carriers`` (of what was merged, the position of the record that carried it) go by index in
    ``records``.
    """

    @property
    def records(self) -> Sequence[Record | Rejection]:
        """The records, each with its position and its original."""

    @property
    def kinds(self) -> Sequence[OutcomeKind]:
        """What became of each."""

    @property
    def user_ids(self) -> Sequence[int | None]:
        """Zendesk's id of each user, None where there is none."""

    @property
    def failures(self) -> Mapping[int, tuple[str, str]]:
        """Error and details, by index."""

    @property
    def carriers(self) -> Mapping[int, int]:
        """Positions of carriers, by index."""


class Ledger(Protocol):
    """The memory of one run. Each call that changes it is one transaction; what it raises is JournalError.

    ``read`` is how many records have been read from the input so far.
    """

    @property
    def info(self) -> RunInfo:
        """What the run is."""

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

    def settled(self, seq: int | None, outcomes: Settlement, *, read: int) -> None:
        """Remember outcomes, for ever. ``seq`` names the batch whose records they are, all or some; None: of no job.

        Raises JournalError when one of the records has its outcome already.
        """

    def abandoned(self, seq: int) -> None:
        """Remember that a job came to nothing: what of its batch is not settled is pending again."""

    def spool(self, start: int, raws: Sequence[Raw], lines: Sequence[int]) -> None:
        """Keep records of an input that cannot be read again, before anything becomes of them."""

    def spooled(self) -> Iterator[Chunk]:
        """What was spooled and is not settled, as it was read; whole chunks, ascending."""

    def spool_digests(self) -> Iterator[SpoolDigest]:
        """Digests of everything that was spooled, ascending, for ``SpoolCheck``."""

    def input_ended(self, total: int) -> None:
        """Remember that the input's end was reached: it held ``total`` records."""

    def note(self, requests: Requests, active_seconds: float, *, now: float) -> None:
        """Take note of the requests made and the seconds worked since this ledger was opened. Cheap: call it as often
        as you like.

        It is written when a second of ``now`` has passed, and at the end.
        """

    def finish(
        self, status: RunStatus, finished_at: str, action: WorkflowAction | None = None, message: str = ""
    ) -> None:
        """Remember how the run ended."""

    def reopen(self) -> None:
        """Go on with a run that had ended before its input did."""

    def positions_settled(self) -> Positions:
        """The positions that have their outcome; yours to change."""

    def submitted_batches(self) -> list[SubmittedBatch]:
        """Batches whose job has not been seen through, in the order of their submission."""

    def counts(self) -> Counts:
        """How many records had which outcome."""

    def requests(self) -> Requests:
        """How many requests the run has made, in all its processes."""

    def total(self) -> int | None:
        """How many records the input holds; None until its end was reached."""

    def report(self) -> Report:
        """The account of the run as it stands."""

    def rejects(self) -> Iterable[bytes]:
        """The records that were rejected or have failed, one NDJSON line each, by position."""

    def close(self) -> None:
        """Let go of the journal. What was remembered stays."""


def account(
    info: RunInfo,
    counts: Counts,
    requests: Requests,
    *,
    status: RunStatus,
    finished_at: str | None,
    active_seconds: float,
    action: WorkflowAction | None,
    message: str,
) -> Report:
    """Put a report together. The rate is that of the users sent to Zendesk, while a process was at work."""
    sent = counts.created + counts.updated + counts.failed
    return Report(
        run_id=info.run_id,
        status=status,
        destination=info.destination,
        input=info.input,
        records=counts,
        requests=requests,
        users_per_second=sent / active_seconds if active_seconds > 0 else 0.0,
        started_at=info.started_at,
        finished_at=finished_at,
        duration_seconds=active_seconds,
        action=action,
        message=message,
    )
