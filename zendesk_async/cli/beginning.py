"""Before anything is sent: the input opened, its columns held against the template, the run found or begun.

Whatever is wrong shows here, as a UsageError, and leaves no journal behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from zendesk_async.audience import Intake, Source, compile_template, open_source
from zendesk_async.cli.asked import STDIN, Asked
from zendesk_async.cli.numbers import counted
from zendesk_async.cli.opened import opened
from zendesk_async.cli.rejected import RejectedSource
from zendesk_async.errors import InputError, JournalError, UsageError
from zendesk_async.state import Journal, RunInfo, RunStore, RunSummary, new_run_id

if TYPE_CHECKING:
    from zendesk_async.config.settings import Settings, TemplateSpec

__all__ = ["Begun", "begin", "go_on", "intake_for", "source_of"]


@dataclass(slots=True, kw_only=True)
class Begun:
    """A run about to go to work. ``source`` is None when the journal itself holds what is left to send."""

    journal: Journal
    source: Source | None
    continued: bool

    def abandon(self) -> None:
        """Leave no trace of a run that came to nothing; one that began earlier stays as it was."""
        if self.continued:
            self.journal.close()
        else:
            self.journal.discard()


def source_of(asked: Asked, store: RunStore) -> Source:
    """The input, not opened yet."""
    if asked.retry_of:
        return RejectedSource(store, asked.retry_of)
    return open_source(asked.input if asked.input == STDIN else Path(asked.input), format=asked.format)


def intake_for(template: TemplateSpec | None, asked: Asked, *, tabular: bool) -> Intake:
    """What checks and shapes the records. Raises UsageError when the template makes no sense."""
    compiled = None if template is None else compile_template(template.fields)
    return Intake(compiled, tabular=tabular, ignore_unknown=asked.ignore_unknown)


async def begin(
    asked: Asked, settings: Settings, store: RunStore, *, run_id: str | None, fresh: bool, say: Callable[[str], None]
) -> Begun:
    """Open the input of an ``upload`` or ``retry``, and begin a run, or find the unfinished one that it belongs to."""
    source = await opened(source_of(asked, store))
    intake = intake_for(settings.template, asked, tabular=source.tabular)
    if source.columns is not None:
        intake.check_columns(source.columns)
    now = datetime.now(UTC)
    info = RunInfo(
        run_id=run_id or new_run_id(now),
        destination=settings.destination.name,
        base_url=settings.destination.base_url,
        input=source.name,
        format=source.format,
        tabular=source.tabular,
        fingerprint=await source.fingerprint(),
        intake_digest=intake.digest,
        replayable=source.replayable,
        started_at=now.isoformat(timespec="seconds"),
        options=asked.kept(),
    )
    journal = None if fresh else _earlier(store, info, named=run_id is not None)
    if journal is None:
        return Begun(journal=store.create(info), source=source, continued=False)
    say(f"{_going_on(journal)} (--fresh begins anew.)" if asked.input else _going_on(journal))
    return Begun(journal=journal, source=source, continued=True)


def _going_on(journal: Journal) -> str:
    return f"Going on with run {journal.info.run_id}: {counted(journal.counts().settled, 'record')} settled before."


def _earlier(store: RunStore, info: RunInfo, *, named: bool) -> Journal | None:
    """The journal of the run to go on with, if there is one."""
    if named:
        return _named(store, info)
    run = next((run for run in store.runs() if run.unfinished and run.info and _same(run.info, info)), None)
    return None if run is None else store.open(run.run_id)


def _named(store: RunStore, info: RunInfo) -> Journal | None:
    """The journal of a run that ``--run-id`` names. Raises JournalError when it is another upload's, or finished."""
    run = next((run for run in store.runs() if run.run_id == info.run_id), None)
    if run is None:
        return None
    if run.problem:
        raise JournalError(f"Run {run.run_id} cannot be read: {run.problem}")
    if run.info is not None and not _same(run.info, info):
        raise JournalError(
            f"Run {run.run_id} uploads {run.info.input} to {run.info.destination}: another input, account, template or"
            " limit than this. Nothing was sent. Give this upload another --run-id, or none."
        )
    if not run.unfinished:
        raise JournalError(f"Run {run.run_id} has finished already. To upload it once more, give it another --run-id.")
    return store.open(run.run_id)


def _same(one: RunInfo, other: RunInfo) -> bool:
    return _identity(one) == _identity(other)


def _identity(info: RunInfo) -> tuple[object, ...]:
    """What makes two uploads the same: account, input, shaping, and how much of the input is meant."""
    return info.base_url, info.fingerprint, info.intake_digest, info.options.get("limit")


async def go_on(
    asked: Asked, settings: Settings, store: RunStore, run: RunSummary, *, say: Callable[[str], None]
) -> Begun:
    """Open the input of a run that is to be resumed. Raises UsageError when anything is not what it was."""
    journal = store.open(run.run_id)
    try:
        _check(asked, settings, journal.info)
        source = await _same_input(asked, store, journal.info) if journal.info.replayable else None
        if source is None:
            _check_pipe(journal, say)
    except BaseException:
        journal.close()
        raise
    say(_going_on(journal))
    return Begun(journal=journal, source=source, continued=True)


def _check(asked: Asked, settings: Settings, info: RunInfo) -> None:
    """See that the configuration says what it said when the run began."""
    if info.base_url != settings.destination.base_url:
        raise UsageError(
            f"Run {info.run_id} went to {info.base_url}, and the configuration now says"
            f" {settings.destination.base_url}. To go on, let it say again what it said."
        )
    if info.intake_digest != intake_for(settings.template, asked, tabular=info.tabular).digest:
        raise UsageError(
            f"The template is not what it was when run {info.run_id} began, and half of its records would be shaped"
            f" otherwise. Put it back to go on, or upload {info.input} once more from its beginning."
        )


def _check_pipe(journal: Journal, say: Callable[[str], None]) -> None:
    """Say what can be sent of an input that is gone. Raises UsageError when that is nothing."""
    again = "… | zendesk-async upload -"
    if not journal.counts().read:
        raise UsageError(
            f"Run {journal.info.run_id} had read nothing of its pipe, which cannot be read again."
            f" Pipe it in once more: {again}"
        )
    if journal.total() is None:
        say(f"Sending what had been read of the pipe. If it held more, pipe all of it in again afterwards: {again}")


async def _same_input(asked: Asked, store: RunStore, info: RunInfo) -> Source:
    source = await opened(source_of(asked, store))
    if await source.fingerprint() != info.fingerprint:
        raise InputError(
            f"{info.input} is not what it was when run {info.run_id} began, so the run cannot go on."
            f" To upload it as it is now: zendesk-async upload {info.input}"
        )
    return source
