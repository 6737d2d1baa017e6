"""One task that follows all jobs in flight, and tells each worker when its job has ended."""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING

from zendesk_async.models import JobStatus

if TYPE_CHECKING:
    from zendesk_async.api.endpoints import Endpoints
    from zendesk_async.upload.polling import Polling

__all__ = ["LOST", "Poller"]

logger = logging.getLogger("zendesk_async")

LOST = "lost"
"""Our own job status: Zendesk no longer knows the job, so what became of its records is not to be learned."""

ABSENT = 6.0  # seconds that a job may be nowhere to be found before it is given up: it may not be visible yet
LOOK = 1.5  # seconds between two searches for such a job
MANY = 100


class Poller:
    """Follows jobs for one upload. ``follow`` may be called at any time while ``run`` runs."""

    def __init__(self, api: Endpoints, polling: Polling, patience: float) -> None:
        self._api = api
        self._polling = polling
        self._patience = patience
        self._now = asyncio.get_running_loop().time
        self._waiting: dict[str, asyncio.Future[JobStatus]] = {}
        self._absent: dict[str, _Absence] = {}
        self._new = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Poller {self._polling!r}>"

    def __len__(self) -> int:
        return len(self._waiting)

    async def follow(self, job_id: str, *, adopted: bool = False) -> JobStatus:
        """Wait until a job has ended. Its status is ``lost`` when Zendesk has forgotten it, or it outlives the
        patience.

        Cancelling this stops following the job; the job itself goes on at Zendesk.
        """
        if job_id in self._waiting:
            return await asyncio.shield(self._waiting[job_id])
        self._waiting[job_id] = asyncio.get_running_loop().create_future()
        self._polling.started(job_id, self._now(), adopted=adopted)
        self._new.set()
        try:
            return await self._waiting[job_id]
        finally:
            if self._waiting.pop(job_id, None) is not None:
                self._polling.dropped(job_id)

    def drain(self) -> None:
        """Say that no further jobs will come: what is left is what the upload waits for."""
        self._polling.draining = True
        self._new.set()

    async def run(self) -> None:
        """Ask for the jobs in flight whenever it is time, until cancelled. Raises what the requests raise."""
        while True:
            await self._wait()
            await self._ask()

    async def _wait(self) -> None:
        """Wait until it is time to ask. A job started meanwhile may bring that time forward."""
        while (delay := self._delay()) > 0:
            self._new.clear()
            try:
                async with asyncio.timeout(None if delay == math.inf else delay):
                    await self._new.wait()
            except TimeoutError:
                return

    def _delay(self) -> float:
        self._polling.short = self._api.short_of_slots
        return self._polling.next_at() - self._now()

    async def _ask(self) -> None:
        jobs = self._polling.jobs()
        asked = self._now()
        told: dict[str, JobStatus] = {}
        for start in range(0, len(jobs), MANY):
            told |= {job.id: job for job in await self._api.show_many(jobs[start : start + MANY])}
        for job_id in jobs:
            if job_id in told:
                self._absent.pop(job_id, None)
            self._heard(job_id, told.get(job_id) or await self._look_for(job_id))
        self._polling.asked(asked)

    async def _look_for(self, job_id: str) -> JobStatus | None:
        """Find a job that show_many left out: by its id, then in the list (zenpy#291); give it up after a while."""
        now = self._now()
        absence = self._absent.setdefault(job_id, _Absence(now))
        if now < absence.look_at:
            return None
        absence.look_at = now + LOOK
        job = await self._api.show(job_id) or await self._api.find(job_id)
        if job is None and now - absence.since >= ABSENT:
            logger.warning("Zendesk no longer knows job %s; its records are sent again", job_id)
            return JobStatus(job_id, LOST, message="Zendesk no longer knows the job")
        return job

    def _heard(self, job_id: str, job: JobStatus | None) -> None:
        future = self._waiting.get(job_id)
        if future is None or future.done():
            return
        now = self._now()
        ended = job is not None and (job.finished or job.status == LOST)
        if not ended and self._polling.age(job_id, now) > self._patience:
            job, ended = JobStatus(job_id, LOST, message=f"not finished after {self._patience:.0f} s"), True
        if ended and job is not None:
            if job.status == LOST:
                self._polling.dropped(job_id)
            else:
                self._polling.ended(job_id, now)
            self._absent.pop(job_id, None)
            self._api.job_ended()
            future.set_result(job)


class _Absence:
    """Since when a job has been nowhere to be found, and when to look for it again."""

    def __init__(self, since: float) -> None:
        self.since = since
        self.look_at = since
