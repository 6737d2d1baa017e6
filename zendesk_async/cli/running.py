"""One run in this process, from its beginning to its exit status.

Rules of this file:

- What is told at the end is what the journal says: the same that ``show`` will say of it.
- A run of which nothing was sent, because the call must be corrected first, leaves no journal behind.
- The first signal asks the upload to stop, and outcomes go on coming until it has; the second cancels. Either way the
  outcomes that the journal has reach ``--results`` before the process ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import click

from zendesk_async.cli.display import Display, display_for, follow, warnings_on
from zendesk_async.cli.exits import Exit, of_error, of_signal, of_status
from zendesk_async.cli.invocation import Invocation, command_line
from zendesk_async.cli.numbers import counted
from zendesk_async.cli.reasons import reasons_of
from zendesk_async.cli.recovery import results_of
from zendesk_async.cli.sentstate import open_sent
from zendesk_async.cli.signals import Interruption
from zendesk_async.cli.telling import tell, write_page
from zendesk_async.client import ZendeskClient
from zendesk_async.errors import JournalError, UsageError, ZendeskAsyncError

if TYPE_CHECKING:
    from zendesk_async.cli.asked import Asked
    from zendesk_async.cli.beginning import Begun
    from zendesk_async.cli.reasons import Reason
    from zendesk_async.cli.results import Results
    from zendesk_async.config.settings import Settings
    from zendesk_async.models import Report
    from zendesk_async.state import RunStore
    from zendesk_async.state.sent import Sent
    from zendesk_async.upload.upload import Upload

__all__ = ["Running"]


class _Tools(NamedTuple):
    results: Results | None
    sent: Sent | None
    changed_only: bool


@dataclass(slots=True, kw_only=True)
class Running:
    """What a run works with. ``as_json``: its summary is for a program."""

    asked: Asked
    settings: Settings
    store: RunStore
    invocation: Invocation
    as_json: bool

    async def run(self, begin: Callable[[], Awaitable[Begun]]) -> Exit:
        """Begin or go on, and see the run through. ``begin`` opens input and journal. Raises UsageError."""
        with Interruption() as interruption:
            try:
                return await self._work(await begin(), interruption)
            except asyncio.CancelledError:
                if interruption.received is None:
                    raise
                return of_signal(interruption.received)

    async def _work(self, begun: Begun, interruption: Interruption) -> Exit:
        """Upload, and tell what came of it; of a run that came to nothing, leave nothing."""
        with ExitStack() as stack:
            try:
                tools = await self._tools(begun, stack)
            except BaseException:
                begun.abandon()
                raise
            self.invocation.run_id = begun.journal.info.run_id
            error, account = await self._upload(begun, interruption, tools)
        if isinstance(error, UsageError) and not account.requests.posts:
            begun.abandon()
            raise error
        if interruption.received and not account.records.read:
            begun.abandon()
            return of_signal(interruption.received)
        return self._told(account, error, interruption)

    async def _tools(self, begun: Begun, stack: ExitStack) -> _Tools:
        """Open what the upload writes to beside its journal. Raises UsageError."""
        template = self.settings.template
        changed_only = self.asked.changed_only or (template is not None and template.changed_only)
        sent = open_sent(self.settings, changed_only=changed_only, resend_after=self.asked.resend_after)
        if sent is not None:
            stack.enter_context(sent)
        results = await results_of(self.asked, self.settings, self.store, begun)
        if results is not None:
            stack.enter_context(results)
        return _Tools(results, sent, changed_only)

    async def _upload(
        self, begun: Begun, interruption: Interruption, tools: _Tools
    ) -> tuple[BaseException | None, Report]:
        """Upload to the end, whatever that is; say what it was, and what this process has done."""
        error: BaseException | None = None
        display = display_for(self.settings.limits.rate, self.asked.limit)
        async with self._client() as client:
            upload = self._planned(client, begun, tools)
            try:
                with display, warnings_on(display.say):
                    async with upload, _following(display, upload):
                        interruption.polite = partial(self._stop, upload, display, interruption)
                        await _collect(upload, tools.results)
            except (ZendeskAsyncError, asyncio.CancelledError) as ended:
                error = ended
                await _rest(upload, tools.results)
            interruption.polite = _too_late
        return error, upload.account()

    def _planned(self, client: ZendeskClient, begun: Begun, tools: _Tools) -> Upload:
        template = self.settings.template
        return client.users.upload(
            begun.source,
            journal=begun.journal,
            template=None if template is None else template.fields,
            ignore_unknown=self.asked.ignore_unknown,
            limit=self.asked.limit,
            max_failed=self.asked.max_failed,
            sent=tools.sent,
            changed_only=tools.changed_only,
        )

    def _client(self) -> ZendeskClient:
        settings = self.settings
        return ZendeskClient(
            settings.destination.subdomain,
            settings.credential,
            base_url=settings.destination.base_url,
            limits=settings.limits,
            patience=settings.patience,
        )

    def _stop(self, upload: Upload, display: Display, interruption: Interruption) -> None:
        """Stop politely, and say what that means. What has not got as far as its input has nothing to see through."""
        if not upload.progress.records.read:
            interruption.leave()
            return
        upload.stop()
        jobs = counted(upload.progress.in_flight, "job")
        resume = command_line("resume", self.invocation.run_id, self.invocation.state)
        display.say(f"Stopping: seeing {jobs} through; Ctrl-C again to leave at once. Resume with: {resume}")

    # -- the end --------------------------------------------------------------------------------------------------

    def _told(self, account: Report, error: BaseException | None, interruption: Interruption) -> Exit:
        report, reasons = self._journaled(account, at_once=interruption.at_once)
        if self.asked.report is not None:
            write_page(self.asked.report, report, reasons)
        tell(report, reasons, json=self.as_json, state=self.invocation.state)
        if isinstance(error, ZendeskAsyncError):
            if str(error) not in report.message:
                click.echo(f"zendesk-async: {error}", err=True)
            return of_error(error, sent=True)
        return of_status(report.status, interruption.received)

    def _journaled(self, account: Report, *, at_once: bool) -> tuple[Report, list[Reason]]:
        """The account of the whole run, by all its processes; who wants to leave at once gets no reasons."""
        with suppress(JournalError), self.store.read(self.invocation.run_id) as journal:
            return journal.report(), [] if at_once else reasons_of(journal.rejects())
        return account, []


def _too_late() -> None:
    """All is done but the telling."""


async def _collect(upload: Upload, results: Results | None) -> None:
    async for settled in upload.settlements():
        if results is not None:
            results.add(settled.lines())
    if results is not None:
        results.add(b"")


async def _rest(upload: Upload, results: Results | None) -> None:
    """Take the outcomes that were told, and not collected any more because something ended the work."""
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()
    with suppress(ZendeskAsyncError, RuntimeError):
        await _collect(upload, results)


@asynccontextmanager
async def _following(display: Display, upload: Upload) -> AsyncIterator[None]:
    """Show progress for as long as the block lasts."""
    task = asyncio.create_task(follow(display, lambda: upload.progress), name="display")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
