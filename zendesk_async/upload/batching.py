"""Put records together into batches. Pure: add records, get a batch whenever one is full.

A batch is full at ``size`` records, or before it would weigh more than a megabyte: Zendesk names no size limit, but
every server in between has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from zendesk_async.models import Record

__all__ = ["Batch", "Batcher", "Carried", "Submitted"]

HEAVIEST = 1_000_000  # bytes of users in one request
_BODY = attrgetter("body")


class Batch(NamedTuple):
    """Records for one request. ``folded[p]`` are the earlier records that the record at position ``p`` carries."""

    records: list[Record]
    folded: dict[int, list[Record]]
    attempt: int = 1

    def again(self, records: list[Record], *, attempt: int) -> Batch:
        """A batch of some of these records, with what they carry."""
        return Batch(records, self.folded and carried_by(records, self.folded), attempt)

    def halves(self) -> tuple[Batch, Batch]:
        """Two batches of half the records each, to find the one that Zendesk refuses the whole batch for."""
        middle = len(self.records) // 2
        return (
            self.again(self.records[:middle], attempt=self.attempt),
            self.again(self.records[middle:], attempt=self.attempt),
        )

    @property
    def positions(self) -> list[int]:
        """The positions of the records sent, without those they carry."""
        return [record.position for record in self.records]

    @property
    def merged(self) -> list[tuple[int, int]]:
        """Pairs of a folded record's position and the position of the record that carries it."""
        return [(record.position, carrier) for carrier, records in self.folded.items() for record in records]


def carried_by(records: Iterable[Record], folded: dict[int, list[Record]]) -> dict[int, list[Record]]:
    """What these records carry."""
    return {record.position: folded[record.position] for record in records if record.position in folded}


class Submitted(NamedTuple):
    """A job that Zendesk has accepted, and the number of its batch in the journal."""

    seq: int
    job_id: str


class Carried(NamedTuple):
    """A batch on its way, with its job where it already has one."""

    batch: Batch
    job: Submitted | None = None


class Batcher:
    """Collects records until they make a batch."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._begin()

    def _begin(self) -> None:
        self._records: list[Record] = []
        self._folded: dict[int, list[Record]] = {}
        self._weight = 0

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: Record, folded: list[Record] | None = None) -> Batch | None:
        """Take a record; return the batch that it completes, or that it does not fit into any more."""
        weight = len(record.body) + 1
        full = self.flush() if self._weight + weight > HEAVIEST else None
        self._records.append(record)
        self._weight += weight
        if folded:
            self._folded[record.position] = folded
        if len(self._records) >= self._size:
            return full or self.flush()
        return full

    def add_all(self, records: Sequence[Record]) -> list[Batch]:
        """Take records that carry no others; return the batches that they complete."""
        sizes = list(map(len, map(_BODY, records)))
        if self._weight + self._size * (max(sizes, default=0) + 1) > HEAVIEST:  # one of them may be too heavy
            return [batch for record in records if (batch := self.add(record)) is not None]
        batches = []
        start = 0
        while len(records) - start >= (room := self._size - len(self._records)):
            self._records += records[start : start + room]
            batches.append(Batch(self._records, self._folded))
            self._begin()
            start += room
        self._records += records[start:]
        self._weight += sum(sizes[start:]) + len(records) - start
        return batches

    def flush(self) -> Batch | None:
        """Give what there is, full or not; None when there is nothing."""
        if not self._records:
            return None
        batch = Batch(self._records, self._folded)
        self._begin()
        return batch
