"""Settle records: journal what became of them, release their users, count, and tell.

This is the one place where an outcome comes into being. All of it is synchronous: the journal's commit and the
telling stand in one piece of code that nothing can interrupt, so what was told is journaled, and what was journaled
is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from zendesk_async.models import Counts, Outcome, OutcomeKind, Record, Rejection, Row
from zendesk_async.state.lines import line, lines_of_accepted

if TYPE_CHECKING:
    from collections.abc import Callable

    from zendesk_async.state import Ledger
    from zendesk_async.state.sent import Sent
    from zendesk_async.upload.batching import Batch
    from zendesk_async.upload.channel import Channel
    from zendesk_async.upload.guard import Guard
    from zendesk_async.upload.matching import Match

__all__ = ["Settled", "Settler"]


_ACCEPTED = frozenset({OutcomeKind.CREATED, OutcomeKind.UPDATED})


class Settled(NamedTuple):
    """Outcomes that came into being together. They become ``Outcome`` objects only when somebody asks for them.

    ``failures`` and ``carriers`` go by index in ``records``: Zendesk's (or our) error and details, and the position
    of the record that carried a merged one.
    """

    records: Sequence[Record | Rejection]
    kinds: Sequence[OutcomeKind]
    user_ids: Sequence[int | None]
    failures: dict[int, tuple[str, str]]
    carriers: dict[int, int]

    def outcomes(self) -> Iterator[Outcome]:
        """One outcome for each record."""
        for index, (record, kind, user_id) in enumerate(zip(self.records, self.kinds, self.user_ids, strict=True)):
            error, details = self.failures.get(index, (None, None))
            if kind is OutcomeKind.MERGED:
                details = f"carried by record {self.carriers[index]}"
            original = record.original.mapping if isinstance(record.original, Row) else record.original
            yield Outcome(record.position, kind, user_id, error, details, original)

    def lines(self) -> bytes:
        """The outcomes as lines of ``--results``."""
        if self.failures or self.carriers or None in self.user_ids:
            return b"".join(map(line, self.outcomes()))
        return lines_of_accepted(self.records, self.kinds, self.user_ids)


class Settler:
    """Keeps one upload's account. ``told`` receives every Settled; ``over`` is called when too many records have
    failed.
    """

    def __init__(
        self,
        ledger: Ledger,
        guard: Guard,
        told: Channel[Settled],
        too_many: Callable[[Counts], bool],
        over: Callable[[], None],
        sent: Sent | None = None,
    ) -> None:
        self._ledger = ledger
        self._guard = guard
        self._told = told
        self._too_many = too_many
        self._over = over
        self._sent = sent
        self.counts = ledger.counts()

    def __repr__(self) -> str:
        return f"<Settler {self.counts.settled} of {self.counts.read} records>"

    def reading(self, read: int) -> None:
        """Take note of how far the input has been read."""
        self.counts.read = max(self.counts.read, read)

    def input_ended(self, total: int) -> None:
        """Journal that the input's end was reached: whoever goes on with the run knows that there is no more."""
        self._ledger.input_ended(max(total, self.counts.read))

    def submitted(self, batch: Batch, job_id: str) -> int:
        """Journal that Zendesk accepted a batch as a job; return the batch's number in the journal."""
        return self._ledger.submitted(
            batch.positions, job_id, merged=batch.merged, attempt=batch.attempt, read=self.counts.read
        )

    def reject(self, rejections: Sequence[Rejection]) -> None:
        """Settle records that are not sent."""
        failures = {index: (item.error, item.details) for index, item in enumerate(rejections)}
        kinds = [OutcomeKind.REJECTED] * len(rejections)
        self.counts.rejected += len(rejections)
        self._tell(Settled(rejections, kinds, [None] * len(rejections), failures, {}), None)

    def settle(self, batch: Batch, match: Match, seq: int | None) -> None:
        """Settle the records of a batch that have a verdict, with those they carry, and release their users."""
        settled = (
            _expanded(batch, match)
            if batch.folded
            else Settled(match.records, match.kinds, match.user_ids, match.failures, {})
        )
        self._count(match, merged=len(settled.records) - len(match.records), lost=len(settled.failures))
        self._tell(settled, seq)
        if self._sent is not None:
            self._remember(self._sent, match)
        self._guard.release([key for record in match.records for key in record.keys])

    def unchanged(self, records: Sequence[Record], user_ids: Sequence[int | None]) -> None:
        """Settle records whose users have exactly this content, and own nothing."""
        self.counts.unchanged += len(records)
        self._tell(Settled(records, [OutcomeKind.UNCHANGED] * len(records), user_ids, {}, {}), None)

    def sending(self, batch: Batch) -> None:
        """Users are about to get something new: what they last got is no longer certain."""
        if self._sent is not None:
            self._sent.doubtful(batch.records)

    def _count(self, match: Match, *, merged: int, lost: int) -> None:
        """``merged`` were folded into these records; ``lost`` is how many failed, those they carry included."""
        counts, kinds = self.counts, match.kinds
        created, unchanged = kinds.count(OutcomeKind.CREATED), kinds.count(OutcomeKind.UNCHANGED)
        failed = len(match.failures)
        counts.created += created
        counts.unchanged += unchanged
        counts.updated += len(kinds) - created - unchanged - failed
        counts.failed += lost
        counts.merged += merged - (lost - failed)

    @staticmethod
    def _remember(sent: Sent, match: Match) -> None:
        """What Zendesk accepted is what the users last got. After the journal: what dies in between is sent once
        more.
        """
        pairs = zip(match.records, match.kinds, match.user_ids, strict=True)
        accepted = [(record, user_id) for record, kind, user_id in pairs if kind in _ACCEPTED]
        sent.accepted([record for record, _ in accepted], [user_id for _, user_id in accepted])

    def abandon(self, seq: int) -> None:
        """Journal that a job came to nothing: what of its batch is not settled will be sent again."""
        self._ledger.abandoned(seq)

    def _tell(self, settled: Settled, seq: int | None) -> None:
        self._ledger.settled(seq, settled, read=self.counts.read)
        if not self._told.closed:
            self._told.put(settled)
        if self._too_many(self.counts):
            self._over()

    async def room(self) -> None:
        """Wait until whoever reads the outcomes has caught up: back-pressure ends here."""
        await self._told.room()


def _expanded(batch: Batch, match: Match) -> Settled:
    """Add the folded records: merged when their carrier was accepted, failed with the same words when it was not."""
    records: list[Record | Rejection] = []
    kinds: list[OutcomeKind] = []
    user_ids: list[int | None] = []
    failures: dict[int, tuple[str, str]] = {}
    carriers: dict[int, int] = {}
    for index, record in enumerate(match.records):
        failed = match.failures.get(index)
        for folded in (*batch.folded.get(record.position, ()), record):
            if failed:
                failures[len(records)] = failed
            elif folded is not record:
                carriers[len(records)] = record.position
            kinds.append(match.kinds[index] if failed or folded is record else OutcomeKind.MERGED)
            records.append(folded)
            user_ids.append(match.user_ids[index])
    return Settled(records, kinds, user_ids, failures, carriers)
