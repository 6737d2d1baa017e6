"""Carry one batch at a time to Zendesk and see it through: one worker for each job that may be in flight.

The life of a batch is the table ``LIFE``: what may happen in each stage, and where that leads. ``docs/design.md``
draws its diagram from it, and a test holds the two together.
"""

from __future__ import annotations

import asyncio
import logging
import random
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from zendesk_async.errors import Refused
from zendesk_async.models import JobStatus, OutcomeKind
from zendesk_async.upload.batching import Carried, Submitted
from zendesk_async.upload.matching import Match, match
from zendesk_async.upload.strangers import strangers_ended

if TYPE_CHECKING:
    from zendesk_async.api.endpoints import Endpoints
    from zendesk_async.upload.batching import Batch
    from zendesk_async.upload.channel import Channel
    from zendesk_async.upload.poller import Poller
    from zendesk_async.upload.settling import Settler
    from zendesk_async.upload.strangers import KnownJobs

__all__ = ["LIFE", "Event", "Stage", "Worker"]

logger = logging.getLogger("zendesk_async")


class Stage(StrEnum):
    """Where a batch is."""

    IDLE = "idle"
    WAITING = "waiting"
    SENDING = "sending"
    FOLLOWING = "following"


class Event(StrEnum):
    """What can happen to a batch."""

    TAKEN = "taken from the channel"
    ADOPTED = "its job was accepted before a crash"
    ADMITTED = "the throttle admits it"
    FAILED = "no answer, or a temporary error"
    REFUSED = "refused as a whole: halved, or settled as failed"
    ACCEPTED = "Zendesk queued a job; journaled"
    ENDED = "the job ended; outcomes journaled and told"
    UNKNOWN = "the job ended without saying what became of some records"


LIFE: dict[tuple[Stage, Event], Stage] = {
    (Stage.IDLE, Event.TAKEN): Stage.WAITING,
    (Stage.IDLE, Event.ADOPTED): Stage.FOLLOWING,
    (Stage.WAITING, Event.ADMITTED): Stage.SENDING,
    (Stage.SENDING, Event.FAILED): Stage.WAITING,
    (Stage.SENDING, Event.REFUSED): Stage.IDLE,
    (Stage.SENDING, Event.ACCEPTED): Stage.FOLLOWING,
    (Stage.FOLLOWING, Event.ENDED): Stage.IDLE,
    (Stage.FOLLOWING, Event.UNKNOWN): Stage.IDLE,
}
"""The life of a batch. In ``idle`` and ``waiting`` a polite stop ends the worker; from ``sending`` on it sees the
batch through.
"""


class _Halted(Exception):
    pass


RESEND = 2.0
LONGEST_RESEND = 60.0


class Worker:
    """Takes batches from the channel until it closes. ``attempts`` is how often a batch is sent whose jobs come to
    nothing.
    """

    def __init__(
        self,
        batches: Channel[Carried],
        api: Endpoints,
        poller: Poller,
        settler: Settler,
        known: KnownJobs,
        *,
        attempts: int,
    ) -> None:
        self._batches = batches
        self._known = known
        self._api = api
        self._poller = poller
        self._settler = settler
        self._attempts = attempts
        self._stage = Stage.IDLE
        self._halted = False
        self.load: list[Carried] = []

    def __repr__(self) -> str:
        return f"<Worker {self._stage}>"

    @property
    def stage(self) -> Stage:
        """Where the present batch is."""
        return self._stage

    @property
    def interruptible(self) -> bool:
        """Whether nothing of the present batch is at Zendesk, so that the worker may be cancelled without loss."""
        return self._stage in {Stage.IDLE, Stage.WAITING}

    def halt(self) -> None:
        """Send nothing more: end as soon as the batch that is at Zendesk has been seen through."""
        self._halted = True

    def _happens(self, event: Event) -> None:
        self._stage = LIFE[self._stage, event]

    async def run(self) -> None:
        """Carry batches until there are no more. Raises what stops the upload; what a record suffers is an outcome."""
        try:
            async for carried in self._batches:
                self.load.append(carried)
                del carried  # it may hold thousands of records, which nobody needs while the next batch is waited for
                while self.load:
                    await self._carry(self.load[-1])
                await self._settler.room()
        except _Halted:
            pass

    async def _carry(self, carried: Carried) -> None:
        """Bring one batch to its end; what is left of it takes its place in the load."""
        batch, job = carried
        if job is None:
            self._happens(Event.TAKEN)
            job = await self._submit(batch)
        else:
            self._happens(Event.ADOPTED)
        if job is not None:
            await self._follow(batch, job, adopted=carried.job is not None)

    # -- sending --------------------------------------------------------------------------------------------------

    async def _submit(self, batch: Batch) -> Submitted | None:
        """Send a batch; None when it was refused as a whole."""
        if self._halted:
            raise _Halted
        if batch.attempt > 1:
            await asyncio.sleep(_resend_delay(batch.attempt))
        self._settler.sending(batch)
        try:
            status = await self._api.create_or_update_many(
                [record.body for record in batch.records], self._sending, partial(self._in_doubt, len(batch.records))
            )
        except Refused as refusal:
            self._happens(Event.REFUSED)
            self._refused(batch, refusal)
            return None
        self._known.add(status.id)
        job = Submitted(self._settler.submitted(batch, status.id), status.id)
        self._happens(Event.ACCEPTED)
        self.load[-1] = Carried(batch, job)
        return job

    def _sending(self, leaving: bool) -> None:  # noqa: FBT001 - the shape of Request.sending
        self._happens(Event.ADMITTED if leaving else Event.FAILED)
        if self._halted and not leaving:
            raise _Halted

    async def _in_doubt(self, users: int) -> None:
        """An answer was lost: let the job that it may have told of end, before the same users are sent again."""
        await strangers_ended(self._api, self._known, users)

    def _refused(self, batch: Batch, refusal: Refused) -> None:
        """Halve a refused batch until the culprit stands alone; then that is its outcome (zendesk-api-facts 1.6)."""
        self.load.pop()
        if len(batch.records) > 1:
            first, second = batch.halves()
            self.load += [Carried(second), Carried(first)]
            return
        words = (refusal.title or f"HTTP {refusal.status}", str(refusal))
        self._settler.settle(batch, _all_failed(batch, words), None)

    # -- following ------------------------------------------------------------------------------------------------

    async def _follow(self, batch: Batch, job: Submitted, *, adopted: bool) -> None:
        status = await self._poller.follow(job.job_id, adopted=adopted)
        verdicts = match(batch.records, status)
        if verdicts.again and batch.attempt >= self._attempts:
            verdicts = _given_up(verdicts, status)
        self._settler.settle(batch, verdicts, job.seq)
        self.load.pop()
        if verdicts.again:
            logger.warning("%s; sending %d records again", verdicts.reason, len(verdicts.again))
            self._settler.abandon(job.seq)
            self.load.append(Carried(batch.again(verdicts.again, attempt=batch.attempt + 1)))
        self._happens(Event.UNKNOWN if verdicts.again else Event.ENDED)


def _resend_delay(attempt: int) -> float:
    """Nothing before the second attempt's first try; then growing, so that a struggling account is left in peace."""
    return 0.0 if attempt == 2 else min(LONGEST_RESEND, RESEND ** (attempt - 2)) * (1 + random.random() / 4)  # noqa: S311 - spreads load, keeps no secret


def _all_failed(batch: Batch, words: tuple[str, str]) -> Match:
    count = len(batch.records)
    return Match(
        batch.records, [OutcomeKind.FAILED] * count, [None] * count, dict.fromkeys(range(count), words), [], ""
    )


def _given_up(verdicts: Match, status: JobStatus) -> Match:
    """Every attempt is used up: what has no verdict has failed."""
    begin, more = len(verdicts.records), len(verdicts.again)
    words = (f"Job{status.status.capitalize()}", f"every attempt was used up; the last {verdicts.reason}")
    return Match(
        verdicts.records + verdicts.again,
        verdicts.kinds + [OutcomeKind.FAILED] * more,
        verdicts.user_ids + [None] * more,
        verdicts.failures | dict.fromkeys(range(begin, begin + more), words),
        [],
        "",
    )
