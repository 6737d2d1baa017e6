"""The tasks of one upload, and how they end.

    reader -> feeder -> [batches] -> workers -> [settled] -> whoever iterates
                                        |
                                      poller

One task group holds them all. The feeder closes the channel of batches when the input has ended; the workers fall out
of their loops; then the poller, which has nobody left to serve, is cancelled. A failure in any task ends all.

``stop`` is the polite end: what is not yet on its way to Zendesk stays pending, what is there is seen through. Setting
a flag that everybody looks at would take as long as the throttle makes the slowest of them wait; so whoever waits is
cancelled, and whoever has something at Zendesk is told to halt afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zendesk_async.errors import NeedsAction, ZendeskAsyncError
from zendesk_async.upload.strangers import strangers_ended
from zendesk_async.upload.worker import Stage, Worker

if TYPE_CHECKING:
    from zendesk_async.api.endpoints import Endpoints
    from zendesk_async.upload.batching import Carried
    from zendesk_async.upload.channel import Channel
    from zendesk_async.upload.feeder import Feeder
    from zendesk_async.upload.guard import Guard
    from zendesk_async.upload.poller import Poller
    from zendesk_async.upload.settling import Settler
    from zendesk_async.upload.strangers import KnownJobs

__all__ = ["DEPTH", "Pipeline"]

DEPTH = 2  # batches between feeder and workers: back-pressure starts here


class Pipeline:
    """Runs an upload's tasks. ``adopted`` are batches whose jobs an earlier process left at Zendesk."""

    def __init__(  # noqa: PLR0913 - the rooms it joins
        self,
        *,
        api: Endpoints,
        feeder: Feeder,
        batches: Channel[Carried],
        poller: Poller,
        settler: Settler,
        guard: Guard,
        known: KnownJobs,
        jobs: int,
        attempts: int,
        adopted: Sequence[Carried] = (),
        resumed: bool = False,
    ) -> None:
        self._api = api
        self._feeder = feeder
        self._batches = batches
        self._poller = poller
        self._guard = guard
        self._known = known
        self._resumed = resumed
        self._workers = [Worker(batches, api, poller, settler, known, attempts=attempts) for _ in range(jobs)]
        self._feeding: list[asyncio.Task[None]] = []
        self._working: list[asyncio.Task[None]] = []
        self._unsent: list[Carried] = []
        self._preparing: asyncio.Task[None] | None = None
        self.stopping = False
        for carried in adopted:
            batches.put(carried)
            if carried.job is not None:
                known.add(carried.job.job_id)

    def __repr__(self) -> str:
        return f"<Pipeline {self.in_flight} jobs in flight, {self._feeder!r}>"

    @property
    def in_flight(self) -> int:
        """Jobs that Zendesk has accepted and not ended."""
        return sum(worker.stage is Stage.FOLLOWING for worker in self._workers)

    @property
    def held(self) -> int:
        """Records that wait for an earlier one of their user."""
        return self._feeder.held

    async def run(self) -> None:
        """Do the upload. Raises the error that ended it, never an exception group."""
        try:
            self._preparing = asyncio.create_task(self._prepare(), name="preparing")
            await self._preparing
            async with asyncio.TaskGroup() as tasks:
                polling = tasks.create_task(self._poller.run(), name="poller")
                self._feeding = [
                    tasks.create_task(self._feeder.read(), name="reader"),
                    tasks.create_task(self._feeder.run(), name="feeder"),
                ]
                self._working = [
                    tasks.create_task(worker.run(), name=f"worker {number}")
                    for number, worker in enumerate(self._workers)
                ]
                if self.stopping:
                    self._end_feeding()
                await asyncio.wait(self._feeding)
                self._poller.drain()
                await asyncio.wait(self._working)
                polling.cancel()
        except asyncio.CancelledError:
            if not (self.stopping and self._preparing is not None and self._preparing.cancelled()):
                raise
        except BaseExceptionGroup as group:
            raise _cause(group) from None
        finally:
            self._release()

    def stop(self) -> None:
        """End politely: send nothing more, see through what Zendesk has accepted. Calling it again changes nothing."""
        if self.stopping:
            return
        self.stopping = True
        if self._feeding:
            self._end_feeding()
        elif self._preparing is not None:
            self._preparing.cancel()

    async def _prepare(self) -> None:
        """See that Zendesk is there and knows us; after a crash, that no job runs of which we were not told."""
        await self._api.greet()
        if self._resumed:
            await strangers_ended(self._api, self._known)

    def _end_feeding(self) -> None:
        for task in self._feeding:
            task.cancel()
        self._unsent += self._batches.empty()
        self._batches.close()
        for worker, task in zip(self._workers, self._working, strict=True):
            worker.halt()
            if worker.interruptible:
                task.cancel()

    def _release(self) -> None:
        """Give up every user that this upload still owns, for the other uploads of the client."""
        self._feeder.withdraw()
        for worker in self._workers:
            self._unsent += worker.load
        for carried in (*self._unsent, *self._batches.empty()):
            for record in carried.batch.records:
                with contextlib.suppress(KeyError):
                    self._guard.release(record.keys)


def _cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one error that tells most: what needs action before what merely stopped, ours before a stranger's."""
    leaves: list[BaseException] = []
    pending: list[BaseException] = [group]
    while pending:
        error = pending.pop()
        if isinstance(error, BaseExceptionGroup):
            pending += error.exceptions
        else:
            leaves.append(error)
    return min(leaves, key=lambda error: (not isinstance(error, NeedsAction), not isinstance(error, ZendeskAsyncError)))
