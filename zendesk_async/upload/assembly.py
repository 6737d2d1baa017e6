"""Put the rooms of one upload together, and take them apart again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from zendesk_async.api.endpoints import Endpoints
from zendesk_async.upload.channel import Channel
from zendesk_async.upload.feeder import Feeder
from zendesk_async.upload.opening import Opened, Plan, open_upload
from zendesk_async.upload.pipeline import DEPTH, Pipeline
from zendesk_async.upload.poller import Poller
from zendesk_async.upload.polling import Polling
from zendesk_async.upload.progress import Progress
from zendesk_async.upload.settling import Settled, Settler

if TYPE_CHECKING:
    from zendesk_async.models import Counts, Report, Requests
    from zendesk_async.state import RunInfo
    from zendesk_async.upload.batching import Carried

__all__ = ["Assembly"]


class Assembly:
    """Everything that one upload consists of. ``told`` is where its outcomes come out."""

    def __init__(self, plan: Plan, opened: Opened, requests: Requests, over: Callable[[], None]) -> None:
        self._plan = plan
        self._opened = opened
        self._earlier = opened.ledger.report().duration_seconds
        self._requests = requests
        self.told: Channel[Settled] = Channel(2 * plan.limits.jobs)
        self.settler = Settler(opened.ledger, plan.guard, self.told, self._too_many, over, plan.sent)
        batches: Channel[Carried] = Channel(DEPTH)
        api = Endpoints(plan.transport, requests)
        self._claim(opened.adopted)
        self._feeder = Feeder(
            opened.chunks,
            opened.intake,
            plan.guard,
            self.settler,
            batches,
            size=plan.limits.users_per_request,
            linger=plan.patience.linger,
            done=opened.done,
            sent=plan.sent if plan.changed_only else None,
        )
        self.pipeline = Pipeline(
            api=api,
            feeder=self._feeder,
            batches=batches,
            poller=Poller(api, Polling(plan.limits.jobs), plan.patience.job),
            settler=self.settler,
            guard=plan.guard,
            known=plan.known_jobs,
            jobs=plan.limits.jobs,
            attempts=plan.patience.attempts,
            adopted=opened.adopted,
            resumed=opened.resumed,
        )

    @classmethod
    async def open(cls, plan: Plan, requests: Requests, over: Callable[[], None]) -> Self:
        """Open input and journal, and put the rest around them. Raises UsageError."""
        return cls(plan, await open_upload(plan), requests, over)

    def __repr__(self) -> str:
        return repr(self.pipeline)

    def _claim(self, adopted: list[Carried]) -> None:
        """The users of jobs taken over are taken before anything is read. They are apart already: they were when
        sent.
        """
        for carried in adopted:
            for record in carried.batch.records:
                self._plan.guard.adopt(record)

    def _too_many(self, counts: Counts) -> bool:
        most = self._plan.max_failed
        if most is None:
            return False
        return counts.rejected + counts.failed > (most if most >= 1 or most == 0 else most * max(counts.read, 1))

    # -- what others ask ------------------------------------------------------------------------------------------

    @property
    def info(self) -> RunInfo:
        """What the run is."""
        return self._opened.info

    @property
    def resumed(self) -> bool:
        """Whether an earlier process has begun this run."""
        return self._opened.resumed

    @property
    def earlier_seconds(self) -> float:
        """Seconds that earlier processes have worked on this run."""
        return self._earlier

    @property
    def complete(self) -> bool:
        """Whether the input has been read to its end and every record has its outcome."""
        return self._feeder.ended and self.settler.counts.pending == 0

    @property
    def resume(self) -> str:
        """What goes on with this run: a command, or a call where a program named the journal; "" when there is none."""
        journal = self._plan.journal
        if journal is None:
            return ""
        if isinstance(journal, (str, Path)):
            return f"users.upload(…, journal={str(journal)!r})"
        return f"zendesk-async resume {self.info.run_id}"

    def progress(self, elapsed: float) -> Progress:
        """Where the upload stands."""
        source = self._plan.source
        total = source.bytes_total if source is not None else None
        throttle = self._plan.transport.throttle
        return Progress(
            records=self.settler.counts,
            elapsed=elapsed,
            in_flight=self.pipeline.in_flight,
            held=self.pipeline.held,
            waiting_for=throttle.waiting_for,
            pause_left=throttle.pause_left,
            fraction=min(1.0, source.bytes_read / total) if source is not None and total else None,
        )

    # -- the end --------------------------------------------------------------------------------------------------

    def finish(self, report: Report) -> None:
        """Journal how the run ended."""
        ledger = self._opened.ledger
        ledger.note(self._requests, report.duration_seconds - self._earlier, now=report.duration_seconds)
        ledger.finish(report.status, report.finished_at or "", report.action, report.message)
        ledger.close()
        if self._plan.sent is not None:
            self._plan.sent.flush()

    async def close(self) -> None:
        """Let go of the input."""
        await self._opened.chunks.aclose()
