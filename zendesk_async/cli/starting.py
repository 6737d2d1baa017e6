"""From the words of a command line to a run at work: what upload, resume and retry have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from zendesk_async.cli.asked import Asked
from zendesk_async.cli.beginning import Begun, begin, go_on, intake_for, source_of
from zendesk_async.cli.exits import Exit
from zendesk_async.cli.invocation import Invocation
from zendesk_async.cli.journals import chosen, store_of
from zendesk_async.cli.loop import run as run_loop
from zendesk_async.cli.notices import notices
from zendesk_async.config.settings import outline, resolve
from zendesk_async.errors import UsageError

if TYPE_CHECKING:
    from zendesk_async.config.settings import Settings
    from zendesk_async.state import RunStore

__all__ = ["dry", "resume", "retry", "start"]

Begin = Callable[["Settings", "RunStore"], Awaitable[Begun]]


def start(ctx: click.Context, asked: Asked, *, run_id: str | None = None, fresh: bool = False, as_json: bool) -> Exit:
    """Begin an upload, or go on with the unfinished one of the same input."""

    def opened(settings: Settings, store: RunStore) -> Awaitable[Begun]:
        return begin(asked, settings, store, run_id=run_id, fresh=fresh, say=_say)

    return _carry_out(ctx, asked, opened, as_json=as_json)


def resume(
    ctx: click.Context, run: str | None, *, last: bool, state: Path | None, as_json: bool, anew: Mapping[str, Any]
) -> Exit:
    """Go on with an unfinished upload, as it was asked for when it began."""
    store = store_of(ctx, state)
    summary = chosen(store, run, last=last, unfinished=True)
    if summary.info is None or not summary.unfinished:
        raise UsageError(f"Run {summary.run_id} has finished: there is nothing to resume.")
    asked = Asked.of(summary.info.options, state=state, **anew)

    def opened(settings: Settings, store: RunStore) -> Awaitable[Begun]:
        return go_on(asked, settings, store, summary, say=_say)

    return _carry_out(ctx, asked, opened, as_json=as_json)


def retry(
    ctx: click.Context, run: str | None, *, last: bool, state: Path | None, as_json: bool, given: Mapping[str, Any]
) -> Exit:
    """Begin an upload of another's rejects, shaped and sent as that one was."""
    summary = chosen(store_of(ctx, state), run, last=last)
    if summary.info is None or summary.report is None or summary.process is not None:
        raise UsageError(f"Run {summary.run_id} is at work now. Retry what did not make it when it has ended.")
    if not summary.report.records.rejected + summary.report.records.failed:
        raise UsageError(f"Run {summary.run_id} has no rejects: there is nothing to retry.")
    before = Asked.of(summary.info.options)
    asked = Asked.of({name: getattr(before, name) for name in INHERITED}, retry_of=summary.run_id, state=state, **given)
    account = summary.info.base_url

    def opened(settings: Settings, store: RunStore) -> Awaitable[Begun]:
        if settings.destination.base_url != account:
            raise UsageError(f"Run {summary.run_id} went to {account}, not to {settings.destination.base_url}.")
        return begin(asked, settings, store, run_id=None, fresh=False, say=_say)

    return _carry_out(ctx, asked, opened, as_json=as_json)


INHERITED = (
    "destination",
    "template",
    "config",
    "ignore_unknown",
    "changed_only",
    "resend_after",
    "rate",
    "batch_size",
    "jobs",
    "patience",
    "slack",
)
"""What a retry takes over from the run whose rejects it sends."""


def _carry_out(ctx: click.Context, asked: Asked, opened: Begin, *, as_json: bool) -> Exit:
    from zendesk_async.cli.running import Running

    store = store_of(ctx, asked.state)
    settings = resolve(asked.options())
    for notice in notices(settings):
        _say(notice)
    running = Running(
        asked=asked, settings=settings, store=store, invocation=ctx.ensure_object(Invocation), as_json=as_json
    )
    return run_loop(running.run(partial(opened, settings, store)))


def dry(ctx: click.Context, asked: Asked, *, as_json: bool) -> Exit:
    """Do everything but the sending, and say what it would come to."""
    from zendesk_async.cli.rehearsal import Rehearsal, rehearse, words

    known = outline(asked.options())
    source = source_of(asked, store_of(ctx, asked.state))
    rehearsal = Rehearsal(source.name, known.destination, known.limits)
    run_loop(rehearse(rehearsal, source, partial(intake_for, known.template, asked), asked.limit))
    click.echo(orjson.dumps(rehearsal.to_dict()) if as_json else words(rehearsal), nl=as_json)
    return Exit.SOME_FAILED if rehearsal.rejected else Exit.OK


def _say(message: str) -> None:
    click.echo(message, err=True)
