"""Find the run that a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zendesk_async.cli.invocation import Invocation
from zendesk_async.config.settings import Options, state_directory
from zendesk_async.errors import JournalError, UsageError
from zendesk_async.state import RunStore

if TYPE_CHECKING:
    import click

    from zendesk_async.state import RunSummary

__all__ = ["chosen", "store_of"]


def store_of(ctx: click.Context, state: Path | None) -> RunStore:
    """The runs of the state directory; remembers a ``--state`` for the commands that will be printed."""
    ctx.ensure_object(Invocation).state = state
    return RunStore(state_directory(Options(state=state)))


def chosen(store: RunStore, run: str | None, *, last: bool = False, unfinished: bool = False) -> RunSummary:
    """The run that is meant. ``unfinished``: of several, only those that can be resumed come into question.

    Raises UsageError when none is named and which one is meant is not plain, JournalError when it cannot be read.
    """
    if run is not None and last:
        raise UsageError("Name a run or say --last, not both.")
    summary = _named(store, run) if run is not None else _last(store, last=last, unfinished=unfinished)
    if summary.problem:
        raise JournalError(f"Run {summary.run_id} cannot be read: {summary.problem}")
    return summary


def _named(store: RunStore, run: str) -> RunSummary:
    name = store.find(run)
    return next(summary for summary in store.runs() if summary.run_id == name)


def _last(store: RunStore, *, last: bool, unfinished: bool) -> RunSummary:
    runs = [summary for summary in store.runs() if summary.unfinished or not unfinished]
    kind = "unfinished upload" if unfinished else "upload"
    if not runs:
        raise UsageError(f"There is no {kind} here. zendesk-async runs lists those there are.")
    if len(runs) > 1 and not last:
        names = "\n".join(f"  {summary.run_id}" for summary in runs[:10])
        raise UsageError(f"Which {kind}? Name one, or say --last for the first of these:\n{names}")
    return runs[0]
