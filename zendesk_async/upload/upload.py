"""One upload as its user sees it: enter it, iterate over outcomes, leave it whenever you like.

``async with`` owns the work, ``async for`` only reads (PEP 789): the work runs in a task of its own, so a failure of
the work never cancels the caller's own await, and leaving the block ends the work and waits until it has ended.

Seven kinds of exit, one way out (``_work``): the end of the input, ``break``, an exception in the body, a failure of
the work, ``stop()``, cancellation, and a timeout around it all. Each leaves no task and a consistent journal.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from zendesk_async.errors import NeedsAction, Stopped, TooManyFailed, ZendeskAsyncError
from zendesk_async.models import Counts, Outcome, Report, Requests, RunStatus, WorkflowAction
from zendesk_async.upload.assembly import Assembly
from zendesk_async.upload.progress import Progress

if TYPE_CHECKING:
    from zendesk_async.upload.opening import Plan
    from zendesk_async.upload.settling import Settled

__all__ = ["Upload"]


class Upload:
    """A stream of records on its way to Zendesk. Made by ``client.users.upload``; an async context manager.

    Iterate over it for one Outcome a record, in the order in which they are settled. Or call ``report`` for the account
    alone. What is not iterated over holds the work up: outcomes are not collected without bound.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._assembly: Assembly | None = None
        self._task: asyncio.Task[None] | None = None
        self._current: Iterator[Outcome] = iter(())
        self._requests = Requests()
        self._account: Report | None = None
        self._began = 0.0
        self._overrun = False

    def __repr__(self) -> str:
        return f"<Upload of {self._plan.input} to {self._plan.destination}, {self._assembly or 'not entered'}>"

    # -- owning the work ------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        """Open the input and the journal, and start the work. Raises UsageError when nothing can be sent."""
        self._began = asyncio.get_running_loop().time()
        self._assembly = await Assembly.open(self._plan, self._requests, self._over)
        self._task = asyncio.create_task(self._work(self._assembly), name="upload")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        """End the work, if it has not ended: what was accepted is journaled, the rest is pending."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.exception()

    def stop(self) -> None:
        """End politely: send nothing more, see through the jobs that Zendesk has accepted. The rest stays pending.

        Go on iterating (or waiting for ``report``) until they have ended. May be called from a signal handler of the
        loop.
        """
        if self._assembly is not None:
            self._assembly.pipeline.stop()

    def _over(self) -> None:
        """Stop because too many have failed. Not at once: whoever settles them is in the middle of its work."""
        if not self._overrun:
            self._overrun = True
            asyncio.get_running_loop().call_soon(self.stop)

    # -- reading --------------------------------------------------------------------------------------------------

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome:
        """Give the next outcome. Raises what ended the work: NeedsAction, Stopped, UsageError or ApiError."""
        while True:
            outcome = next(self._current, None)
            if outcome is not None:
                return outcome
            self._current = (await anext(self._told())).outcomes()

    async def settlements(self) -> AsyncGenerator[Settled, None]:
        """Give the outcomes as they came into being, many at a time, without making an object for each."""
        async for settled in self._told():
            yield settled

    def _told(self) -> AsyncIterator[Settled]:
        if self._assembly is None:
            raise RuntimeError("enter the upload first: async with client.users.upload(…) as upload: …")
        return self._assembly.told

    async def report(self) -> Report:
        """Run the upload to its end, and return the account. Raises what ended the work before its end.

        Cancelling it ends the work.
        """
        if self._task is None:
            async with self:
                return await self.report()
        async for _ in self._told():
            pass
        await asyncio.wait([self._task])
        return self.account()

    def account(self) -> Report:
        """The account so far; the final one once the iteration has ended, however it ended."""
        return self._account or self._report(RunStatus.RUNNING)

    @property
    def progress(self) -> Progress:
        """Where the upload stands now."""
        if self._assembly is None:
            return Progress()
        return self._assembly.progress(asyncio.get_running_loop().time() - self._began)

    # -- the work -------------------------------------------------------------------------------------------------

    async def _work(self, assembly: Assembly) -> None:
        error: BaseException | None = None
        status = RunStatus.INTERRUPTED
        try:
            await assembly.pipeline.run()
            error, status = self._ended(assembly)
        except asyncio.CancelledError:
            error = Stopped("the upload was ended before its input")
            raise
        except NeedsAction as turned_away:
            error, status = turned_away, RunStatus.NEEDS_ACTION
        except Exception as failure:  # noqa: BLE001 - whatever it is, who reads the outcomes must hear it
            error, status = failure, RunStatus.STOPPED
        finally:
            self._account = self._finish(assembly, status, error)
            with contextlib.suppress(asyncio.CancelledError):
                await assembly.close()
            assembly.told.close(error)

    def _ended(self, assembly: Assembly) -> tuple[ZendeskAsyncError | None, RunStatus]:
        """What a pipeline that ended without an error has come to."""
        counts = assembly.settler.counts
        if self._overrun:
            bad = counts.rejected + counts.failed
            return TooManyFailed(
                f"{bad} of {counts.read} records were rejected or failed: more than was permitted"
            ), RunStatus.STOPPED
        if not assembly.complete:
            return None, RunStatus.INTERRUPTED
        return None, RunStatus.COMPLETED_WITH_FAILURES if counts.rejected + counts.failed else RunStatus.COMPLETED

    def _finish(self, assembly: Assembly, status: RunStatus, error: BaseException | None) -> Report:
        action = error.action if isinstance(error, NeedsAction) else None
        if action is not None and assembly.resume:
            action = WorkflowAction(action.name, action.steps, assembly.resume)
        finished_at = datetime.now(UTC).isoformat(timespec="seconds")
        message = str(error) if isinstance(error, ZendeskAsyncError) else ""
        report = self._report(status, finished_at, action, message)
        assembly.finish(report)
        return report

    def _report(
        self, status: RunStatus, finished_at: str | None = None, action: WorkflowAction | None = None, message: str = ""
    ) -> Report:
        assembly = self._assembly
        if assembly is None:
            return Report("", status, self._plan.destination, self._plan.input, Counts())
        seconds = assembly.earlier_seconds + asyncio.get_running_loop().time() - self._began
        counts = assembly.settler.counts
        judged = counts.created + counts.updated + counts.failed + counts.merged
        return Report(
            run_id=assembly.info.run_id,
            status=status,
            destination=self._plan.destination,
            input=self._plan.input,
            records=counts,
            requests=self._requests,
            users_per_second=judged / seconds if seconds > 0 else 0.0,
            started_at=assembly.info.started_at,
            finished_at=finished_at,
            duration_seconds=seconds,
            action=action,
            message=message,
        )
