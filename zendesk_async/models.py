"""The nouns. Values only: nothing here waits, reads a clock or touches a file.

A record travels as bytes: ``Record.body`` is the JSON object that will be sent, ``Record.original`` what
was read. The types that exist once per record are named tuples, because creating a frozen dataclass costs
four times as much; the others are frozen, slotted dataclasses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import repeat
from typing import Any, NamedTuple, overload

__all__ = [
    "Broken",
    "Chunk",
    "Counts",
    "JobResults",
    "JobStatus",
    "Outcome",
    "OutcomeKind",
    "Raw",
    "Record",
    "Rejection",
    "Report",
    "Requests",
    "Row",
    "Rows",
    "RunStatus",
    "WorkflowAction",
]


class OutcomeKind(StrEnum):
    """Our final word on a record. ``pending`` is the absence of one."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MERGED = "merged"
    REJECTED = "rejected"
    FAILED = "failed"
    PENDING = "pending"


class RunStatus(StrEnum):
    """Where a run stands. ``running`` is what a journal says of a run that never ended (killed, or still at work)."""

    RUNNING = "running"
    COMPLETED = "completed"
    COMPLETED_WITH_FAILURES = "completed_with_failures"
    NEEDS_ACTION = "needs_action"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


class Broken(NamedTuple):
    """Something in the input that is not a record: kept as text, so that it can be shown and replayed."""

    text: str
    error: str
    details: str


class Row(NamedTuple):
    """One row of a table: as many cells as there are columns."""

    columns: tuple[str, ...]
    cells: Sequence[str]

    @property
    def mapping(self) -> dict[str, str]:
        """The cells under the names of their columns."""
        return dict(zip(self.columns, self.cells, strict=True))


class Rows(Sequence[Row]):
    """Rows under one header. A ``Row`` comes into being when somebody wants one."""

    __slots__ = ("cells", "columns")

    def __init__(self, columns: tuple[str, ...], cells: Sequence[Sequence[str]]) -> None:
        self.columns = columns
        self.cells = cells

    def __repr__(self) -> str:
        return f"<{len(self)} rows of {', '.join(self.columns)}>"

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> Row | Rows:
        if isinstance(index, slice):
            return Rows(self.columns, self.cells[index])
        return Row(self.columns, self.cells[index])

    def __iter__(self) -> Iterator[Row]:
        return map(_new, repeat(Row), zip(repeat(self.columns), self.cells, strict=False))


_new = tuple.__new__  # a named tuple's own __new__ takes twice as long


Raw = bytes | Row | Mapping[str, Any] | Broken
"""One record as read: a JSON line, a row of a table, a mapping (an object given by a program), or none of these."""


class Chunk(NamedTuple):
    """Records as read. ``lines[i]`` is the line of the input on which ``raws[i]`` began, from 1.

    The positions are consecutive from ``start``, unless ``positions`` names them: then some were left out.
    """

    start: int
    raws: Sequence[Raw]
    lines: Sequence[int]
    positions: Sequence[int] | None = None

    def part(self, indexes: Sequence[int]) -> Chunk:
        """The records at these indexes alone."""
        at = self.positions
        return Chunk(
            self.start,
            [self.raws[index] for index in indexes],
            [self.lines[index] for index in indexes],
            [self.start + index if at is None else at[index] for index in indexes],
        )


class Record(NamedTuple):
    """One input item that may be sent.

    ``body`` is the user as JSON; ``keys`` identify the user: ``"x:" + external_id`` and ``"e:" + email``,
    both lower-cased and the e-mail trimmed, because Zendesk compares both ignoring case.
    """

    position: int
    body: bytes
    keys: tuple[str, ...]
    original: bytes | Row | Mapping[str, Any]


class Rejection(NamedTuple):
    """One input item that will not be sent, and why. ``original`` is JSON, a row, a mapping, or the text of a broken
    line.
    """

    position: int
    error: str
    details: str
    original: bytes | Row | Mapping[str, Any] | str


class Outcome(NamedTuple):
    """What became of one record. ``user_id`` is Zendesk's; ``error`` and ``details`` are Zendesk's or ours, word for
    word.
    """

    position: int
    outcome: OutcomeKind
    user_id: int | None
    error: str | None
    details: str | None
    record: Any

    @property
    def ok(self) -> bool:
        """Whether Zendesk holds what the record says (created, updated, unchanged or merged)."""
        return self.outcome not in _NOT_ACCEPTED


_NOT_ACCEPTED = frozenset({OutcomeKind.REJECTED, OutcomeKind.FAILED, OutcomeKind.PENDING})


class JobResults(Sequence[dict[str, Any]]):
    """What a job said of each of its users, in the order of the request.

    ``accepted`` says it in short where each was created or updated: objects with ``id``, ``status`` and, where Zendesk
    named one, ``external_id``. The full objects come into being when somebody looks at one.
    """

    __slots__ = ("_items", "_json", "accepted")

    def __init__(self, json: bytes, accepted: Sequence[Any]) -> None:
        self._json = json
        self._items: list[dict[str, Any]] | None = None
        self.accepted = accepted

    def __repr__(self) -> str:
        return f"<JobResults of {len(self)} users>"

    def __len__(self) -> int:
        return len(self.accepted)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if self._items is None:
            self._items = json.loads(self._json)
        return self._items[index]

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as of a list


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A background job of Zendesk's, as last reported.

    ``status``: queued, working, completed, failed or killed (developer.zendesk.com, Job Statuses; "killed" from
    older documentation). ``results`` is None until the job has finished.
    """

    id: str
    status: str
    total: int | None = None
    progress: int | None = None
    message: str | None = None
    results: Sequence[dict[str, Any]] | None = None

    @property
    def finished(self) -> bool:
        """Whether the job has come to an end, good or bad."""
        return self.status in _FINISHED


_FINISHED = frozenset({"completed", "failed", "killed"})


@dataclass(slots=True)
class Counts:
    """How many records had which outcome. ``pending`` is derived, so the account always balances."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: int = 0
    failed: int = 0

    @property
    def settled(self) -> int:
        """Records that have their outcome."""
        return self.created + self.updated + self.unchanged + self.merged + self.rejected + self.failed

    @property
    def pending(self) -> int:
        """Records read that have no outcome yet."""
        return self.read - self.settled

    def to_dict(self) -> dict[str, int]:
        """The ``records`` object of the summary."""
        return {**asdict(self), "pending": self.pending}


@dataclass(slots=True)
class Requests:
    """How many requests were made: ``posts`` of users, ``polls`` of jobs, ``other``; of these, how many were
    ``retries``, and how many answers said ``rate_limited`` (429).
    """

    posts: int = 0
    polls: int = 0
    other: int = 0
    retries: int = 0
    rate_limited: int = 0

    def to_dict(self) -> dict[str, int]:
        """The ``requests`` object of the summary."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class WorkflowAction:
    """What a person must do before an upload can go on: a name, the steps in order, and the command that resumes."""

    name: str
    steps: tuple[str, ...]
    resume: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The ``action`` object of the summary."""
        return {"name": self.name, "steps": list(self.steps), "resume": self.resume}


@dataclass(frozen=True, slots=True)
class Report:
    """The account of one run."""

    run_id: str
    status: RunStatus
    destination: str
    input: str
    records: Counts
    requests: Requests = field(default_factory=Requests)
    users_per_second: float = 0.0
    started_at: str = ""
    finished_at: str | None = None
    duration_seconds: float = 0.0
    action: WorkflowAction | None = None
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The summary, as ``--json`` prints it."""
        return {
            "run_id": self.run_id,
            "status": str(self.status),
            "destination": self.destination,
            "input": self.input,
            "records": self.records.to_dict(),
            "requests": self.requests.to_dict(),
            "users_per_second": round(self.users_per_second, 2),
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "duration_seconds": round(self.duration_seconds, 3),
            "action": self.action.to_dict() if self.action else None,
        }
